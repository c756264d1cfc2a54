import AllocationModel
import ArgumentParser
import SiteConsole

extension RatesCommand {
    /// `rates import-ftl`.
    struct ImportFTL: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import-ftl",
            abstract: "Take one truckload service's rates.",
            discussion: """
                One CSV file, a row for each destination: dest_zip,per_mile,minimum,flat and, where
                they are known, miles and transit_days. Give a price by the mile with a minimum, or
                a flat one. Without miles, they are those between the ZIP prefixes' centres in a
                straight line, times the circuity.

                A truck is full by weight or by pallets. Pallets are counted of SKUs whose stock
                was imported with units_per_pallet, and SKUs share them; others count by weight
                alone. hazmat and lengths (excessive-length from eight feet on, or -12, -16, -20,
                -28) are charged for each truck where such goods ride.

                EXAMPLES
                  holdfast-agent rates import-ftl --service schneider-ftl --carrier Schneider \\
                      --rates trucks-752.csv --fuel-per-mile 0.42 --max-trucks 2
                  holdfast-agent rates import-ftl --service flatbed --carrier Melton \\
                      --rates flatbed.csv --max-pounds 48000 --max-pallets 24 \\
                      --fuel-percent 18 --accessorial limited-access=150 --circuity-percent 120
                """
        )

        @OptionGroup var site: SiteOptions
        @Option(help: "The service's code: schneider-ftl.") var service: String
        @Option(help: "The carrier's name.") var carrier: String
        @Option(
            help: "How fast it is: ground, three-day, two-day, next-day.",
            transform: { try ServiceLevel(parsing: $0) }
        )
        var level = ServiceLevel.ground
        @Option(help: "The file of rates.") var rates: String
        @Option(
            help: "The first day on which they count: 2026-12-28. Default: today.",
            transform: { try CivilDate(parsing: $0) }
        )
        var effective: CivilDate?
        @Option(help: "The most pounds of one truck. Default: 44000.") var maxPounds: Int64?
        @Option(help: "The most pallets of one truck. Default: 26.") var maxPallets: Int?
        @Option(help: "The most trucks of one shipment.") var maxTrucks = 1
        @Option(
            help: "Fuel surcharge in percent: 18.5.",
            transform: { try BasisPoints(percent: $0) }
        )
        var fuelPercent = BasisPoints.zero
        @Option(help: "Fuel surcharge for each mile: 0.42.") var fuelPerMile = "0"
        @Option(
            help: "Extra work for each truck, by name: residential=150,limited-access=110.",
            transform: { try AccessorialAmounts(parsing: $0) }
        )
        var accessorial = AccessorialAmounts.none
        @Option(help: "For each shipment: 12.50.") var handling = "0"
        @Option(help: "Miles by road for 100 in a straight line. Default: 118.")
        var circuityPercent: Int?
        @Option(help: "Carrier days where the lane gives none. Default: by the miles.")
        var transitDays: Int?
        @Option(help: "Miles that a truck drives in a day. Default: 500.") var milesPerDay: Int?

        func run() async throws {
            let file = FTLRateFile(
                service: service,
                carrier: carrier,
                level: level,
                effective: effective,
                rates: try RatesCommand.contents(of: rates),
                terms: FTLRateFile.Terms(
                    poundsMaximum: maxPounds,
                    palletsMaximum: maxPallets,
                    trucksMaximum: maxTrucks,
                    fuelBasisPoints: fuelPercent.value,
                    fuelPerMile: fuelPerMile,
                    accessorials: accessorial.amounts,
                    handling: handling,
                    circuityPercent: circuityPercent,
                    transitDays: transitDays,
                    milesPerDay: milesPerDay
                )
            )
            let reply = try await site.withSite { try await $0.send(.importFTLRates(file)) }
            guard case .ratesImported(let version) = reply else { throw reply.unexpected }
            Terminal.say("\(service) has version \(version) now")
        }
    }
}
