import AllocationModel
import ArgumentParser
import SiteConsole

/// `inbound`: what is on its way to the site, and by which day.
struct InboundCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inbound",
        abstract: "Announce what is on its way, by which day, and take it in.",
        discussion: """
            What the office has on backorder is promised from open receipts, each unit to one
            order. A receipt whose day has passed gives nobody a date before it has a new one.
            """,
        subcommands: [
            Add.self, List.self, History.self, Change.self, Remove.self, Receive.self, Import.self,
        ]
    )

    /// What stands after a command: the receipt's number.
    struct Reference: ParsableArguments {
        @Argument(
            help: "The number of the purchase order, or of the transfer.",
            transform: { try Receipt.ID(parsing: $0) }
        )
        var reference: Receipt.ID
    }

    /// `inbound add`.
    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Announce a receipt of one SKU.",
            discussion: """
                A purchase order of several SKUs is announced once for each of them.

                EXAMPLES
                  holdfast-agent inbound add PO-1001 VALVE-3IN 40 --day 2026-12-09 --from Acme
                  holdfast-agent inbound add TR-7 SEAL-KIT 200 --day 2026-12-04 --kind transfer \\
                      --from RNO
                """
        )

        @OptionGroup var site: SiteOptions
        @OptionGroup var receipt: Reference
        @Argument(transform: { try SKU(parsing: $0) }) var sku: SKU
        @Argument(help: "Units.") var quantity: Int64
        @Option(
            help: "The day on which it is to be here.",
            transform: { try CivilDate(parsing: $0) }
        )
        var day: CivilDate
        @Option(help: "purchase or transfer.") var kind = "purchase"
        @Option(help: "Where it comes from: a supplier, a warehouse.") var from = ""
        @OptionGroup var listing: ListingOptions

        func run() async throws {
            let notice = InboundCommand.Notice(
                reference: receipt.reference,
                sku: sku,
                quantity: quantity,
                expected: day,
                kind: kind,
                origin: from
            )
            try await show(.add(notice), at: site, listing)
        }
    }

    /// `inbound list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what is on its way, the soonest first.",
            discussion: """
                EXAMPLES
                  holdfast-agent inbound list
                  holdfast-agent inbound list --sku VALVE-3IN --all --json
                """
        )

        @OptionGroup var site: SiteOptions
        @Option(help: "Only this SKU.", transform: { try SKU(parsing: $0) }) var sku: SKU?
        @Flag(help: "Also what has come, and what was taken back.") var all = false
        @Option(help: "At most so many.") var limit = 1000
        @OptionGroup var listing: ListingOptions

        func validate() throws {
            guard limit > 0 else {
                throw ValidationError("--limit is \(limit); ask for 1 or more")
            }
        }

        func run() async throws {
            try await show(.list(sku: sku, all: all, limit: limit), at: site, listing)
        }
    }

    /// `inbound history`.
    struct History: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what was done with a receipt, by whom, and how its day moved.",
            discussion: """
                EXAMPLE
                  holdfast-agent inbound history PO-1001
                """
        )

        @OptionGroup var site: SiteOptions
        @OptionGroup var receipt: Reference
        @Option(help: "The latest so many.") var limit = 100
        @OptionGroup var listing: ListingOptions

        func validate() throws {
            guard limit > 0 else {
                throw ValidationError("--limit is \(limit); ask for 1 or more")
            }
        }

        func run() async throws {
            let command = InboundCommand.history(reference: receipt.reference, limit: limit)
            let reply = try await site.withSite { try await $0.send(.inbound(command)) }
            guard case .inboundHistory(let rows) = reply else { throw reply.unexpected }
            var table = Table(
                "WHEN (UTC)",
                "WHAT",
                "SKU",
                "EXPECTED",
                "QUANTITY>",
                "CAME>",
                "BY",
                "WHY"
            )
            for row in rows { table.add(row: row.cells) }
            try listing.show(rows, { table }, ifEmpty: "nothing was done with it")
        }
    }

    /// `inbound change`.
    struct Change: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say a new day of a receipt, or how many it has in all.",
            discussion: """
                What was promised of it follows within seconds: dates of backorders move, and the
                office raises an alert where one is later than a customer was told.

                EXAMPLES
                  holdfast-agent inbound change PO-1001 --day 2026-12-16 --reason "port strike"
                  holdfast-agent inbound change PO-1001 --sku VALVE-3IN --quantity 25
                """
        )

        @OptionGroup var site: SiteOptions
        @OptionGroup var receipt: Reference
        @Option(help: "Which of its SKUs.", transform: { try SKU(parsing: $0) }) var sku: SKU?
        @Option(
            help: "The day on which it is expected now.",
            transform: { try CivilDate(parsing: $0) }
        )
        var day: CivilDate?
        @Option(help: "Units in all, those that have come included.") var quantity: Int64?
        @Option(help: "Why, for the record.") var reason = ""
        @OptionGroup var listing: ListingOptions

        func run() async throws {
            let command = InboundCommand.change(
                reference: receipt.reference,
                sku: sku,
                expected: day,
                quantity: quantity,
                reason: reason
            )
            try await show(command, at: site, listing)
        }
    }

    /// `inbound remove`.
    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a receipt back: no more of it will come.",
            discussion: """
                Without --sku, all of it. What has come of it stays in stock.

                EXAMPLE
                  holdfast-agent inbound remove PO-1001 --reason "cancelled by the supplier"
                """
        )

        @OptionGroup var site: SiteOptions
        @OptionGroup var receipt: Reference
        @Option(help: "Only this SKU of it.", transform: { try SKU(parsing: $0) }) var sku: SKU?
        @Option(help: "Why, for the record.") var reason = ""
        @OptionGroup var listing: ListingOptions

        func run() async throws {
            try await show(
                .remove(reference: receipt.reference, sku: sku, reason: reason),
                at: site,
                listing
            )
        }
    }

    /// `inbound receive`.
    struct Receive: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Book what has come of a receipt into stock.",
            discussion: """
                Without --quantity, all that was to come. Fewer leave the rest on its way, unless
                --close says that no more will come; more are booked as they came. Stock and
                receipt change together, and backorders are sourced again by themselves.

                EXAMPLES
                  holdfast-agent inbound receive PO-1001
                  holdfast-agent inbound receive PO-1001 --sku VALVE-3IN --quantity 25
                  holdfast-agent inbound receive PO-1001 --quantity 38 --close
                  holdfast-agent inbound receive PO-1002 --lot L-2207 --expires 2028-06-30
                """
        )

        @OptionGroup var site: SiteOptions
        @OptionGroup var receipt: Reference
        @Option(help: "Which of its SKUs.", transform: { try SKU(parsing: $0) }) var sku: SKU?
        @Option(help: "Units that have come.") var quantity: Int64?
        @Option(help: "The lot, of a SKU kept by lot.", transform: { try Lot.ID(parsing: $0) })
        var lot: Lot.ID?
        @Option(
            help: "The day on which the lot expires.",
            transform: { try CivilDate(parsing: $0) }
        )
        var expires: CivilDate?
        @Flag(help: "No more of it will come.") var close = false
        @OptionGroup var listing: ListingOptions

        func run() async throws {
            let delivery = InboundCommand.Delivery(
                reference: receipt.reference,
                sku: sku,
                quantity: quantity,
                lot: lot,
                expires: expires,
                closes: close
            )
            let reply = try await site.withSite {
                try await $0.send(.inbound(.receive(delivery)))
            }
            guard case .received(let rows) = reply else { throw reply.unexpected }
            var table = Table(
                "REFERENCE",
                "SKU",
                "CAME>",
                "STILL TO COME>",
                "ON HAND>",
                "AVAILABLE>"
            )
            for row in rows {
                table.add(
                    row.receipt.reference.rawValue,
                    row.receipt.sku.code,
                    "\(row.units)",
                    "\(row.receipt.open)",
                    row.change.map { "\($0.after)" } ?? "",
                    row.change.map { "\($0.available)" } ?? ""
                )
            }
            try listing.show(rows, { table }, ifEmpty: "nothing has come")
        }
    }

    /// `inbound import`.
    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a file of receipts whole, or not at all.",
            discussion: """
                CSV with a header. Columns are found by name: reference (or po), sku, quantity (or
                ordered: all of it, what has come included), expected (or eta, due), and where the
                file has them kind, from (or supplier) and warehouse. A receipt that is known gets
                the file's day and quantity; one that has come already is passed over. A file with
                anything wrong in it changes nothing, and every fault is listed by line.

                EXAMPLES
                  holdfast-agent inbound import open-orders.csv --dry-run
                  holdfast-agent inbound import open-orders.csv
                  holdfast-agent inbound import open-orders.csv --snapshot
                """
        )

        @OptionGroup var site: SiteOptions
        @Argument(help: "The file.") var file: String
        @Flag(help: "Say what would change, and change nothing.") var dryRun = false
        @Flag(help: "The file names all that is on its way: what it leaves out is taken back.")
        var snapshot = false
        @OptionGroup var listing: ListingOptions

        func run() async throws {
            let text = try RatesCommand.contents(of: file)
            let command = InboundCommand.import(
                csv: text,
                isSnapshot: snapshot,
                isDryRun: dryRun
            )
            let reply = try await site.withSite { try await $0.send(.inbound(command)) }
            guard case .inboundImported(let outcome) = reply else { throw reply.unexpected }
            var table = Table("ROWS>", "ELSEWHERE>", "NEW>", "CHANGED>", "REMOVED>", "OVER>")
            table.add(
                "\(outcome.rows)",
                "\(outcome.rowsElsewhere)",
                "\(outcome.added)",
                "\(outcome.changed)",
                "\(outcome.removed)",
                "\(outcome.over)"
            )
            try listing.show(outcome, { table }, ifEmpty: "")
            if !outcome.ignoredColumns.isEmpty {
                Terminal.say("columns not used: " + outcome.ignoredColumns.joined(separator: ", "))
            }
            if outcome.isDryRun { Terminal.say("a dry run: nothing was changed") }
        }
    }
}

extension InboundHistoryRow {
    /// What happened, on one line; a day or a quantity that moved with what it was.
    fileprivate var cells: [String] {
        let day = expectedBefore.flatMap { $0 == expected ? nil : "\($0) -> " } ?? ""
        let units = quantityBefore.flatMap { $0 == quantity ? nil : "\($0) -> " } ?? ""
        return [
            at, what, sku.code, "\(day)\(expected)", "\(units)\(quantity)",
            received == 0 ? "" : "\(received)", who, reason ?? "",
        ]
    }
}

/// Sends a command about receipts, and shows those that it answers with.
private func show(
    _ command: InboundCommand,
    at site: SiteOptions,
    _ listing: ListingOptions
) async throws {
    let reply = try await site.withSite { try await $0.send(.inbound(command)) }
    guard case .inbound(let rows) = reply else { throw reply.unexpected }
    var table = Table("REFERENCE", "SKU", "KIND", "FROM", "EXPECTED", "OPEN>", "CAME>", "STATUS")
    for row in rows {
        table.add(
            row.reference.rawValue,
            row.sku.code,
            row.kind,
            row.from ?? "",
            row.expected.description,
            "\(row.open)",
            "\(row.received)",
            row.isOverdue ? "overdue" : row.status
        )
    }
    try listing.show(rows, { table }, ifEmpty: "nothing is on its way")
}
