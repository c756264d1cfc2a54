import NNG
import Testing

struct `A message` {
    @Test func `carries the bytes it was made of`() {
        let bytes: [UInt8] = Array("VALVE-3IN x12".utf8)

        let message = Message(bytes)

        #expect(message.count == 13)
        #expect(message.copyBytes() == bytes)
    }

    @Test func `is made of a span without an array in between`() {
        let bytes: [UInt8] = [8, 12, 15]

        // SAFETY: octets have no padding.
        let message = Message(unsafe bytes.span.bytes)

        #expect(message.copyBytes() == bytes)
    }

    @Test func `shows its bytes in place`() {
        let message = Message([8, 12, 15])

        // SAFETY: three bytes are there.
        let sum = message.withBytes { bytes in
            (0..<bytes.byteCount)
                .reduce(0) {
                    $0 + Int(unsafe bytes.unsafeLoad(fromByteOffset: $1, as: UInt8.self))
                }
        }

        #expect(sum == 35)
    }

    @Test func `may be empty`() {
        let message = Message([])

        #expect(message.count == 0)
        #expect(message.copyBytes() == [])
        #expect(message.withBytes { $0.byteCount } == 0)
    }
}

struct `An error` {
    @Test func `is ordinary when a peer leaves, a deadline passes or somebody gives up`() {
        for error: NNGError in [.closed, .connectionReset, .timedOut, .canceled] {
            #expect(error.isOrdinary, "\(error)")
        }
        for error: NNGError in [.wrongState, .addressInUse, .messageTooLarge, .outOfMemory] {
            #expect(!error.isOrdinary, "\(error)")
        }
    }

    @Test func `says its code and libnng's words`() {
        #expect(NNGError.timedOut.description == "nng error 5: Timed out")
        #expect(NNGError(code: 4711).description.hasPrefix("nng error 4711: "))
    }
}
