import AllocationModel
import Testing

struct `Address kind` {
    private func destination(
        _ postalCode: String,
        region: String = "",
        country: String = "US",
        isPostOfficeBox: Bool = false
    ) throws -> Destination {
        try Destination(
            country: Country(parsing: country),
            parsingPostalCode: postalCode,
            region: region,
            isPostOfficeBox: isPostOfficeBox
        )
    }

    @Test func `finds a post office box however it is written`() {
        for line in [
            "PO Box 123", "P.O. Box 123", "p.o.box 123", "P O BOX 123", "POBOX 123",
            "Post Office Box 123", "PO  BOX #123", "P. O. Box A", "PO-Box 123", "POB 123",
            "P.O.B. 123", "PO Bx 12", "PO Drawer 7", "Postal Box 9", "Acme Supply PO Box 123",
        ] {
            #expect(AddressKind.isPostOfficeBox([line]), "\(line)")
        }
        #expect(AddressKind.isPostOfficeBox(["Acme Supply", "PO Box 123"]))
        #expect(AddressKind.isPostOfficeBox(["PO Box 123", ""]))
    }

    @Test func `takes no street for one`() {
        for lines in [
            ["1200 Box Elder Rd"], ["Pob Lane"], ["12 Post Office Rd"], ["RR 2 Box 152"],
            ["PSC 3 Box 4712"], ["Suite 12"], ["100 Depot St", "Box 7"], [""], [],
            ["Poboxer Str. 4"],
        ] {
            #expect(!AddressKind.isPostOfficeBox(lines), "\(lines)")
        }
    }

    // A carrier that is given both delivers to the street.
    @Test func `takes a street beside a box for what it is`() {
        #expect(!AddressKind.isPostOfficeBox(["123 Main St", "PO Box 45"]))
        #expect(!AddressKind.isPostOfficeBox(["PO Box 45", "123 Main St"]))
        #expect(!AddressKind.isPostOfficeBox(["123 Main St, PO Box 45"]))
        #expect(!AddressKind.isPostOfficeBox(["12 Elm PO Box 45"]))
    }

    @Test func `knows the military's ZIP codes and regions from all others`() throws {
        for code in ["34001", "09012", "09000", "09899", "96201", "96600-1234"] {
            #expect(try destination(code).addressKind == .military, "\(code)")
        }
        for code in ["33901", "34101", "08999", "09999", "96199", "96701", "75001"] {
            #expect(try destination(code).addressKind == .street, "\(code)")
        }
        for region in ["AA", "AE", "AP", "ae"] {
            #expect(try destination("75001", region: region).addressKind == .military)
        }
        // AE is a country too, and Germany writes codes that look alike.
        #expect(try destination("09111", country: "DE").addressKind == .street)
        #expect(try destination("75001", region: "AZ").addressKind == .street)
    }

    @Test func `counts a box in a military post office as the military's`() throws {
        #expect(try destination("09012", isPostOfficeBox: true).addressKind == .military)
        #expect(try destination("75001", isPostOfficeBox: true).addressKind == .postOfficeBox)
    }

    @Test func `reads the words that the command line has for it`() throws {
        for kind in AddressKind.allCases {
            #expect(try AddressKind(parsing: kind.rawValue) == kind)
        }
        #expect(throws: ParseError.self) { try AddressKind(parsing: "apo") }
    }
}
