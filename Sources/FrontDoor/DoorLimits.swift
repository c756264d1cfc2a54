internal import NIOCore

/// The bounds of front door and tunnel, each with its reason.
///
/// Whoever can reach the port meets the first ones before it has shown who it
/// is; together they bound what strangers can cost.
package enum DoorLimits {
    /// Connections at once: two hundred sites with two lines each, twice over, and strangers.
    package static let connectionsMaximum = 1056
    /// Connections that have not yet been let through.
    ///
    /// One more, and the one that has waited longest is cut: a site is through
    /// within milliseconds, so it is the idler that goes.
    package static let waitingMaximum = 256
    /// The same from one address: many sites may share one, an idler may not have them all.
    package static let waitingPerAddressMaximum = 32
    /// Connections of one site: two lines, and those that they replace.
    ///
    /// One more, and its oldest is cut.
    package static let connectionsPerSiteMaximum = 4
    /// Connections that one address may make in one go: fifty sites that come back together.
    package static let arrivalsBurst = 128
    /// Connections a second that one address may make for ever: a handshake costs a millisecond.
    package static let arrivalsPerSecond = 32
    /// Addresses that are remembered: 200 kB.
    package static let addressesMaximum = 4096
    /// From the connection to the line: over any road three exchanges take less than a second.
    static let patience = TimeAmount.seconds(5)
    /// Bytes of a request to open a line, and of its answer: libnng's have 230.
    package static let headBytesMaximum = 4096
    /// How long a closed connection may take to say goodbye before it is dropped.
    static let farewell = TimeAmount.seconds(1)
    /// Bytes that wait for a slow reader before nothing more is read for it.
    static let waitingBytes = 65_536
    /// Seconds without a sign of life before the other end is asked for one.
    static let keepAliveIdleSeconds = 15
    /// Seconds between such questions.
    static let keepAliveIntervalSeconds = 5
    /// Questions without an answer after which the connection is over: half a minute in all.
    static let keepAliveProbes = 3
    /// Milliseconds that sent bytes may stay unacknowledged, after which it is over too.
    static let unacknowledgedMilliseconds = 30_000
    /// Connections of the site's own machine to its tunnel: two lines, and those they replace.
    package static let tunnelConnectionsMaximum = 8
    /// Log lines of one kind at once; afterwards one a minute, with the count of the rest.
    package static let noticesBurst = 5
    /// Minutes between log lines of one kind once the burst is used up.
    package static let noticesPause: Duration = .seconds(60)
    /// Lines of an enrolment list: each of two hundred sites renewed for decades.
    package static let enrolmentsMaximum = 16_384
    /// Bytes of an enrolment list.
    package static let enrolmentBytesMaximum = 4_194_304
}

extension ChannelOptions.Types.SocketOption {
    /// What the kernel is told of a connection that crosses a network, as name and value.
    ///
    /// It finds a peer that is gone without a word, also on a line that is
    /// quiet for hours, and keeps the firewalls between from forgetting it.
    static let lifeSigns: [(option: Self, value: SocketOptionValue)] = [
        (Self(level: .socket, name: .so_keepalive), 1),
        (Self(level: .tcp, name: .tcp_nodelay), 1),
        (Self(level: .tcp, name: .keepIdle), DoorLimits.keepAliveIdleSeconds),
        (Self(level: .tcp, name: .keepInterval), DoorLimits.keepAliveIntervalSeconds),
        (Self(level: .tcp, name: .keepCount), DoorLimits.keepAliveProbes),
        (Self(level: .tcp, name: .userTimeout), DoorLimits.unacknowledgedMilliseconds),
    ]
}

extension NIOBSDSocket.Option {
    // Linux's own numbers, from netinet/tcp.h: NIO has no names for them.
    fileprivate static let keepIdle = Self(rawValue: 4)
    fileprivate static let keepInterval = Self(rawValue: 5)
    fileprivate static let keepCount = Self(rawValue: 6)
    fileprivate static let userTimeout = Self(rawValue: 18)
}
