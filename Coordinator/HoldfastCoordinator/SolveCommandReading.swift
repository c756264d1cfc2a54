import Foundation

/// A file with a problem, plain or compressed with gzip; `-` is standard input.
struct InstanceFile {
    let path: String

    /// What it is called in words.
    var name: String { isStandardInput ? "standard input" : path }

    private var isStandardInput: Bool { path == "-" }

    /// Reads all of it, unpacked.
    ///
    /// Compressed is what begins as gzip does, whatever its name.
    func bytes() throws(SolveFault) -> [UInt8] {
        let contents = try read(try handle())
        guard contents.starts(with: [0x1F, 0x8B]) else { return [UInt8](contents) }
        guard isStandardInput else { return [UInt8](try unpacked(try handle())) }
        return [UInt8](try unpacked(spooled: contents))
    }

    private func handle() throws(SolveFault) -> FileHandle {
        if isStandardInput { return .standardInput }
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw SolveFault(
                "\(path) cannot be read; give the path of a file with a problem in JSON",
                status: Exit.noInput
            )
        }
        return handle
    }

    private func read(_ handle: FileHandle) throws(SolveFault) -> Data {
        var contents = Data()
        do {
            while let part = try handle.read(upToCount: 1_048_576), !part.isEmpty {
                contents += part
                if contents.count > SolveLimits.documentBytesMaximum { break }
            }
        } catch {
            throw SolveFault(
                "\(name) cannot be read; give the path of a file with a problem in JSON",
                status: Exit.noInput
            )
        }
        guard contents.count <= SolveLimits.documentBytesMaximum else {
            throw SolveFault(
                "\(name) has more than \(SolveLimits.documentBytesMaximum) bytes; "
                    + "one file holds one order",
                status: Exit.data
            )
        }
        return contents
    }

    /// Unpacks what came through a pipe by way of a file.
    ///
    /// A second pipe would have to be filled while the first is emptied, and
    /// breaks where the data are not gzip after all.
    private func unpacked(spooled contents: Data) throws(SolveFault) -> Data {
        let spool = FileManager.default.temporaryDirectory
            .appendingPathComponent("holdfast-\(UUID().uuidString).gz")
        defer { try? FileManager.default.removeItem(at: spool) }
        let handle: FileHandle
        do {
            try contents.write(to: spool)
            handle = try FileHandle(forReadingFrom: spool)
        } catch {
            throw SolveFault(
                "\(name) cannot be unpacked in \(spool.deletingLastPathComponent().path) "
                    + "(\(error)); unpack it with gzip -dc first",
                status: Exit.inputOutput
            )
        }
        return try unpacked(handle)
    }

    /// Unpacks with the system's gzip.
    ///
    /// Debian calls gzip essential, so it is there; the alternatives were a
    /// decoder of our own or a C library for a command that runs by hand.
    private func unpacked(_ handle: FileHandle) throws(SolveFault) -> Data {
        let process = Process()
        let output = Pipe()
        let words = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gzip", "-dc"]
        process.standardInput = handle
        process.standardOutput = output
        process.standardError = words
        do { try process.run() } catch { throw gzipIsMissing }
        defer { if process.isRunning { process.terminate() } }
        let contents = try read(output.fileHandleForReading)
        let said = words.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        // What env returns where there is no such program.
        if process.terminationStatus == 127 { throw gzipIsMissing }
        guard process.terminationStatus == 0 else {
            let reason =
                String(decoding: said, as: UTF8.self)
                .split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
                .first { !$0.isEmpty } ?? "gzip: failed"
            throw SolveFault(
                "\(name) cannot be unpacked (\(reason)); compress it again",
                status: Exit.data
            )
        }
        return contents
    }

    private var gzipIsMissing: SolveFault {
        SolveFault(
            "\(name) is compressed and there is no gzip to unpack it; "
                + "install gzip, or unpack it elsewhere",
            status: Exit.unavailable
        )
    }
}
