import AllocationModel
import SeededGenerator
import Testing

struct `CSV reader` {
    @Test func `reads rows and the lines on which they begin`() throws {
        let text = "sku,on_hand\r\nVALVE-3IN,8\r\n\r\n\"HOSE, 1/2\"\"\",\"two\nlines\"\r\nBOLT,\n"
        let rows = try CSVReader.rows(of: [UInt8](text.utf8))

        #expect(
            rows == [
                CSVRow(line: 1, fields: ["sku", "on_hand"]),
                CSVRow(line: 2, fields: ["VALVE-3IN", "8"]),
                CSVRow(line: 4, fields: ["HOSE, 1/2\"", "two\nlines"]),
                CSVRow(line: 6, fields: ["BOLT", ""]),
            ]
        )
    }

    @Test func `takes any of the three line ends, a missing last one, and a byte-order mark`()
        throws
    {
        for text in ["a,b\n1,2\n", "a,b\r\n1,2\r\n", "a,b\r1,2\r", "a,b\n1,2", "\u{FEFF}a,b\n1,2"] {
            let rows = try CSVReader.rows(of: [UInt8](text.utf8))

            #expect(rows.map(\.fields) == [["a", "b"], ["1", "2"]])
            #expect(rows.map(\.line) == [1, 2])
        }
        let mixed = try CSVReader.rows(of: [UInt8]("a\rb\nc\r\nd".utf8))
        #expect(mixed.map(\.fields) == [["a"], ["b"], ["c"], ["d"]])
        #expect(mixed.map(\.line) == [1, 2, 3, 4])
        let quoted = try CSVReader.rows(of: [UInt8]("\u{FEFF}\"a\",b\n".utf8))
        #expect(quoted.map(\.fields) == [["a", "b"]])
    }

    @Test func `keeps quoted blanks and skips blank lines`() throws {
        #expect(try CSVReader.rows(of: []).isEmpty)
        #expect(try CSVReader.rows(of: [UInt8]("\n\r\n\n".utf8)).isEmpty)
        #expect(
            try CSVReader.rows(of: [UInt8]("a\n\"\"\n,\n".utf8)).map(\.fields) == [
                ["a"], [""], ["", ""],
            ]
        )
    }

    @Test func `refuses what cannot be read one way only, and says how to mend it`() {
        let long = String(repeating: "x", count: Limits.csvFieldBytesMaximum + 1)
        let wide = String(repeating: ",", count: Limits.csvColumnsMaximum)
        for (text, expected) in [
            (
                "a,b\n1,\"two\n3,4\n",
                "line 2, column 2: opens a quote that is never closed; close it, or double a quote "
                    + "that is text"
            ),
            (
                "a\n1/2\" hose\n",
                "line 2, column 1: has a quote inside; put the whole field in quotes and double the "
                    + "one inside"
            ),
            (
                "a\n\"1\" hose\n",
                "line 2, column 1: has text after its closing quote; double a quote that is text, "
                    + "or remove the rest"
            ),
            (
                "a\nb\0c\n",
                "line 2, column 1: contains a NUL byte; save the file as CSV in UTF-8, not as UTF-16 "
                    + "or a workbook"
            ),
            (
                "sku;on_hand\nVALVE-3IN;8\n",
                "line 1 separates its columns with semicolons; save the file with commas between "
                    + "columns"
            ),
            (
                "\"sku\";\"on_hand\"\n",
                "line 1 separates its columns with semicolons; save the file with commas between "
                    + "columns"
            ),
            (
                "sku\ton_hand\n",
                "line 1 separates its columns with tabs; save the file with commas between columns"
            ),
            (
                "a\n\(long)\n",
                "line 2, column 1: is longer than 8192 bytes; look for a quote never closed"
            ),
            ("a\n\(wide)\n", "line 2 has more than 256 columns; check that the file is CSV"),
        ] {
            let fault = #expect(throws: RowFault.self) {
                try CSVReader.rows(of: [UInt8](text.utf8))
            }
            #expect(fault?.description == expected)
        }
    }

    @Test func `refuses text that is not UTF-8`() {
        let fault = #expect(throws: RowFault.self) {
            try CSVReader.rows(of: [0x61, 0x0A, 0x4D, 0xFC, 0x6C, 0x0A])
        }
        #expect(
            fault?.description
                == "line 2, column 1: is not UTF-8 text; save the file as CSV in UTF-8"
        )
    }

    @Test func `throws the same fault for ever after the first`() throws {
        var reader = CSVReader()
        let fault = try #require(throws: RowFault.self) { try reader.read([UInt8]("a\"".utf8)) }

        #expect(throws: fault) { try reader.read([UInt8]("b,c\n".utf8)) }
        #expect(throws: fault) { try reader.finish() }
    }

    // A file arrives in whatever pieces the disk or the socket gives.
    @Test func `reads the same rows however the bytes are cut`() throws {
        var random = SeededGenerator(seed: 4180)
        for _ in 0..<500 {
            let table = Self.table(using: &random)
            let bytes = [UInt8](Self.csv(of: table, using: &random).utf8)
            var reader = CSVReader()
            var rows: [CSVRow] = []
            var start = 0
            while start < bytes.count {
                let end = min(bytes.count, start + Int.random(in: 1...7, using: &random))
                rows += try reader.read(Array(bytes[start..<end]))
                start = end
            }
            if let last = try reader.finish() { rows.append(last) }

            #expect(rows == (try CSVReader.rows(of: bytes)))
        }
    }

    @Test func `gives back what was written`() throws {
        var random = SeededGenerator(seed: 4181)
        for _ in 0..<2000 {
            let table = Self.table(using: &random)
            let rows = try CSVReader.rows(of: [UInt8](Self.csv(of: table, using: &random).utf8))

            #expect(rows.map(\.fields) == table)
        }
    }

    @Test func `never traps on bytes of any kind`() {
        var random = SeededGenerator(seed: 4182)
        let likely: [UInt8] = [34, 34, 44, 44, 10, 13, 59, 65, 66, 0xEF, 0xBB, 0xBF, 0xC3, 0]
        var (read, refused) = (0, 0)
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...40, using: &random))
                .map { _ in
                    Bool.random(using: &random)
                        ? likely[Int.random(in: 0..<likely.count, using: &random)]
                        : UInt8.random(in: 32...126, using: &random)
                }
            if (try? CSVReader.rows(of: bytes)) == nil { refused += 1 } else { read += 1 }
        }
        #expect(read > 500 && refused > 500, "\(read) read, \(refused) refused")
    }

    /// A few rows of one width; the first field of each is never the only one and blank.
    private static func table(using random: inout SeededGenerator) -> [[String]] {
        let pieces = ["VALVE-3IN", "8", "\"", ",", "\n", "\r\n", "é", " ", ";", "\u{FEFF}"]
        let width = Int.random(in: 2...5, using: &random)
        return (0..<Int.random(in: 1...6, using: &random))
            .map { _ in
                (0..<width)
                    .map { _ in
                        (0..<Int.random(in: 0...4, using: &random))
                            .map { _ in
                                pieces[Int.random(in: 0..<pieces.count, using: &random)]
                            }
                            .joined()
                    }
            }
    }

    private static func csv(of table: [[String]], using random: inout SeededGenerator) -> String {
        let end = ["\n", "\r\n", "\r"][Int.random(in: 0..<3, using: &random)]
        let lines = table.map { row in
            row.map { field in
                let isPlain = !field.unicodeScalars.contains {
                    "\",;\r\n\u{FEFF}".unicodeScalars.contains($0)
                }
                return isPlain && Bool.random(using: &random)
                    ? field : "\"" + field.doublingQuotes + "\""
            }
            .joined(separator: ",")
        }
        return lines.joined(separator: end) + (Bool.random(using: &random) ? end : "")
    }
}

struct `CSV header` {
    @Test func `finds columns by any of their names, in any spelling`() throws {
        let header = try CSVHeader(
            CSVRow(line: 1, fields: ["Dest. ZIP", "Qty On-Hand", "", " SKU "])
        )

        #expect(header.index(ofAny: ["destination", "dest_zip"]) == 0)
        #expect(header.index(ofAny: ["qty_on_hand"]) == 1)
        #expect(header.index(ofAny: ["sku"]) == 3)
        #expect(header.index(ofAny: ["lot", ""]) == nil)
        #expect(
            header.text(at: 3, of: CSVRow(line: 2, fields: ["", "", "", " VALVE-3IN "]))
                == "VALVE-3IN"
        )
        #expect(header.text(at: 3, of: CSVRow(line: 2, fields: ["75001"])) == "")
    }

    @Test func `names the column it misses, and the one it has twice`() throws {
        let header = try CSVHeader(CSVRow(line: 1, fields: ["sku"]))

        let missing = #expect(throws: RowFault.self) {
            try header.index(ofRequired: ["on_hand", "qty"])
        }
        #expect(
            missing?.description
                == "line 1 names no column ‘on_hand’ or ‘qty’; add it to the header"
        )
        let twice = #expect(throws: RowFault.self) {
            try CSVHeader(CSVRow(line: 3, fields: ["sku", "SKU"]))
        }
        #expect(
            twice?.description == "line 3, SKU: is the name of two columns; remove or rename one"
        )
    }

    @Test func `refuses fields beyond its last column unless they are blank`() throws {
        let header = try CSVHeader(CSVRow(line: 1, fields: ["sku", "on_hand", ""]))

        #expect(header.widthFault(of: CSVRow(line: 2, fields: ["A", "1"])) == nil)
        #expect(header.widthFault(of: CSVRow(line: 2, fields: ["A", "1", "", ""])) == nil)
        #expect(
            header.widthFault(of: CSVRow(line: 2, fields: ["A", "1,000", "x"]))?.description
                == "line 2 has 3 fields under 2 columns; quote a field with a comma"
        )
    }
}

struct `Row report` {
    @Test func `keeps the first hundred faults and counts the rest`() {
        var report = RowReport()
        for line in 1...150 { report.add(RowFault(line: line, field: "sku", "is empty")) }

        #expect(report.faults.count == Limits.rowFaultsMaximum)
        #expect(report.faultsTotal == 150)
        #expect(report.description.hasSuffix("line 100, sku: is empty\nand 50 more"))
        #expect(throws: report) { try report.throwUnlessClean() }
    }

    @Test func `passes values on and puts faults in their place`() throws {
        var report = RowReport()
        let date = report.take("expiry", atLine: 2) { () throws(ParseError) in
            try CivilDate(parsing: "2026-03-04")
        }
        #expect(date == (try CivilDate(parsing: "2026-03-04")))
        #expect(report.isClean)

        let missing = report.take("expiry", atLine: 7) { () throws(ParseError) in
            try CivilDate(parsing: "3/4/26")
        }
        #expect(missing == nil)
        #expect(
            report.faults.map(\.description) == [
                "line 7, expiry: ‘3/4/26’ is not a date; write year-month-day, as 2026-03-04"
            ]
        )
    }
}

extension String {
    /// The text as it stands inside quotes.
    fileprivate var doublingQuotes: String {
        String(flatMap { $0 == "\"" ? [$0, $0] : [$0] })
    }
}
