internal import AllocationModel

/// Finds what a point of the relaxation violates: waiting rows, covers, rounded packages, curves.
struct CutSeparation {
    private static let violation = 1e-6

    /// Returns constraints to add: all waiting rows and curves violated, or else covers if asked.
    func violated(
        _ formulation: Formulation,
        _ simplex: DualSimplex,
        _ withCovers: Bool
    ) -> [LinearProgram.Constraint] {
        var found: [LinearProgram.Constraint] = []
        for row in formulation.lazyRows {
            var sum = 0.0
            for index in row.columns.indices {
                sum += row.values[index] * simplex.solution(row.columns[index])
            }
            if sum > row.high + Self.violation || sum < row.low - Self.violation {
                found.append(row.pooled)
            }
        }
        curves(formulation, simplex, &found)
        if found.isEmpty && withCovers {
            for line in formulation.model.lines.indices {
                cover(line, formulation, simplex, &found)
            }
            packages(formulation, simplex, &found)
        }
        return found
    }

    // MARK: Covers

    private struct Source {
        let capacity: Int64
        /// The least of the columns that must be at least 1 for the source to give anything.
        let openness: Double
        let columns: [Int]
        let units: Double
        let flows: [(column: Int, factor: Double)]
    }

    /// What one line needs of the sites outside a set that cannot cover it.
    ///
    /// The demand left when a set of sites gives all it has must come from the
    /// others; mixed-integer rounding of that (Marchand and Wolsey, 2001) in
    /// integers throughout.
    private func cover(
        _ index: Int,
        _ formulation: Formulation,
        _ simplex: DualSimplex,
        _ found: inout [LinearProgram.Constraint]
    ) {
        let line = formulation.model.lines[index]
        let piles = line.piles.filter { !formulation.flowsOfPile[$0].isEmpty }
        if piles.count < 2 { return }
        var sources = piles.map { source($0, formulation, simplex) }
        let order = sources.indices.sorted {
            sources[$0].openness != sources[$1].openness
                ? sources[$0].openness > sources[$1].openness : $0 < $1
        }
        sources = order.map { sources[$0] }
        let short =
            simplex.solution(formulation.shorts[index])
            / formulation.step[formulation.shorts[index]]
        var demand = line.quantity
        var best: (terms: [(column: Int, factor: Double)], right: Double, violation: Double)?
        for skipped in 0..<sources.count {
            if skipped > 0 { demand -= sources[skipped - 1].capacity }
            if demand <= 0 { break }
            for divisor in divisors(sources[skipped...], demand) {
                let cut = rounded(sources[skipped...], demand, divisor, short)
                if cut.violation > max(0.02, best?.violation ?? 0) {
                    best = (cut.terms, cut.right, cut.violation)
                    best?.terms
                        .append(
                            (formulation.shorts[index], 1)
                        )
                }
            }
        }
        if let best {
            found.append(formulation.constraint(best.terms, from: best.right, to: .infinity))
        }
    }

    private func source(
        _ pile: Int,
        _ formulation: Formulation,
        _ simplex: DualSimplex
    ) -> Source {
        var columns: [Int] = []
        var units = 0.0
        let multiple = Double(formulation.model.piles[pile].multiple)
        var flows: [(column: Int, factor: Double)] = []
        for index in formulation.flowsOfPile[pile] {
            let flow = formulation.flows[index]
            if !columns.contains(flow.switchColumn) { columns.append(flow.switchColumn) }
            units += simplex.solution(flow.column) / formulation.step[flow.column] * multiple
            flows.append((flow.column, multiple))
        }
        let sum = columns.reduce(0) { $0 + simplex.solution($1) }
        let gate = formulation.gates[pile]
        let isGate = simplex.solution(gate) < sum
        return Source(
            capacity: formulation.capacity(of: pile),
            openness: isGate ? simplex.solution(gate) : sum,
            columns: isGate ? [gate] : columns,
            units: units,
            flows: flows
        )
    }

    private func divisors(_ sources: ArraySlice<Source>, _ demand: Int64) -> [Int64] {
        var found: [Int64] = [max(demand, sources.map(\.capacity).max() ?? demand)]
        for source in sources where source.openness > 1e-6 && source.openness < 1 - 1e-6 {
            if !found.contains(source.capacity) && found.count < 6 { found.append(source.capacity) }
        }
        return found
    }

    private func rounded(
        _ sources: ArraySlice<Source>,
        _ demand: Int64,
        _ divisor: Int64,
        _ short: Double
    ) -> (terms: [(column: Int, factor: Double)], right: Double, violation: Double) {
        var rest = demand % divisor
        var multiples = demand / divisor + 1
        if rest == 0 {
            rest = divisor
            multiples -= 1
        }
        let right = rest * multiples
        var left = short
        var terms: [(column: Int, factor: Double)] = []
        for source in sources {
            let factor = rest * (source.capacity / divisor) + min(rest, source.capacity % divisor)
            if Double(factor) * source.openness < source.units {
                left += Double(factor) * source.openness
                terms += source.columns.map { ($0, Double(factor)) }
            } else {
                left += source.units
                terms += source.flows
            }
        }
        return (terms, Double(right), (Double(right) - left) / Double(right))
    }

    // MARK: Packages

    private func packages(
        _ formulation: Formulation,
        _ simplex: DualSimplex,
        _ found: inout [LinearProgram.Constraint]
    ) {
        for (slot, counted) in formulation.counts.enumerated() {
            guard let count = counted else { continue }
            let column = formulation.switches[slot][0]
            let open = simplex.solution(column)
            if open < 1e-6 { continue }
            let capacity: Int64
            switch formulation.model.slots[slot].tariff {
            case .parcel(let tariff): capacity = tariff.packageWeightMaximum
            case .fullTruckload(let tariff): capacity = tariff.capacity
            case .parcelTable, .lessThanTruckload: continue
            }
            var load: Int64 = 0
            var missing = 0.0
            var terms: [(column: Int, factor: Double)] = []
            for flow in formulation.flows where flow.switchColumn == column {
                let units = simplex.solution(flow.column) / formulation.step[flow.column]
                if units < flow.limit * open * 0.5 { continue }
                let pile = formulation.model.arcs[flow.arc].pile
                let unit =
                    formulation.model.arcs[flow.arc].unitLoad
                    * formulation.model.piles[pile].multiple
                load += unit * Int64(flow.limit)
                missing += Double(unit) * (flow.limit * open - units)
                terms.append((flow.column, -Double(unit)))
            }
            let rest = load % capacity
            if rest == 0 || load < capacity { continue }
            let number = load / capacity + 1
            let violation =
                Double(number) * open - simplex.solution(count) - missing / Double(rest)
            if violation < 0.02 { continue }
            terms.append((count, Double(rest)))
            terms.append((column, Double(load) - Double(rest * number)))
            found.append(formulation.constraint(terms, from: 0, to: .infinity))
        }
    }

    // MARK: Curves

    private func curves(
        _ formulation: Formulation,
        _ simplex: DualSimplex,
        _ found: inout [LinearProgram.Constraint]
    ) {
        for curve in formulation.curves {
            let (low, high) = simplex.bounds(curve.load)
            let open = curve.switchColumn.map { simplex.solution($0) } ?? 1
            if open < 1e-7 { continue }
            let load = simplex.solution(curve.load) / curve.loadScale
            let charge = simplex.solution(curve.charge) / curve.chargeScale
            guard
                let line = curve.lineBelow(
                    from: low / curve.loadScale,
                    to: high / curve.loadScale,
                    at: load / open
                )
            else { continue }
            let value = line.slope * load + line.height * open
            if value - charge < max(1, value.magnitude) * 1e-6 { continue }
            var terms = [(column: curve.charge, factor: 1.0), (curve.load, -line.slope)]
            var right = 0.0
            if let column = curve.switchColumn {
                terms.append((column, -line.height))
            } else {
                right = line.height
            }
            var row = formulation.constraint(terms, from: right, to: .infinity)
            row.isLocal = true
            found.append(row)
        }
    }
}

extension Formulation.Curve {
    /// Returns the charge at a whole load.
    func value(at load: Double) -> Double {
        if load <= 0 { return 0 }
        for index in corners.indices.dropLast() where load <= corners[index + 1].load {
            let (left, right) = (corners[index], corners[index + 1])
            if load <= left.load { return left.charge }
            if right.load == left.load { continue }
            if right.charge == left.charge || right.load - left.load <= 1 {
                return load >= right.load ? right.charge : left.charge
            }
            return left.charge
                + (right.charge - left.charge) * (load - left.load) / (right.load - left.load)
        }
        return corners.last?.charge ?? 0
    }

    /// Returns a line nowhere above the charges from one load to another, highest at `load`.
    func lineBelow(
        from low: Double,
        to high: Double,
        at load: Double
    ) -> (slope: Double, height: Double)? {
        // Where there is a switch, no load is no charge: that is the switch's to say.
        let first = max(lightest, low)
        var points = [(load: first, charge: value(at: first))]
        for corner in corners where corner.load > first && corner.load < high {
            points.append(corner)
        }
        if high > first { points.append((load: high, charge: value(at: high))) }
        if points.count == 1 { return (0, points[0].charge) }
        var hull: [(load: Double, charge: Double)] = []
        for point in points {
            while hull.count >= 2 {
                let (a, b) = (hull[hull.count - 2], hull[hull.count - 1])
                let cross =
                    (b.charge - a.charge) * (point.load - a.load)
                    - (point.charge - a.charge) * (b.load - a.load)
                guard cross >= 0 else { break }
                hull.removeLast()
            }
            if hull.last?.load == point.load {
                if point.charge < hull[hull.count - 1].charge { hull[hull.count - 1] = point }
            } else {
                hull.append(point)
            }
        }
        if hull.count == 1 { return (0, hull[0].charge) }
        var index = 0
        while index + 2 < hull.count && hull[index + 1].load < load { index += 1 }
        let (a, b) = (hull[index], hull[index + 1])
        let slope = (b.charge - a.charge) / (b.load - a.load)
        // A hair lower, for the division may have rounded up.
        return (slope, (a.charge - slope * a.load) - a.charge.magnitude * 1e-12)
    }
}
