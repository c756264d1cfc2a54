internal import AllocationModel

/// Something in a rule file that a person should look at.
package struct RuleFault: Error, Hashable, Sendable, CustomStringConvertible {
    package let line: Int
    package let severity: Severity
    /// What is wrong.
    package let detail: String
    /// What to do about it.
    package let hint: String

    package init(line: Int, _ detail: String, hint: String, severity: Severity = .error) {
        self.line = line
        self.severity = severity
        self.detail = detail
        self.hint = hint
    }

    /// How bad it is.
    package enum Severity: String, Hashable, Sendable {
        /// The file cannot be published.
        case error
        /// It can, but probably not with what was meant.
        case warning
    }

    package var description: String { "line \(line): \(detail); \(hint)" }
}

/// The bounds of a rule file, each with its reason.
package enum RuleLimits {
    /// Ten thousand rules of four hundred bytes, twice.
    package static let fileBytesMaximum = 8_388_608
    /// Several times what the office's budgets are stated for.
    package static let rulesMaximum = 50_000
    /// Enough for every customer of a contract by name.
    package static let wordsMaximum = 1000
    /// Levels of brackets and blocks: a rule needs four.
    static let nestingMaximum = 32
    /// Columns before a line's first word: a rule needs eight.
    static let indentMaximum = 256
    /// Faults one file is reported with: more than a person mends at a time.
    package static let faultsMaximum = 100
    /// Bytes of a rule's or a step's name.
    static let nameBytesMaximum = 200
    /// Days: ten years.
    static let daysMaximum = 3650
    /// Miles: half around the Earth.
    static let milesMaximum = 12_437
}

/// Finds the word that a mistyped one was meant to be.
enum NearestWord {
    /// Slips of the finger that still suggest what was meant.
    private static let slipsMaximum = 2

    /// Returns the nearest of `known` within two slips, and not more than half the word.
    static func of(_ word: String, among known: some Sequence<String>) -> String? {
        let wanted = Array(word.lowercased().utf8)
        var best: (slips: Int, word: String)?
        for candidate in known {
            let slips = EditDistance.between(
                wanted,
                Array(candidate.lowercased().utf8),
                atMost: slipsMaximum
            )
            guard slips <= min(slipsMaximum, max(1, wanted.count / 2)) else { continue }
            if best.map({ (slips, candidate) < $0 }) ?? true { best = (slips, candidate) }
        }
        return best?.word
    }

    /// Returns ‘ did you mean’ with the nearest word, or the whole choice where it is short.
    static func hint(for word: String, among known: [String]) -> String {
        if let nearest = of(word, among: known) { return "did you mean ‘\(nearest)’?" }
        let choice = known.sorted().prefix(40).joined(separator: ", ")
        return "write one of: \(choice)"
    }
}
