package import AllocationModel
package import StockLedger

/// Why a command was not carried out, and what to do; nothing was changed by it.
package struct SiteFault: Error, Hashable, Sendable, Codable, CustomStringConvertible {
    /// What sort of fault it is, for a script that reads the exit code.
    package enum Kind: String, Hashable, Sendable, Codable {
        /// The site's own state forbids it: an unknown SKU, fewer units than were taken.
        case refused
        /// What was given does not mean what it should: a file, a field.
        case badInput
        /// The key that was given is none, or was another request's.
        case keyTaken
        /// Somebody else is at it; the same again in a moment may succeed.
        case busy
        /// The ledger cannot be had: in use, missing, closed.
        case unavailable
        /// The ledger cannot be written; the agent that had it open ends.
        case storageFailed
    }

    package let kind: Kind
    package let message: String
    /// What to do next; empty where the message says it.
    package let hint: String
    /// Each thing that is wrong, where there are several: lines of a file.
    package let details: [String]
    /// The lines among the details, for a program that sent them; nil where there are none.
    package let rows: [Row]?

    /// What is wrong with one line of a file.
    package struct Row: Hashable, Sendable, Codable {
        package let line: Int
        package let field: String?
        package let message: String
    }

    package init(
        _ kind: Kind,
        _ message: String,
        hint: String = "",
        details: [String] = [],
        rows: [Row]? = nil
    ) {
        self.kind = kind
        self.message = message
        self.hint = hint
        self.details = details
        self.rows = rows
    }

    package var description: String { hint.isEmpty ? message : "\(message); \(hint)" }
}

extension SiteFault {
    package init(_ fault: LedgerFault) {
        let kind: Kind =
            switch fault {
            case .storageFailed, .damaged, .notWritable: .storageFailed
            case .full, .busy, .rolledBack: .busy
            case .inUse, .missing, .exists, .notALedger, .newerSchema, .closed, .readingOnly:
                .unavailable
            }
        self.init(kind, fault.description, hint: fault.hint)
    }

    /// Splits the sentence of a refusal into what is wrong and what to do, at its semicolon.
    package init(_ kind: Kind, sentence: String) {
        guard let mark = sentence.lastIndex(of: ";") else {
            self.init(kind, sentence)
            return
        }
        let remedy = sentence[sentence.index(after: mark)...].drop { $0 == " " }
        self.init(kind, String(sentence[..<mark]), hint: String(remedy))
    }

    /// A file that was refused whole, with the lines at fault.
    package init(_ report: RowReport) {
        let more = report.faultsTotal - report.faults.count
        let file = report.file ?? "the file"
        self.init(
            .badInput,
            report.faultsTotal == 1
                ? "one line of \(file) is wrong"
                : "\(report.faultsTotal) things in \(file) are wrong",
            hint: "nothing was changed; mend \(file) and import again",
            details: report.faults.map(\.description) + (more > 0 ? ["and \(more) more"] : []),
            rows: report.faults.map { Row(line: $0.line, field: $0.field, message: $0.message) }
        )
    }
}
