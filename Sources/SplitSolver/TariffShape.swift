internal import AllocationModel

/// Where tariffs step: what a search must know of their form, though not of their amounts.
extension Tariff {
    /// Returns the least boundary at or above `load`, or nil beyond the last.
    ///
    /// A boundary is the most load before the charge jumps, or where its rate changes.
    func boundary(atOrAbove load: Int64) -> Int64? {
        let end = loadMaximum
        if load > end { return nil }
        switch self {
        case .parcel(let parcel):
            return min(end, load.rounded(upToMultipleOf: parcel.packageWeightMaximum))
        case .parcelTable(let table):
            return min(end, table.boundary(atOrAbove: load))
        case .lessThanTruckload(let ltl):
            return ltl.breaks.map(\.from).filter { $0 >= load && $0 < end }.min() ?? end
        case .fullTruckload(let truck):
            return min(end, load.rounded(upToMultipleOf: truck.capacity))
        }
    }

    /// Returns the greatest boundary below `load`, or nil at none.
    func boundary(below load: Int64) -> Int64? {
        if load <= 0 { return nil }
        switch self {
        case .parcel(let parcel):
            return (load - 1) / parcel.packageWeightMaximum * parcel.packageWeightMaximum
        case .parcelTable(let table): return table.boundary(below: load)
        case .lessThanTruckload(let ltl):
            return ltl.breaks.map(\.from).filter { $0 < load }.max() ?? 0
        case .fullTruckload(let truck): return (load - 1) / truck.capacity * truck.capacity
        }
    }
}

extension ParcelTableTariff {
    fileprivate func boundary(atOrAbove load: Int64) -> Int64 {
        let full = load / packageWeightMaximum * packageWeightMaximum
        let rest = load - full
        if rest == 0 { return load }
        return full + (steps.first { $0.weightMaximum >= rest }?.weightMaximum ?? rest)
    }

    fileprivate func boundary(below load: Int64) -> Int64 {
        let full = (load - 1) / packageWeightMaximum * packageWeightMaximum
        return full + (steps.last { $0.weightMaximum < load - full }?.weightMaximum ?? 0)
    }
}
