import AllocationModel
import SeededGenerator
import ShippingCalendar
import Testing

struct `Lead times` {
    private let cutting: LeadTime
    private let kitting: LeadTime

    init() throws {
        cutting = try LeadTime(checkingDays: 2)
        kitting = try LeadTime(checkingDays: 0, minutes: 210)
    }

    @Test func `are by class, and of what leaves together the slowest`() throws {
        let usual = try LeadTime(checkingDays: 1)
        let times = LeadTimes(usual: usual, byClass: ["cutting": cutting, "kitting": kitting])

        #expect(times.time(for: "") == usual)
        #expect(times.time(for: "fragile") == usual)
        #expect(times.time(for: "kitting") == kitting, "a class may be quicker than what is usual")
        #expect(times.time(forAll: ["", "kitting"]) == usual)
        #expect(times.time(forAll: ["kitting", "cutting", ""]) == cutting)
        #expect(times.time(forAll: [String]()) == usual)
        #expect(times.slowest == cutting)
        #expect(kitting < usual, "a working day is more than any hours")
    }

    // The cutoff is 14:00 in Dallas, which is 20:00 in UTC; 2026-03-04 is a Wednesday.
    @Test(arguments: [
        // Three hours and a half before it are 10:30.
        ("2026-03-04 16:29", "2026-03-04"), ("2026-03-04 16:30", "2026-03-05"),
    ])
    func `in hours are before the cutoff`(now: String, leaves: String) throws {
        let departure = try #require(try dallas().departure(at: try utc(now), lead: kitting))

        #expect(departure.leaves == (try day(leaves)))
        #expect(departure.cutoff == (try clock("10:30")))
        #expect(departure.cutoffDate == departure.leaves)
    }

    @Test func `in hours reach back to midnight and no further`() throws {
        let departure = try dallas(cutoff: "02:00")
            .departure(at: try utc("2026-03-04 05:59"), lead: kitting)

        #expect(departure?.cutoff == .midnight)
        #expect(departure?.leaves == (try day("2026-03-04")))
        #expect(
            try dallas(cutoff: "02:00").departure(at: try utc("2026-03-04 06:00"), lead: kitting)?
                .leaves == (try day("2026-03-05"))
        )
    }

    @Test func `are shown for each day as the moment by which an order must be in`() throws {
        let days = try dallas(holidays: ["2026-03-05"])
            .shippingDays(from: try day("2026-03-04"), days: 5, lead: cutting)

        #expect(
            days.map { $0.orderBy.map { "\($0.date) \($0.time)" } } == [
                "2026-03-02 14:00", nil, "2026-03-03 14:00", nil, nil,
            ]
        )
        #expect(days.map { $0.cutoff?.description } == ["14:00", nil, "14:00", nil, nil])
    }

    // What is in before a day's moment leaves on it at the latest, and what is not, later.
    @Test func `agree, as a day's moment, with when an order leaves`() throws {
        var random = SeededGenerator(seed: 2)
        var asked = 0
        for _ in 0..<400 {
            let first = try day("2026-01-05").adding(days: .random(in: 0...700, using: &random))
            let calendar = SiteCalendar(
                timeZone: try zone("America/Chicago"),
                cutoffs: Cutoffs(
                    Weekday.allCases.filter { _ in Int.random(in: 0...3, using: &random) > 0 }
                        .map { .init($0, Self.time(using: &random)) }
                ),
                holidays: (0..<3)
                    .map { _ in
                        let date = first.adding(days: .random(in: 0...20, using: &random))
                        let half = Bool.random(using: &random)
                        return .init(
                            date,
                            name: "closed",
                            cutoff: half ? Self.time(using: &random) : nil
                        )
                    }
            )
            let lead = try LeadTime(
                checkingDays: .random(in: 0...4, using: &random),
                minutes: .random(in: 0...600, using: &random)
            )
            let date = first.adding(days: .random(in: 8...20, using: &random))
            guard
                let moment = calendar.deadline(toLeaveOn: date, service: nil, lead: lead)
            else { continue }
            let instant = calendar.timeZone.instant(of: moment.date, at: moment.time)
            let before = Timestamp(milliseconds: instant.milliseconds - 1)
            let last = calendar.departure(at: before, lead: lead)
            let next = calendar.departure(at: instant, lead: lead)
            #expect(last.map { $0.leaves <= date } == true)
            #expect(last?.cutoffInstant == instant)
            #expect(next.map { $0.leaves > date } == true)
            asked += 1
        }
        #expect(asked > 100)
    }

    private static func time(using random: inout SeededGenerator) -> TimeOfDay {
        TimeOfDay(
            hour: .random(in: 0...23, using: &random),
            minute: .random(in: 0...59, using: &random)
        ) ?? .midnight
    }
}
