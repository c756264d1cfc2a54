import AllocationModel
import Testing

@testable import SiteConsole

struct `Capacity commands` {
    private let weekdays = Weekday.allCases.filter { $0 < .saturday }
    private let today: CivilDate

    init() throws {
        today = try CivilDate(parsing: "2026-03-02")
    }

    private func calendar(_ site: TestSite, days: Int) async throws -> [CalendarRow] {
        let reply = await site.ask(.showCalendar(from: nil, days: days, service: nil))
        guard case .calendar(let rows) = reply else {
            throw Unexpected(description: "\(reply)")
        }
        return rows
    }

    @Test func `set, show and clear what can leave on each weekday`() async throws {
        let site = try TestSite()
        #expect(await site.ask(.showCapacity) == .capacity([]))

        for command in [
            SiteCommand.setCapacity(days: [.monday, .saturday], orders: 120, lines: 1, grams: nil),
            .setCapacity(days: [.saturday], orders: nil, lines: 30, grams: 4_500_000),
        ] { #expect(await site.ask(command) == .done) }

        #expect(
            await site.ask(.showCapacity)
                == .capacity([
                    CapacityRow(
                        weekday: .monday,
                        capacity: DayAmount(orders: 120, lines: 1, grams: nil)
                    ),
                    // In place of what was set before, not beside it.
                    CapacityRow(
                        weekday: .saturday,
                        capacity: DayAmount(orders: nil, lines: 30, grams: 4_500_000)
                    ),
                ])
        )
        #expect(await site.ask(.clearCapacity(days: Weekday.allCases)) == .done)
        #expect(await site.ask(.showCapacity) == .capacity([]))
        let fault = try await site.fault(.clearCapacity(days: [.monday, .saturday]))
        #expect(fault.description == "no capacity is set on mon, sat; see capacity")
    }

    @Test func `refuse a capacity of nothing, naming what is wrong`() async throws {
        let site = try TestSite()
        for (command, words) in [
            (
                SiteCommand.setCapacity(days: [.monday], orders: 0, lines: nil, grams: nil),
                "orders is 0; give 1 to 1000000, or take the weekday's cutoff away"
            ),
            (
                .setCapacity(days: [.monday], orders: nil, lines: nil, grams: -1),
                "weight is less than nothing"
            ),
            (
                .setCapacity(days: [.monday], orders: nil, lines: nil, grams: nil),
                "capacity needs orders, lines or weight"
            ),
        ] {
            #expect(try await site.fault(command).description == words)
        }
    }

    @Test func `show in the calendar what each day has taken, and which are full`() async throws {
        let site = try TestSite()
        try site.stock(valve, 50)
        _ = await site.ask(
            .setCutoff(days: weekdays, service: nil, time: try TimeOfDay(parsing: "15:00"))
        )
        _ = await site.ask(
            .setCapacity(days: [.monday, .tuesday], orders: 2, lines: nil, grams: nil)
        )
        try site.reserve(1, valve, 3, leaving: today)
        try site.reserve(2, valve, 4, leaving: today)
        try site.reserve(3, valve, 5, leaving: today.adding(days: 2))

        let rows = try await calendar(site, days: 3)

        #expect(rows.map(\.isFull) == [true, false, false])
        #expect(rows.map(\.ships) == [true, true, true])
        #expect(
            rows.map(\.taken) == [
                DayAmount(orders: 2, lines: 2, grams: 3150),
                DayAmount(orders: 0, lines: 0, grams: 0),
                DayAmount(orders: 1, lines: 1, grams: 2250),
            ]
        )
        let capacity = DayAmount(orders: 2, lines: nil, grams: nil)
        #expect(rows.map(\.capacity) == [capacity, capacity, nil])
    }
}
