import AllocationModel

/// How often each field of one kind of message may occur.
///
/// The bytes are walked by shape before the library decodes them, so that no
/// list is allocated that would be refused: two bytes can stand for an empty
/// message of two hundred. Fields that no shape names are skipped, as the
/// contract wants of fields from a newer minor version, and never descended
/// into; so depth is bounded by the shapes.
struct Shape: Sendable {
    /// A field that takes memory.
    enum Field: Sendable {
        /// Numbers, packed or not.
        case numbers(String, atMost: Int)
        /// Strings, or messages with nothing in them to count.
        case leaf(String, atMost: Int = 1)
        /// Messages to be looked into.
        indirect case message(String, atMost: Int = 1, Shape)
    }

    /// Field numbers are below this: the contract keeps them small, and what comes often to one byte.
    static let numbersMaximum = 32

    /// The message's name in the contract.
    let name: String
    /// By field number.
    let fields: [Field?]

    init(_ name: String, _ fields: KeyValuePairs<Int, Field>) {
        self.name = name
        var byNumber: [Field?] = Array(repeating: nil, count: Self.numbersMaximum)
        for (number, field) in fields { byNumber[number] = field }
        self.fields = byNumber
    }

    /// Throws unless `bytes` could be a message of this shape.
    func check(_ bytes: Span<UInt8>) throws(DecodingFault) {
        var cursor = Cursor()
        var entriesLeft = Limits.entriesMaximum
        try check(bytes, from: &cursor, to: bytes.count, entriesLeft: &entriesLeft)
    }

    private func check(
        _ bytes: Span<UInt8>,
        from cursor: inout Cursor,
        to end: Int,
        entriesLeft: inout Int
    ) throws(DecodingFault) {
        // As many as `numbersMaximum`: a count for each field that a shape may name.
        var counts = InlineArray<32, Int>(repeating: 0)
        while cursor.position < end {
            let (number, kind) = try cursor.tag(in: bytes, to: end)
            let field = number < Self.numbersMaximum ? fields[number] : nil
            guard let field else {
                try cursor.skip(kind, in: bytes, to: end)
                continue
            }
            switch field {
            case .numbers(let name, let maximum):
                counts[number] += try cursor.numbers(kind, in: bytes, to: end)
                try Self.compare(counts[number], maximum, name)
            case .leaf(let name, let maximum):
                try cursor.skip(kind, in: bytes, to: end)
                counts[number] += 1
                entriesLeft -= 1
                try Self.compare(counts[number], maximum, name)
            case .message(let name, let maximum, let shape):
                counts[number] += 1
                entriesLeft -= 1
                try Self.compare(counts[number], maximum, name)
                guard kind == .bytes else {
                    try cursor.skip(kind, in: bytes, to: end)
                    continue
                }
                let inner = try cursor.length(in: bytes, to: end)
                do {
                    try shape.check(
                        bytes,
                        from: &cursor,
                        to: cursor.position + inner,
                        entriesLeft: &entriesLeft
                    )
                } catch {
                    throw error.inside(name)
                }
            }
            guard entriesLeft >= 0 else {
                throw .malformed(why: "it holds over \(Limits.entriesMaximum) messages")
            }
        }
    }

    private static func compare(
        _ count: Int,
        _ maximum: Int,
        _ field: String
    ) throws(DecodingFault) {
        if count > maximum {
            let why = maximum == 1 ? "is there twice" : "has more than \(maximum) entries"
            throw .unlawful(field: field, why: why)
        }
    }
}

/// A place in bytes in Protocol Buffers' encoding.
struct Cursor {
    private(set) var position = 0

    /// How a field's value is laid out.
    enum Kind: UInt64 {
        case varint = 0
        case fixed64 = 1
        case bytes = 2
        case fixed32 = 5
    }

    /// Reads a field's number and kind.
    mutating func tag(
        in bytes: Span<UInt8>,
        to end: Int
    ) throws(DecodingFault) -> (number: Int, kind: Kind) {
        let tag = try varint(in: bytes, to: end)
        guard let kind = Kind(rawValue: tag & 7) else {
            throw .malformed(why: "a field is of no kind that is in use")
        }
        guard (1...UInt64(1) << 29 - 1).contains(tag >> 3) else {
            throw .malformed(why: "a field's number is out of range")
        }
        return (Int(tag >> 3), kind)
    }

    /// Reads a variable-length number of at most ten bytes.
    mutating func varint(
        in bytes: Span<UInt8>,
        to end: Int
    ) throws(DecodingFault) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard position < end else { throw .malformed(why: "it ends within a number") }
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw .malformed(why: "a number has more than ten bytes")
    }

    /// Reads the length that precedes bytes, and makes sure that they are there.
    mutating func length(
        in bytes: Span<UInt8>,
        to end: Int
    ) throws(DecodingFault) -> Int {
        let length = try varint(in: bytes, to: end)
        guard length <= UInt64(end - position) else {
            throw .malformed(why: "a field is longer than what is left")
        }
        return Int(length)
    }

    /// Steps over a value.
    mutating func skip(
        _ kind: Kind,
        in bytes: Span<UInt8>,
        to end: Int
    ) throws(DecodingFault) {
        switch kind {
        case .varint: _ = try varint(in: bytes, to: end)
        case .fixed64: try step(8, to: end)
        case .bytes: position += try length(in: bytes, to: end)
        case .fixed32: try step(4, to: end)
        }
    }

    /// Steps over numbers and returns how many: a packed run has one for each byte that ends one.
    mutating func numbers(
        _ kind: Kind,
        in bytes: Span<UInt8>,
        to end: Int
    ) throws(DecodingFault) -> Int {
        guard kind == .bytes else {
            try skip(kind, in: bytes, to: end)
            return 1
        }
        let length = try length(in: bytes, to: end)
        var count = 0
        for index in position..<position + length where bytes[index] < 0x80 { count += 1 }
        position += length
        return count
    }

    private mutating func step(_ count: Int, to end: Int) throws(DecodingFault) {
        guard count <= end - position else {
            throw .malformed(why: "a field is longer than what is left")
        }
        position += count
    }
}
