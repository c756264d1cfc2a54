import AllocationModel
import Testing

@testable import OrderDesk

/// Parts that have yet to leave, with an hour of grace.
struct `Departure book` {
    private static let hour: Int64 = 3_600_000

    /// A part that was to leave so many hours after Monday 15:00 UTC.
    private static func part(_ warehouse: Warehouse.ID, hours: Int) -> Plan.Departure {
        let monday = CivilDate(daysSinceEpoch: 20_514)
        let time = TimeOfDay(hour: (15 + hours) % 24, minute: 0) ?? .midnight
        return Plan.Departure(
            warehouse: warehouse,
            leavesBy: LocalTime(
                date: monday.adding(days: (15 + hours) / 24),
                time: time,
                utcOffset: 0
            )
        )
    }

    private static func at(_ hours: Int64) -> Timestamp { Example.instant(hours * hour) }

    private static let parts = [part("DAL", hours: 2), part("RNO", hours: 5)]

    private func book() -> DepartureBook {
        var book = DepartureBook(grace: .seconds(3600))
        book.note("4711", Self.parts)
        return book
    }

    @Test func `looks when the first part is missed, and then when the next one is`() {
        var book = book()

        #expect(book.nextLooks(at: Self.at(2)).isEmpty)
        #expect(!book.isLate("4711", at: Self.at(2)))
        #expect(book.nextLooks(at: Self.at(3)) == ["4711"])
        #expect(book.nextLooks(at: Self.at(3)).isEmpty)
        let first = book.look(at: "4711", Self.parts, now: Self.at(3))
        #expect(first.news == [Self.parts[0]] && first.open == [Self.parts[0]])
        #expect(book.end("4711", .cannot) == [Self.parts[0]])
        #expect(book.isLate("4711", at: Self.at(3)))
        #expect(book.nextLooks(at: Self.at(5)).isEmpty, "the miss is dealt with")
        #expect(book.nextLooks(at: Self.at(6)) == ["4711"])
        let second = book.look(at: "4711", [Self.parts[1]], now: Self.at(6))
        #expect(second.news == [Self.parts[1]])
    }

    @Test func `tries a miss again that stumbled, three times, and each miss once otherwise`() {
        var book = book()
        var tries = 0
        for minute in 0..<600 {
            let now = Timestamp(milliseconds: Self.at(3).milliseconds + Int64(minute) * 60_000)
            guard book.nextLooks(at: now) == ["4711"] else { continue }
            let found = book.look(at: "4711", [Self.parts[0]], now: now)
            guard !found.open.isEmpty else { continue }
            tries += 1
            #expect(found.news.count == (tries == 1 ? 1 : 0), "it is told once")
            let settled = book.end("4711", .stumbled)
            #expect(settled.isEmpty == (tries < DepartureBook.stumblesMaximum))
        }
        #expect(tries == DepartureBook.stumblesMaximum)
    }

    @Test func `keeps what it knows of a miss that is still in the plan, and forgets the others`() {
        var book = book()
        _ = book.nextLooks(at: Self.at(9))
        _ = book.look(at: "4711", Self.parts, now: Self.at(9))
        _ = book.end("4711", .cannot)

        // What waited has been sourced beside it.
        book.note("4711", [Self.parts[0], Self.part("EWR", hours: 30)])
        #expect(book.look(at: "4711", [Self.parts[0]], now: Self.at(10)) == .init())
        book.note("4711", [Self.part("EWR", hours: 30)])
        #expect(!book.isLate("4711", at: Self.at(10)))
        #expect(book.nextLooks(at: Self.at(30)).isEmpty)
        #expect(book.nextLooks(at: Self.at(31)) == ["4711"])
        book.remove("4711")
        #expect(book.pause(at: Self.at(31)) == nil)
    }

    @Test func `pauses a second at the least, a minute at the most, and nothing where none looks`()
    {
        let book = book()
        #expect(book.pause(at: Self.at(0)) == .seconds(60))
        #expect(
            book.pause(at: Timestamp(milliseconds: Self.at(3).milliseconds - 5000)) == .seconds(5)
        )
        #expect(book.pause(at: Self.at(9)) == .seconds(1))

        var idle = DepartureBook(grace: nil)
        idle.note("4711", Self.parts)
        idle.note(DueDeparture(order: "4712", at: Self.at(0)))
        #expect(idle.pause(at: Self.at(9)) == nil)
        #expect(!idle.isMissed(Self.parts[0], at: Self.at(9)))
    }

    @Test func `looks at some orders in a turn, those first that are due first`() {
        var book = DepartureBook(grace: .seconds(3600))
        for index in 0..<50 {
            book.note(
                DueDeparture(order: Order.ID(trusted: "\(100 + index)"), at: Self.at(Int64(-index)))
            )
        }
        let first = book.nextLooks(at: Self.at(1))
        #expect(first.count == DepartureBook.looksMaximum)
        #expect(first.first == "149")
        #expect(book.nextLooks(at: Self.at(1)).count == 50 - first.count)
    }
}
