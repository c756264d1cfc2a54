import Foundation

/// The files of the repository, as git knows them: committed, or about to be.
struct SourceTree {
    let root: URL
    /// Paths below the root, in order.
    let paths: [String]

    /// Walks up from this file, symbolic links resolved, to the folder of the package.
    static func containing(_ file: String = #filePath) throws -> SourceTree {
        var folder = URL(fileURLWithPath: file).resolvingSymlinksInPath()
        while folder.path != "/" {
            folder.deleteLastPathComponent()
            let isRoot = ["ARCHITECTURE.md", ".swift-format"]
                .contains {
                    exists($0, in: folder)
                }
            if isRoot && exists("Package.swift", in: folder) {
                return SourceTree(root: folder, paths: try listing(of: folder))
            }
        }
        throw TreeFault(description: "no folder above \(file) is the root of the package")
    }

    var swiftFiles: [SourceFile] {
        paths.filter { $0.hasSuffix(".swift") }
            .compactMap { path in
                text(at: path).map { SourceFile(path: path, text: $0) }
            }
    }

    /// The text of a file, or nil where it is not text.
    func text(at path: String) -> String? {
        guard let data = try? Data(contentsOf: root.appendingPathComponent(path)),
            !data.contains(0)
        else { return nil }
        return String(data: data, encoding: .utf8)
    }

    private static func exists(_ name: String, in folder: URL) -> Bool {
        FileManager.default.fileExists(atPath: folder.appendingPathComponent(name).path)
    }

    private static func listing(of root: URL) throws -> [String] {
        let git = Process()
        let output = Pipe()
        git.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        git.arguments = [
            "git", "-c", "safe.directory=*", "-C", root.path, "ls-files", "-z", "--cached",
            "--others", "--exclude-standard",
        ]
        git.standardOutput = output
        try git.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        git.waitUntilExit()
        guard git.terminationStatus == 0 else {
            throw TreeFault(description: "git cannot list the files of \(root.path)")
        }
        let paths = data.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        // Listed, and deleted since: git will say so at the next commit.
        return Set(paths).sorted().filter { exists($0, in: root) }
    }
}

struct TreeFault: Error, CustomStringConvertible {
    let description: String
}
