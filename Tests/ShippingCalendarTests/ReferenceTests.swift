import AllocationModel
import Foundation
import ShippingCalendar
import Testing

// Python's zoneinfo and python-dateutil gave the answers, by trying every minute
// and every day: see the scripts of Reference. Where one differs, one of the two
// has the law wrong.
struct `Reference cases` {
    @Test func `agree on the instant of a clock reading`() throws {
        let table = try Table("instants")
        var zones: [String: SiteTimeZone] = [:]
        for row in table.rows {
            let zone = try table.zone(of: row, among: &zones)
            let date = try day(try table.text("date", of: row))
            let instant = zone.instant(of: date, at: try clock(try table.text("time", of: row)))

            #expect(
                instant.milliseconds == (try table.number("instant_ms", of: row)),
                "line \(row.line)"
            )
        }
        #expect(table.rows.count > 1500)
    }

    @Test func `agree on the day that a calendar shows`() throws {
        let table = try Table("dates")
        var zones: [String: SiteTimeZone] = [:]
        for row in table.rows {
            let zone = try table.zone(of: row, among: &zones)
            let now = Timestamp(milliseconds: try table.number("instant_ms", of: row))

            #expect(
                zone.civilDate(of: now) == (try day(try table.text("date", of: row))),
                "line \(row.line)"
            )
        }
        #expect(table.rows.count > 1500)
    }

    @Test func `agree on leaving, on the cutoff that it depends on, and on arriving`() throws {
        let table = try Table("deliveries")
        var zones: [String: SiteTimeZone] = [:]
        for row in table.rows {
            let calendar = SiteCalendar(
                timeZone: try table.zone(of: row, among: &zones),
                cutoffs: Cutoffs(try table.cutoffs(of: row)),
                holidays: try table.dates("holidays", of: row).map { .init($0, name: "closed") },
                leadTimes: LeadTimes(
                    usual: try LeadTime(checkingDays: Int(try table.number("lead_days", of: row)))
                )
            )
            let carrier = CarrierCalendar(
                pickupDays: try table.weekdays("pickup", of: row),
                transitDays: try table.weekdays("moving", of: row),
                holidays: try table.dates("carrier_holidays", of: row)
            )
            let delivery = calendar.delivery(
                at: Timestamp(milliseconds: try table.number("now_ms", of: row)),
                service: nil,
                transitDays: Int(try table.number("transit_days", of: row)),
                carrier: carrier,
                to: try DeliveryTerms(checkingReceiving: table.weekdays("receiving", of: row))
            )

            let departure = try #require(delivery?.departure, "line \(row.line)")
            #expect("\(departure.leaves)" == (try table.text("leaves", of: row)), "\(row)")
            #expect("\(departure.cutoffDate)" == (try table.text("cutoff_date", of: row)), "\(row)")
            #expect(
                departure.cutoffInstant.milliseconds == (try table.number("cutoff_ms", of: row)),
                "\(row)"
            )
            #expect(
                (delivery?.arrives).map { "\($0)" } == (try table.text("arrives", of: row)),
                "\(row)"
            )
        }
        #expect(table.rows.count > 2000)
    }
}

// Python tried every quarter of an hour at which a carrier may come: see Reference/generate-windows.py.
extension `Reference cases` {
    @Test func `agree on the days and hours of carrier and customer, and on the last cutoff`()
        throws
    {
        let table = try Table("windows")
        let zone = try SiteTimeZone(parsing: "UTC")
        for row in table.rows {
            let calendar = SiteCalendar(
                timeZone: zone,
                cutoffs: Cutoffs(at: try clock("14:00")),
                holidays: try table.dates("holidays", of: row).map { .init($0, name: "closed") }
            )
            let carrier = CarrierCalendar(
                pickupDays: try table.weekdays("pickup", of: row),
                transitDays: try table.weekdays("moving", of: row),
                deliveryOnlyDays: try table.weekdays("delivery_only", of: row),
                deliveryHours: try table.hours("delivers", of: row),
                holidays: try table.dates("carrier_holidays", of: row)
            )
            let now = try #require(try table.moment("now", of: row))
            let first = try table.moment("not_before", of: row)
            let last = try table.moment("by", of: row)
            let terms = try DeliveryTerms(
                checkingReceiving: table.weekdays("receiving", of: row),
                hours: table.hours("receives", of: row),
                notBefore: first?.day,
                notBeforeTime: first?.time,
                by: last?.day,
                byTime: last?.time
            )
            let transit = Int(try table.number("transit_days", of: row))

            let delivery = calendar.delivery(
                at: zone.instant(of: now.day, at: try #require(now.time)),
                service: nil,
                transitDays: transit,
                carrier: carrier,
                to: terms
            )
            let departure = last.flatMap {
                calendar.lastDeparture(
                    toArriveBy: $0.day,
                    service: nil,
                    transitDays: transit,
                    carrier: carrier,
                    to: terms
                )
            }

            let said = [delivery?.departure.leaves, delivery?.arrives, departure?.cutoffDate]
            let expected = try ["leaves", "arrives", "last"].map { try table.text($0, of: row) }
            #expect(said.map { $0?.description ?? "" } == expected, "\(row)")
        }
        #expect(table.rows.count == 3000)
    }
}

// Answers of python-dateutil and of the package holidays: see Reference/generate-rules.py and
// Reference/generate-holidays.py.
extension `Reference cases` {
    @Test(arguments: [("rules", "", 1500), ("holidays", "FREQ=YEARLY;", 28)])
    func `agree on the days of yearly rules, and of public holidays`(
        name: String,
        prefix: String,
        count: Int
    ) throws {
        let table = try Table(name)
        let last = try day("2034-12-31")
        for row in table.rows {
            let excluded = try table.words("excluded", of: row).map { "EXDATE;VALUE=DATE:\($0)\n" }
            let file = try HolidayFile(
                parsing: """
                    BEGIN:VCALENDAR
                    BEGIN:VEVENT
                    SUMMARY:closed
                    DTSTART;VALUE=DATE:\(try table.text("first", of: row))
                    RRULE:\(prefix)\(try table.text("rule", of: row))
                    \(excluded.joined())END:VEVENT
                    END:VCALENDAR
                    """,
                in: try day("2020-01-01")...last
            )

            let days = file.holidays.map { "\($0.date)".filter { $0 != "-" } }
            #expect(days == (try table.words("days", of: row)), "line \(row.line): \(row)")
        }
        #expect(table.rows.count == count)
    }
}

/// One committed file of reference cases.
private struct Table {
    let header: CSVHeader
    let rows: [CSVRow]

    init(_ name: String) throws {
        let url = try #require(
            Bundle.module.url(forResource: name, withExtension: "csv", subdirectory: "Reference")
        )
        let rows = try CSVReader.rows(of: [UInt8](try Data(contentsOf: url)))
        header = try CSVHeader(try #require(rows.first))
        self.rows = Array(rows.dropFirst())
    }

    func text(_ column: String, of row: CSVRow) throws -> String {
        header.text(at: try header.index(ofRequired: [column]), of: row)
    }

    func number(_ column: String, of row: CSVRow) throws -> Int64 {
        try #require(Int64(try text(column, of: row)))
    }

    func hours(_ column: String, of row: CSVRow) throws -> HoursOfDay? {
        let text = try text(column, of: row)
        return text.isEmpty ? nil : try HoursOfDay(parsing: text)
    }

    func moment(
        _ column: String,
        of row: CSVRow
    ) throws -> (day: CivilDate, time: TimeOfDay?)? {
        let text = try text(column, of: row)
        return text.isEmpty ? nil : try DeliveryTerms.moment(parsing: text)
    }

    func words(_ column: String, of row: CSVRow) throws -> [String] {
        try text(column, of: row).split(separator: " ").map(String.init)
    }

    func dates(_ column: String, of row: CSVRow) throws -> [CivilDate] {
        try words(column, of: row).map { try day($0) }
    }

    func weekdays(_ column: String, of row: CSVRow) throws -> Weekdays {
        Weekdays(try words(column, of: row).map { try Weekday(parsing: $0) })
    }

    func cutoffs(of row: CSVRow) throws -> [Cutoffs.Entry] {
        try words("cutoffs", of: row)
            .map { word in
                let parts = word.split(separator: "=").map(String.init)
                return .init(try Weekday(parsing: parts[0]), try clock(parts[1]))
            }
    }

    func zone(
        of row: CSVRow,
        among zones: inout [String: SiteTimeZone]
    ) throws -> SiteTimeZone {
        let name = try text("zone", of: row)
        let zone = try zones[name] ?? SiteTimeZone(parsing: name)
        zones[name] = zone
        return zone
    }
}
