import AllocationModel
import ArgumentParser
import SiteConsole

extension RatesCommand {
    /// `rates show`.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show one service's rates and rules, and its versions.",
            discussion: """
                The card that counts today, or on another day; all of it, or what it says of one
                destination.

                EXAMPLES
                  holdfast-agent rates show ground
                  holdfast-agent rates show saia-ltl --to 75001 --on 2027-01-04
                """
        )

        @OptionGroup var site: SiteOptions
        @Argument(help: "The service's code: ups-ground.") var service: String
        @Option(help: "The day. Default: today.", transform: { try CivilDate(parsing: $0) })
        var on: CivilDate?
        @Option(help: "One destination's ZIP code: 75001.") var to: String?
        @Flag(name: .long, help: "Write JSON instead of tables.") var json = false

        func run() async throws {
            let reply = try await site.withSite {
                try await $0.send(.showRates(service: service, on: on, to: to))
            }
            guard case .rateCard(let report) = reply else { throw reply.unexpected }
            if json {
                Terminal.show(String(decoding: try SiteJSON.bytes(of: report), as: UTF8.self))
                return
            }
            let tables =
                [rules(of: report), RatesCommand.table(of: report.versions)] + prices(report)
            Terminal.show(tables.map(\.text).joined(separator: "\n\n"))
        }

        private func rules(of report: RateCardReport) -> Table {
            let card = report.card
            var table = Table(card.service, "\(card.carrier), \(card.level.word)")
            table.add("version", "\(card.version), from \(card.effective) on")
            table.add("currency", card.currency)
            if let parcel = report.parcel {
                table.add("divisor", "\(parcel.divisor) cubic inches to the pound")
                table.add("packages", "at most \(parcel.packagesMaximum)")
                if let length = parcel.lengthInchesMaximum, let girth = parcel.girthInchesMaximum {
                    table.add("size", "\(length) in long, \(girth) in with the girth")
                }
                for charge in parcel.oversize {
                    table.add("oversize", "\(charge.amount) a package above \(charge.over)")
                }
                table.add("residence", "\(card.residentialSurcharge) a package")
                table.add("flies", parcel.flight)
                table.add("reaches", (["street"] + parcel.addressKinds).joined(separator: ", "))
            }
            if let ltl = report.ltl {
                let percent = BasisPoints(card.discountBasisPoints ?? 0).percent
                table.add("discount", "\(percent) %, down to \(ltl.floor)")
                table.add("weight", "at most \(ltl.poundsMaximum) lb")
                for (name, amount) in ltl.accessorials.sorted(by: { $0.key < $1.key }) {
                    table.add(name, amount)
                }
            }
            if let ftl = report.ftl { add(ftl, to: &table) }
            table.add("fuel", "\(BasisPoints(card.fuelBasisPoints).percent) %")
            table.add("handling", "\(card.handling) a shipment")
            if let days = report.transitDays {
                table.add("transit", "\(days) days where nothing else says")
            }
            return table
        }

        private func add(_ ftl: RateCardReport.FTL, to table: inout Table) {
            let trucks = ftl.trucksMaximum == 1 ? "one truck" : "\(ftl.trucksMaximum) trucks"
            table.add("truck", "\(ftl.poundsMaximum) lb, \(ftl.palletsMaximum) pallets")
            table.add("shipment", "at most \(trucks)")
            table.add("miles", "\(ftl.circuityPercent) for 100 in a straight line, or the lane's")
            table.add("a day", "\(ftl.milesPerDay) miles")
            table.add("fuel per mile", ftl.fuelPerMile)
            for (name, amount) in ftl.accessorials.sorted(by: { $0.key < $1.key }) {
                table.add(name, "\(amount) a truck")
            }
        }

        private func prices(_ report: RateCardReport) -> [Table] {
            (report.parcel.map(parcelPrices) ?? []) + (report.ltl.map { [ltlPrices($0)] } ?? [])
                + (report.ftl.map { [ftlPrices($0)] } ?? [])
        }

        private func parcelPrices(_ parcel: RateCardReport.Parcel) -> [Table] {
            var zones = Table("ZONE", "DAYS", "TO")
            for zone in parcel.zones {
                let days = zone.transitDays.map(String.init).joined(separator: ", ")
                zones.add(zone.zone, days, Self.listed(zone.destinations))
            }
            let names = parcel.zones.map(\.zone)
            var rates = Table(columns: ["UP TO LB>"] + names.map { "ZONE \($0)>" })
            for rate in parcel.rates {
                rates.add(row: ["\(rate.pounds)"] + names.map { rate.prices[$0] ?? "" })
            }
            var areas = Table("DELIVERY AREA>", "RESIDENTIAL>", "TO")
            for area in parcel.deliveryAreas {
                areas.add(area.commercial, area.residential, Self.listed(area.destinations))
            }
            return [zones, rates] + (areas.isEmpty ? [] : [areas])
        }

        /// As many as a line on a terminal holds: JSON has them all.
        private static func listed(_ destinations: [String]) -> String {
            let shown = destinations.prefix(8).joined(separator: ", ")
            let more = destinations.count - 8
            return more > 0 ? "\(shown) and \(more) more" : shown
        }

        private func ftlPrices(_ ftl: RateCardReport.FTL) -> Table {
            var table = Table("TO", "A MILE>", "MINIMUM>", "FLAT>", "MILES>", "DAYS>")
            for lane in ftl.lanes {
                table.add(
                    lane.destination,
                    lane.perMile ?? "",
                    lane.minimum ?? "",
                    lane.flat ?? "",
                    lane.miles.map(String.init) ?? "",
                    lane.transitDays.map(String.init) ?? ""
                )
            }
            return table
        }

        private func ltlPrices(_ ltl: RateCardReport.LTL) -> Table {
            var table = Table(
                columns: ["TO", "CLASS>", "DAYS>", "MINIMUM>"] + ltl.breaks.map { "\($0) LB>" }
            )
            for lane in ltl.lanes {
                for row in lane.classes {
                    table.add(
                        row: [
                            lane.destination, row.freightClass, "\(lane.transitDays)",
                            lane.minimum,
                        ] + row.prices
                    )
                }
            }
            return table
        }
    }

    /// `rates quote`.
    struct Quote: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Price goods by every service, line by line, with the dates.",
            discussion: """
                As a bid of this moment prices them, whether or not they are in stock; with a day,
                by the cards of that day and from its morning on.

                EXAMPLES
                  holdfast-agent rates quote --to 75001 --sku VALVE-3IN --quantity 12
                  holdfast-agent rates quote --to 75001-1234 --residential \\
                      --sku VALVE-3IN --quantity 12 --sku PUMP-2HP --quantity 1
                  holdfast-agent rates quote --to 75201 --po-box --sku VALVE-3IN --quantity 1
                  holdfast-agent rates quote --to 94103 --sku PUMP-2HP --quantity 40 \\
                      --accessorial liftgate,limited-access --on 2027-01-04 --json
                  holdfast-agent rates quote --to 94103 --sku PUMP-2HP --quantity 1 \\
                      --by 2027-01-15T12:00 --receiving weekdays --receiving-hours 07:00-15:00
                  holdfast-agent rates quote --to 94103 --sku PUMP-2HP --quantity 1 \\
                      --not-before 2027-01-14T13:00
                """
        )

        @OptionGroup var site: SiteOptions
        @OptionGroup var listing: ListingOptions
        @Option(help: "The destination's ZIP or postal code: 75001.") var to: String
        @Option(help: "The destination's country. Default: the warehouse's own.")
        var country: String?
        @Flag(help: "The destination is a residence.") var residential = false
        @Flag(help: "The destination is a post office box.") var poBox = false
        @Option(help: "A SKU; once for each.", transform: { try SKU(parsing: $0) })
        var sku: [SKU]
        @Option(help: "How many units of it; once for each SKU, in the same order.")
        var quantity: [Int64]
        @Option(help: "The day. Default: now.", transform: { try CivilDate(parsing: $0) })
        var on: CivilDate?
        @Option(help: "What the destination needs of the carrier: liftgate,limited-access.")
        var accessorial: String?
        @Option(
            help:
                "By when it must arrive: 2027-01-15, 2027-01-15T12:00; says by when to order.",
            transform: { try Moment(parsing: $0) }
        )
        var by: Moment?
        @Option(
            help: "From when on it may arrive: 2027-01-15, 2027-01-15T13:00.",
            transform: { try Moment(parsing: $0) }
        )
        var notBefore: Moment?
        @Option(
            help: "The days on which the destination takes goods in: weekdays, mon,thu.",
            transform: { try DaysOfWeek(parsing: $0) }
        )
        var receiving: DaysOfWeek?
        @Option(
            help: "The hours in which it does, by its own clock: 07:00-15:00.",
            transform: { try HoursOfDay(parsing: $0) }
        )
        var receivingHours: HoursOfDay?

        /// A day, and perhaps a time of it.
        struct Moment: Sendable {
            let day: CivilDate
            let time: TimeOfDay?

            init(parsing text: String) throws {
                (day, time) = try DeliveryTerms.moment(parsing: text)
            }
        }

        func validate() throws {
            guard sku.count == quantity.count else {
                throw ValidationError(
                    "\(sku.count) --sku and \(quantity.count) --quantity; give one quantity for"
                        + " each SKU"
                )
            }
        }

        func run() async throws {
            let request = QuoteRequest(
                postalCode: to,
                country: country,
                isResidential: residential,
                isPostOfficeBox: poBox,
                goods: zip(sku, quantity).map { QuoteRequest.Goods(sku: $0, quantity: $1) },
                on: on,
                accessorials: accessorial.map { $0.split(separator: ",").map(String.init) } ?? [],
                receiving: receiving?.days ?? [],
                notBefore: notBefore?.day,
                notBeforeTime: notBefore?.time,
                deliverBy: by?.day,
                deliverByTime: by?.time,
                receivingHours: receivingHours
            )
            let reply = try await site.withSite { try await $0.send(.quoteRates(request)) }
            guard case .quoted(let report) = reply else { throw reply.unexpected }
            let words = "no rates count on \(report.on); see ‘holdfast-agent rates import --help’"
            try listing.show(report, { table(of: report) }, ifEmpty: words)
        }

        private func table(of report: QuoteReport) -> Table {
            var table = Table(
                "SERVICE",
                "",
                "\(report.currency)>",
                "ORDER BY",
                "LEAVES",
                "ARRIVES"
            )
            for service in report.services {
                guard let offer = service.offer else {
                    table.add(service.service, service.decline ?? "", "", "", "", "")
                    continue
                }
                let named = "\(service.carrier), \(service.level.word)"
                let zone = offer.zone.map { ", zone \($0)" } ?? ""
                table.add(
                    service.service,
                    named + zone,
                    offer.total,
                    "\(offer.cutoffDate) \(offer.cutoff)",
                    "\(offer.leaves)",
                    "\(offer.arrives)"
                        + (offer.arrivesFrom.map { $0 > .midnight ? " from \($0)" : "" } ?? "")
                        + (offer.arrivesBy.map { " by \($0)" } ?? "")
                )
                for charge in offer.charges {
                    table.add("", "  \(charge.text)", charge.amount, "", "", "")
                }
                if let failure = offer.raterFailure.flatMap(RaterFailure.init) {
                    let words = "  by the card: the live rater \(failure.words)"
                    table.add("", words, "", "", "", "")
                }
                if offer.freight != offer.total {
                    table.add("", "  handling", offer.handling, "", "", "")
                }
                if let date = offer.lastCutoffDate, let time = offer.lastCutoff {
                    table.add("", "  in time if ordered by", "", "\(date) \(time)", "", "")
                }
            }
            return table
        }
    }
}
