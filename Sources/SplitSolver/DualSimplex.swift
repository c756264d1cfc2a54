/// Solves a linear program by the bounded dual simplex method, again and again from where it was.
///
/// Dual steepest edge prices (Forrest and Goldfarb, 1992) and a ratio test that
/// flips bounds (Maros, 2003). Its numbers guide; what they prove is
/// `safeBound`, which holds for any prices.
struct DualSimplex {
    enum Outcome { case optimal, infeasible, cutOff, stopped }

    private(set) var program: LinearProgram
    private let arena: Arena
    private var factor: BasisFactor
    private var store: ColumnStore
    private var rowStart: Row<Int>
    private var rowColumn: Row<Int>
    private var rowValue: Row<Double>
    private var capacity = 0
    private var entryCapacity = 0
    /// By variable, slacks after columns.
    private var low: Row<Double>
    private var high: Row<Double>
    private var value: Row<Double>
    private var reduced: Row<Double>
    private var alpha: Row<Double>
    private var positionOf: Row<Int>
    /// By position.
    private var head: Row<Int>
    private var weight: Row<Double>
    private var rho: Row<Double>
    private var input: Row<Double>
    private var entering: Row<Double>
    private var tau: Row<Double>
    /// How far each basic variable is out of its bounds, squared.
    private var infeasibility: Row<Double>
    /// Where `entering` and `tau` are not zero.
    private var enteringList: Row<Int>
    private var enteringCount = 0
    private var tauList: Row<Int>
    private var touched: Row<Int>
    private var candidates: Row<Int>
    private var isMarked: Row<Bool>
    /// What `save` keeps, of variables and by position.
    private var savedValue: Row<Double>
    private var savedReduced: Row<Double>
    private var savedHead: Row<Int>
    private var savedWeight: Row<Double>
    private var savedFactor = BasisFactor.Mark(generation: -1, exchanges: 0, entries: 0)
    private(set) var iterations = 0
    /// Whether the factors and prices are those of the basis.
    private var isCurrent = false
    private(set) var objective = 0.0

    /// Iterations between two questions whether to stop.
    private static let iterationsUnasked = 64
    /// Exchanges after which a point is computed anew before it is believed.
    private static let exchangesTrusted = 24
    /// Exchanges after which a basis is factored anew before it is saved.
    private static let exchangesSaved = 16
    private static let primalTolerance = 1e-7
    private static let dualTolerance = 1e-7
    /// A price that is wrong by more than rounding could explain.
    private static let dualRepair = 1e-4
    private static let pivotTolerance = 1e-7

    init(_ program: LinearProgram, _ arena: Arena) {
        self.program = program
        self.arena = arena
        factor = BasisFactor(arena)
        let ints = arena.row(1, of: 0)
        let doubles = arena.row(1, of: 0.0)
        store = ColumnStore(
            structurals: 0,
            start: ints,
            end: ints,
            rows: ints,
            values: doubles,
            rowStart: ints,
            rowColumn: ints
        )
        (rowStart, rowColumn, head, positionOf, touched, candidates) =
            (ints, ints, ints, ints, ints, ints)
        (rowValue, low, high, value, reduced, alpha) =
            (doubles, doubles, doubles, doubles, doubles, doubles)
        (weight, rho, input, entering, tau) = (doubles, doubles, doubles, doubles, doubles)
        (infeasibility, enteringList, tauList) = (doubles, ints, ints)
        isMarked = arena.row(1, of: false)
        (savedValue, savedReduced, savedWeight, savedHead) = (doubles, doubles, doubles, ints)
        rebuild(
            heads: program.rows.indices.map { program.columns + $0 },
            weights: program.rows.map { _ in 1 }
        )
    }

    /// Returns the program with fewer columns, at the same point.
    ///
    /// - Precondition: The columns left out are zero and not in the basis.
    func keeping(_ number: [Int?]) -> DualSimplex {
        let keeps = (0..<size)
            .map { row in
                positionOf[columns + row] < 0 || !isRedundant(program.rows[row])
            }
        let smaller = program.keeping(
            number,
            lower: (0..<columns).map { low[$0] },
            upper: (0..<columns).map { high[$0] },
            rows: { keeps[$0] }
        )
        var rowNumber = 0
        var heads: [Int] = []
        var slackOf: [Int] = []
        for row in 0..<size {
            slackOf.append(smaller.columns + rowNumber)
            if keeps[row] { rowNumber += 1 }
        }
        for position in 0..<size {
            let variable = head[position]
            if variable < columns {
                heads.append(number[variable] ?? 0)
            } else if keeps[variable - columns] {
                heads.append(slackOf[variable - columns])
            }
        }
        var result = DualSimplex(smaller, Arena())
        result.install(heads)
        result.iterations = iterations
        return result
    }

    /// Whether no point within the bounds violates a row.
    private func isRedundant(_ row: LinearProgram.Constraint) -> Bool {
        var least = 0.0
        var most = 0.0
        for index in row.columns.indices {
            let (value, column) = (row.values[index], row.columns[index])
            least += min(value * low[column], value * high[column])
            most += max(value * low[column], value * high[column])
        }
        return most <= row.high && least >= row.low
    }

    var columns: Int { program.columns }
    var size: Int { program.rows.count }

    func solution(_ column: Int) -> Double { value[column] }
    func isBasic(_ variable: Int) -> Bool { positionOf[variable] >= 0 }
    func reducedCost(_ column: Int) -> Double { positionOf[column] >= 0 ? 0 : reduced[column] }

    mutating func setBounds(_ column: Int, _ lower: Double, _ upper: Double) {
        low[column] = lower
        high[column] = upper
    }

    mutating func setCosts(_ costs: [Double]) {
        program.setCosts(costs)
        restart()
    }

    /// Whether a row binds nothing at the present point.
    func isIdle(_ row: Int) -> Bool { positionOf[columns + row] >= 0 }

    mutating func removeLocalRows() {
        if !program.rows.contains(where: \.isLocal) { return }
        let isLocal = program.rows.map(\.isLocal)
        change(removing: { isLocal[$0] }, adding: [])
    }

    /// Whether the row that could not be satisfied rules out every point, in exact arithmetic.
    func isProvedInfeasible() -> Bool {
        var least = 0.0
        var most = 0.0
        var error = 0.0
        for row in 0..<size where rho[row] != 0 {
            let (a, b) = (-rho[row] * low[columns + row], -rho[row] * high[columns + row])
            least += min(a, b)
            most += max(a, b)
            error += [a, b].filter(\.isFinite).map(\.magnitude).max() ?? 0
        }
        for column in 0..<columns {
            var sum = 0.0
            var size = 0.0
            for entry in store.start[column]..<store.end[column] {
                let term = rho[store.rows[entry]] * store.values[entry]
                sum += term
                size += term.magnitude
            }
            least += min(sum * low[column], sum * high[column])
            most += max(sum * low[column], sum * high[column])
            error +=
                size * max(low[column].magnitude, high[column].magnitude)
                * Double(store.end[column] - store.start[column] + 2)
        }
        let margin = error * 0x1p-50 + 1e-9
        return least > margin || most < -margin
    }

    func bounds(_ column: Int) -> (Double, Double) { (low[column], high[column]) }

    /// Adds constraints, each with its slack in the basis, after removing those told to.
    mutating func change(removing: (Int) -> Bool, adding: [LinearProgram.Constraint]) {
        let isRemoved = (0..<size).map { !program.rows[$0].isPermanent && removing($0) }
        var number = [Int](repeating: -1, count: size)
        var kept = 0
        for row in 0..<size where !isRemoved[row] {
            number[row] = kept
            kept += 1
        }
        var heads: [Int] = []
        // A row that comes or goes with its slack in the basis leaves the others' weights.
        var weights: [Double] = []
        for position in 0..<size {
            let variable = head[position]
            if variable < columns {
                heads.append(variable)
            } else if number[variable - columns] >= 0 {
                heads.append(columns + number[variable - columns])
            } else {
                continue
            }
            weights.append(weight[position])
        }
        program.removeRows { isRemoved[$0] }
        for row in adding {
            heads.append(columns + program.rows.count)
            weights.append(1)
            program.addRow(row)
        }
        rebuild(heads: heads, weights: weights)
    }

    mutating func install(_ basis: [Int]) {
        var heads = basis
        while heads.count < size { heads.append(columns + heads.count) }
        for position in 0..<size { head[position] = heads[position] }
        restart()
    }

    // MARK: Trying

    /// Keeps the present basis, to be returned to again and again.
    mutating func save() {
        if factor.exchanges > Self.exchangesSaved { restart() }
        savedFactor = factor.mark
        savedValue.copy(from: value, count: columns + size)
        savedReduced.copy(from: reduced, count: columns + size)
        savedHead.copy(from: head, count: size)
        savedWeight.copy(from: weight, count: size)
    }

    /// Returns to the basis that was saved; bounds stay what they are now.
    ///
    /// - Precondition: No row and no column has come or gone since `save`.
    mutating func goBack() {
        for position in 0..<size { positionOf[head[position]] = -1 }
        head.copy(from: savedHead, count: size)
        for position in 0..<size { positionOf[head[position]] = position }
        weight.copy(from: savedWeight, count: size)
        value.copy(from: savedValue, count: columns + size)
        if factor.goBack(to: savedFactor) {
            reduced.copy(from: savedReduced, count: columns + size)
        } else {
            restart()
            savedFactor = factor.mark
            savedReduced.copy(from: reduced, count: columns + size)
        }
    }

    /// Raises the objective by at most so many steps, without looking twice at what it comes to.
    mutating func attempt(cutoff: Double, iterations most: Int) -> Outcome {
        solve(cutoff: cutoff, iterations: most, isTrial: true) { false }
    }

    // MARK: Setting up

    private mutating func reserve(_ rows: Int, _ entries: Int) {
        if rows + columns > capacity {
            capacity = (rows + columns) * 3 / 2 + 64
            let bounds = (low, high)
            low = arena.row(capacity, of: 0)
            high = arena.row(capacity, of: 0)
            if bounds.0.count > 1 {
                low.copy(from: bounds.0, count: columns)
                high.copy(from: bounds.1, count: columns)
            } else {
                for column in 0..<columns {
                    low[column] = program.lower[column]
                    high[column] = program.upper[column]
                }
            }
            value = arena.row(capacity, of: 0)
            reduced = arena.row(capacity, of: 0)
            alpha = arena.row(capacity, of: 0)
            positionOf = arena.row(capacity, of: -1)
            head = arena.row(capacity, of: 0)
            weight = arena.row(capacity, of: 1)
            rho = arena.row(capacity, of: 0)
            input = arena.row(capacity, of: 0)
            entering = arena.row(capacity, of: 0)
            tau = arena.row(capacity, of: 0)
            infeasibility = arena.row(capacity, of: 0)
            enteringList = arena.row(capacity, of: 0)
            tauList = arena.row(capacity, of: 0)
            touched = arena.row(capacity, of: 0)
            candidates = arena.row(capacity, of: 0)
            isMarked = arena.row(capacity, of: false)
            savedValue = arena.row(capacity, of: 0)
            savedReduced = arena.row(capacity, of: 0)
            savedHead = arena.row(capacity, of: 0)
            savedWeight = arena.row(capacity, of: 0)
            rowStart = arena.row(capacity + 1, of: 0)
            store = ColumnStore(
                structurals: columns,
                start: arena.row(columns + 1, of: 0),
                end: arena.row(columns + 1, of: 0),
                rows: store.rows,
                values: store.values,
                rowStart: rowStart,
                rowColumn: rowColumn
            )
        }
        if entries > entryCapacity {
            entryCapacity = entries * 3 / 2 + 256
            rowColumn = arena.row(entryCapacity, of: 0)
            rowValue = arena.row(entryCapacity, of: 0)
            store.rows = arena.row(entryCapacity, of: 0)
            store.values = arena.row(entryCapacity, of: 0)
            store.rowColumn = rowColumn
        }
    }

    private mutating func rebuild(heads: [Int], weights: [Double]) {
        let entries = program.rows.reduce(0) { $0 + $1.columns.count }
        reserve(size, entries)
        for column in 0..<columns { store.end[column] = 0 }
        var next = 0
        for (index, row) in program.rows.enumerated() {
            rowStart[index] = next
            for (column, value) in zip(row.columns, row.values) {
                rowColumn[next] = column
                rowValue[next] = value
                store.end[column] += 1
                next += 1
            }
            low[columns + index] = row.low
            high[columns + index] = row.high
        }
        rowStart[size] = next
        var sum = 0
        for column in 0..<columns {
            store.start[column] = sum
            sum += store.end[column]
            store.end[column] = store.start[column]
        }
        for row in 0..<size {
            for entry in rowStart[row]..<rowStart[row + 1] {
                let column = rowColumn[entry]
                store.rows[store.end[column]] = row
                store.values[store.end[column]] = rowValue[entry]
                store.end[column] += 1
            }
        }
        for position in 0..<size {
            head[position] = heads[position]
            weight[position] = weights[position]
        }
        restart()
    }

    /// Factors the basis and computes everything from it.
    private mutating func restart() {
        for variable in 0..<(columns + size) { positionOf[variable] = -1 }
        for position in 0..<size { positionOf[head[position]] = position }
        let failures = factor.factor(
            size: size,
            columns: store,
            head: head,
            positionOf: positionOf
        )
        if !failures.isEmpty {
            for failure in failures {
                positionOf[head[failure.position]] = -1
                head[failure.position] = columns + failure.row
                positionOf[columns + failure.row] = failure.position
            }
            _ = factor.factor(size: size, columns: store, head: head, positionOf: positionOf)
        }
        computePrices()
        if !isDualFeasible() && !isAllSlacks() {
            return startOver()
        }
        computeValues()
        isCurrent = true
    }

    /// Goes back to where every row is in the basis: dual feasible, for columns are boxed.
    mutating func startOver() {
        for position in 0..<size { head[position] = columns + position }
        weight.fill(1, upTo: size)
        restart()
    }

    private func isAllSlacks() -> Bool {
        for position in 0..<size where head[position] < columns { return false }
        return true
    }

    /// Whether each row out of the basis has a bound on the side its price asks for.
    private func isDualFeasible() -> Bool {
        for variable in columns..<(columns + size) where positionOf[variable] < 0 {
            let cost = reduced[variable]
            if cost > Self.dualRepair && low[variable] == -.infinity { return false }
            if cost < -Self.dualRepair && high[variable] == .infinity { return false }
        }
        return true
    }

    /// Prices of rows and reduced costs from the true costs; rests columns at their bounds.
    private mutating func computePrices() {
        for position in 0..<size {
            input[position] = head[position] < columns ? program.cost[head[position]] : 0
        }
        factor.solveTransposed(input, into: rho)
        for column in 0..<columns {
            var sum = program.cost[column]
            for entry in store.start[column]..<store.end[column] {
                sum -= rho[store.rows[entry]] * store.values[entry]
            }
            reduced[column] = positionOf[column] >= 0 ? 0 : sum
        }
        for row in 0..<size {
            reduced[columns + row] = positionOf[columns + row] >= 0 ? 0 : rho[row]
        }
    }

    private mutating func computeValues() {
        for variable in 0..<(columns + size) where positionOf[variable] < 0 { rest(variable) }
        input.fill(0, upTo: size)
        for row in 0..<size {
            var sum = 0.0
            for entry in rowStart[row]..<rowStart[row + 1]
            where positionOf[rowColumn[entry]] < 0 {
                sum += rowValue[entry] * value[rowColumn[entry]]
            }
            if positionOf[columns + row] < 0 { sum -= value[columns + row] }
            input[row] = -sum
        }
        _ = factor.solve(input, into: entering, enteringList)
        for position in 0..<size {
            value[head[position]] = entering[position]
            measure(position)
        }
        objective = 0
        for column in 0..<columns { objective += program.cost[column] * value[column] }
    }

    private func rest(_ variable: Int) {
        let cost = reduced[variable]
        let (lower, upper) = (low[variable], high[variable])
        if cost > Self.dualTolerance || upper == .infinity {
            value[variable] = lower == -.infinity ? upper : lower
        } else if cost < -Self.dualTolerance || lower == -.infinity {
            value[variable] = upper
        } else if value[variable] != lower && value[variable] != upper {
            value[variable] = lower
        }
    }

    // MARK: Solving

    /// Raises the objective until the point is feasible, or above `cutoff`, or it is told to stop.
    mutating func solve(
        cutoff: Double,
        iterations most: Int,
        _ isCancelled: () -> Bool
    ) -> Outcome {
        solve(cutoff: cutoff, iterations: most, isTrial: false, isCancelled)
    }

    private mutating func solve(
        cutoff: Double,
        iterations most: Int,
        isTrial: Bool,
        _ isCancelled: () -> Bool
    ) -> Outcome {
        if isCurrent && factor.exchanges < BasisFactor.exchangesMaximum / 2 {
            computeValues()
        } else {
            restart()
        }
        var left = most
        var restarts = 0
        while left > 0 {
            guard let leaving = leavingPosition() else {
                // Confirm from fresh factors: updates drift.
                if isTrial || factor.exchanges < Self.exchangesTrusted || restarts > 3 {
                    return .optimal
                }
                restarts += 1
                restart()
                continue
            }
            left -= 1
            iterations += 1
            if iterations % Self.iterationsUnasked == 0 && isCancelled() { return .stopped }
            switch step(leaving) {
            case .moved:
                if objective > cutoff { return .cutOff }
                if factor.exchanges >= BasisFactor.exchangesMaximum { restart() }
            case .stuck:
                if factor.exchanges == 0 { return .stopped }
                restart()
            case .unbounded:
                if factor.exchanges == 0 { return .infeasible }
                restart()
                restarts += 1
                if restarts > 8 { return .stopped }
            }
        }
        return .stopped
    }

    private enum Step { case moved, stuck, unbounded }

    private func leavingPosition() -> Int? {
        var best = 0.0
        var found = -1
        for position in 0..<size {
            let squared = infeasibility[position]
            if squared > best * weight[position] {
                best = squared / weight[position]
                found = position
            }
        }
        return found < 0 ? nil : found
    }

    /// Notes how far a basic variable is out of its bounds.
    @inline(__always)
    private func measure(_ position: Int) {
        let variable = head[position]
        let point = value[variable]
        let gap = max(low[variable] - point, point - high[variable])
        infeasibility[position] = gap > Self.primalTolerance ? gap * gap : 0
    }

    private mutating func step(_ leaving: Int) -> Step {
        let variable = head[leaving]
        let isBelow = value[variable] < low[variable]
        let bound = isBelow ? low[variable] : high[variable]
        let sign = isBelow ? -1.0 : 1.0
        input.fill(0, upTo: size)
        input[leaving] = 1
        factor.solveTransposed(input, into: rho)
        let touchedCount = computeAlpha()
        guard
            let chosen = ratioTest(touchedCount, sign, slope: (value[variable] - bound).magnitude)
        else {
            clear(touchedCount)
            return .unbounded
        }
        column(chosen)
        let pivot = entering[leaving]
        let expected = alpha[chosen]
        if (pivot - expected).magnitude > 1e-6 * (1 + expected.magnitude)
            || pivot.magnitude < Self.pivotTolerance
        {
            clear(touchedCount)
            return .stuck
        }
        move(leaving, chosen, bound, pivot, touchedCount)
        return .moved
    }

    /// Fills `alpha` and `touched` with the row's entries out of the basis.
    private func computeAlpha() -> Int {
        var count = 0
        for row in 0..<size {
            let factor = rho[row]
            if factor.magnitude < 1e-14 { continue }
            for entry in rowStart[row]..<rowStart[row + 1] {
                let column = rowColumn[entry]
                if positionOf[column] >= 0 { continue }
                if !isMarked[column] {
                    isMarked[column] = true
                    touched[count] = column
                    count += 1
                    alpha[column] = 0
                }
                alpha[column] += factor * rowValue[entry]
            }
            let slack = columns + row
            if positionOf[slack] < 0 {
                isMarked[slack] = true
                touched[count] = slack
                count += 1
                alpha[slack] = -factor
            }
        }
        return count
    }

    private func clear(_ count: Int) {
        for index in 0..<count { isMarked[touched[index]] = false }
    }

    /// Chooses the entering variable; flips those whose bounds are passed on the way.
    private mutating func ratioTest(_ count: Int, _ sign: Double, slope: Double) -> Int? {
        var number = 0
        for index in 0..<count {
            let variable = touched[index]
            if low[variable] == high[variable] { continue }
            let slant = alpha[variable] * sign
            let isAtLow = value[variable] == low[variable]
            if isAtLow ? slant > Self.pivotTolerance : slant < -Self.pivotTolerance {
                candidates[number] = variable
                number += 1
            }
        }
        var left = slope
        var flips = 0
        while number > flips {
            // The least ratio that some candidate allows with a little tolerance (Harris, 1973).
            var limit = Double.infinity
            for index in flips..<number {
                let variable = candidates[index]
                let ratio =
                    (reduced[variable].magnitude + Self.dualTolerance) / alpha[variable].magnitude
                limit = min(limit, ratio)
            }
            var best = -1
            var sum = 0.0
            var end = flips
            for index in flips..<number {
                let variable = candidates[index]
                let size = alpha[variable].magnitude
                if reduced[variable].magnitude > limit * size { continue }
                candidates[index] = candidates[end]
                candidates[end] = variable
                end += 1
                sum += size * (high[variable] - low[variable])
                if best < 0 || size > alpha[best].magnitude
                    || (size == alpha[best].magnitude && variable < best)
                {
                    best = variable
                }
            }
            if left - sum < 1e-7 || !sum.isFinite {
                applyFlips(flips)
                return best
            }
            left -= sum
            flips = end
        }
        return nil
    }

    private mutating func applyFlips(_ flips: Int) {
        if flips == 0 { return }
        input.fill(0, upTo: size)
        for index in 0..<flips {
            let variable = candidates[index]
            let target =
                value[variable] == low[variable] ? high[variable] : low[variable]
            let change = target - value[variable]
            value[variable] = target
            addColumn(variable, times: change)
        }
        let count = factor.solve(input, into: tau, tauList)
        for index in 0..<count {
            let position = tauList[index]
            value[head[position]] -= tau[position]
            measure(position)
        }
    }

    private func addColumn(_ variable: Int, times factor: Double) {
        if variable >= columns {
            input[variable - columns] -= factor
        } else {
            for entry in store.start[variable]..<store.end[variable] {
                input[store.rows[entry]] += factor * store.values[entry]
            }
        }
    }

    private mutating func column(_ variable: Int) {
        input.fill(0, upTo: size)
        addColumn(variable, times: 1)
        enteringCount = factor.solve(input, into: entering, enteringList)
    }

    private mutating func move(
        _ leaving: Int,
        _ chosen: Int,
        _ bound: Double,
        _ pivot: Double,
        _ touchedCount: Int
    ) {
        let variable = head[leaving]
        let infeasibility = value[variable] - bound
        let dualStep = reduced[chosen] / alpha[chosen]
        for index in 0..<touchedCount {
            let other = touched[index]
            reduced[other] -= dualStep * alpha[other]
            isMarked[other] = false
        }
        reduced[variable] = -dualStep
        reduced[chosen] = 0
        objective += (dualStep * infeasibility).magnitude
        updateWeights(leaving, pivot)
        let primalStep = infeasibility / pivot
        for index in 0..<enteringCount {
            let position = enteringList[index]
            value[head[position]] -= primalStep * entering[position]
            measure(position)
        }
        value[chosen] += primalStep
        value[variable] = bound
        factor.exchange(leaving, entering, enteringList, enteringCount)
        head[leaving] = chosen
        positionOf[chosen] = leaving
        positionOf[variable] = -1
        measure(leaving)
    }

    private func updateWeights(_ leaving: Int, _ pivot: Double) {
        var norm = 0.0
        for row in 0..<size {
            norm += rho[row] * rho[row]
            input[row] = rho[row]
        }
        _ = factor.solve(input, into: tau, tauList)
        for index in 0..<enteringCount {
            let position = enteringList[index]
            if position == leaving { continue }
            let ratio = entering[position] / pivot
            let updated = weight[position] - 2 * ratio * tau[position] + ratio * ratio * norm
            weight[position] = max(updated, 1e-4)
        }
        weight[leaving] = max(norm / (pivot * pivot), 1e-4)
    }

    // MARK: Proving

    /// Returns a bound that holds in exact arithmetic, whatever the rounding before it was.
    ///
    /// Any prices give a bound: the sum over all variables of the least that its
    /// reduced cost times a value within its bounds can be (Neumaier and
    /// Shcherbina, 2004). The reduced costs are summed anew here, and what
    /// rounding could have added is taken off.
    func safeBound() -> Double {
        let unit = 0x1p-52
        var bound = 0.0
        var error = 0.0
        for row in 0..<size {
            var price = reduced[columns + row]
            if (price > 0 && low[columns + row] == -.infinity)
                || (price < 0 && high[columns + row] == .infinity)
            {
                price = 0
            }
            alpha[columns + row] = price
            if price == 0 { continue }
            let term = price * (price > 0 ? low[columns + row] : high[columns + row])
            bound += term
            error += term.magnitude
        }
        for column in 0..<columns {
            var cost = program.cost[column]
            var size = cost.magnitude
            for entry in store.start[column]..<store.end[column] {
                let term = alpha[columns + store.rows[entry]] * store.values[entry]
                cost -= term
                size += term.magnitude
            }
            let reach = max(low[column].magnitude, high[column].magnitude)
            let terms = Double(store.end[column] - store.start[column] + 2)
            error += size * reach * terms
            bound += cost > 0 ? cost * low[column] : cost * high[column]
        }
        return bound - error * unit - bound.magnitude * Double(columns + size) * unit
    }
}
