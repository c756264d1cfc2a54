/// Why bytes from outside are not the message they should be.
package enum DecodingFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// More bytes than a message may have: nothing was read.
    case tooLarge(bytes: Int)
    /// The peer speaks a newer major version: nothing else of the message was read.
    case newerVersion(major: Int)
    /// Not the bytes of this message in Protocol Buffers' encoding.
    case malformed(why: String)
    /// A field, by its path (`requests[3].reserve.lines[0].quantity`), that cannot be what it is.
    case unlawful(field: String, why: String)

    package var description: String {
        switch self {
        case .tooLarge(let bytes):
            "the message has \(bytes) bytes, more than any may have"
        case .newerVersion(let major):
            "the message is of version \(major), newer than this program; upgrade it"
        case .malformed(let why):
            "the message is malformed: \(why)"
        case .unlawful(let field, let why):
            "\(field) \(why)"
        }
    }

    static func missing(_ field: String) -> DecodingFault {
        .unlawful(field: field, why: "is missing")
    }

    /// Returns the same fault as seen from the message that has `field`.
    ///
    /// A fault of the field itself has an empty path, and an element of a list no field of its own.
    func inside(_ field: String) -> DecodingFault {
        if field.isEmpty { return self }
        return switch self {
        case .unlawful("", let why): .unlawful(field: field, why: why)
        case .unlawful(let rest, let why): .unlawful(field: "\(field).\(rest)", why: why)
        case .tooLarge, .newerVersion, .malformed: self
        }
    }
}

/// Returns what `read` makes of a field; a fault inside names the field.
func within<Value>(
    _ field: String,
    _ read: () throws(DecodingFault) -> Value
) throws(DecodingFault) -> Value {
    do {
        return try read()
    } catch {
        throw error.inside(field)
    }
}

extension Array {
    /// Returns what `read` makes of each element; a fault names the list and the position.
    ///
    /// That the list is not too long was checked before it was made: see `Shape`.
    func decoded<Value>(
        _ field: String,
        _ read: (Element) throws(DecodingFault) -> Value
    ) throws(DecodingFault) -> [Value] {
        var values: [Value] = []
        values.reserveCapacity(count)
        for index in indices {
            do {
                values.append(try read(self[index]))
            } catch {
                throw error.inside("\(field)[\(index)]")
            }
        }
        return values
    }

    /// Returns the array, or says that it may not be empty.
    func orFault(ifEmpty field: String) throws(DecodingFault) -> [Element] {
        if isEmpty { throw .unlawful(field: field, why: "is empty") }
        return self
    }
}
