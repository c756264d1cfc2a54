package import AllocationModel

extension CalendarRow {
    /// `3 of 120 orders, 9 of 800 lines`; of a day that nothing bounds, `3 orders`.
    package var takenInWords: String {
        guard ships || taken.orders != 0 else { return "" }
        guard let capacity else {
            return taken.orders.map { $0 == 0 ? "" : "\($0) order\($0 == 1 ? "" : "s")" } ?? ""
        }
        let shares = [
            capacity.orders.map { "\(taken.orders ?? 0) of \($0) orders" },
            capacity.lines.map { "\(taken.lines ?? 0) of \($0) lines" },
            capacity.grams.map {
                "\(Kilograms(grams: taken.grams ?? 0)) of \(Kilograms(grams: $0)) kg"
            },
        ]
        return shares.compactMap(\.self).joined(separator: ", ")
    }

    /// What is unusual about the day, or why nothing leaves; empty on a usual one.
    package var remarkInWords: String {
        switch remark {
        case "no-cutoff": "the weekday has no cutoff"
        case "no-pickup": "the carrier does not pick up"
        case "half-day": "half day: \(holiday ?? "")"
        default: holiday ?? ""
        }
    }
}

/// A weight as people name it.
package struct Kilograms: Sendable, CustomStringConvertible {
    package let grams: Int64

    package init(grams: Int64) {
        self.grams = grams
    }

    /// Reads a decimal of at most three places.
    package init(parsing text: String) throws(ParseError) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let decimals = parts.count == 2 ? parts[1].utf8.count : 0
        let digits = parts.joined()
        guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty }), decimals <= 3,
            digits.utf8.count <= 12, digits.utf8.allSatisfy({ (48...57).contains($0) }),
            let grams = Int64(digits + String(repeating: "0", count: 3 - decimals))
        else {
            throw ParseError("‘\(text)’ is not a weight; write kilograms, such as 4500 or 12.5")
        }
        self.grams = grams
    }

    package var description: String {
        let rest = grams % 1000
        guard rest > 0 else { return "\(grams / 1000)" }
        var decimals = String(rest + 1000).dropFirst()
        while decimals.hasSuffix("0") { decimals.removeLast() }
        return "\(grams / 1000).\(decimals)"
    }
}
