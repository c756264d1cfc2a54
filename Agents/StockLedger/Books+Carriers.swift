package import AllocationModel
import GRDB
package import ShippingCalendar

extension Books {
    /// When carriers pick up, move and deliver, by service and by carrier.
    package func carrierCalendars() throws -> CarrierCalendars {
        try cache.value {
            $0.carriers
        } keep: {
            $0.carriers = $1
        } or: {
            let weeks = try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT service, pickup, transit, delivery_only, delivers_from,
                            delivers_until
                        FROM carrier_week
                        """
                )
            )
            let holidays = try Row.fetchAll(
                db.cachedStatement(
                    sql: "SELECT carrier, date, name FROM carrier_holiday ORDER BY carrier, date"
                )
            )
            return CarrierCalendars(
                weeks: weeks.reduce(into: [:]) { found, row in
                    found[row[0]] = CarrierCalendars.Week(
                        pickup: Weekdays(bits: row[1]) ?? .none,
                        transit: Weekdays(bits: row[2]) ?? .none,
                        deliveryOnly: Weekdays(bits: row[3]) ?? .none,
                        hours: Self.hours(from: row[4], until: row[5])
                    )
                },
                holidays: holidays.reduce(into: [:]) { found, row in
                    found[row[0], default: []]
                        .append(.init(CivilDate(daysSinceEpoch: row[1]), name: row[2]))
                }
            )
        }
    }

    /// Sets the days of a service.
    ///
    /// - Throws: `StockRefusal.unlawful` for days on which it could carry nothing.
    package func setCarrierWeek(_ week: CarrierCalendars.Week, of service: String) throws {
        try check(service, field: "service")
        for (field, days) in [("pickup", week.pickup), ("transit", week.transit)]
        where days == .none {
            throw StockRefusal.unlawful(field: field, "has no day; name one day at the least")
        }
        let known = try carrierCalendars().weeks
        guard known[service] != nil || known.count < Limits.carrierWeeksMaximum else {
            throw StockRefusal.unlawful(
                field: "services",
                "with days of their own are \(Limits.carrierWeeksMaximum) already; clear some"
            )
        }
        try willWriteCarriers()
        try db.run(
            """
            INSERT INTO carrier_week (service, pickup, transit, delivery_only, delivers_from,
                delivers_until)
            VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (service) DO UPDATE SET pickup = excluded.pickup,
                transit = excluded.transit, delivery_only = excluded.delivery_only,
                delivers_from = excluded.delivers_from, delivers_until = excluded.delivers_until
            """,
            [
                service, Int(week.pickup.bits), Int(week.transit.bits),
                Int(week.deliveryOnly.bits), week.hours?.from.minutesSinceMidnight,
                week.hours?.until.minutesSinceMidnight,
            ]
        )
    }

    private static func hours(from first: Int?, until last: Int?) -> HoursOfDay? {
        guard let from = first.flatMap(TimeOfDay.init(minutes:)),
            let until = last.flatMap(TimeOfDay.init(minutes:))
        else { return nil }
        return try? HoursOfDay(checking: from, until: until)
    }

    /// Lets a service follow the usual week again.
    ///
    /// - Returns: Whether it had days of its own.
    package func clearCarrierWeek(of service: String) throws -> Bool {
        try willWriteCarriers()
        try db.run("DELETE FROM carrier_week WHERE service = ?", [service])
        return db.changesCount > 0
    }

    /// Enters a day on which a carrier neither picks up nor moves, or names one again.
    package func addCarrierHoliday(
        _ holiday: CarrierCalendars.Holiday,
        of carrier: String
    ) throws {
        try check(carrier, field: "carrier")
        try check(holiday.name, field: "name")
        let count = try db.row("SELECT count(*) FROM carrier_holiday", []).map { $0[0] as Int } ?? 0
        guard count < Limits.holidaysMaximum else {
            throw StockRefusal.unlawful(
                field: "holidays",
                "of carriers are \(Limits.holidaysMaximum) already; remove some"
            )
        }
        try willWriteCarriers()
        try db.run(
            """
            INSERT INTO carrier_holiday (carrier, date, name) VALUES (?, ?, ?)
            ON CONFLICT (carrier, date) DO UPDATE SET name = excluded.name
            """,
            [carrier, holiday.date.daysSinceEpoch, holiday.name]
        )
    }

    /// Removes a carrier's holiday.
    ///
    /// - Returns: Whether there was one.
    package func removeCarrierHoliday(on date: CivilDate, of carrier: String) throws -> Bool {
        try willWriteCarriers()
        try db.run(
            "DELETE FROM carrier_holiday WHERE carrier = ? AND date = ?",
            [carrier, date.daysSinceEpoch]
        )
        return db.changesCount > 0
    }

    private func willWriteCarriers() throws {
        try willWrite()
        cache.change { $0.carriers = nil }
    }
}
