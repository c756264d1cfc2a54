internal import CNNG

/// What a socket is set to before its first connection.
///
/// Given to the socket as a whole, because an option set after a listener or a
/// dialer began, or on the wrong one of the three, has no effect and no error.
///
/// libnng repeats a request by itself after a minute; that is always off.
/// Repeating is the protocol's work, which knows what may be repeated.
package struct SocketOptions: Sendable, Equatable {
    /// Bytes of the largest message received; a larger one ends its connection.
    ///
    /// libnng's four bytes before it count.
    ///
    /// Where this socket listens, such a message is refused before it is
    /// stored. Where it dials, libnng has stored it by then: a server is
    /// trusted that far.
    package let receiveSizeMaximum: Int
    /// How long a dialer waits before its second attempt.
    package let reconnectMinimum: Duration
    /// How long a dialer waits between attempts at most; until then it doubles.
    ///
    /// 1.5.2 spreads each wait at random between nothing and its length, and by
    /// a slip of sign makes nothing of every second one: a fleet comes back
    /// sooner than these numbers say.
    package let reconnectMaximum: Duration

    /// Creates the options of one socket.
    ///
    /// The defaults let an agent come back within a second of a coordinator's
    /// restart, and a site without a network knock twice a minute.
    ///
    /// - Precondition: `receiveSizeMaximum` is positive; zero would mean
    ///   without limit.
    package init(
        receiveSizeMaximum: Int,
        reconnectMinimum: Duration = .milliseconds(250),
        reconnectMaximum: Duration = .seconds(30)
    ) {
        precondition(receiveSizeMaximum > 0, "a socket always limits what it receives")
        self.receiveSizeMaximum = receiveSizeMaximum
        self.reconnectMinimum = reconnectMinimum
        self.reconnectMaximum = reconnectMaximum
    }
}

/// An option as libnng holds it, by the name of its C constant.
///
/// Reading goes to libnng every time: what was set and what is in force are
/// different questions there.
enum OptionName {
    static let receiveSizeMaximum = NNG_OPT_RECVMAXSZ
    static let reconnectMinimum = NNG_OPT_RECONNMINT
    static let reconnectMaximum = NNG_OPT_RECONNMAXT
    static let resendTime = NNG_OPT_REQ_RESENDTIME
    static let boundPort = NNG_OPT_TCP_BOUND_PORT
}

extension Duration {
    /// Whole milliseconds as libnng counts them: rounded up, from 0 to 24 days.
    var nngMilliseconds: nng_duration {
        if self <= .zero { return 0 }
        if self >= .milliseconds(Int32.max) { return .max }
        let (seconds, attoseconds) = components
        return nng_duration(
            seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        )
    }

    /// The duration that libnng stated, or `nil` for without end.
    init?(nngMilliseconds: nng_duration) {
        if nngMilliseconds < 0 { return nil }
        self = .milliseconds(nngMilliseconds)
    }
}
