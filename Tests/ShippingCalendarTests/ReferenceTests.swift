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

// Answers of python-dateutil: see Reference/generate-rules.py.
extension `Reference cases` {
    @Test func `agree on the days of yearly rules`() throws {
        let table = try Table("rules")
        let last = try day("2034-12-31")
        for row in table.rows {
            let excluded = try table.words("excluded", of: row).map { "EXDATE;VALUE=DATE:\($0)\n" }
            let file = try HolidayFile(
                parsing: """
                    BEGIN:VCALENDAR
                    BEGIN:VEVENT
                    SUMMARY:closed
                    DTSTART;VALUE=DATE:\(try table.text("first", of: row))
                    RRULE:\(try table.text("rule", of: row))
                    \(excluded.joined())END:VEVENT
                    END:VCALENDAR
                    """,
                in: try day("2020-01-01")...last
            )

            let days = file.holidays.map { "\($0.date)".filter { $0 != "-" } }
            #expect(days == (try table.words("days", of: row)), "line \(row.line): \(row)")
        }
        #expect(table.rows.count == 1500)
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
