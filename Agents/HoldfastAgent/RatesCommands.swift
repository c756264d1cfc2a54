import AllocationModel
import ArgumentParser
import Foundation
import SiteConsole

/// `rates`: what carriers charge from here.
struct RatesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rates",
        abstract: "Import and show what carriers charge from here.",
        subcommands: [
            Import.self, ImportLTL.self, ImportFTL.self, List.self, Show.self, Quote.self,
        ]
    )

    /// `rates import`.
    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take one parcel service's zones and rates, in place of earlier ones.",
            discussion: """
                Two CSV files as carriers publish them. The chart: dest_zip,zone[,transit_days],
                by ZIP prefix (750, 750-754), ZIP code (99501) or country (CA). The rates:
                weight_lb and a column for each zone, or service,zone,weight_lb,price.

                A third, of what each package costs more to remote places, before fuel:
                dest_zip,commercial,residential, by prefix, code or country as the chart.
                LTL tariffs are for import-ltl, and truckload rates for import-ftl.

                EXAMPLES
                  holdfast-agent rates import --service ups-ground --carrier UPS --level ground \\
                      --chart zones-752.csv --rates ground-2026.csv --transit-days 5 \\
                      --fuel-percent 18.5 --residential 6.45 --handling 2.50 \\
                      --delivery-areas das-2026.csv
                  holdfast-agent rates import --service usps --carrier USPS --level three-day \\
                      --rates priority-2026.csv --transit-days 3 --reaches po-box,military \\
                      --max-girth 130

                Post office boxes and military addresses (APO, FPO, DPO) are offered only by a
                service that reaches them. A SKU that is longer than --max-length, or longer and
                thicker than --max-girth, does not ride by the service; nor does a hazardous one
                that 49 CFR 172.101 forbids on the aircraft that it flies on (--flies).

                --oversize, once for each: additional handling is 26.75:pounds=50,length=48,width=30
                and a large package 120:length=96,girth=130. Of those that a package is above, the
                dearest is charged. Packages are units, or full cartons where the stock file has
                units_per_carton (and carton_length_in, carton_width_in, carton_height_in).
                """
        )

        @OptionGroup var site: SiteOptions
        @Option(help: "The service's code: ups-ground.") var service: String
        @Option(help: "The carrier's name.") var carrier: String
        @Option(
            help: "How fast it is: ground, three-day, two-day, next-day.",
            transform: { try ServiceLevel(parsing: $0) }
        )
        var level: ServiceLevel
        @Option(help: "The file of zones; without one, zones go by distance.") var chart: String?
        @Option(help: "The file of rates.") var rates: String
        @Option(help: "The chart's column of zones.") var zoneColumn = "zone"
        @Option(
            help: "The first day on which they count: 2026-12-28. Default: today.",
            transform: { try CivilDate(parsing: $0) }
        )
        var effective: CivilDate?
        @Option(help: "Carrier days on the way where the chart gives none.") var transitDays: Int
        @Option(
            help: "Carrier days by zone: 2:1,3:2,8:5.",
            transform: { try ZoneDays(parsing: $0) }
        )
        var zoneDays = ZoneDays.none
        @Option(help: "Cubic inches to the pound.") var divisor: Int64 = 139
        @Option(help: "Inches of one unit's longest side at most.") var maxLength: Int64 = 108
        @Option(help: "Inches of the longest side and twice the other two at most.")
        var maxGirth: Int64 = 165
        @Option(
            help: "What a heavy or large package costs more: 26.75:pounds=50,length=48,width=30.",
            transform: { try OversizeOption(parsing: $0) }
        )
        var oversize: [OversizeOption] = []
        @Option(help: "The file of what packages to remote places cost more.")
        var deliveryAreas: String?
        @Option(
            help: "Fuel surcharge: 18.5.",
            transform: { try BasisPoints(percent: $0) }
        )
        var fuelPercent = BasisPoints.zero
        @Option(help: "For each package to a residence: 6.45.") var residential = "0"
        @Option(help: "For each shipment: 2.50.") var handling = "0"
        @Option(help: "What it delivers to beside street addresses: po-box,military.")
        var reaches: String?
        @Option(help: "Whether it flies: no, passenger, cargo. Default: passenger above three-day.")
        var flies: String?

        func run() async throws {
            let files = RateCardFiles(
                service: service,
                carrier: carrier,
                level: level,
                effective: effective,
                chart: try chart.map { try RatesCommand.contents(of: $0) },
                zoneColumn: zoneColumn,
                rates: try RatesCommand.contents(of: rates),
                deliveryAreas: try deliveryAreas.map { try RatesCommand.contents(of: $0) },
                terms: RateCardFiles.Terms(
                    divisor: divisor,
                    lengthInchesMaximum: maxLength,
                    girthInchesMaximum: maxGirth,
                    oversize: oversize.map(\.charge),
                    fuelBasisPoints: fuelPercent.value,
                    residentialSurcharge: residential,
                    handling: handling,
                    addressKinds: reaches?.split(separator: ",").map(String.init) ?? [],
                    flight: flies,
                    transitDays: transitDays,
                    transitDaysByZone: zoneDays.days
                )
            )
            let reply = try await site.withSite { try await $0.send(.importRates(files)) }
            guard case .ratesImported(let version) = reply else { throw reply.unexpected }
            Terminal.say("\(service) has version \(version) now")
        }
    }

    /// Reads a file that goes into one request.
    static func contents(of file: String) throws -> String {
        guard let bytes = FileManager.default.contents(atPath: file) else {
            throw Failure(.noInput, "there is no file \(file)", hint: "correct its path")
        }
        guard bytes.count <= ConsoleLimits.rateFileBytesMaximum else {
            throw Failure(
                .data,
                "\(file) is larger than \(ConsoleLimits.rateFileBytesMaximum) bytes",
                hint: "give one service's file, of this warehouse alone"
            )
        }
        guard let text = String(bytes: bytes, encoding: .utf8) else {
            throw Failure(
                .data,
                "\(file) is not UTF-8 text",
                hint: "save the file as CSV in UTF-8"
            )
        }
        return text
    }

    /// `rates import-ltl`.
    struct ImportLTL: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import-ltl",
            abstract: "Take one less-than-truckload service's class tariff.",
            discussion: """
                One CSV file: a row for each lane and class, the minimum charge and the price of a
                hundredweight from each weight on: dest_zip,class,mc,l5c,m5c,m1m,m2m,m5m,m10m,m20m
                (below 500 lb, from 500, 1000, 2000, 5000, 10000, 20000 lb on), and transit_days.

                What an order's destination asks for and has no price here is not carried: give 0
                for what costs nothing. hazmat and lengths are charged where such goods ride:
                excessive-length from a side of eight feet on, and excessive-length-12, -16, -20
                and -28 from so many; the longest of the goods counts, once.

                EXAMPLES
                  holdfast-agent rates import-ltl --service saia-ltl --carrier Saia \\
                      --rates saia-752.csv --discount-percent 62 --floor 95.00 \\
                      --fuel-percent 28.5 --accessorial residential=85,liftgate=62.50 \\
                      --transit-days 3
                  holdfast-agent rates import-ltl --service xpo-ltl --carrier XPO \\
                      --rates xpo-752.csv --transit-days 4 \\
                      --accessorial hazmat=45,excessive-length=85,excessive-length-12=150
                """
        )

        @OptionGroup var site: SiteOptions
        @Option(help: "The service's code: saia-ltl.") var service: String
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
        @Option(help: "Carrier days on the way where the lane gives none.") var transitDays: Int
        @Option(help: "Off the tariff: 62.", transform: { try BasisPoints(percent: $0) })
        var discountPercent = BasisPoints.zero
        @Option(help: "The least that the discount leaves: 95.00.") var floor = "0"
        @Option(help: "Fuel surcharge: 28.5.", transform: { try BasisPoints(percent: $0) })
        var fuelPercent = BasisPoints.zero
        @Option(
            help: "Extra work by name: residential=85,limited-access=110,liftgate=62.50.",
            transform: { try AccessorialAmounts(parsing: $0) }
        )
        var accessorial = AccessorialAmounts.none
        @Option(help: "For each shipment: 12.50.") var handling = "0"
        @Option(help: "The most pounds of one shipment.") var maxPounds: Int64?

        func run() async throws {
            let file = LTLRateFile(
                service: service,
                carrier: carrier,
                level: level,
                effective: effective,
                rates: try RatesCommand.contents(of: rates),
                terms: LTLRateFile.Terms(
                    discountBasisPoints: discountPercent.value,
                    floor: floor,
                    fuelBasisPoints: fuelPercent.value,
                    accessorials: accessorial.amounts,
                    handling: handling,
                    poundsMaximum: maxPounds,
                    transitDays: transitDays
                )
            )
            let reply = try await site.withSite { try await $0.send(.importLTLRates(file)) }
            guard case .ratesImported(let version) = reply else { throw reply.unexpected }
            Terminal.say("\(service) has version \(version) now")
        }
    }

    /// `rates list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show the rate cards.")

        @OptionGroup var site: SiteOptions
        @OptionGroup var listing: ListingOptions

        func run() async throws {
            let reply = try await site.withSite { try await $0.send(.listRates) }
            guard case .rates(let rows) = reply else { throw reply.unexpected }
            let words = "no rates, so nothing can be bid; see ‘holdfast-agent rates import --help’"
            try listing.show(rows, { RatesCommand.table(of: rows) }, ifEmpty: words)
        }
    }

    static func table(of rows: [RateRow]) -> Table {
        var table = Table(
            "SERVICE",
            "VERSION>",
            "FROM",
            "NOW",
            "CARRIER",
            "LEVEL",
            "ZONES",
            "OFF %>",
            "FUEL %>",
            "RESIDENTIAL>",
            "HANDLING>",
            ""
        )
        for row in rows {
            table.add(
                row.service,
                "\(row.version)",
                "\(row.effective)",
                row.isInForce ? "yes" : "",
                row.carrier,
                row.level.word,
                zones(of: row),
                row.discountBasisPoints.map { BasisPoints($0).percent } ?? "",
                BasisPoints(row.fuelBasisPoints).percent,
                row.residentialSurcharge,
                row.handling,
                row.currency
            )
        }
        return table
    }

    private static func zones(of row: RateRow) -> String {
        switch row.mode {
        case "ltl": "by class"
        case "ftl": "by truck"
        default: row.isByDistance ? "distance" : "chart"
        }
    }
}

/// Carrier days on the way, by zone.
struct ZoneDays: Sendable {
    let days: [String: Int]

    static let none = ZoneDays(days: [:])

    private init(days: [String: Int]) {
        self.days = days
    }

    /// Reads `2:1,3:2`.
    init(parsing text: String) throws(ParseError) {
        var days: [String: Int] = [:]
        for pair in text.split(separator: ",", omittingEmptySubsequences: false) {
            let parts = pair.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, let number = Int(parts[1]),
                days.updateValue(number, forKey: String(parts[0])) == nil
            else { throw ParseError("‘\(pair)’ is not a zone and its days; write 2:1,3:2,8:5") }
        }
        self.days = days
    }
}

/// What a heavy or large package costs more, and above which bounds.
struct OversizeOption: Sendable {
    let charge: RateCardFiles.Oversize

    /// Reads `26.75:pounds=50,length=48`; what it means is the site's to say.
    init(parsing text: String) throws {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else {
            throw ParseError(
                "‘\(text)’ is not a price and what it is above; write 26.75:pounds=50,length=48"
            )
        }
        charge = RateCardFiles.Oversize(amount: parts[0], over: parts[1])
    }
}

/// What extra work costs, by its name.
struct AccessorialAmounts: Sendable {
    let amounts: [String: String]

    static let none = AccessorialAmounts(amounts: [:])

    private init(amounts: [String: String]) {
        self.amounts = amounts
    }

    /// Reads `residential=85,liftgate=62.50`; what the names mean is the site's to say.
    init(parsing text: String) throws(ParseError) {
        var amounts: [String: String] = [:]
        for pair in text.split(separator: ",", omittingEmptySubsequences: false) {
            let parts = pair.split(separator: "=", omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty,
                amounts.updateValue(String(parts[1]), forKey: String(parts[0])) == nil
            else {
                throw ParseError("‘\(pair)’ is not a name and its price; write liftgate=62.50")
            }
        }
        self.amounts = amounts
    }
}

/// Hundredths of a percent.
struct BasisPoints: Sendable {
    let value: Int64

    static let zero = BasisPoints(0)

    init(_ value: Int64) {
        self.value = value
    }

    /// Reads `18.5`: at most two decimals.
    init(percent text: String) throws(ParseError) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let decimals = parts.count == 2 ? parts[1] : ""
        let isLawful =
            (1...2).contains(parts.count) && (1...4).contains(parts[0].count)
            && (parts.count == 1 || (1...2).contains(decimals.count))
            && parts.allSatisfy { $0.utf8.allSatisfy { (48...57).contains($0) } }
        let digits = parts[0] + decimals + String(repeating: "0", count: max(0, 2 - decimals.count))
        guard isLawful, let value = Int64(digits) else {
            throw ParseError("‘\(text)’ is not a percentage; write it as 18.5")
        }
        self.value = value
    }

    var percent: String {
        let rest = value % 100
        if rest == 0 { return "\(value / 100)" }
        return "\(value / 100)."
            + (rest % 10 == 0 ? "\(rest / 10)" : (rest < 10 ? "0" : "") + "\(rest)")
    }
}
