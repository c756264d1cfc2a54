import AllocationModel
import SeededGenerator
import Testing

/// A calendar on paper: it knows only how long each month is, and turns one leaf at a time.
private struct PaperCalendar {
    var year: Int
    var month = 1
    var day = 1
    var weekday: Int

    mutating func turn() {
        let isLeap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
        let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        weekday = weekday % 7 + 1
        day += 1
        guard day > lengths[month - 1] else { return }
        day = 1
        month += 1
        guard month > 12 else { return }
        month = 1
        year += 1
    }
}

struct `Civil date` {
    @Test func `agrees with a calendar walked leaf by leaf from 1900 to 2100`() throws {
        // 1 January 1900 was a Monday, 25,567 days before the epoch.
        var paper = PaperCalendar(year: 1900, weekday: 1)
        var number = -25_567
        while paper.year <= 2100 {
            let date = try #require(
                CivilDate(year: paper.year, month: paper.month, day: paper.day)
            )
            guard date.daysSinceEpoch == number, CivilDate(daysSinceEpoch: number) == date,
                date.weekday.rawValue == paper.weekday
            else {
                Issue.record("\(date) is not day \(number), a weekday \(paper.weekday)")
                return
            }
            paper.turn()
            number += 1
        }

        #expect(number == 47_847)
    }

    @Test func `goes there and back for every year of the calendar`() throws {
        for year in 1...9999 {
            for (month, day) in [(1, 1), (2, 28), (3, 1), (12, 31)] {
                let date = try #require(CivilDate(year: year, month: month, day: day))
                guard CivilDate(daysSinceEpoch: date.daysSinceEpoch) == date else {
                    Issue.record("\(date) does not come back from \(date.daysSinceEpoch)")
                    return
                }
            }
        }
    }

    @Test func `knows the days of record`() throws {
        for (text, number, weekday): (String, Int, Weekday) in [
            ("1970-01-01", 0, .thursday), ("1969-12-31", -1, .wednesday),
            ("2000-02-29", 11_016, .tuesday), ("2024-02-29", 19_782, .thursday),
            ("2026-03-08", 20_520, .sunday), ("2026-11-26", 20_783, .thursday),
            ("0001-01-01", -719_162, .monday), ("9999-12-31", 2_932_896, .friday),
        ] {
            let date = try CivilDate(parsing: text)

            #expect(date.daysSinceEpoch == number, "\(text)")
            #expect(date.weekday == weekday, "\(text)")
            #expect(date.description == text)
        }
    }

    @Test func `has a leap day every fourth year, but for three centuries of four`() {
        for (year, isLeap) in [(2024, true), (2026, false), (1900, false), (2000, true)] {
            #expect(CivilDate.isLeap(year) == isLeap, "\(year)")
            #expect((CivilDate(year: year, month: 2, day: 29) != nil) == isLeap, "\(year)")
        }
    }

    @Test func `has no day that the calendar lacks`() {
        for (year, month, day) in [
            (2026, 2, 29), (2026, 4, 31), (2026, 6, 31), (2026, 9, 31), (2026, 11, 31),
            (2026, 1, 32), (2026, 0, 1), (2026, 13, 1), (2026, 1, 0), (0, 1, 1), (10_000, 1, 1),
            (-1, 1, 1), (2026, .max, 1), (2026, 1, .min),
        ] {
            #expect(
                CivilDate(year: year, month: month, day: day) == nil,
                "\(year) \(month) \(day)"
            )
        }
    }

    @Test func `reads only year, month and day in full`() {
        for text in [
            "", "2026-3-04", "2026-03-4", "26-03-04", "2026/03/04", "2026-03", "2026-03-04-05",
            "2026-02-29", "2026-13-01", "+026-03-04", "2026-03-04 ", "２０２６-03-04", "20260304",
            "-026-03-04", "2026--3-04",
        ] {
            #expect(throws: ParseError.self, "\(text)") { try CivilDate(parsing: text) }
        }
    }

    @Test func `adds days over months, years and leap days`() throws {
        for (text, days, sum) in [
            ("2026-12-31", 1, "2027-01-01"), ("2024-02-28", 1, "2024-02-29"),
            ("2024-02-28", 2, "2024-03-01"), ("2026-03-01", -1, "2026-02-28"),
            ("2026-03-04", 0, "2026-03-04"), ("2026-03-04", 365, "2027-03-04"),
        ] {
            #expect(try CivilDate(parsing: text).adding(days: days).description == sum)
        }
    }

    @Test func `comes before a later one`() throws {
        let dates = try ["2025-12-31", "2026-01-01", "2026-01-31", "2026-02-01"]
            .map {
                try CivilDate(parsing: $0)
            }

        for (earlier, later) in zip(dates, dates.dropFirst()) {
            #expect(earlier < later)
            #expect(!(later < earlier))
        }
    }
}

struct `Time of day` {
    @Test func `reads and writes every minute of the day`() throws {
        for minutes in 0..<1440 {
            let time = try #require(TimeOfDay(hour: minutes / 60, minute: minutes % 60))

            #expect(time.minutesSinceMidnight == minutes)
            #expect(time.hour == minutes / 60)
            #expect(time.minute == minutes % 60)
            #expect(try TimeOfDay(parsing: time.description) == time)
            #expect(time.description.count == 5)
        }
        #expect(try TimeOfDay(parsing: "9:05").description == "09:05")
    }

    @Test func `has no reading that a clock lacks`() {
        for text in [
            "", "24:00", "12:60", "14:3", "14", "14:30:00", "014:30", ":30", "14:", "2:30 PM",
            "-1:30", "+1:30", "14.30", "１４:30",
        ] {
            #expect(throws: ParseError.self, "\(text)") { try TimeOfDay(parsing: text) }
        }
        for (hour, minute) in [(24, 0), (-1, 0), (0, 60), (0, -1)] {
            #expect(TimeOfDay(hour: hour, minute: minute) == nil)
        }
    }

    @Test func `comes before a later one`() throws {
        #expect(try TimeOfDay(parsing: "09:59") < TimeOfDay(parsing: "10:00"))
        #expect(try !(TimeOfDay(parsing: "10:00") < TimeOfDay(parsing: "10:00")))
    }
}

struct `Day of the week` {
    @Test func `reads its name and its three letters in any case`() throws {
        let names = [
            "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
        ]
        for (day, name) in zip(Weekday.allCases, names) {
            #expect(try Weekday(parsing: name) == day)
            #expect(try Weekday(parsing: name.uppercased()) == day)
            #expect(try Weekday(parsing: String(name.prefix(3))) == day)
            #expect(day.abbreviation == name.prefix(3))
        }
    }

    @Test func `refuses any other word`() {
        for text in ["", "mo", "tues", "mond", "weekday", "1", " mon", "montag"] {
            #expect(throws: ParseError.self, "\(text)") { try Weekday(parsing: text) }
        }
    }

    @Test func `begins with Monday as ISO 8601 counts`() {
        #expect(Weekday.allCases.map(\.rawValue) == [1, 2, 3, 4, 5, 6, 7])
        #expect(Weekday.allCases == Weekday.allCases.sorted())
        #expect(Weekday.allCases.first == .monday)
    }
}

struct `Durable timestamp` {
    @Test func `is written in UTC to the millisecond`() {
        for (milliseconds, text): (Int64, String) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (1, "1970-01-01T00:00:00.001Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (-86_400_000, "1969-12-31T00:00:00.000Z"),
            (86_399_999, "1970-01-01T23:59:59.999Z"),
            (951_827_696_789, "2000-02-29T12:34:56.789Z"),
            (1_772_582_400_000, "2026-03-04T00:00:00.000Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
        ] {
            #expect(Timestamp(milliseconds: milliseconds).iso8601 == text)
        }
    }

    @Test func `is read with whatever zone it was written in`() throws {
        for (text, milliseconds) in [
            ("1970-01-01T00:00Z", 0),
            ("1970-01-01T00:00:00.001Z", 1),
            ("2026-03-04T00:00:00+00:00", 1_772_582_400_000),
            ("2026-03-03T18:00-06:00", 1_772_582_400_000),
            ("2026-03-04T05:45:30.5+05:45", 1_772_582_430_500),
            ("2000-02-29T12:34:56.789123Z", 951_827_696_789),
        ] as [(String, Int64)] {
            #expect(try Timestamp(parsing: text).milliseconds == milliseconds, "\(text)")
        }
        var random = SeededGenerator(seed: 11)
        for _ in 1...1000 {
            let instant = Timestamp(
                milliseconds: Int64.random(
                    in: -2_000_000_000_000...253_402_300_799_999,
                    using: &random
                )
            )
            #expect(try Timestamp(parsing: instant.iso8601) == instant)
        }
    }

    @Test func `is not read where anything is wrong with it`() {
        for text in [
            "", "T", "2026-03-04", "2026-03-04T12:00", "2026-02-30T12:00Z", "2026-03-04T24:00Z",
            "2026-03-04T12Z", "2026-03-04T12:60Z", "2026-03-04T12:00:60Z", "2026-03-04T12:00:1Z",
            "2026-03-04T12:00:00.Z", "2026-03-04T12:00:00.1.1Z", "2026-03-04T12:00z",
            "2026-03-04T12:00-5", "2026-03-04T12:00-5:00", "2026-03-04T12:00+24:00",
            "2026-03-04T12:00-05:00Z", "2026-03-04T12:00:00:00Z", "2026-03-04T12:00 Z",
            "2026-03-04TT12:00Z", "2026-03-04T12:00:٠٠Z", "2026-03-04T12:00±05:00",
        ] {
            #expect(throws: ParseError.self, "\(text)") { try Timestamp(parsing: text) }
        }
    }

    // A damaged row must not take the program down with it.
    @Test func `is written for any number at all`() {
        for milliseconds in [Int64.min, .min + 1, .max] {
            #expect(Timestamp(milliseconds: milliseconds).iso8601.hasSuffix("Z"))
        }
    }

    @Test func `comes before a later one`() {
        #expect(Timestamp(milliseconds: -1) < Timestamp(milliseconds: 0))
    }
}
