internal import AllocationModel

/// A convex function below a tariff, on a range of loads.
///
/// Given by its corners; between two it is straight. It touches the tariff at
/// its corners, so that on a range without a boundary the two agree at the ends.
struct Envelope {
    struct Corner {
        let load: Int64
        let charge: Int64
    }

    /// By rising load, at least one.
    let corners: [Corner]

    /// Returns the lower hull of some points.
    ///
    /// - Precondition: `points` has at least one, by rising load.
    private init(hullOf points: [Corner]) {
        var hull: [Corner] = []
        for point in points {
            while hull.count > 1
                && !Self.isConvex(hull[hull.count - 2], hull[hull.count - 1], point)
            {
                hull.removeLast()
            }
            if hull.last?.load != point.load { hull.append(point) }
        }
        corners = hull
    }

    // Loads and charges are below 2^60, so the products fit.
    private static func isConvex(_ first: Corner, _ second: Corner, _ third: Corner) -> Bool {
        Int128(second.charge - first.charge) * Int128(third.load - second.load)
            < Int128(third.charge - second.charge) * Int128(second.load - first.load)
    }

    /// Returns the envelope of what a tariff charges by load alone.
    ///
    /// - Precondition: the tariff is not by class, and carries all of `range`.
    init(of tariff: Tariff, on range: ClosedRange<Int64>) {
        var loads = [range.lowerBound, range.upperBound]
        switch tariff {
        case .parcel(let parcel):
            loads += Self.multiples(of: parcel.packageWeightMaximum, in: range)
        case .fullTruckload(let truck): loads += Self.multiples(of: truck.capacity, in: range)
        case .parcelTable(let table): loads += Self.corners(of: table, in: range)
        case .lessThanTruckload: break
        }
        self.init(
            hullOf: loads.sorted()
                .compactMap { load in
                    tariff.charge(for: Load(weight: load, billableWeight: load))
                        .map {
                            Corner(load: load, charge: $0.tenThousandths)
                        }
                }
        )
    }

    /// Returns what a break charges for weight short of its own.
    init(deficitOf entry: LTLTariff.Break, on range: ClosedRange<Int64>) {
        var loads = [range.lowerBound]
        if range.lowerBound < entry.from && entry.from < range.upperBound {
            loads.append(entry.from)
        }
        loads.append(range.upperBound)
        self.init(
            hullOf: loads.map {
                Corner(
                    load: $0,
                    charge: entry.deficit.tenThousandths * max(0, entry.from - $0)
                )
            }
        )
    }

    /// Equal steps have their lowest corners on one line: the first and the last are enough.
    private static func multiples(of step: Int64, in range: ClosedRange<Int64>) -> [Int64] {
        [range.lowerBound.rounded(upToMultipleOf: step), range.upperBound / step * step]
            .filter(range.contains)
    }

    /// Full packages repeat the table along one line, so that the outer two of them are enough.
    private static func corners(
        of table: ParcelTableTariff,
        in range: ClosedRange<Int64>
    ) -> [Int64] {
        let whole = table.packageWeightMaximum
        let first = range.lowerBound / whole
        let last = range.upperBound / whole
        let packages = Set([first, first + 1, last - 1, last]).filter { first <= $0 && $0 <= last }
        return
            packages.flatMap { package in
                table.steps.map { package * whole + $0.weightMaximum }
            }
            .filter(range.contains)
    }
}
