package import AllocationModel
import GRDB

/// How much of its stock a site leases by itself, of the SKUs of one handling class.
package struct LeaseRule: Hashable, Sendable {
    /// Nil for the SKUs whose class has no rule of its own.
    package let handling: String?
    /// Of what is on hand of each SKU; 1 to 100.
    package let percent: Int

    package init(handling: String?, percent: Int) {
        self.handling = handling
        self.percent = percent
    }
}

/// What a look at the lease rules has come to.
package struct LeaseTopUp: Hashable, Sendable {
    /// Leases that were granted.
    package var granted: [LeaseRecord] = []
    /// Leases that the coordinator is asked to close, because the rules lease less by now.
    package var askedBack: [LeaseRecord] = []
    /// Why nothing is granted; nil where the rules can be followed.
    package var obstacle: LeaseRefusal?
}

extension Books {
    /// Who stands in the record of what the rules have granted.
    package static let leaseRulesName = "lease rules"

    /// Returns the rules, the usual one first, then by rising class.
    package func leaseRules() throws -> [LeaseRule] {
        try Row.fetchAll(
            db.cachedStatement(sql: "SELECT handling, percent FROM lease_rule ORDER BY handling")
        )
        .map { row in
            let handling: String = row[0]
            return LeaseRule(handling: handling.isEmpty ? nil : handling, percent: row[1])
        }
    }

    /// Has a site lease that much of a class's SKUs by itself, from the next look on.
    ///
    /// - Throws: `StockRefusal.unlawful` for a percentage that is none, or too many classes.
    package func setLeaseRule(_ rule: LeaseRule) throws {
        guard (1...100).contains(rule.percent) else {
            throw StockRefusal.unlawful(
                field: "percent",
                "is \(rule.percent); give 1 to 100, or remove the rule"
            )
        }
        let known = try leaseRules()
        if !known.contains(where: { $0.handling == rule.handling }),
            known.count >= Limits.leaseRulesMaximum
        {
            throw StockRefusal.unlawful(
                field: "lease rules",
                "are \(Limits.leaseRulesMaximum) already; remove some"
            )
        }
        try willWrite()
        try db.run(
            """
            INSERT INTO lease_rule (handling, percent) VALUES (?, ?)
            ON CONFLICT (handling) DO UPDATE SET percent = excluded.percent
            """,
            [rule.handling ?? "", rule.percent]
        )
    }

    /// Lets a class go by the usual rule, or with nil what has no rule of its own by none.
    ///
    /// - Returns: Whether there was one.
    package func removeLeaseRule(of handling: String?) throws -> Bool {
        try willWrite()
        try db.run("DELETE FROM lease_rule WHERE handling = ?", [handling ?? ""])
        return db.changesCount > 0
    }

    /// Leases what the rules say and is not leased yet, and asks back what they lease no more.
    ///
    /// A SKU is topped up where half of its share or less is leased, so that a sale or two grants
    /// no lease of its own, and asked back where more than twice its share is. What people
    /// have granted counts as leased, and is never asked back. Where not all can be leased, what
    /// most orders take comes first.
    ///
    /// - Parameter makeID: Returns 128 bits of chance.
    /// - Returns: What was done, at most `Limits.leasesGrantedMaximum` leases of either kind.
    /// - Throws: What the database throws; nothing is changed.
    /// - Complexity: One pass through the SKUs; nothing is written where all is as it should be.
    package func topUpLeases(makeID: () -> LeaseID) throws -> LeaseTopUp {
        var done = LeaseTopUp()
        done.askedBack = try askBackBeyondRules()
        guard try !leaseRules().isEmpty else { return done }
        for (sku, wanted) in try wantedByRules() {
            guard let stock = try availability(of: sku) else { continue }
            let multiple = stock.entry.sellingUnit.multiple
            let most = min(wanted, stock.available.units)
            let units = most - most % multiple
            guard units > 0 else { continue }
            do {
                done.granted.append(
                    try grant(makeID(), of: sku, Quantity(units), who: Self.leaseRulesName)
                )
            } catch let refusal as LeaseRefusal {
                done.obstacle = refusal
                break
            }
        }
        return done
    }

    // MARK: Parts

    // Which rule counts for a SKU: its class's, or the usual one.
    private static let ruleOfSKU = """
        ifnull(
            (SELECT percent FROM lease_rule WHERE handling = s.handling),
            (SELECT percent FROM lease_rule WHERE handling = ''))
        """

    /// Units that the rules would lease beyond what is leased, by SKU, the most ordered first.
    private func wantedByRules() throws -> [(sku: SKU, units: Int64)] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT code, share - leased FROM (
                        SELECT s.code, k.held + k.allocated AS ordered, k.on_hand, s.multiple,
                            k.on_hand * \(Self.ruleOfSKU) / 100 AS share,
                            (SELECT ifnull(sum(kept - drained), 0) FROM lease
                                WHERE sku = s.id AND kept > drained) AS leased
                        FROM sku AS s JOIN stock AS k ON k.sku = s.id
                        WHERE s.is_lot_tracked = 0 AND k.on_hand > 0)
                    WHERE share IS NOT NULL AND leased * 2 <= share
                        AND share - leased >= multiple
                    ORDER BY ordered DESC, on_hand DESC, code LIMIT ?
                    """
            ),
            arguments: [Limits.leasesGrantedMaximum]
        )
        .map { (SKU(trusted: $0[0]), $0[1]) }
    }

    /// Asks back what the rules have granted of SKUs of which they lease far less by now.
    private func askBackBeyondRules() throws -> [LeaseRecord] {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT s.code, l.id, l.kept - l.drained,
                        (SELECT sum(kept - drained) FROM lease
                            WHERE sku = s.id AND kept > drained) AS leased,
                        ifnull((SELECT sum(on_hand) FROM stock WHERE sku = s.id)
                            * \(Self.ruleOfSKU) / 100, 0) AS share
                    FROM lease AS l JOIN sku AS s ON s.id = l.sku
                    JOIN lease_entry AS e ON e.lease = l.id AND e.kind = 'grant'
                    WHERE l.status = 'open' AND l.kept > l.drained AND e.who = ?
                        AND leased > 2 * share
                    ORDER BY s.code, l.kept - l.drained, l.id LIMIT ?
                    """
            ),
            arguments: [Self.leaseRulesName, Limits.leasesGrantedMaximum]
        )
        var left: [String: Int64] = [:]
        var asked: [LeaseRecord] = []
        for row in rows {
            let (code, text, units): (String, String, Int64) = (row[0], row[1], row[2])
            let (leased, share): (Int64, Int64) = (row[3], row[4])
            guard left[code, default: leased] > 2 * share, let id = try? LeaseID(parsing: text)
            else { continue }
            left[code] = left[code, default: leased] - units
            asked.append(
                try askBack(id, reason: "the rules lease less", who: Self.leaseRulesName)
            )
        }
        return asked
    }
}
