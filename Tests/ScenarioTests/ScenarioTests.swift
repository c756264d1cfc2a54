import Foundation
import Simulation
import Testing

/// Stories in `Tests/Scenarios`: commands, a line of dashes, and what they lead to.
///
/// `HOLDFAST_REWRITE=1 swift test --filter Scenarios` writes down what happens now in place of
/// what is written there. Only do so where every line of the difference is understood: each says
/// something that a warehouse or a customer would notice.
struct Scenarios {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Scenarios")
    private static let isRewriting =
        ProcessInfo.processInfo.environment["HOLDFAST_REWRITE"] != nil

    private static var files: [URL] {
        let found = try? FileManager.default.contentsOfDirectory(
            at: folder,
            includingPropertiesForKeys: nil
        )
        return (found ?? []).filter { $0.pathExtension == "txt" }
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
    }

    @Test func `tell what is written`() throws {
        for file in Self.files {
            let written = try String(contentsOf: file, encoding: .utf8)
            let told = try Self.retelling(written, named: file.lastPathComponent)
            if Self.isRewriting { try told.write(to: file, atomically: true, encoding: .utf8) }
            #expect(told == written, "\(file.lastPathComponent)")
        }
    }

    @Test func `are twenty at least, and break no promise`() throws {
        #expect(Self.files.count >= 20)
        for file in Self.files {
            let text = try String(contentsOf: file, encoding: .utf8)
            #expect(!text.contains("BROKEN"), "\(file.lastPathComponent)")
            #expect(text.hasPrefix("# "), "\(file.lastPathComponent) says what it is about")
        }
    }

    @Test func `notice another telling`() throws {
        let file = try #require(Self.files.first)
        let written = try String(contentsOf: file, encoding: .utf8)
        let other = written.replacingOccurrences(of: "on-hand=", with: "on-hand=1")

        #expect(try Self.retelling(other, named: "another") != other)
    }

    /// Plays the commands of a story again, and puts below each block what it leads to now.
    private static func retelling(_ text: String, named name: String) throws -> String {
        var story = Story()
        var told: [String] = []
        for block in text.components(separatedBy: "\n\n") {
            let lines = block.split(separator: "\n", omittingEmptySubsequences: true)
                .map(String.init)
            if lines.allSatisfy({ $0.hasPrefix("#") }) {
                told.append(lines.joined(separator: "\n"))
                continue
            }
            let commands = Array(lines.prefix { $0 != dashes })
            do {
                let outcome = try story.play(commands.filter { !$0.hasPrefix("#") })
                told.append((commands + [dashes] + outcome).joined(separator: "\n"))
            } catch let misdirection as Story.Misdirection {
                Issue.record("\(name): \(misdirection)")
                told.append(block)
            }
        }
        return told.joined(separator: "\n\n") + "\n"
    }

    private static let dashes = "----"
}
