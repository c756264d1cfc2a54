import AllocationModel
import Testing

struct `Name from outside` {
    @Test func `accepts what survives CSV, JSON, SQL, logs and URLs`() throws {
        for text in [
            "4711", "DAL", "VALVE-3IN", "a", "gid://shopify/Order/820982911946154508",
            "Müller & Söhne", "日本", "3\" hose, 50'", String(repeating: "x", count: 64),
            String(repeating: "é", count: 32),
        ] {
            #expect(try Warehouse.ID(parsing: text).rawValue == text)
            #expect(try SKU(parsing: text).code == text)
            #expect(try SKU(parsing: text).description == text)
            #expect(try Order.ID(parsing: text).description == text)
        }
    }

    @Test func `is 1 to 64 bytes long, however few characters those are`() {
        for text in [
            "", String(repeating: "x", count: 65), String(repeating: "é", count: 33),
            String(repeating: "日", count: 22),
        ] {
            #expect(throws: ParseError.self, "\(text)") { try Order.ID(parsing: text) }
            #expect(throws: ParseError.self, "\(text)") { try SKU(parsing: text) }
        }
    }

    @Test func `holds no control character anywhere`() {
        let controls = (0x00...0x1F).map { $0 } + (0x7F...0x9F).map { $0 } + [0x2028, 0x2029]
        for scalar in controls.compactMap({ UnicodeScalar($0) }) {
            for text in ["\(scalar)4711", "47\(scalar)11", "4711\(scalar)"] {
                #expect(throws: ParseError.self, "U+\(String(scalar.value, radix: 16))") {
                    try Order.ID(parsing: text)
                }
            }
        }
    }

    @Test func `neither begins nor ends with a space`() {
        for text in [" 4711", "4711 ", " ", "\u{A0}4711", "4711\u{3000}"] {
            #expect(throws: ParseError.self, "\(text)") { try Order.ID(parsing: text) }
        }
        #expect(throws: Never.self) { try Order.ID(parsing: "47 11") }
    }

    @Test func `says what is wrong in words`() {
        #expect(throws: ParseError("is empty; give 1 to 64 characters")) {
            try Order.ID(parsing: "")
        }
        #expect(throws: ParseError("has 65 bytes; at most 64 are allowed")) {
            try SKU(parsing: String(repeating: "x", count: 65))
        }
    }

    @Test func `sorts by its text`() {
        let sites: [Warehouse.ID] = ["RNO", "DAL", "EWR"]

        #expect(sites.sorted() == ["DAL", "EWR", "RNO"])
        #expect(SKU(trusted: "HOSE-1IN") < "VALVE-3IN")
    }
}
