package import AllocationModel

/// What a parcel service costs at the most, wherever it goes.
package struct StandingTerms: Hashable, Sendable {
    /// To a residence in the dearest zone.
    package let tariff: ParcelTableTariff
    /// Carrier days on the way, at the most.
    package let transitDays: Int
    package let reach: StandingService.Reach
}

extension ParcelRateCard {
    /// Returns the terms that hold for every destination of `reach`; nil where it goes nowhere.
    ///
    /// No destination that is served is charged more than by this tariff, by the
    /// package. One that is heavier than any zone carries is not carried.
    package func standingTerms() -> StandingTerms? {
        let served = chart.rows.indices.compactMap { row in
            offer(inRow: row).map { (area: chart.rows[row].area, offer: $0) }
        }
        guard let tariff = Self.dearest(served.map(\.offer.tariff)) else { return nil }
        return StandingTerms(
            tariff: tariff,
            transitDays: served.map(\.offer.transitDays).max() ?? 0,
            reach: reach(of: served.map(\.area))
        )
    }

    /// The areas that are served throughout: an exception within a prefix excludes the prefix.
    private func reach(of areas: [ZoneChart.Area]) -> StandingService.Reach {
        let unserved = chart.rows.indices.filter { offer(inRow: $0) == nil }
            .map { chart.rows[$0].area }
        var isServed = [Bool](repeating: false, count: 1000)
        var countries: [Country] = []
        for area in areas {
            switch area {
            case .prefixes(let prefixes): for prefix in prefixes { isServed[prefix] = true }
            case .country(let country): countries.append(country)
            // Within a prefix that is served, or too small to be told of.
            case .codes: break
            }
        }
        for area in unserved {
            switch area {
            case .prefixes(let prefixes): for prefix in prefixes { isServed[prefix] = false }
            case .codes(let codes):
                for prefix in codes.lowerBound / 100...codes.upperBound / 100 {
                    isServed[prefix] = false
                }
            case .country: break
            }
        }
        // A country of which a part is not served is served by prefix alone.
        if unserved.contains(where: { if case .country = $0 { false } else { true } }) {
            countries = []
        }
        return StandingService.Reach(countries: countries, prefixes: Self.ranges(of: isServed))
    }

    private static func ranges(of isServed: [Bool]) -> [ClosedRange<Int>] {
        var ranges: [ClosedRange<Int>] = []
        for prefix in isServed.indices where isServed[prefix] {
            if let last = ranges.last, last.upperBound == prefix - 1 {
                ranges[ranges.count - 1] = last.lowerBound...prefix
            } else {
                ranges.append(prefix...prefix)
            }
        }
        return ranges
    }

    /// The most that any of `tariffs` charges for a package, as far as all of them carry one.
    private static func dearest(_ tariffs: [ParcelTableTariff]) -> ParcelTableTariff? {
        let distinct = Set(tariffs)
        guard let weightMaximum = distinct.map(\.packageWeightMaximum).min(),
            let packagesMaximum = distinct.map(\.packagesMaximum).min()
        else { return nil }
        let weights = Set(distinct.flatMap(\.steps).map(\.weightMaximum))
            .filter { $0 <= weightMaximum }.sorted()
        let steps = weights.map { weight in
            ParcelTableTariff.Step(
                weightMaximum: weight,
                charge: distinct.compactMap { $0.charge(forBillableWeight: weight) }.max() ?? .zero
            )
        }
        guard ParcelTableTariff.areLawful(steps),
            steps.count <= AllocationModel::Limits.tariffStepsMaximum
        else { return nil }
        return ParcelTableTariff(steps: steps, packagesMaximum: packagesMaximum)
    }
}
