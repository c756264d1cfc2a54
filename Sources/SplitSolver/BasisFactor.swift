/// The factors of a basis matrix, and what has been exchanged in it since.
///
/// `B = L U` by columns, sparse ones first, with threshold pivoting; each
/// exchange of a column appends one eta (product form, Dantzig and
/// Orchard-Hays, 1954). Positions are those of the basis, rows those of the
/// matrix.
struct BasisFactor {
    private let arena: Arena
    private var capacity = 0
    private(set) var exchanges = 0
    private var generation = 0

    /// A state of the factors that only exchanges have come after.
    struct Mark {
        let generation: Int
        let exchanges: Int
        let entries: Int
    }

    // Columns of U by pivot order: entries in rows pivoted before, then the pivot.
    private var order: Row<Int>
    private var pivotRow: Row<Int>
    private var pivotOfRow: Row<Int>
    private var pivotValue: Row<Double>
    private var upperStart: Row<Int>
    private var upperEnd: Row<Int>
    private var lowerStart: Row<Int>
    private var lowerEnd: Row<Int>
    private var lowerPivots: Row<Int>
    private var lowerCount = 0
    private var work: Row<Double>
    private var counts: Row<Int>
    private var isTouched: Row<Bool>
    private var touched: Row<Int>
    private var entries: SparseEntries
    private var etas: SparseEntries
    private var etaStart: Row<Int>
    private var etaPosition: Row<Int>
    private var etaPivot: Row<Double>
    private var size = 0

    static let exchangesMaximum = 64
    private static let threshold = 0.1
    private static let tiny = 1e-11
    private static let nothing = 1e-300

    init(_ arena: Arena) {
        self.arena = arena
        order = arena.row(1, of: 0)
        pivotRow = order
        pivotOfRow = order
        pivotValue = arena.row(1, of: 0)
        upperStart = order
        upperEnd = order
        lowerStart = order
        lowerEnd = order
        lowerPivots = order
        work = pivotValue
        counts = order
        isTouched = arena.row(1, of: false)
        touched = order
        entries = SparseEntries(arena)
        etas = SparseEntries(arena)
        etaStart = arena.row(Self.exchangesMaximum + 2, of: 0)
        etaPosition = arena.row(Self.exchangesMaximum + 2, of: 0)
        etaPivot = arena.row(Self.exchangesMaximum + 2, of: 0)
    }

    private mutating func reserve(_ size: Int) {
        if size <= capacity { return }
        capacity = size + size / 2 + 16
        order = arena.row(capacity, of: 0)
        pivotRow = arena.row(capacity, of: 0)
        pivotOfRow = arena.row(capacity, of: 0)
        pivotValue = arena.row(capacity, of: 0)
        upperStart = arena.row(capacity, of: 0)
        upperEnd = arena.row(capacity, of: 0)
        lowerStart = arena.row(capacity, of: 0)
        lowerEnd = arena.row(capacity, of: 0)
        lowerPivots = arena.row(capacity, of: 0)
        work = arena.row(capacity, of: 0)
        counts = arena.row(capacity, of: 0)
        isTouched = arena.row(capacity, of: false)
        touched = arena.row(capacity, of: 0)
    }

    /// Factors the basis whose columns `column` lists; returns positions that had no pivot.
    ///
    /// Those positions are left out: the caller puts slacks of the rows without
    /// pivot there and factors again.
    mutating func factor(
        size: Int,
        columns: ColumnStore,
        head: Row<Int>,
        positionOf: Row<Int>
    ) -> [(position: Int, row: Int)] {
        reserve(size)
        self.size = size
        exchanges = 0
        generation += 1
        entries.removeAll()
        etas.removeAll()
        lowerCount = 0
        arrange(size, columns, head, positionOf)
        pivotOfRow.fill(-1, upTo: size)
        var failures: [Int] = []
        for step in 0..<size where !pivot(step, columns, head[order[step]]) {
            failures.append(step)
        }
        if failures.isEmpty { return [] }
        var rows = (0..<size).filter { pivotOfRow[$0] < 0 }
        return failures.map { (order[$0], rows.removeLast()) }
    }

    /// Orders positions: slacks; columns with one row left, again and again; the others by count.
    ///
    /// What comes before the others needs no elimination at all.
    private mutating func arrange(
        _ size: Int,
        _ columns: ColumnStore,
        _ head: Row<Int>,
        _ positionOf: Row<Int>
    ) {
        isTouched.fill(false, upTo: size)
        var next = 0
        for position in 0..<size where head[position] >= columns.structurals {
            isTouched[head[position] - columns.structurals] = true
            order[next] = position
            next += 1
        }
        var end = next
        for position in 0..<size where head[position] < columns.structurals {
            var count = 0
            let column = head[position]
            for entry in columns.start[column]..<columns.end[column]
            where !isTouched[columns.rows[entry]] {
                count += 1
            }
            counts[position] = count
            if count == 1 {
                order[end] = position
                end += 1
            }
        }
        while next < end {
            let column = head[order[next]]
            next += 1
            for entry in columns.start[column]..<columns.end[column] {
                let row = columns.rows[entry]
                if isTouched[row] { continue }
                isTouched[row] = true
                for other in columns.rowStart[row]..<columns.rowStart[row + 1] {
                    let position = positionOf[columns.rowColumn[other]]
                    if position < 0 { continue }
                    counts[position] -= 1
                    if counts[position] == 1 {
                        order[end] = position
                        end += 1
                    }
                }
            }
        }
        arrangeRest(size, from: next)
        isTouched.fill(false, upTo: size)
    }

    /// Orders the columns that are left by their count, then by position.
    private func arrangeRest(
        _ size: Int,
        from first: Int
    ) {
        for index in 0..<first { touched[order[index]] = -1 }
        var next = first
        for position in 0..<size {
            if touched[position] == -1 {
                touched[position] = 0
            } else {
                order[next] = position
                next += 1
            }
        }
        var index = first + 1
        while index < size {
            let position = order[index]
            var hole = index
            while hole > first, counts[order[hole - 1]] > counts[position] {
                order[hole] = order[hole - 1]
                hole -= 1
            }
            order[hole] = position
            index += 1
        }
    }

    private mutating func pivot(_ step: Int, _ columns: ColumnStore, _ column: Int) -> Bool {
        upperStart[step] = entries.count
        upperEnd[step] = entries.count
        if column >= columns.structurals {
            let row = column - columns.structurals
            if pivotOfRow[row] >= 0 { return false }
            pivotRow[step] = row
            pivotOfRow[row] = step
            pivotValue[step] = -1
            return true
        }
        var touchedCount = 0
        for entry in columns.start[column]..<columns.end[column] {
            let row = columns.rows[entry]
            work[row] = columns.values[entry]
            isTouched[row] = true
            touched[touchedCount] = row
            touchedCount += 1
        }
        applyLower(&touchedCount)
        var best = 0.0
        for index in 0..<touchedCount where pivotOfRow[touched[index]] < 0 {
            best = max(best, work[touched[index]].magnitude)
        }
        let isPivotal = best > 1e-9
        let row = isPivotal ? sparsestRow(touchedCount, atLeast: best * Self.threshold) : -1
        store(step, row, touchedCount)
        return isPivotal
    }

    private mutating func applyLower(_ touchedCount: inout Int) {
        for lower in 0..<lowerCount {
            let factor = work[lowerPivots[lower]]
            if factor == 0 { continue }
            for entry in lowerStart[lower]..<lowerEnd[lower] {
                let row = entries.index[entry]
                if !isTouched[row] {
                    isTouched[row] = true
                    touched[touchedCount] = row
                    touchedCount += 1
                    work[row] = 0
                }
                work[row] -= factor * entries.value[entry]
            }
        }
    }

    private func sparsestRow(_ touchedCount: Int, atLeast least: Double) -> Int {
        var best = -1
        var magnitude = 0.0
        for index in 0..<touchedCount where pivotOfRow[touched[index]] < 0 {
            let value = work[touched[index]].magnitude
            if value >= least && value > magnitude {
                magnitude = value
                best = touched[index]
            }
        }
        return best
    }

    private mutating func store(_ step: Int, _ row: Int, _ touchedCount: Int) {
        for index in 0..<touchedCount {
            let other = touched[index]
            if pivotOfRow[other] >= 0 && work[other].magnitude > Self.tiny {
                entries.append(other, work[other])
            }
        }
        upperEnd[step] = entries.count
        if row >= 0 {
            let value = work[row]
            pivotRow[step] = row
            pivotOfRow[row] = step
            pivotValue[step] = value
            let start = entries.count
            for index in 0..<touchedCount {
                let other = touched[index]
                if pivotOfRow[other] < 0 && work[other].magnitude > Self.tiny {
                    entries.append(other, work[other] / value)
                }
            }
            if entries.count > start {
                lowerPivots[lowerCount] = row
                lowerStart[lowerCount] = start
                lowerEnd[lowerCount] = entries.count
                lowerCount += 1
            }
        }
        for index in 0..<touchedCount {
            work[touched[index]] = 0
            isTouched[touched[index]] = false
        }
    }

    /// Solves `B x = a`: on entry `vector` is by row, `result` on return by position.
    ///
    /// - Returns: How many positions of `result` are not zero: those that `nonzeros` begins with.
    func solve(_ vector: Row<Double>, into result: Row<Double>, _ nonzeros: Row<Int>) -> Int {
        var count = 0
        for lower in 0..<lowerCount {
            let factor = vector[lowerPivots[lower]]
            if factor == 0 { continue }
            for entry in lowerStart[lower]..<lowerEnd[lower] {
                vector[entries.index[entry]] -= factor * entries.value[entry]
            }
        }
        var step = size - 1
        while step >= 0 {
            let value = vector[pivotRow[step]]
            if value == 0 {
                result[order[step]] = 0
            } else {
                let solved = value / pivotValue[step]
                result[order[step]] = solved
                nonzeros[count] = order[step]
                count += 1
                for entry in upperStart[step]..<upperEnd[step] {
                    vector[entries.index[entry]] -= solved * entries.value[entry]
                }
            }
            step -= 1
        }
        for eta in 0..<exchanges {
            let position = etaPosition[eta]
            if result[position] == 0 { continue }
            let factor = result[position] / etaPivot[eta]
            for entry in etaStart[eta]..<etaStart[eta + 1] {
                let other = etas.index[entry]
                let before = result[other]
                if before == 0 {
                    nonzeros[count] = other
                    count += 1
                }
                let after = before - factor * etas.value[entry]
                // What is listed stays a number that is not zero, so that it is listed once.
                result[other] = after == 0 ? Self.nothing : after
            }
            result[position] = factor
        }
        return count
    }

    /// Solves `y B = c`: on entry `vector` is by position, `result` on return by row.
    func solveTransposed(_ vector: Row<Double>, into result: Row<Double>) {
        var eta = exchanges - 1
        while eta >= 0 {
            let position = etaPosition[eta]
            var sum = vector[position]
            for entry in etaStart[eta]..<etaStart[eta + 1] {
                sum -= vector[etas.index[entry]] * etas.value[entry]
            }
            vector[position] = sum / etaPivot[eta]
            eta -= 1
        }
        for step in 0..<size {
            var sum = vector[order[step]]
            for entry in upperStart[step]..<upperEnd[step] {
                sum -= result[entries.index[entry]] * entries.value[entry]
            }
            result[pivotRow[step]] = sum == 0 ? 0 : sum / pivotValue[step]
        }
        var lower = lowerCount - 1
        while lower >= 0 {
            var sum = result[lowerPivots[lower]]
            for entry in lowerStart[lower]..<lowerEnd[lower] {
                sum -= result[entries.index[entry]] * entries.value[entry]
            }
            result[lowerPivots[lower]] = sum
            lower -= 1
        }
    }

    var mark: Mark { Mark(generation: generation, exchanges: exchanges, entries: etas.count) }

    /// Forgets the exchanges since `mark`; returns false where the basis was factored anew since.
    mutating func goBack(to mark: Mark) -> Bool {
        if mark.generation != generation { return false }
        exchanges = mark.exchanges
        etas.removeAll(from: mark.entries)
        return true
    }

    /// Notes that `position` now holds the column that `solve` turned into `column`.
    ///
    /// `nonzeros` are the first positions of that list at which `column` is not zero.
    mutating func exchange(
        _ position: Int,
        _ column: Row<Double>,
        _ nonzeros: Row<Int>,
        _ count: Int
    ) {
        etaStart[exchanges] = etas.count
        etaPosition[exchanges] = position
        etaPivot[exchanges] = column[position]
        for listed in 0..<count {
            let index = nonzeros[listed]
            if index != position && column[index].magnitude > Self.tiny {
                etas.append(index, column[index])
            }
        }
        exchanges += 1
        etaStart[exchanges] = etas.count
    }
}

/// Pairs of an index and a value, in rows that grow.
struct SparseEntries {
    private let arena: Arena
    private(set) var index: Row<Int>
    private(set) var value: Row<Double>
    private(set) var count = 0

    init(_ arena: Arena) {
        self.arena = arena
        index = arena.row(1024, of: 0)
        value = arena.row(1024, of: 0)
    }

    mutating func removeAll() { count = 0 }

    mutating func removeAll(from first: Int) { count = first }

    @inline(__always)
    mutating func append(_ index: Int, _ value: Double) {
        if count == self.index.count { grow() }
        self.index[count] = index
        self.value[count] = value
        count += 1
    }

    private mutating func grow() {
        let newIndex = arena.row(count * 2, of: 0)
        let newValue = arena.row(count * 2, of: 0.0)
        newIndex.copy(from: index, count: count)
        newValue.copy(from: value, count: count)
        index = newIndex
        value = newValue
    }
}

/// The structural columns of a linear program, by column; slacks follow them in number.
struct ColumnStore {
    let structurals: Int
    let start: Row<Int>
    let end: Row<Int>
    var rows: Row<Int>
    var values: Row<Double>
    /// The columns of each row, where a factorisation needs to know them.
    var rowStart: Row<Int>
    var rowColumn: Row<Int>
}
