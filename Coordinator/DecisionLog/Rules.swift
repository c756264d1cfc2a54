package import AllocationModel
internal import Foundation
internal import GRDB

/// A rule set as it was published; it never changes.
package struct PublishedRules: Hashable, Sendable {
    /// From 1; the highest is in force.
    package let version: Int64
    /// The rule file, as it was written.
    package let text: String
    package let comment: String
    package let publishedBy: String
    package let publishedAt: Timestamp
    /// The older version that it puts in force again, where it does.
    package let restores: Int64?

    package init(
        version: Int64,
        text: String,
        comment: String,
        publishedBy: String,
        publishedAt: Timestamp,
        restores: Int64?
    ) {
        self.version = version
        self.text = text
        self.comment = comment
        self.publishedBy = publishedBy
        self.publishedAt = publishedAt
        self.restores = restores
    }
}

/// The directories that rules look into.
package struct LoggedDirectories: Sendable {
    package let customers: [Customer]
    package let profiles: [SKUProfile]
}

extension DecisionLog {
    // Rules.

    /// Puts a rule set in force, and returns it with its version.
    package func publishRules(
        _ text: String,
        comment: String,
        by who: String,
        at now: Timestamp,
        restoring version: Int64? = nil
    ) async throws -> PublishedRules {
        try await perform { database in
            let last = try Int64.fetchOne(database, sql: "SELECT max(version) FROM rule_set") ?? 0
            try database.execute(
                sql: """
                    INSERT INTO rule_set (version, text, comment, published_by, published_at, restores)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """,
                arguments: [last + 1, text, comment, who, now.milliseconds, version]
            )
            return PublishedRules(
                version: last + 1,
                text: text,
                comment: comment,
                publishedBy: who,
                publishedAt: now,
                restores: version
            )
        }
    }

    /// Returns the rules in force; nil where none were published.
    package func rulesInForce() async throws -> PublishedRules? {
        try await perform { database in
            try Row.fetchOne(
                database,
                sql: "SELECT * FROM rule_set ORDER BY version DESC LIMIT 1"
            )
            .map(Self.rules(from:))
        }
    }

    /// Returns one version of the rules, if there is such a one.
    package func rules(ofVersion version: Int64) async throws -> PublishedRules? {
        try await perform { database in
            try Row.fetchOne(
                database,
                sql: "SELECT * FROM rule_set WHERE version = ?",
                arguments: [version]
            )
            .map(Self.rules(from:))
        }
    }

    /// Returns the newest versions first, at most `limit`.
    package func ruleVersions(limit: Int) async throws -> [PublishedRules] {
        try await perform { database in
            try Row.fetchAll(
                database,
                sql: "SELECT * FROM rule_set ORDER BY version DESC LIMIT ?",
                arguments: [limit]
            )
            .map(Self.rules(from:))
        }
    }

    private static func rules(from row: Row) -> PublishedRules {
        PublishedRules(
            version: row["version"],
            text: row["text"],
            comment: row["comment"],
            publishedBy: row["published_by"],
            publishedAt: Timestamp(milliseconds: row["published_at"]),
            restores: row["restores"]
        )
    }

    // Directories.

    /// Takes customers into the directory, all or none; those there before stay unless replaced.
    package func importCustomers(_ customers: [Customer], replacingAll: Bool) async throws {
        try await perform { database in
            if replacingAll { try database.execute(sql: "DELETE FROM customer") }
            let statement = try database.cachedStatement(
                sql: """
                    INSERT INTO customer (id, company, segment, contract, tags)
                    VALUES (?, ?, ?, ?, ?)
                    ON CONFLICT (id) DO UPDATE SET company = excluded.company,
                        segment = excluded.segment, contract = excluded.contract,
                        tags = excluded.tags
                    """
            )
            for customer in customers {
                try statement.execute(arguments: [
                    customer.id.rawValue, customer.company, customer.segment, customer.contract,
                    Self.text(of: customer.tags),
                ])
            }
        }
    }

    /// Takes SKUs into the directory, all or none; those there before stay unless replaced.
    package func importProfiles(_ profiles: [SKUProfile], replacingAll: Bool) async throws {
        try await perform { database in
            if replacingAll { try database.execute(sql: "DELETE FROM sku_profile") }
            let statement = try database.cachedStatement(
                sql: """
                    INSERT OR REPLACE INTO sku_profile
                        (sku, warehouses, regions, handling, is_hazardous, freight_class,
                         reorder_point, lot_life_days, lot_certificates, single_lot)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """
            )
            for profile in profiles {
                try statement.execute(arguments: [
                    profile.sku.code, Self.text(of: profile.eligibleWarehouses.map(\.rawValue)),
                    Self.text(of: profile.regions), Self.text(of: profile.handling),
                    profile.isHazardous, profile.freightClass?.name, profile.reorderPoint?.units,
                    profile.lots.lifeDays, Self.text(of: profile.lots.certificates),
                    profile.lots.isSingleLot,
                ])
            }
        }
    }

    /// Returns every customer and SKU of the directories, by rising id.
    package func directories() async throws -> LoggedDirectories {
        try await perform { database in
            LoggedDirectories(
                customers: try Row.fetchAll(database, sql: "SELECT * FROM customer ORDER BY id")
                    .map(Self.customer(from:)),
                profiles: try Row.fetchAll(database, sql: "SELECT * FROM sku_profile ORDER BY sku")
                    .map(Self.profile(from:))
            )
        }
    }

    private static func customer(from row: Row) -> Customer {
        Customer(
            id: Customer.ID(trusted: row["id"]),
            company: row["company"],
            segment: row["segment"],
            contract: row["contract"],
            tags: words(in: row["tags"])
        )
    }

    private static func profile(from row: Row) -> SKUProfile {
        let freightClass: String? = row["freight_class"]
        let reorderPoint: Int64? = row["reorder_point"]
        return SKUProfile(
            sku: SKU(trusted: row["sku"]),
            eligibleWarehouses: words(in: row["warehouses"]).map { Warehouse.ID(trusted: $0) },
            regions: words(in: row["regions"]),
            handling: words(in: row["handling"]),
            isHazardous: row["is_hazardous"],
            freightClass: freightClass.flatMap { try? FreightClass(parsing: $0) },
            reorderPoint: reorderPoint.map { Quantity($0) },
            lots: LotNeeds(
                lifeDays: row["lot_life_days"],
                certificates: words(in: row["lot_certificates"]),
                isSingleLot: row["single_lot"]
            )
        )
    }

    /// A line for each word: none has a control character in it.
    private static func text(of words: [String]) -> String { words.joined(separator: "\n") }

    private static func words(in text: String) -> [String] {
        text.split(separator: "\n").map(String.init)
    }
}
