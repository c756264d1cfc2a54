/// One thing that is wrong with a document that was read, where, and what to do.
package struct FieldFault: Hashable, Sendable, CustomStringConvertible {
    package let pointer: JSONPointer
    /// What is wrong.
    package let detail: String
    /// What the sender can do about it.
    package let hint: String

    package init(_ pointer: JSONPointer, _ detail: String, hint: String) {
        self.pointer = pointer
        self.detail = detail
        self.hint = hint
    }

    package var description: String { "\(pointer) \(detail); \(hint)" }
}

/// A place in a JSON document: RFC 6901 in its URI fragment form, `#/lines/0/sku`.
package struct JSONPointer: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    /// The whole document.
    package static let root = JSONPointer(trusted: "#")

    private init(trusted text: String) {
        description = text
    }

    /// Returns the place of a member of the object here.
    package func member(_ name: String) -> JSONPointer {
        JSONPointer(trusted: description + "/" + Self.escaped(name))
    }

    /// Returns the place of an element of the array here.
    package func element(_ index: Int) -> JSONPointer {
        JSONPointer(trusted: description + "/\(index)")
    }

    private static func escaped(_ name: String) -> String {
        var text = ""
        for byte in name.utf8 {
            switch byte {
            case UInt8(ascii: "~"): text += "~0"
            case UInt8(ascii: "/"): text += "~1"
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                text += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return text
    }
}
