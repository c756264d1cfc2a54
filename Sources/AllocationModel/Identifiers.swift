/// Text from outside that does not mean what it should.
///
/// Carries what was wrong in words a person can act on; the boundary that
/// parsed the text adds the field's name or the row's number.
package struct ParseError: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}

/// A name that means one thing: an order, a warehouse, a lot.
///
/// Two to the same subject compare; two to different subjects do not compile
/// together. The text is 1 to 64 bytes of UTF-8 without control characters and
/// without space at either end, so that it survives CSV, JSON, SQL, logs and URLs.
package struct Identifier<Subject>: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: String

    /// Reads an identifier that came from outside.
    package init(parsing text: String) throws(ParseError) {
        try checkName(text)
        rawValue = text
    }

    /// Wraps text that a constraint or an earlier parse has already checked.
    package init(trusted text: String) {
        rawValue = text
    }

    package var description: String { rawValue }

    package static func < (left: Self, right: Self) -> Bool {
        left.rawValue < right.rawValue
    }
}

extension Identifier: ExpressibleByStringLiteral {
    package init(stringLiteral value: String) {
        self.init(trusted: value)
    }
}

/// The smallest thing a warehouse counts, by its code.
package struct SKU: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let code: String

    /// Reads a SKU code that came from outside: see `Identifier` for its bounds.
    package init(parsing text: String) throws(ParseError) {
        try checkName(text)
        code = text
    }

    /// Wraps a code that a constraint or an earlier parse has already checked.
    package init(trusted code: String) {
        self.code = code
    }

    package var description: String { code }

    package static func < (left: Self, right: Self) -> Bool {
        left.code < right.code
    }
}

extension SKU: ExpressibleByStringLiteral {
    package init(stringLiteral value: String) {
        self.init(trusted: value)
    }
}

/// One place that holds stock and ships it.
///
/// Only its name lives here: everything else about it is its own agent's.
package enum Warehouse {
    package typealias ID = Identifier<Warehouse>
}

/// The office's program that takes orders and decides plans.
package enum Coordinator {
    package typealias ID = Identifier<Coordinator>
}

/// Units of one SKU that share an expiry and certificates.
package enum Lot {
    package typealias ID = Identifier<Lot>
}

/// Throws a sentence that says why `text` cannot be an identifier.
private func checkName(_ text: String) throws(ParseError) {
    if text.isEmpty {
        throw ParseError("is empty; give 1 to \(Limits.identifierBytesMaximum) characters")
    }
    if text.utf8.count > Limits.identifierBytesMaximum {
        throw ParseError(
            "has \(text.utf8.count) bytes; at most \(Limits.identifierBytesMaximum) are allowed"
        )
    }
    for scalar in text.unicodeScalars
    where scalar.properties.generalCategory == .control
        || scalar.properties.generalCategory == .lineSeparator
        || scalar.properties.generalCategory == .paragraphSeparator
    {
        throw ParseError("contains a control character; remove it")
    }
    if text.first?.isWhitespace == true || text.last?.isWhitespace == true {
        throw ParseError("‘\(text)’ begins or ends with a space; remove it")
    }
}
