import Foundation

/// A file system in memory with little room, mounted for one test.
final class SmallDisk {
    let folder: URL

    /// Whether this user may mount one here.
    static let isAllowed: Bool = {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("hf-mount-\(UUID().uuidString.prefix(8))")
        guard let disk = try? SmallDisk(at: folder, mebibytes: 1) else { return false }
        disk.unmount()
        return true
    }()

    init(at folder: URL, mebibytes: Int) throws {
        self.folder = folder
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        do {
            try Self.run("mount", "-t", "tmpfs", "-o", "size=\(mebibytes)m", "tmpfs", folder.path)
        } catch {
            try? FileManager.default.removeItem(at: folder)
            throw error
        }
    }

    /// Writes until there is no room for one byte more.
    func fill() throws {
        let path = folder.appendingPathComponent("filler").path
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let file = FileHandle(forWritingAtPath: path)
        else { throw FleetError("\(path) cannot be made") }
        defer { try? file.close() }
        for size in [1 << 20, 1 << 12, 1] {
            let piece = Data(count: size)
            while (try? file.write(contentsOf: piece)) != nil {}
        }
    }

    /// Takes away what filled it.
    func makeRoom() throws {
        try FileManager.default.removeItem(at: folder.appendingPathComponent("filler"))
    }

    /// Has it read alone, or written again.
    func setReadOnly(_ isReadOnly: Bool) throws {
        try Self.run("mount", "-o", "remount,\(isReadOnly ? "ro" : "rw")", folder.path)
    }

    func unmount() {
        try? Self.run("umount", "--lazy", folder.path)
        try? FileManager.default.removeItem(at: folder)
    }

    private static func run(_ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw FleetError("\(arguments.joined(separator: " ")) is not permitted")
        }
    }
}
