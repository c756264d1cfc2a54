internal import CNNG

/// A place where a socket accepts connections.
///
/// It ends with its socket, or earlier by `close()`.
package struct Listener: Sendable {
    let id: nng_listener
    /// Where to dial: as asked for, with the port that was bound in place of 0.
    package let url: String
    /// The port that was bound; `nil` for a transport without ports.
    package let port: Int?

    init(_ id: nng_listener, askedFor url: String) {
        var bound: Int32 = 0
        // SAFETY: nng writes one int.
        let code = unsafe nng_listener_get_int(id, OptionName.boundPort, &bound)
        self.id = id
        port = code == 0 ? Int(bound) : nil
        self.url = code == 0 ? Self.url(url, boundTo: Int(bound)) : url
    }

    /// Stops accepting; connections that exist go on.
    package func close() {
        _ = nng_listener_close(id)
    }

    /// The limit in force here, in bytes.
    package func receiveSizeMaximum() throws(NNGError) -> Int {
        var size = 0
        // SAFETY: nng writes one size_t.
        try check(unsafe nng_listener_get_size(id, OptionName.receiveSizeMaximum, &size))
        return size
    }

    /// Returns `url` with `port` in place of a port 0.
    private static func url(_ url: String, boundTo port: Int) -> String {
        guard let scheme = url.firstRange(of: "://") else { return url }
        let rest = url[scheme.upperBound...]
        let path = rest.firstIndex(of: "/") ?? rest.endIndex
        guard rest[..<path].hasSuffix(":0") else { return url }
        return "\(url[..<url.index(before: path)])\(port)\(url[path...])"
    }
}

/// A connection that a socket keeps dialling.
///
/// It ends with its socket, or earlier by `close()`.
package struct Dialer: Sendable {
    let id: nng_dialer

    /// Ends its connection and dials no more.
    package func close() {
        _ = nng_dialer_close(id)
    }

    /// The limit in force here, in bytes.
    package func receiveSizeMaximum() throws(NNGError) -> Int {
        var size = 0
        // SAFETY: nng writes one size_t.
        try check(unsafe nng_dialer_get_size(id, OptionName.receiveSizeMaximum, &size))
        return size
    }

    /// The wait before the second attempt, as in force here.
    package func reconnectMinimum() throws(NNGError) -> Duration {
        try duration(OptionName.reconnectMinimum)
    }

    /// The longest wait between attempts, as in force here.
    package func reconnectMaximum() throws(NNGError) -> Duration {
        try duration(OptionName.reconnectMaximum)
    }

    private func duration(_ option: String) throws(NNGError) -> Duration {
        var milliseconds: nng_duration = 0
        // SAFETY: nng writes one int.
        try check(unsafe nng_dialer_get_ms(id, option, &milliseconds))
        return .milliseconds(milliseconds)
    }
}
