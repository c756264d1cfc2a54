internal import AllocationModel

/// Which receipt brings which units to whom.
///
/// A pure function of what waits and of what is on its way: whoever computes it again finds the
/// same, and since units are taken off a receipt as they are given, none is given twice.
enum Allotment {
    /// Gives what is on its way of one SKU to those who wait for it, in their turn.
    ///
    /// Each takes the soonest of what is left at a site that may ship to it.
    ///
    /// - Parameters:
    ///   - receipts: What is on its way, of any number of sites.
    ///   - waiting: Those who wait, the one whose turn is first first.
    ///   - sku: The SKU that they wait for.
    /// - Returns: What each of them is given, by rising line, then day; nothing of who gets none.
    static func allot(
        _ receipts: [SiteReceipt],
        to waiting: [WaitingOrder],
        of sku: SKU
    ) -> [Order.ID: [BackorderPart]] {
        let soonest = receipts.filter { $0.sku == sku }
            .sorted {
                ($0.leaves ?? $0.expected, $0.expected, $0.warehouse, $0.receipt)
                    < ($1.leaves ?? $1.expected, $1.expected, $1.warehouse, $1.receipt)
            }
        var left = soonest.map(\.quantity)
        var given: [Order.ID: [BackorderPart]] = [:]
        for order in waiting {
            for line in order.lines where line.sku == sku {
                var wanted = line.quantity
                for (index, receipt) in soonest.enumerated()
                where !wanted.isZero && !left[index].isZero && order.takes(from: receipt.warehouse)
                {
                    let units = min(wanted, left[index])
                    left[index] = left[index].lessAtMost(units)
                    wanted = wanted.lessAtMost(units)
                    given[order.order, default: []]
                        .append(
                            BackorderPart(
                                line: line.line,
                                sku: sku,
                                quantity: units,
                                warehouse: receipt.warehouse,
                                receipt: receipt.receipt,
                                expected: receipt.expected,
                                leaves: receipt.leaves
                            )
                        )
                }
            }
            if left.allSatisfy(\.isZero) { break }
        }
        return given
    }
}

/// The days of a line's units in a row, the soonest first and those without a day last.
struct Schedule: Hashable, Sendable {
    /// Days with so many units, by rising day.
    private let runs: [(day: CivilDate?, units: Int64)]

    /// Lists what is expected of a line of which so many units wait.
    init(_ parts: [BackorderPart], waiting: Quantity) {
        var left = waiting.units
        var runs: [(day: CivilDate?, units: Int64)] = []
        // Of more than waits, the first have come.
        var come = max(0, parts.reduce(0) { $0 + $1.quantity.units } - left)
        for part in parts.sorted(by: { $0.expected < $1.expected }) {
            let passed = min(come, part.quantity.units)
            come -= passed
            let units = min(part.quantity.units - passed, left)
            guard units > 0 else { continue }
            left -= units
            if runs.last?.day == part.expected {
                runs[runs.count - 1].units += units
            } else {
                runs.append((part.expected, units))
            }
        }
        if left > 0 { runs.append((nil, left)) }
        self.runs = runs
    }

    /// Whether some unit has a later day than in another schedule of as many units, or none.
    func isLater(than other: Schedule) -> Bool {
        var others = other.runs[...]
        var taken: Int64 = 0
        for run in runs {
            var left = run.units
            while left > 0, let next = others.first {
                if let before = next.day, run.day.map({ $0 > before }) ?? true { return true }
                let units = min(left, next.units - taken)
                left -= units
                taken += units
                if taken == next.units {
                    others = others.dropFirst()
                    taken = 0
                }
            }
        }
        return false
    }

    /// Units that have no day.
    var undated: Quantity {
        Quantity(runs.filter { $0.day == nil }.reduce(0) { $0 + $1.units })
    }

    /// The last day that some unit has.
    var lastDay: CivilDate? { runs.compactMap(\.day).max() }

    static func == (left: Schedule, right: Schedule) -> Bool {
        left.runs.elementsEqual(right.runs) { $0.day == $1.day && $0.units == $1.units }
    }

    func hash(into hasher: inout Hasher) {
        for run in runs {
            hasher.combine(run.day)
            hasher.combine(run.units)
        }
    }
}

extension BackorderPart {
    /// Returns the parts of a line with the units that have come taken off, the soonest first.
    static func left(_ parts: [BackorderPart], waiting: Quantity) -> [BackorderPart] {
        let all = parts.reduce(Quantity.zero) { $0 + $1.quantity }
        var come = all.lessAtMost(waiting)
        return parts.sorted { $0.expected < $1.expected }
            .compactMap { part in
                let passed = min(come, part.quantity)
                come = come.lessAtMost(passed)
                let left = part.quantity.lessAtMost(passed)
                return left.isZero ? nil : part.of(left)
            }
    }
}
