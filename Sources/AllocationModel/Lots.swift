extension Lot {
    /// Whether a lot has expired on a day: its last day has gone by.
    ///
    /// All that asks this asks here. The day is the site's, by the clock of its time zone; a lot
    /// without a last day keeps for ever.
    package static func isExpired(_ expires: CivilDate?, on day: CivilDate) -> Bool {
        expires.map { $0 < day } ?? false
    }

    /// Returns the days that a lot still has on a day; nil where it keeps for ever.
    ///
    /// None on its last one, and fewer once it has expired.
    package static func daysLeft(until expires: CivilDate?, on day: CivilDate) -> Int? {
        expires.map { $0.daysSinceEpoch - day.daysSinceEpoch }
    }
}

/// What a lot has papers of, in the words of whoever tested it: `EN 10204 3.1`.
package enum LotCertificate {
    /// Reads a name that came from outside.
    package static func name(parsing text: String) throws(ParseError) -> String {
        guard (1...Limits.identifierBytesMaximum).contains(text.utf8.count) else {
            throw ParseError(
                "‘\(text.prefix(80))’ is no certificate; write 1 to "
                    + "\(Limits.identifierBytesMaximum) bytes"
            )
        }
        let isPlain = text.unicodeScalars.allSatisfy {
            $0.properties.generalCategory != .control && $0 != ";"
        }
        guard isPlain, text.first?.isWhitespace == false, text.last?.isWhitespace == false else {
            throw ParseError(
                "‘\(text)’ is no certificate; write it without semicolons and outer spaces"
            )
        }
        return text
    }

    /// Returns those of `needed` that are not among `certificates`; upper and lower case are alike.
    package static func missing(
        _ needed: [String],
        among certificates: [String]
    ) -> [String] {
        if needed.isEmpty { return [] }
        let known = Set(certificates.map { $0.lowercased() })
        return needed.filter { !known.contains($0.lowercased()) }
    }
}
