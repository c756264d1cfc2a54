package import AllocationModel
internal import Foundation

/// Where the running agent takes commands: a Unix domain socket beside its database.
package struct SocketPath: Hashable, Sendable, CustomStringConvertible {
    package let path: String

    package var description: String { path }

    /// - Throws: `ParseError` where the system could not bind a path that long.
    package init(_ path: String) throws(ParseError) {
        guard path.utf8.count <= ConsoleLimits.socketPathBytesMaximum else {
            throw ParseError(
                "‘\(path)’ has \(path.utf8.count) bytes and a socket's path has at most "
                    + "\(ConsoleLimits.socketPathBytesMaximum); set a shorter one as ‘socket’"
            )
        }
        self.path = path
    }

    /// - Throws: `ParseError` as above.
    package init(besideDatabase database: String) throws(ParseError) {
        try self.init(database + ".sock")
    }

    /// Whether there is a socket, with somebody listening or left behind.
    package var exists: Bool { fileType == .typeSocket }

    /// Removes a socket that an agent left behind when it was killed.
    ///
    /// Called with the ledger open: whoever has the ledger has the socket too,
    /// so nobody listens on one that is there.
    ///
    /// - Throws: `SiteFault` where something that is no socket has its place.
    package func clear() throws {
        guard let fileType else { return }
        guard fileType == .typeSocket else {
            throw SiteFault(
                .unavailable,
                "\(path) is not a socket",
                hint: "move it away, or set another path as ‘socket’"
            )
        }
        try FileManager.default.removeItem(atPath: path)
    }

    /// Lets nobody but the agent's own user give commands.
    package func restrict() throws {
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    }

    private var fileType: FileAttributeType? {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return attributes?[.type] as? FileAttributeType
    }
}
