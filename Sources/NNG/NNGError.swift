internal import CNNG

/// A failure that libnng reported, by its code (`NNG_E…`).
package struct NNGError: Error, Hashable, Sendable, CustomStringConvertible {
    package let code: Int32

    package init(code: Int32) {
        self.code = code
    }

    /// The deadline passed first.
    package static let timedOut = NNGError(NNG_ETIMEDOUT)
    /// The socket is closed, or began to close while the operation ran.
    package static let closed = NNGError(NNG_ECLOSED)
    /// The task that awaited the operation was cancelled.
    package static let canceled = NNGError(NNG_ECANCELED)
    /// The connection ended while an answer was awaited.
    ///
    /// The outcome of the request is unknown.
    package static let connectionReset = NNGError(NNG_ECONNRESET)
    package static let connectionRefused = NNGError(NNG_ECONNREFUSED)
    package static let addressInUse = NNGError(NNG_EADDRINUSE)
    package static let addressInvalid = NNGError(NNG_EADDRINVAL)
    package static let invalidArgument = NNGError(NNG_EINVAL)
    /// The operation is not lawful now: an answer without a request.
    package static let wrongState = NNGError(NNG_ESTATE)
    package static let messageTooLarge = NNGError(NNG_EMSGSIZE)
    package static let notSupported = NNGError(NNG_ENOTSUP)
    package static let outOfMemory = NNGError(NNG_ENOMEM)

    /// Whether networks and shutdowns do this every day.
    ///
    /// True for `closed`, `connectionReset`, `timedOut` and `canceled`. The
    /// caller repeats or stops; nobody needs to be told.
    package var isOrdinary: Bool {
        self == .closed || self == .connectionReset || self == .timedOut || self == .canceled
    }

    package var description: String {
        // SAFETY: nng_strerror returns a static, terminated string.
        unsafe "nng error \(code): \(String(cString: nng_strerror(code)))"
    }

    private init(_ constant: nng_errno_enum) {
        self.init(code: Int32(bitPattern: constant.rawValue))
    }
}

/// Throws what a call into libnng returned, unless it is zero.
func check(_ code: Int32) throws(NNGError) {
    if code != 0 { throw NNGError(code: code) }
}
