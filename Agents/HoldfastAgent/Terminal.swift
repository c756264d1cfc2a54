import Foundation
import Glibc

/// Where data and words go, and whether a person is looking.
enum Terminal {
    enum Color: String {
        case red = "31"
        case green = "32"
        case yellow = "33"
        case bold = "1"
    }

    static var outputIsTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
    static var errorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// Whether escape sequences are welcome at all: https://no-color.org.
    static var allowsEscapes: Bool {
        let environment = ProcessInfo.processInfo.environment
        let isRefused = !(environment["NO_COLOR"] ?? "").isEmpty
        return !isRefused && environment["TERM"] != "dumb"
    }

    /// Writes data to stdout, a line end after it.
    static func show(_ text: String) {
        write(text, to: .standardOutput)
    }

    /// Writes words to stderr, a line end after them.
    static func say(_ text: String) {
        write(text, to: .standardError)
    }

    /// Writes to stderr what somebody should look at.
    static func warn(_ text: String) {
        say(painted("warning:", .yellow, onError: true) + " " + text)
    }

    static func painted(_ text: String, _ color: Color, onError: Bool = false) -> String {
        let isTerminal = onError ? errorIsTerminal : outputIsTerminal
        guard isTerminal && allowsEscapes else { return text }
        return "\u{1B}[\(color.rawValue)m\(text)\u{1B}[0m"
    }

    private static func write(_ text: String, to handle: FileHandle) {
        // A reader that has gone (`| head`) wants no more; there is nobody to tell.
        try? handle.write(contentsOf: Data((text + "\n").utf8))
    }
}

/// Rows under headings, in columns as wide as they need.
struct Table {
    enum Alignment {
        case left
        case right
    }

    private let columns: [(heading: String, alignment: Alignment)]
    private var rows: [[String]] = []

    /// - Parameter columns: A heading that ends in `>` stands over numbers.
    init(_ columns: String...) {
        self.init(columns: columns)
    }

    /// - Parameter columns: As above, where how many there are depends on the data.
    init(columns: [String]) {
        self.columns = columns.map { heading in
            heading.hasSuffix(">") ? (String(heading.dropLast()), .right) : (heading, .left)
        }
    }

    var isEmpty: Bool { rows.isEmpty }

    mutating func add(_ fields: String...) {
        rows.append(fields)
    }

    mutating func add(row fields: [String]) {
        rows.append(fields)
    }

    var text: String {
        let lines = [columns.map(\.heading)] + rows
        let widths = columns.indices.map { index in
            lines.map { $0[index].count }.max() ?? 0
        }
        return lines.map { fields in line(fields, widths) }.joined(separator: "\n")
    }

    private func line(_ fields: [String], _ widths: [Int]) -> String {
        let padded = fields.indices.map { index -> String in
            let space = String(repeating: " ", count: widths[index] - fields[index].count)
            return switch columns[index].alignment {
            case .left: fields[index] + space
            case .right: space + fields[index]
            }
        }
        let joined = padded.joined(separator: "  ")
        return String(joined.reversed().drop { $0 == " " }.reversed())
    }
}

/// A bar on stderr that shows how far a file has come; nothing where no person is looking.
struct ProgressBar {
    private let total: Int64?
    private let isShown = Terminal.errorIsTerminal && Terminal.allowsEscapes
    private var lastShare: Int64 = -1

    /// - Parameter total: Bytes of the whole; nil where nobody knows.
    init(total: Int64?) {
        self.total = total
    }

    mutating func show(bytes: Int64, rows: Int) {
        guard isShown else { return }
        guard let total, total > 0 else {
            draw("\(rows) rows")
            return
        }
        let share = min(100, bytes * 100 / total)
        guard share != lastShare else { return }
        lastShare = share
        let full = Int(share * 30 / 100)
        let bar = String(repeating: "#", count: full) + String(repeating: ".", count: 30 - full)
        draw("[\(bar)] \(share)%  \(rows) rows")
    }

    /// Replaces the bar by words, or takes it away.
    func end(_ words: String = "") {
        guard isShown else { return }
        draw(words)
    }

    private func draw(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data("\r\u{1B}[K\(text)".utf8))
    }
}
