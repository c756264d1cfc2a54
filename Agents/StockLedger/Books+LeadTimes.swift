import AllocationModel
import GRDB
package import ShippingCalendar

extension Books {
    /// What pick and pack take, by handling class.
    package func leadTimes() throws -> LeadTimes {
        let rows = try Row.fetchAll(
            db.cachedStatement(sql: "SELECT handling, days, minutes FROM lead_time")
        )
        // What the ledger was made with is usual, until something else is said.
        var usual = try LeadTime(checkingDays: try site().leadDays)
        var byClass: [String: LeadTime] = [:]
        for row in rows {
            let (handling, days, minutes): (String, Int, Int) = (row[0], row[1], row[2])
            let time = try LeadTime(checkingDays: days, minutes: minutes)
            if handling.isEmpty { usual = time } else { byClass[handling] = time }
        }
        return LeadTimes(usual: usual, byClass: byClass)
    }

    /// Sets what goods of a handling class take, or with nil those without one of their own.
    ///
    /// - Throws: `StockRefusal.unlawful` where there are too many classes.
    package func setLeadTime(_ time: LeadTime, of handling: String?) throws {
        let known = try leadTimes().byClass
        if let handling, known[handling] == nil, known.count >= Limits.leadTimesMaximum {
            throw StockRefusal.unlawful(
                field: "lead times",
                "are \(Limits.leadTimesMaximum) already; remove some"
            )
        }
        try willWriteLeadTimes()
        try db.run(
            """
            INSERT INTO lead_time (handling, days, minutes) VALUES (?, ?, ?)
            ON CONFLICT (handling) DO UPDATE SET days = excluded.days, minutes = excluded.minutes
            """,
            [handling ?? "", time.days, time.minutes]
        )
    }

    /// Lets a handling class take what is usual.
    ///
    /// - Returns: Whether it took something else.
    package func removeLeadTime(of handling: String) throws -> Bool {
        try willWriteLeadTimes()
        try db.run("DELETE FROM lead_time WHERE handling = ?", [handling])
        return db.changesCount > 0
    }

    /// How many SKUs are of each handling class, those without one under an empty name.
    package func handlingCounts() throws -> [String: Int64] {
        let rows = try Row.fetchAll(
            db.cachedStatement(sql: "SELECT handling, count(*) FROM sku GROUP BY handling")
        )
        return rows.reduce(into: [:]) { $0[$1[0]] = $1[1] }
    }

    private func willWriteLeadTimes() throws {
        try willWrite()
        cache.change { $0.calendar = nil }
    }
}
