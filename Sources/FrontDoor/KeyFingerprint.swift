package import AllocationModel
internal import Crypto

/// A public key by the SHA-256 of its encoding: what a site is known by.
package struct KeyFingerprint: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// 64 hexadecimal digits.
    package let description: String

    /// Takes the fingerprint of a public key, encoded as SubjectPublicKeyInfo.
    package init(ofKey bytes: some Sequence<UInt8>) {
        description = SHA256.hash(data: Array(bytes)).map { Self.digits($0) }.joined()
    }

    /// Reads what `description` wrote.
    package init(parsing text: String) throws(ParseError) {
        let isHexadecimal = text.utf8.allSatisfy {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
        }
        guard text.utf8.count == 64, isHexadecimal else {
            throw ParseError("‘\(text)’ is not a key; it has 64 digits from 0 to f")
        }
        description = text
    }

    /// The first sixteen digits, for people.
    package var short: String { String(description.prefix(16)) }

    package static func < (left: Self, right: Self) -> Bool {
        left.description < right.description
    }

    private static func digits(_ byte: UInt8) -> String {
        let text = String(byte, radix: 16)
        return byte < 16 ? "0" + text : text
    }
}
