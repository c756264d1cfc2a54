import AllocationModel
import Testing

struct `A lot` {
    private func day(_ text: String) throws -> CivilDate { try CivilDate(parsing: text) }

    @Test func `may be shipped on its last day, and has expired on the next`() throws {
        let last = try day("2026-02-28")

        let (before, after, never) = (
            try day("2026-02-27"), try day("2026-03-01"), try day("9999-12-31")
        )
        #expect(Lot.isExpired(last, on: before) == false)
        #expect(Lot.isExpired(last, on: last) == false)
        #expect(Lot.isExpired(last, on: after))
        #expect(Lot.isExpired(nil, on: never) == false)
    }

    @Test func `has days left until its last, over a leap day and a year's end`() throws {
        for (last, today, days) in [
            ("2028-03-01", "2028-02-28", 2), ("2027-01-01", "2026-12-31", 1),
            ("2026-03-02", "2026-03-02", 0), ("2026-03-01", "2026-03-04", -3),
        ] {
            #expect(try Lot.daysLeft(until: day(last), on: day(today)) == days)
        }
        #expect(Lot.daysLeft(until: nil, on: CivilDate(daysSinceEpoch: 20_514)) == nil)
    }

    // What the two say agrees: a lot has expired where it has fewer than no days left.
    @Test func `has expired exactly where fewer than no days are left`() {
        let last = CivilDate(daysSinceEpoch: 20_514)
        for number in 20_500...20_530 {
            let today = CivilDate(daysSinceEpoch: number)
            let left = Lot.daysLeft(until: last, on: today)
            #expect(Lot.isExpired(last, on: today) == (left.map { $0 < 0 } ?? false))
        }
    }

    @Test func `lacks the certificates that it has under no spelling`() {
        let papers = ["EN 10204 3.1", "coa"]

        #expect(LotCertificate.missing(["COA", "en 10204 3.1"], among: papers) == [])
        #expect(LotCertificate.missing(["COA", "RoHS"], among: papers) == ["RoHS"])
        #expect(LotCertificate.missing([], among: []) == [])
    }

    @Test func `has certificates of one line, without semicolons and outer spaces`() throws {
        #expect(try LotCertificate.name(parsing: "EN 10204 3.1") == "EN 10204 3.1")
        for text in ["", " COA", "COA ", "A;B", "A\nB", String(repeating: "x", count: 65)] {
            #expect(throws: ParseError.self) { try LotCertificate.name(parsing: text) }
        }
    }
}
