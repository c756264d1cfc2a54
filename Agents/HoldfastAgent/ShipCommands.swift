import AllocationModel
import ArgumentParser
import SiteConsole

/// `pick`: what is to be taken from the shelves.
struct PickCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pick",
        abstract: "Show what is confirmed and has not left, or say that it cannot be picked.",
        subcommands: [List.self, Refuse.self]
    )

    /// `pick list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what to pick for each order, first to leave first.",
            discussion: """
                A line for each SKU and lot of a confirmed order. It stays in the list until
                ‘holdfast-agent ship’ says that it has left. An order that must arrive by a day
                has the last day on which it may leave; one whose day and cutoff have passed is late.
                What of it was refused (‘pick refuse’) is shown until the office has decided what
                ships instead.

                EXAMPLES
                  holdfast-agent pick list
                  holdfast-agent pick list --json | jq -r '.[].order'
                """
        )

        @OptionGroup var site: SiteOptions
        @Option(help: "At most so many orders.") var limit = 100
        @OptionGroup var listing: ListingOptions

        func validate() throws {
            guard limit > 0 else { throw ValidationError("--limit is \(limit); ask for 1 or more") }
        }

        func run() async throws {
            let reply = try await site.withSite { try await $0.send(.listPicks(limit: limit)) }
            guard case .picks(let list) = reply else { throw reply.unexpected }
            try listing.show(
                list.rows,
                { table(of: list.rows) },
                ifEmpty: "nothing is to be picked"
            )
            if list.isCutShort { Terminal.say("there are more; ask for them with --limit") }
        }

        private func table(of rows: [PickRow]) -> Table {
            var table = Table(
                "ORDER",
                "SKU",
                "LOT",
                "UNITS>",
                "REFUSED>",
                "SERVICE",
                "LEAVES BY",
                "AT THE LAST",
                "TO"
            )
            for row in rows {
                for pick in row.picks {
                    table.add(
                        row.order,
                        pick.sku.code,
                        pick.lot?.rawValue ?? "-",
                        "\(pick.quantity)",
                        refused(pick, of: row),
                        row.service ?? row.level?.word ?? "-",
                        leaving(row),
                        row.lastLeaves?.description ?? "-",
                        row.destination ?? "-"
                    )
                }
            }
            return table
        }

        private func refused(_ pick: HoldPick, of row: PickRow) -> String {
            let units = row.refused.filter { $0.sku == pick.sku && $0.lot == pick.lot }
                .reduce(0) { $0 + $1.quantity }
            return units > 0 ? "\(units)" : "-"
        }

        private func leaving(_ row: PickRow) -> String {
            guard let day = row.leaves else { return "-" }
            let cutoff = row.cutoff.map { " \($0)" } ?? ""
            return "\(day)\(cutoff)" + (row.isLate ? ", late" : "")
        }
    }
}

extension PickCommand {
    /// `pick refuse`.
    struct Refuse: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say that units of an order are damaged or not to be found.",
            discussion: """
                They are on hand no more, and the office is told, at once or as soon as it can be
                reached: it sources the order again, from what is left here and elsewhere. Until it
                has, the order stays in the pick list. Units that a count has found missing before
                are not taken off again. If they turn up, add them (‘stock adjust’) and ship.

                EXAMPLES
                  holdfast-agent pick refuse 4711 VALVE-3IN --quantity 3 --reason damaged
                  holdfast-agent pick refuse 4711 RESIN-A --lot L42 --quantity 2 --reason not-found
                """
        )

        @OptionGroup var site: SiteOptions
        @Argument(
            help: "The order, as ‘pick list’ shows it.",
            transform: { try Order.ID(parsing: $0) }
        )
        var order: Order.ID
        @Argument(transform: { try SKU(parsing: $0) }) var sku: SKU
        @Option(help: "Units that cannot be picked.") var quantity: Int64
        @Option(
            help: "Which lot, where the order takes several.",
            transform: { try Lot.ID(parsing: $0) }
        )
        var lot: Lot.ID?
        @Option(help: "Why: damaged or not-found.") var reason: PickRefusal.Reason
        @OptionGroup var listing: ListingOptions

        func run() async throws {
            let pick = PickToRefuse(
                order: order,
                sku: sku,
                lot: lot,
                quantity: quantity,
                reason: reason
            )
            let reply = try await site.withSite { try await $0.send(.refusePick(pick)) }
            guard case .pickRefused(let report) = reply else { throw reply.unexpected }
            try listing.show(report, { table(of: report) }, ifEmpty: "")
            Terminal.say("the office is told, and sources order \(report.order) again")
        }

        private func table(of report: RefusedPickReport) -> Table {
            var table = Table("ORDER", "SKU", "LOT", "REFUSED>", "WHY", "ON HAND>", "AVAILABLE>")
            table.add(
                report.order,
                report.refused.sku.code,
                report.refused.lot?.rawValue ?? "-",
                "\(report.refused.quantity)",
                report.refused.reason.words,
                "\(report.stock.after)",
                "\(report.stock.available)"
            )
            return table
        }
    }
}

extension PickRefusal.Reason: ExpressibleByArgument {}

/// `ship`: an order has left the building.
struct ShipCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ship",
        abstract: "Say that an order has left: its units leave the stock.",
        discussion: """
            Ships all that is confirmed for the order at this site, and tells the office, at once
            or as soon as it can be reached. What has shipped cannot be cancelled any more. Said
            twice, it changes nothing the second time.

            EXAMPLES
              holdfast-agent ship 4711
              holdfast-agent ship 4711 --json
            """
    )

    @OptionGroup var site: SiteOptions
    @Argument(help: "The order, as ‘pick list’ shows it.", transform: { try Order.ID(parsing: $0) })
    var order: Order.ID
    @OptionGroup var listing: ListingOptions

    func run() async throws {
        let reply = try await site.withSite { try await $0.send(.ship(order: order)) }
        guard case .shipped(let report) = reply else { throw reply.unexpected }
        try listing.show(report, { table(of: report) }, ifEmpty: "")
        if report.isRepeated {
            Terminal.say("order \(report.order) had shipped before; nothing was changed")
        }
        if report.shipments.contains(where: \.isCancelled) {
            Terminal.warn("order \(report.order) was cancelled when it had left; get it back")
        }
    }

    private func table(of report: ShippedReport) -> Table {
        var table = Table("ORDER", "SKU", "LOT", "UNITS>", "SHIPPED (UTC)", "BY")
        for shipment in report.shipments {
            for pick in shipment.picks {
                table.add(
                    report.order,
                    pick.sku.code,
                    pick.lot?.rawValue ?? "-",
                    "\(pick.quantity)",
                    shipment.at,
                    shipment.who
                )
            }
        }
        return table
    }
}
