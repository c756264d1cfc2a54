internal import CNNG

/// The bytes of one request or one answer, in libnng's own memory.
///
/// Not copyable: sending consumes a message, dropping it frees it, and doing
/// either twice does not compile.
// SAFETY of `@safe`: `raw` is never handed out except by `release()`, which
// ends this value; every read of it is bounded by nng_msg_len.
// SAFETY of `@unchecked Sendable`: an nng_msg belongs to no thread, and this
// value is its only owner, so two threads never touch it at once.
@safe package struct Message: ~Copyable, @unchecked Sendable {
    private let raw: OpaquePointer

    /// Bytes that libnng puts before each request and answer, to match them.
    static let headerSize = 4

    /// Takes over a message that libnng handed out.
    init(adopting raw: OpaquePointer) {
        unsafe self.raw = raw
    }

    /// Copies `bytes` into a new message.
    package init(_ bytes: UnsafeRawBufferPointer) {
        var allocated: OpaquePointer?
        guard unsafe nng_msg_alloc(&allocated, bytes.count) == 0, let raw = unsafe allocated else {
            // As Swift's own allocations do; a peer cannot choose this size.
            preconditionFailure("out of memory for a message of \(bytes.count) bytes")
        }
        unsafe self.raw = raw
        if let source = bytes.baseAddress, let body = unsafe nng_msg_body(raw) {
            // SAFETY: nng_msg_alloc made the body exactly this long.
            unsafe body.copyMemory(from: source, byteCount: bytes.count)
        }
    }

    /// Copies `bytes` into a new message.
    package init(_ bytes: RawSpan) {
        // SAFETY: the buffer is read inside the closure only.
        self = unsafe bytes.withUnsafeBytes { buffer in unsafe Message(buffer) }
    }

    /// Copies `bytes` into a new message.
    package init(_ bytes: [UInt8]) {
        // SAFETY: an octet has no padding to read.
        unsafe self.init(bytes.span.bytes)
    }

    /// How many bytes the message carries.
    package var count: Int {
        // SAFETY: `raw` is valid as long as this value is.
        unsafe nng_msg_len(raw)
    }

    /// The connection the message came by.
    var pipe: Pipe {
        // SAFETY: as above.
        Pipe(id: unsafe nng_msg_get_pipe(raw).id)
    }

    /// Calls `body` with the message's bytes where they are, uncopied.
    package borrowing func withBytes<Result: ~Copyable, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // SAFETY: the memory is the message's, of this length, and is neither
        // freed nor changed during the borrow. A span cannot leave the closure.
        let buffer = unsafe UnsafeRawBufferPointer(start: nng_msg_body(raw), count: count)
        return try unsafe body(buffer.bytes)
    }

    /// Returns a copy of the message's bytes.
    package borrowing func copyBytes() -> [UInt8] {
        withBytes { bytes in
            // SAFETY: the buffer is read inside the closure only.
            unsafe bytes.withUnsafeBytes { buffer in unsafe Array(buffer) }
        }
    }

    /// Ends this value without freeing the memory, which is the caller's now.
    consuming func release() -> OpaquePointer {
        let released = unsafe raw
        discard self
        return unsafe released
    }

    deinit {
        // SAFETY: whoever releases discards, so this is the only free.
        unsafe nng_msg_free(raw)
    }
}
