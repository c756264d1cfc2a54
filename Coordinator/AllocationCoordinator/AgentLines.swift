package import AllocationModel
internal import NNG
internal import Synchronization

/// The sockets on which the office's agents are met: two for each, on paths that only they know.
///
/// The agents dial, for a site sits behind a firewall; the coordinator asks. A
/// path carries the agent's token, because other users of the machine can
/// reach the port too.
package final class AgentLines: Sendable {
    private let sockets: [Line: Socket]

    private struct Line: Hashable {
        let warehouse: Warehouse.ID
        let kind: AgentLink.Kind
    }

    /// A site that may connect.
    package struct Entrance: Hashable, Sendable {
        package let warehouse: Warehouse.ID
        package let token: String

        package init(warehouse: Warehouse.ID, token: String) {
            self.warehouse = warehouse
            self.token = token
        }
    }

    /// Listens at `url`, which has no path, for every entrance.
    ///
    /// `connectionChanged` is called on a thread of the socket's, and must not wait.
    package init(
        at url: String,
        for entrances: [Entrance],
        connectionChanged: @escaping @Sendable (Warehouse.ID, AgentLink.Kind, Bool) -> Void
    ) throws {
        var sockets: [Line: Socket] = [:]
        for entrance in entrances {
            for kind in AgentLink.Kind.allCases {
                let counter = PipeCounter()
                let warehouse = entrance.warehouse
                let socket = try Socket(
                    .request,
                    options: SocketOptions(receiveSizeMaximum: Limits.messageBytesMaximum),
                    connections: .newestOnly
                ) { event, _ in
                    switch event {
                    case .adding: break
                    case .added: connectionChanged(warehouse, kind, counter.add(1) > 0)
                    case .removed:
                        let left = counter.add(-1)
                        connectionChanged(warehouse, kind, false)
                        if left > 0 { connectionChanged(warehouse, kind, true) }
                    }
                }
                _ = try socket.listen("\(url)/agents/\(entrance.token)/\(kind.rawValue)")
                sockets[Line(warehouse: warehouse, kind: kind)] = socket
            }
        }
        self.sockets = sockets
    }

    /// Returns a way to ask one agent on one line, one message at a time.
    func context(for warehouse: Warehouse.ID, _ kind: AgentLink.Kind) throws -> RequestContext? {
        try sockets[Line(warehouse: warehouse, kind: kind)]?.requestContext()
    }

    /// Closes every socket, once nothing is under way on it.
    package func close() async {
        for socket in sockets.values { await socket.close() }
    }

    /// Connections of one socket.
    private final class PipeCounter: Sendable {
        private let count = Atomic<Int>(0)

        func add(_ number: Int) -> Int {
            count.add(number, ordering: .acquiringAndReleasing).newValue
        }
    }
}
