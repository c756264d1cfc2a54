internal import AllocationModel

/// A way to ship that a site may have.
enum CarrierService: String {
    case ground = "GND"
    case truck = "LTL"
    /// Another carrier's, a day slower and often cheaper.
    case secondTruck = "LTL2"
    case fullTruck = "FTL"
    case twoDay = "2DA"
    case nextDay = "NDA"

    /// The services of one site: ground and a truck always, then others.
    static func menu(of count: Int, by dice: inout Dice) -> [CarrierService] {
        let others: [CarrierService] =
            count > 3
            ? [.fullTruck, .twoDay, .secondTruck, .nextDay]
            : [dice.any(of: [.fullTruck, .twoDay, .secondTruck])]
        return [.ground, .truck] + others.prefix(count - 2)
    }

    var isParcel: Bool {
        switch self {
        case .ground, .twoDay, .nextDay: true
        case .truck, .secondTruck, .fullTruck: false
        }
    }

    var isByAir: Bool { self == .twoDay || self == .nextDay }

    func transitDays(over miles: Int64) -> Int64 {
        switch self {
        case .ground: 1 + miles / 430
        case .truck: 2 + miles / 500
        case .secondTruck: 3 + miles / 500
        case .fullTruck: 1 + miles / 520
        case .twoDay: 2
        case .nextDay: 1
        }
    }

    /// Handling of one shipment, from and to; ten-thousandths of a dollar.
    var handling: ClosedRange<Int64> {
        switch self {
        case .ground, .twoDay, .nextDay: 40_000...70_000
        case .truck, .secondTruck: 140_000...240_000
        case .fullTruck: 350_000...600_000
        }
    }

    /// Whether so much may ride: by air no chemicals, as a parcel nothing above 150 lb.
    func carries(_ line: DrawnLine) -> Bool {
        if isByAir && line.goods == .chemical { return false }
        return !isParcel || max(line.weight, line.billableWeight) <= Lane.packageWeightMaximum
    }
}

/// The way from one site to the customer, and what carriers ask for it.
///
/// Money in ten-thousandths of a dollar, weight in tenths of a pound.
struct Lane {
    static let packageWeightMaximum: Int64 = 1500

    let miles: Int64
    /// What this site pays of the usual rate, in thousandths.
    let bargain: Int64
    /// Whether the customer is where a truck needs a lift gate.
    let isJobSite: Bool
    /// The classes of the order's lines: those that a deficit may be billed at.
    let freightClasses: [FreightClass]

    /// The parcel carriers' zone.
    private var zone: Int64 {
        let bounds: [Int64] = [150, 300, 600, 1000, 1400, 1800]
        return 2 + Int64(bounds.count { $0 < miles })
    }

    /// Returns what a service charges; parcels by a table of weights if `isTabulated`.
    func tariff(of service: CarrierService, isTabulated: Bool, by dice: inout Dice) -> Tariff {
        switch service {
        case .ground:
            parcel(
                base: 66_000 + 4200 * zone,
                rate: 140 + 85 * zone,
                packagesMaximum: 30,
                isTabulated: isTabulated
            )
        case .twoDay:
            parcel(
                base: 120_000 + 11_000 * zone,
                rate: 750 + 240 * zone,
                packagesMaximum: 20,
                isTabulated: isTabulated
            )
        case .nextDay:
            parcel(
                base: 220_000 + 20_000 * zone,
                rate: 1400 + 360 * zone,
                packagesMaximum: 20,
                isTabulated: isTabulated
            )
        case .truck: .lessThanTruckload(truckload(atThousandths: bargain))
        case .secondTruck:
            .lessThanTruckload(truckload(atThousandths: dice.part(of: bargain, 820...1000)))
        case .fullTruck:
            .fullTruckload(
                FTLTariff(
                    flat: Cost(max(6_200_000, 1_800_000 + 22_500 * miles * bargain / 1000) * 6 / 5),
                    capacity: 440_000,
                    trucksMaximum: 3
                )
            )
        }
    }

    /// Prices a parcel service, 18 % of fuel included.
    private func parcel(
        base: Int64,
        rate: Int64,
        packagesMaximum: Int64,
        isTabulated: Bool
    ) -> Tariff {
        let base = base * bargain / 1000 * 118 / 100
        let rate = rate * bargain / 1000 * 118 / 100
        guard isTabulated else {
            return .parcel(
                ParcelTariff(
                    base: Cost(base),
                    rate: Cost(rate),
                    packageWeightMaximum: Self.packageWeightMaximum,
                    packagesMaximum: packagesMaximum
                )
            )
        }
        let steps = Self.tabulatedPounds.map { pounds in
            // Carriers print whole cents.
            let cents = (base + rate * pounds * 10 + 99) / 100
            return ParcelTableTariff.Step(weightMaximum: pounds * 10, charge: Cost(cents * 100))
        }
        return .parcelTable(ParcelTableTariff(steps: steps, packagesMaximum: packagesMaximum))
    }

    private static let tabulatedPounds: [Int64] = [
        1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 35, 40, 45, 50, 60, 70, 80, 90, 100, 125,
        150,
    ]

    /// Prices a truck's class rates, 27 % of fuel included.
    private func truckload(atThousandths bargain: Int64) -> LTLTariff {
        let rate = (190 * 1000 + 310 * miles) * bargain / 1000 * 127 / 100
        let breaks = Self.weightBreaks.map { from, percent in
            let rates = Self.classPercents.map { Cost(max(1, rate * $0 * percent / 10_000_000)) }
            return LTLTariff.Break(
                from: from,
                rates: rates,
                deficit: freightClasses.map { rates[$0.index] }.min() ?? .zero
            )
        }
        return LTLTariff(
            minimumCharge: Cost((820_000 + 450 * miles) * bargain / 1000 * 127 / 100),
            accessorial: isJobSite ? Cost(480_000) : .zero,
            weightMaximum: 200_000,
            breaks: breaks
        )
    }

    /// Where a break begins, and what it costs of the first one's rate.
    private static let weightBreaks: [(from: Int64, percent: Int64)] = [
        (0, 100), (5000, 80), (10_000, 66), (20_000, 54), (50_000, 43), (100_000, 37),
        (200_000, 31),
    ]

    /// What each class costs of class 100's rate, from class 50 to class 500.
    private static let classPercents: [Int64] = [
        56, 60, 63, 67, 71, 78, 85, 93, 100, 109, 124, 147, 170, 193, 238, 283, 373, 463,
    ]
}
