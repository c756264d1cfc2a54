/// One record of a CSV file, with the line on which it begins.
package struct CSVRow: Hashable, Sendable {
    /// Counts lines of the file from 1, those inside quoted fields included.
    package let line: Int
    package let fields: [String]

    package init(line: Int, fields: [String]) {
        self.line = line
        self.fields = fields
    }
}

/// Reads CSV as it arrives, in pieces of any size.
///
/// RFC 4180, and of what spreadsheets write beyond it: a byte-order mark, bare
/// line feeds or carriage returns, blank lines (skipped). What cannot be read
/// one way only is refused with a remedy rather than guessed at: another
/// delimiter, a stray quote, text that is not UTF-8. After a fault the reader
/// is spent: every later call throws the same fault.
package struct CSVReader: Sendable {
    private enum State {
        /// Nothing of the field has come; a quote would open it.
        case fieldStart
        case unquoted
        case quoted
        /// A quote inside a quoted field: it ends the field, or is half of a doubled one.
        case quoteInQuoted
    }

    private var state = State.fieldStart
    private var line = 1
    private var rowLine = 1
    private var isFirstRow = true
    private var field: [UInt8] = []
    private var fields: [String] = []
    private var rowHasQuotes = false
    private var isAfterCarriageReturn = false
    private var fault: RowFault?

    package init() {}

    /// Reads a whole file that is already in memory.
    package static func rows(of bytes: [UInt8]) throws(RowFault) -> [CSVRow] {
        var reader = CSVReader()
        var rows = try reader.read(bytes)
        if let last = try reader.finish() { rows.append(last) }
        return rows
    }

    /// Takes the next piece of the file and returns the rows it completes.
    ///
    /// - Throws: `RowFault` naming the line and what to change in the file.
    package mutating func read(_ bytes: [UInt8]) throws(RowFault) -> [CSVRow] {
        if let fault { throw fault }
        var rows: [CSVRow] = []
        do throws(RowFault) {
            var index = 0
            while index < bytes.count {
                let end = Self.endOfPlainRun(in: bytes, from: index)
                if end > index {
                    try plain(bytes[index..<end])
                    index = end
                } else {
                    if let row = try step(bytes[index]) { rows.append(row) }
                    index += 1
                }
            }
        } catch {
            fault = error
            throw error
        }
        return rows
    }

    /// Ends the file and returns its last row where no line end followed it.
    ///
    /// - Throws: `RowFault` where a quoted field was never closed.
    package mutating func finish() throws(RowFault) -> CSVRow? {
        if let fault { throw fault }
        do throws(RowFault) {
            if state == .quoted {
                throw RowFault(
                    line: rowLine,
                    field: columnName,
                    "opens a quote that is never closed; close it, or double a quote that is text"
                )
            }
            return try endRow()
        } catch {
            fault = error
            throw error
        }
    }

    /// Returns the index of the next byte that may mean something, or the end.
    private static func endOfPlainRun(in bytes: [UInt8], from start: Int) -> Int {
        var index = start
        while index < bytes.count, !ASCII.isSpecial(bytes[index]) { index += 1 }
        return index
    }

    /// Takes one byte that means something, unless a quoted field makes it text.
    private mutating func step(_ byte: UInt8) throws(RowFault) -> CSVRow? {
        let completesLineEnd = isAfterCarriageReturn && byte == ASCII.lineFeed
        isAfterCarriageReturn = byte == ASCII.carriageReturn
        if completesLineEnd {
            // The second half of one line end, which has been dealt with.
            if state == .quoted { try append([byte]) }
            return nil
        }
        let isLineEnd = byte == ASCII.lineFeed || byte == ASCII.carriageReturn
        if isLineEnd { line += 1 }
        if byte == ASCII.nul {
            throw RowFault(
                line: line,
                field: columnName,
                "contains a NUL byte; save the file as CSV in UTF-8, not as UTF-16 or a workbook"
            )
        }
        if state == .quoted {
            if byte == ASCII.quote { state = .quoteInQuoted } else { try append([byte]) }
            return nil
        }
        if isLineEnd { return try endRow() }
        if byte == ASCII.comma { try endField() } else { try quote() }
        return nil
    }

    private mutating func quote() throws(RowFault) {
        switch state {
        case .fieldStart:
            openQuoted()
        case .quoteInQuoted:
            try append([ASCII.quote])
            state = .quoted
        case .unquoted:
            guard isFirstRow && fields.isEmpty && field == ASCII.byteOrderMark else {
                throw RowFault(
                    line: line,
                    field: columnName,
                    "has a quote inside; put the whole field in quotes and double the one inside"
                )
            }
            openQuoted()
        case .quoted:
            state = .quoteInQuoted
        }
    }

    private mutating func openQuoted() {
        field.removeAll(keepingCapacity: true)
        rowHasQuotes = true
        state = .quoted
    }

    /// Takes bytes that are text wherever they stand.
    private mutating func plain(_ bytes: ArraySlice<UInt8>) throws(RowFault) {
        isAfterCarriageReturn = false
        if state == .quoteInQuoted {
            if isFirstRow, bytes.first == UInt8(ascii: ";") { throw delimiterFault("semicolons") }
            throw RowFault(
                line: line,
                field: columnName,
                "has text after its closing quote; double a quote that is text, or remove the rest"
            )
        }
        if state == .fieldStart { state = .unquoted }
        try append(bytes)
    }

    private mutating func append(_ bytes: ArraySlice<UInt8>) throws(RowFault) {
        guard field.count + bytes.count <= Limits.csvFieldBytesMaximum else {
            throw RowFault(
                line: rowLine,
                field: columnName,
                "is longer than \(Limits.csvFieldBytesMaximum) bytes; look for a quote never closed"
            )
        }
        field.append(contentsOf: bytes)
    }

    private mutating func endField() throws(RowFault) {
        guard fields.count < Limits.csvColumnsMaximum else {
            throw RowFault(
                line: rowLine,
                "has more than \(Limits.csvColumnsMaximum) columns; check that the file is CSV"
            )
        }
        if isFirstRow && fields.isEmpty && !rowHasQuotes
            && field.starts(with: ASCII.byteOrderMark)
        {
            field.removeFirst(ASCII.byteOrderMark.count)
        }
        guard let text = Self.text(of: field) else {
            throw RowFault(
                line: rowLine,
                field: columnName,
                "is not UTF-8 text; save the file as CSV in UTF-8"
            )
        }
        fields.append(text)
        field.removeAll(keepingCapacity: true)
        state = .fieldStart
    }

    private static func text(of bytes: [UInt8]) -> String? {
        do {
            return String(copying: try UTF8Span(validating: bytes.span))
        } catch {
            return nil
        }
    }

    /// Ends the field and the row; nil for a blank line.
    private mutating func endRow() throws(RowFault) -> CSVRow? {
        try endField()
        let row = CSVRow(line: rowLine, fields: fields)
        let isBlankLine = row.fields == [""] && !rowHasQuotes
        if isFirstRow && !rowHasQuotes { try checkDelimiter(of: row) }
        rowLine = line
        fields = []
        rowHasQuotes = false
        if isBlankLine { return nil }
        fields.reserveCapacity(row.fields.count)
        isFirstRow = false
        return row
    }

    private func checkDelimiter(of row: CSVRow) throws(RowFault) {
        guard row.fields.count == 1, let text = row.fields.first else { return }
        if text.contains(";") { throw delimiterFault("semicolons") }
        if text.contains("\t") { throw delimiterFault("tabs") }
    }

    private func delimiterFault(_ name: String) -> RowFault {
        RowFault(
            line: rowLine,
            "separates its columns with \(name); save the file with commas between columns"
        )
    }

    private var columnName: String { "column \(fields.count + 1)" }
}

private enum ASCII {
    static let nul: UInt8 = 0
    static let lineFeed: UInt8 = 10
    static let carriageReturn: UInt8 = 13
    static let quote: UInt8 = 34
    static let comma: UInt8 = 44
    static func isSpecial(_ byte: UInt8) -> Bool {
        byte == comma || byte == quote || byte == lineFeed || byte == carriageReturn || byte == nul
    }

    /// U+FEFF in UTF-8, which some spreadsheets write before the first field.
    static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
}

/// The first row of a CSV file, which names its columns.
///
/// Names match in any case, with spaces, dots, hyphens and underscores alike:
/// `Dest. ZIP` is `dest_zip`.
package struct CSVHeader: Hashable, Sendable {
    package let row: CSVRow
    private let names: [String]

    /// - Throws: `RowFault` where a column has no name, or two have one.
    package init(_ row: CSVRow) throws(RowFault) {
        self.row = row
        let names = row.fields.map(Self.normalized)
        for (index, name) in names.enumerated() where !name.isEmpty {
            guard names[..<index].contains(name) else { continue }
            throw RowFault(
                line: row.line,
                field: row.fields[index],
                "is the name of two columns; remove or rename one"
            )
        }
        self.names = names
    }

    /// How many columns have a name to their right or are named.
    package var count: Int { (names.lastIndex { !$0.isEmpty } ?? -1) + 1 }

    /// Returns the index of the column called any of `aliases`, or nil.
    package func index(ofAny aliases: [String]) -> Int? {
        let wanted = aliases.map(Self.normalized)
        return names.firstIndex { !$0.isEmpty && wanted.contains($0) }
    }

    /// Returns the index of a column that the file cannot do without.
    package func index(ofRequired aliases: [String]) throws(RowFault) -> Int {
        guard let index = index(ofAny: aliases) else {
            let spelled = aliases.map { "‘\($0)’" }.joined(separator: " or ")
            throw RowFault(line: row.line, "names no column \(spelled); add it to the header")
        }
        return index
    }

    /// Returns the field at `index`, without outer spaces; empty where the row is shorter.
    package func text(at index: Int, of row: CSVRow) -> String {
        guard index < row.fields.count else { return "" }
        let field = Substring(row.fields[index]).drop(while: \.isWhitespace)
        return String(field.reversed().drop(while: \.isWhitespace).reversed())
    }

    /// Returns what is wrong with the width of `row`, or nil: fields beyond the last column.
    package func widthFault(of row: CSVRow) -> RowFault? {
        guard row.fields.dropFirst(count).contains(where: { !$0.isEmpty }) else { return nil }
        return RowFault(
            line: row.line,
            "has \(row.fields.count) fields under \(count) columns; quote a field with a comma"
        )
    }

    /// Whether the row has nothing in any field, as spreadsheets leave below a table.
    package static func isBlank(_ row: CSVRow) -> Bool {
        row.fields.allSatisfy { $0.allSatisfy(\.isWhitespace) }
    }

    private static func normalized(_ name: String) -> String {
        name.lowercased()
            .split { $0.isWhitespace || $0 == "." || $0 == "_" || $0 == "-" }
            .joined(separator: "_")
    }
}

/// What is wrong at one place of a file from outside, and what to do about it.
package struct RowFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// Line of the file, from 1.
    package let line: Int
    /// The column's name where one field is at fault.
    package let field: String?
    /// Completes a sentence whose subject is the field, or else the line.
    package let message: String

    package init(line: Int, field: String? = nil, _ message: String) {
        self.line = line
        self.field = field
        self.message = message
    }

    package var description: String {
        let place = field.map { "line \(line), \($0):" } ?? "line \(line)"
        return "\(place) \(message)"
    }
}

/// All that is wrong with a file: it is taken whole or not at all.
///
/// An importer adds to it row by row, so that a person mends a file once and
/// not once for each fault, and throws it where anything was added.
package struct RowReport: Error, Hashable, Sendable, CustomStringConvertible {
    /// In the order found, the first `Limits.rowFaultsMaximum`.
    package private(set) var faults: [RowFault] = []
    /// How many were found, kept or not.
    package private(set) var faultsTotal = 0
    /// Which file it is of, where several came together: `the zone chart`.
    package private(set) var file: String?

    package init() {}

    package init(_ fault: RowFault) {
        add(fault)
    }

    package var isClean: Bool { faultsTotal == 0 }

    /// Counts a fault, and keeps it while there are few.
    package mutating func add(_ fault: RowFault) {
        faultsTotal += 1
        if faults.count < Limits.rowFaultsMaximum { faults.append(fault) }
    }

    /// Returns the same faults as those of one of several files.
    package func naming(_ file: String) -> RowReport {
        var named = self
        named.file = file
        return named
    }

    /// Returns what `parse` makes of a field, or nil after adding why it cannot.
    package mutating func take<Value>(
        _ field: String,
        atLine line: Int,
        _ parse: () throws(ParseError) -> Value
    ) -> Value? {
        do {
            return try parse()
        } catch {
            add(RowFault(line: line, field: field, error.description))
            return nil
        }
    }

    /// - Throws: itself, unless it is clean.
    package func throwUnlessClean() throws(RowReport) {
        if !isClean { throw self }
    }

    package var description: String {
        var lines = faults.map(\.description)
        if faultsTotal > faults.count { lines.append("and \(faultsTotal - faults.count) more") }
        return lines.joined(separator: "\n")
    }
}
