import AllocationModel
import ArgumentParser
import SiteConsole

/// `stock`: what is on hand.
struct StockCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stock",
        abstract: "Import, correct, count and show what is on hand.",
        subcommands: [
            ImportCommand.self, AdjustCommand.self, CountCommand.self, ListCommand.self,
            HistoryCommand.self,
        ]
    )
}

/// `stock adjust`.
private struct AdjustCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "adjust",
        abstract: "Add to or take from what is on hand, for a reason.",
        discussion: """
            The change is in the very next bid.

            EXAMPLES
              holdfast-agent stock adjust VALVE-3IN --by -3 --reason "dropped by the forklift"
              holdfast-agent stock adjust SEAL-KIT --lot L-2207 --by 40 --reason "found in bay 7"
            """
    )

    @OptionGroup var site: SiteOptions
    @Argument(transform: { try SKU(parsing: $0) }) var sku: SKU
    // A negative number is a value here, and no option.
    @Option(parsing: .unconditional, help: "Units to add; negative to take.")
    var by: Int64
    @Option(help: "Why, for the journal.") var reason: String
    @Option(help: "Which lot, of a SKU kept by lot.", transform: { try Lot.ID(parsing: $0) })
    var lot: Lot.ID?
    @OptionGroup var listing: ListingOptions

    func run() async throws {
        let reply = try await site.withSite {
            try await $0.send(.adjustStock(sku: sku, lot: lot, by: by, reason: reason))
        }
        guard case .changed(let change) = reply else { throw reply.unexpected }
        try listing.show(change)
    }
}

/// `stock count`.
private struct CountCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "count",
        abstract: "Record a physical count.",
        discussion: """
            What was counted is what is on hand, even where it is fewer than are promised.

            EXAMPLE
              holdfast-agent stock count VALVE-3IN --counted 47
            """
    )

    @OptionGroup var site: SiteOptions
    @Argument(transform: { try SKU(parsing: $0) }) var sku: SKU
    @Option(help: "Units that are there.") var counted: Int64
    @Option(help: "Which lot, of a SKU kept by lot.", transform: { try Lot.ID(parsing: $0) })
    var lot: Lot.ID?
    @OptionGroup var listing: ListingOptions

    func run() async throws {
        let reply = try await site.withSite {
            try await $0.send(.countStock(sku: sku, lot: lot, counted: counted))
        }
        guard case .changed(let change) = reply else { throw reply.unexpected }
        try listing.show(change)
    }
}

extension ListingOptions {
    /// Shows what a change came to, and warns where promised units are missing.
    fileprivate func show(_ change: ChangeReport) throws {
        try show(change, { change.table }, ifEmpty: "")
        guard change.shortfall > 0 else { return }
        Terminal.warn(
            "\(change.shortfall) units of \(change.sku) are promised and not there;"
                + " see ‘holdfast-agent hold list’ for whom to tell"
        )
    }
}

extension ChangeReport {
    fileprivate var table: Table {
        var table = Table("SKU", "LOT", "BEFORE>", "ON HAND>", "AVAILABLE>")
        table.add(sku.code, lot?.rawValue ?? "-", "\(before)", "\(after)", "\(available)")
        return table
    }
}

/// `stock list`.
private struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show what is on hand, held and available.",
        discussion: """
            EXAMPLES
              holdfast-agent stock list --match valve
              holdfast-agent stock list --only short
              holdfast-agent stock list --limit 1000000 --json > stock.json
            """
    )

    @OptionGroup var site: SiteOptions
    @Option(
        name: [.long, .customLong("sku")],
        help: "Only SKUs with this in their code or description."
    )
    var match = ""
    @Option(help: "any, promised, short (of what is promised), exhausted (nothing to promise).")
    var only = ListFilter.Condition.any
    @Option(help: "At most so many SKUs.") var limit = 100
    @Flag(help: "Show each lot on a line of its own.") var lots = false
    @OptionGroup var listing: ListingOptions

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit is \(limit); ask for 1 or more") }
    }

    func run() async throws {
        var rows: [StockRow] = []
        var isCutShort = false
        try await site.withSite { site in
            var after: SKU?
            repeat {
                let page = try await page(of: site, after: after, limit: limit - rows.count)
                rows += page.rows
                after = page.next
            } while after != nil && rows.count < limit
            isCutShort = after != nil
        }
        try listing.show(rows, { table(of: rows) }, ifEmpty: "no SKU is like that")
        if isCutShort { Terminal.say("there are more; ask for them with --limit") }
    }

    private func page(
        of site: SiteConnection,
        after: SKU?,
        limit: Int
    ) async throws -> StockPage {
        let reply = try await site.send(
            .listStock(
                filter: ListFilter(text: match, condition: only),
                after: after,
                limit: limit
            )
        )
        guard case .stock(let page) = reply else { throw reply.unexpected }
        return page
    }

    private func table(of rows: [StockRow]) -> Table {
        var table = Table(
            "SKU",
            "ON HAND>",
            "SAFETY>",
            "HELD>",
            "ALLOCATED>",
            "AVAILABLE>",
            "SHORT>",
            "DESCRIPTION"
        )
        for row in rows {
            table.add(
                row.sku.code,
                "\(row.onHand)",
                "\(row.safetyStock)",
                "\(row.held)",
                "\(row.allocated)",
                "\(row.available)",
                row.shortfall == 0 ? "" : "\(row.shortfall)",
                row.description
            )
            guard lots else { continue }
            for lot in row.lots {
                table.add(
                    "  \(lot.lot)",
                    "\(lot.onHand)",
                    "",
                    "\(lot.held)",
                    "\(lot.allocated)",
                    "",
                    "",
                    lot.words
                )
            }
        }
        return table
    }
}

extension ListFilter.Condition: ExpressibleByArgument {}

extension LotRow {
    fileprivate var words: String {
        let expiry = expires.map { ["expires \($0)"] } ?? []
        return (expiry + (isQuarantined ? ["quarantined"] : []) + certificates)
            .joined(separator: ", ")
    }
}

/// `stock history`.
private struct HistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Show what changed a SKU's stock, and who did it.",
        discussion: """
            EXAMPLE
              holdfast-agent stock history VALVE-3IN --limit 20
            """
    )

    @OptionGroup var site: SiteOptions
    @Argument(transform: { try SKU(parsing: $0) }) var sku: SKU
    @Option(help: "The latest so many entries.") var limit = 50
    @OptionGroup var listing: ListingOptions

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit is \(limit); ask for 1 or more") }
    }

    func run() async throws {
        let reply = try await site.withSite {
            try await $0.send(.showHistory(sku: sku, limit: limit))
        }
        guard case .history(let rows) = reply else { throw reply.unexpected }
        try listing.show(rows, { table(of: rows) }, ifEmpty: "nothing has happened to \(sku) yet")
    }

    private func table(of rows: [HistoryRow]) -> Table { HistoryRow.table(of: rows) }
}

extension HistoryRow {
    static func table(of rows: [HistoryRow]) -> Table {
        var table = Table(
            "WHEN (UTC)",
            "WHAT",
            "LOT",
            "CHANGE>",
            "ON HAND>",
            "HELD>",
            "ALLOCATED>",
            "BY",
            "WHY"
        )
        for row in rows {
            table.add(
                row.at,
                row.kind,
                row.lot?.rawValue ?? "-",
                row.change,
                "\(row.onHand)",
                "\(row.held)",
                "\(row.allocated)",
                row.who ?? row.order.map { "order \($0)" } ?? row.transaction ?? "",
                [row.lotChange, row.reason].compactMap(\.self).joined(separator: ": ")
            )
        }
        return table
    }

    /// The units that moved: on hand, or else held or allocated.
    fileprivate var change: String {
        let delta: Int64 = [onHandDelta, heldDelta, allocatedDelta].first(where: { $0 != 0 }) ?? 0
        return delta > 0 ? "+\(delta)" : "\(delta)"
    }
}
