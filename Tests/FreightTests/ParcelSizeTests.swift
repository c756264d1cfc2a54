import AllocationModel
import Freight
import Testing

struct `Parcel size` {
    /// Tenths of an inch, as a spreadsheet has them.
    private func unit(_ length: Int64, _ width: Int64, _ height: Int64) throws -> Dimensions {
        try Dimensions(
            lengthInchTenths: length,
            widthInchTenths: width,
            heightInchTenths: height
        )
    }

    @Test func `takes what is as long and as thick as the carrier says, and no more`() throws {
        let cases: [(Int64, Int64, Int64, Bool)] = [
            // 108 in long, and 165 in with the girth: 108 + 2 x (14.25 + 14.25).
            (1080, 10, 10, true), (1090, 10, 10, false),
            (1080, 142, 142, true), (1080, 145, 145, false),
            (690, 240, 240, true), (690, 241, 242, false),
            // Whatever side is called what.
            (10, 1080, 10, true), (10, 10, 1090, false),
        ]
        for (length, width, height, isTaken) in cases {
            let sides = try unit(length, width, height)
            #expect(ParcelSize.standard.takes(sides) == isTaken, "\(length) \(width) \(height)")
        }
        #expect(ParcelSize.standard.takes(nil))
    }

    @Test func `refuses limits that are none`() {
        for (length, girth) in [(Int64(0), Int64(165)), (108, 107), (108, 401), (-1, -1)] {
            #expect(throws: ParseError.self) {
                try ParcelSize(checkingLength: length, girth: girth)
            }
        }
    }
}

struct `Delivery areas` {
    private let file = """
        dest_zip,commercial,residential
        750-751,3.95,5.55
        75001,,
        """

    private func areas(_ text: String) throws -> DeliveryAreas {
        guard case .deliveryAreas(let areas) = try rateFile(text) else {
            throw ParseError("are something else")
        }
        return areas
    }

    private func card(_ text: String) throws -> ParcelRateCard {
        let plain = try dallasGround()
        return try ParcelRateCard(
            service: plain.service,
            carrier: plain.carrier,
            level: plain.level,
            terms: plain.terms,
            chart: plain.chart,
            rates: plain.rates,
            deliveryAreas: areas(text)
        )
    }

    // (12.05 + 4.00 + 5.55) and 10 percent fuel of it: 21.60 + 2.16.
    @Test func `add to the price of each package before fuel, by who receives it`() throws {
        let card = try card(
            """
            dest_zip,commercial,residential
            070-071,3.95,5.55
            07302,16.00,16.00
            """
        )
        let cases = [
            ("07102", false, Int64(454), "17.60"), ("07102", true, 454, "23.76"),
            // The code comes before its prefix: (12.05 + 16.00) x 1.1, up to 30.86.
            ("07302", false, 454, "30.86"),
            // Two packages: (118.75 + 3.95) x 1.1 and (12.05 + 3.95) x 1.1.
            ("07102", false, 68_040, "152.57"),
            ("08102", false, 454, "13.26"),
        ]
        for (code, isResidential, grams, expected) in cases {
            let to = try destination(code, isResidential: isResidential)
            let offer = try #require(card.offer(to: to))
            let load = Load(weight: grams, billableWeight: grams)
            let charge = offer.tariff.charge(forBillableWeight: grams)

            #expect(charge?.money(in: .usd) == (try usd(expected)), "\(code), \(grams) g")
            let lines = try #require(card.breakdown(of: load, by: offer))
            #expect(lines.reduce(0) { $0 + $1.amount.minorUnits } == (try usd(expected)).minorUnits)
        }
        let offer = try #require(card.offer(to: try destination("07102", isResidential: true)))
        let lines = try #require(card.breakdown(of: Load(billableWeight: 68_040), by: offer))
        #expect(
            lines.map(\.text) == [
                "1 package of 150 lb, zone 5", "1 package of 1 lb, zone 5",
                "residence, 2 packages", "delivery area, 2 packages", "fuel 10 %",
            ]
        )
    }

    @Test func `cost no destination more than the standing terms say`() throws {
        // To companies more than to residences: the dearest is the dearest of both.
        let card = try card("dest_zip,commercial,residential\n070-071,9.00,5.55\n751,1.00,2.00\n")
        let standing = try #require(card.standingTerms()).tariff

        for code in ["07102", "08102", "75001", "75101", "89501"] {
            for isResidential in [false, true] {
                let to = try destination(code, isResidential: isResidential)
                guard let offer = card.offer(to: to) else { continue }
                for grams in [Int64(1), 454, 4536, 68_039, 150_000] {
                    let most = try #require(standing.charge(forBillableWeight: grams))
                    let asked = try #require(offer.tariff.charge(forBillableWeight: grams))
                    #expect(asked <= most, "\(code), \(grams) g")
                }
            }
        }
    }

    @Test func `are refused with the line at fault`() throws {
        let cases = [
            (file, "line 3"), ("dest_zip,commercial,residential\n", "line 1"),
            ("dest_zip,commercial,residential\n750,1,1\n750,2,2\n", "line 3"),
            ("dest_zip,commercial\n750,1\n", "residential"),
            ("dest_zip,residential\n750,1\n", "commercial"),
            ("dest_zip,commercial,residential\n750,-1,1\n", "line 2"),
        ]
        for (text, words) in cases {
            let report = #expect(throws: RowReport.self, "\(text)") { try areas(text) }
            let faults = report?.faults.map(\.description).joined(separator: "; ") ?? ""
            #expect(faults.contains(words), "\(faults)")
        }
    }
}
