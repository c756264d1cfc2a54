package import AllocationModel
import GRDB
package import ShippingCalendar

extension Books {
    /// When what is ordered now would leave, by the site's own cutoffs and holidays.
    package func calendar() throws -> SiteCalendar {
        try cache.value {
            $0.calendar
        } keep: {
            $0.calendar = $1
        } or: {
            let site = try site()
            return SiteCalendar(
                timeZone: site.timeZone,
                cutoffs: Cutoffs(try cutoffs()),
                holidays: try holidays(),
                leadTimes: try leadTimes()
            )
        }
    }

    /// Every cutoff, the default ones first, by service and weekday.
    package func cutoffs() throws -> [Cutoffs.Entry] {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: "SELECT service, weekday, minutes FROM cutoff ORDER BY service, weekday"
            )
        )
        return rows.compactMap { row in
            let service: String = row[0]
            let minutes: Int = row[2]
            guard let weekday = Weekday(rawValue: row[1]),
                let time = TimeOfDay(hour: minutes / 60, minute: minutes % 60)
            else { return nil }
            return Cutoffs.Entry(weekday, service: service.isEmpty ? nil : service, time)
        }
    }

    /// Sets the cutoff of one weekday, of one service or by default.
    ///
    /// - Throws: `StockRefusal.unlawful` where the service cannot be the code of one.
    package func setCutoff(_ entry: Cutoffs.Entry) throws {
        if let service = entry.service { try check(service, field: "service") }
        guard try cutoffs().count < Limits.cutoffsMaximum else {
            throw StockRefusal.unlawful(
                field: "cutoffs",
                "are \(Limits.cutoffsMaximum) already; remove some"
            )
        }
        try willWriteCalendar()
        try db.run(
            """
            INSERT INTO cutoff (service, weekday, minutes) VALUES (?, ?, ?)
            ON CONFLICT (service, weekday) DO UPDATE SET minutes = excluded.minutes
            """,
            [entry.service ?? "", entry.weekday.rawValue, entry.time.minutesSinceMidnight]
        )
    }

    /// Removes a cutoff: without one, the weekday is no shipping day.
    ///
    /// - Returns: Whether there was one.
    package func removeCutoff(_ weekday: Weekday, service: String? = nil) throws -> Bool {
        try willWriteCalendar()
        try db.run(
            "DELETE FROM cutoff WHERE service = ? AND weekday = ?",
            [service ?? "", weekday.rawValue]
        )
        return db.changesCount > 0
    }

    /// The days on which the site does not ship, or only for a part, by date.
    package func holidays() throws -> [SiteCalendar.Holiday] {
        try Row.fetchAll(
            db.cachedStatement(sql: "SELECT date, name, minutes FROM holiday ORDER BY date")
        )
        .map { row in
            let minutes: Int? = row[2]
            return SiteCalendar.Holiday(
                CivilDate(daysSinceEpoch: row[0]),
                name: row[1],
                cutoff: minutes.flatMap { TimeOfDay(hour: $0 / 60, minute: $0 % 60) }
            )
        }
    }

    /// Enters a holiday, or names one again.
    ///
    /// - Throws: `StockRefusal.unlawful` where the name is not lawful or there are too many.
    package func addHoliday(_ holiday: SiteCalendar.Holiday) throws {
        try check(holiday.name, field: "name")
        guard try holidays().count < Limits.holidaysMaximum else {
            throw StockRefusal.unlawful(
                field: "holidays",
                "are \(Limits.holidaysMaximum) already; remove some"
            )
        }
        try willWriteCalendar()
        try db.run(
            """
            INSERT INTO holiday (date, name, minutes) VALUES (?, ?, ?)
            ON CONFLICT (date) DO UPDATE SET name = excluded.name, minutes = excluded.minutes
            """,
            [
                holiday.date.daysSinceEpoch, holiday.name, holiday.cutoff?.minutesSinceMidnight,
            ]
        )
    }

    /// Removes a holiday.
    ///
    /// - Returns: Whether there was one.
    package func removeHoliday(on date: CivilDate) throws -> Bool {
        try willWriteCalendar()
        try db.run("DELETE FROM holiday WHERE date = ?", [date.daysSinceEpoch])
        return db.changesCount > 0
    }

    private func willWriteCalendar() throws {
        try willWrite()
        cache.change { $0.calendar = nil }
    }
}
