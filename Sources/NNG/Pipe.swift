internal import CNNG
internal import Synchronization

/// One connection of a socket.
///
/// An identifier only: a pipe that is gone has no address, and closing it again
/// changes nothing.
package struct Pipe: Hashable, Sendable {
    package let id: UInt32

    /// Ends the connection; the side that dialled dials again.
    package func close() {
        _ = nng_pipe_close(nng_pipe(id: id))
    }

    /// The other end as `address:port`, or `nil` if it has none or is gone.
    ///
    /// Behind a front door or a tunnel it is theirs, on loopback.
    package var remoteAddress: String? {
        var address = nng_sockaddr()
        // SAFETY: nng writes one nng_sockaddr; the members of the union are
        // plain integers, read as the family says.
        guard unsafe nng_pipe_get_addr(nng_pipe(id: id), NNG_OPT_REMADDR, &address) == 0 else {
            return nil
        }
        let family = unsafe UInt32(address.s_family)
        if family == NNG_AF_INET.rawValue {
            let internet = unsafe address.s_in
            return Self.text(internet.sa_addr, port: internet.sa_port)
        }
        if family == NNG_AF_INET6.rawValue {
            let internet = unsafe address.s_in6
            return Self.text(internet, port: internet.sa_port)
        }
        return nil
    }

    private static func text(_ address: UInt32, port: UInt16) -> String {
        let host = UInt32(bigEndian: address)
        let octets = [24, 16, 8, 0].map { String(host >> $0 & 0xff) }
        return octets.joined(separator: ".") + ":\(UInt16(bigEndian: port))"
    }

    private static func text(_ address: nng_sockaddr_in6, port: UInt16) -> String {
        // SAFETY: sixteen bytes of a value of our own.
        let bytes = unsafe withUnsafeBytes(of: address.sa_addr) { unsafe Array($0) }
        let groups = stride(from: 0, to: 16, by: 2)
            .map { String(Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]), radix: 16) }
        return "[" + groups.joined(separator: ":") + "]:\(UInt16(bigEndian: port))"
    }
}

/// What became of a connection.
package enum PipeEvent: Sendable {
    /// Accepted or dialled, carrying nothing yet: closing it refuses the peer.
    /// Next: `added` or `removed`.
    case adding
    /// In use. Next: `removed`.
    case added
    /// Gone.
    case removed
}

/// Which connections of a socket may stay.
package enum ConnectionPolicy: Sendable {
    /// Every one; a request socket spreads its requests over them.
    case all
    /// The newest one: each new connection closes the one before.
    ///
    /// For a request socket that speaks to one agent: a connection whose other
    /// end died in silence must not keep its share of the requests. Two agents
    /// that are both alive take the place from each other without end, for one
    /// whose connection was closed dials again: who lets them in must see it.
    case newestOnly
}

/// What a socket does when its connections come and go.
///
/// libnng calls with locks of its own held, so nothing happens here but a look
/// at a pipe or its closing.
final class PipeWatcher: Sendable {
    private let policy: ConnectionPolicy
    private let observer: @Sendable (PipeEvent, Pipe) -> Void
    private let newest = Mutex<Pipe?>(nil)

    init(_ policy: ConnectionPolicy, observer: @escaping @Sendable (PipeEvent, Pipe) -> Void) {
        self.policy = policy
        self.observer = observer
    }

    func handle(_ event: PipeEvent, of pipe: Pipe) {
        // Told first: the end of the older is heard after the newer is known.
        observer(event, pipe)
        switch policy {
        case .all: break
        case .newestOnly: supersede(event, pipe)
        }
    }

    private func supersede(_ event: PipeEvent, _ pipe: Pipe) {
        switch event {
        case .adding: break
        case .added:
            let older = newest.withLock { newest in
                defer { newest = pipe }
                return newest
            }
            older?.close()
        case .removed: newest.withLock { newest in if newest == pipe { newest = nil } }
        }
    }
}
