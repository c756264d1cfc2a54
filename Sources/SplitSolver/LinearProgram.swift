/// A linear program whose rows come and go: least cost over bounded columns.
///
/// Row `i` has its own variable, the slack `columns + i`, equal to the row's sum
/// and bounded by it. All bounds of columns are finite, so that every basis has
/// a dual feasible point: each column out of it rests at the bound its reduced
/// cost asks for.
struct LinearProgram {
    struct Constraint {
        var columns: [Int]
        var values: [Double]
        var low: Double
        var high: Double
        /// Kept however slack it is.
        var isPermanent = false
        /// Valid only within the bounds it was made for.
        var isLocal = false
        /// Waits elsewhere when it is removed.
        var isPooled = false

        var pooled: Constraint {
            var result = self
            result.isPooled = true
            return result
        }
    }

    private(set) var cost: [Double] = []
    var lower: [Double] = []
    var upper: [Double] = []
    private(set) var rows: [Constraint] = []

    var columns: Int { cost.count }

    mutating func addColumn(cost: Double, lower: Double, upper: Double) -> Int {
        self.cost.append(cost)
        self.lower.append(lower)
        self.upper.append(upper)
        return self.cost.count - 1
    }

    mutating func setCosts(_ costs: [Double]) { cost = costs }

    mutating func addRow(_ row: Constraint) { rows.append(row) }

    mutating func removeRows(_ isRemoved: (Int) -> Bool) {
        var index = -1
        rows.removeAll { _ in
            index += 1
            return isRemoved(index)
        }
    }

    /// Returns the program without the columns that `number` maps to none, and rows without terms.
    ///
    /// What the dropped columns were is zero. Of the rows, those stay that `keeps` says.
    func keeping(
        _ number: [Int?],
        lower: [Double],
        upper: [Double],
        rows keeps: (Int) -> Bool
    ) -> LinearProgram {
        var result = LinearProgram()
        for column in cost.indices where number[column] != nil {
            _ = result.addColumn(cost: cost[column], lower: lower[column], upper: upper[column])
        }
        for (index, row) in rows.enumerated() where keeps(index) {
            result.addRow(row.keeping(number))
        }
        return result
    }
}

extension LinearProgram.Constraint {
    /// Returns the constraint with columns renumbered, and those without a number left out.
    func keeping(_ number: [Int?]) -> LinearProgram.Constraint {
        var result = self
        result.columns = []
        result.values = []
        for (column, value) in zip(columns, values) {
            guard let new = number[column] else { continue }
            result.columns.append(new)
            result.values.append(value)
        }
        return result
    }
}
