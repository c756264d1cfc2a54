import Foundation
import Testing

// A peer that shares nothing with this program but holdfast.proto: Python's own
// Protocol Buffers. It reads the golden bytes, knows every field in them, and
// writes them again. HOLDFAST_PYTHON names an interpreter other than python3.
struct `An independent peer` {
    @Test(.enabled(if: Peer.isPresent))
    func `reads what this program wrote, and writes the same bytes`() throws {
        for (name, message, bytes) in Golden.byMessage {
            let output = try Peer.run([message], input: Golden.hex(bytes))

            #expect(output == Golden.hex(bytes), "\(name)")
        }
    }
}

private enum Peer {
    static var isPresent: Bool { (try? run([], input: "")) == "present" }

    static func run(_ arguments: [String], input: String) throws -> String {
        let python = ProcessInfo.processInfo.environment["HOLDFAST_PYTHON"] ?? "python3"
        let script = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "peer.py").path
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [python, script] + arguments
        let stdin = Pipe()
        let stdout = Pipe()
        process.standardInput = stdin
        process.standardOutput = stdout
        process.standardError = FileHandle.nullDevice
        try process.run()
        try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try stdin.fileHandleForWriting.close()
        let output = try stdout.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: output, as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
