internal import AllocationModel

/// Turns the order among plans into one integer, the *score*, of which less is better.
///
/// From the top: backordered units and late units in a lexicographic order,
/// cost, shipments, the sum of their days of arrival. Each step up outweighs
/// all that is below it. Scores of plans are multiples of `grain`; bounds use
/// the room below it, so that their rounding decides nothing.
struct ScoreScale {
    let grain: Int128
    /// The score of the least cost.
    let unit: Int128
    private let shipment: Int128
    private let day: Int128
    private let firstDay: Int
    private let lateUnit: Int128
    private let backorderUnit: Int128
    private let isLexicographic: Bool

    init(_ problem: SplitProblem, under policy: SplitPolicy) throws(SplitProblem.Fault) {
        let worst = SplitValidation(problem: problem, policy: policy).worstTotal()
        // Ties are given up before an order is refused: only absurd numbers come to that.
        for (grain, ordersTies) in [(Int128(1) << 32, true), (1 << 16, true), (1 << 8, false)] {
            let scale = Self(problem, policy, worst: worst, grain: grain, ordersTies: ordersTies)
            if let scale {
                self = scale
                return
            }
        }
        throw .tooLarge(.problem)
    }

    private init?(
        _ problem: SplitProblem,
        _ policy: SplitPolicy,
        worst: Int128,
        grain: Int128,
        ordersTies: Bool
    ) {
        let days = problem.warehouses.flatMap { $0.services.map(\.etaDay) }
        let units = problem.lines.reduce(Int128(0)) { $0 + Int128($1.quantity) }
        let slots = problem.warehouses.reduce(Int128(0)) {
            $0 + Int128($1.services.count * Set($1.stock.map(\.segregationGroup)).count)
        }
        let shipments = min(slots, units)
        let span = Int128((days.max() ?? 0) - (days.min() ?? 0))
        self.grain = grain
        firstDay = days.min() ?? 0
        day = ordersTies ? grain : 0
        shipment = ordersTies ? grain * (span * shipments + 1) : 0
        unit = ordersTies ? shipment * (shipments + 1) : grain
        isLexicographic = policy.objective == .lexicographic
        // At most 2^61 * 2^32 * 2^31 * 2^31; then times 2^40 units twice: checked step by step.
        let (late, latesOverflow) = unit.multipliedReportingOverflow(by: worst + 1)
        let (backorder, backordersOverflow) = late.multipliedReportingOverflow(by: units + 1)
        let (most, mostOverflows) = backorder.multipliedReportingOverflow(by: units + 1)
        lateUnit = late
        backorderUnit = backorder
        let isTooLarge =
            isLexicographic
            ? backordersOverflow || mostOverflows || most > SplitLimits.scoreMaximum
            : late > SplitLimits.scoreMaximum
        if latesOverflow || isTooLarge { return nil }
    }

    func score(_ cost: Cost) -> Int128 {
        Int128(cost.tenThousandths) * unit
    }

    func score(_ tenThousandths: Int64) -> Int128 {
        Int128(tenThousandths) * unit
    }

    func backorder(of line: SplitProblem.Line) -> Int128 {
        isLexicographic ? backorderUnit : score(line.backorderCost)
    }

    func late(_ line: Int, by service: SplitProblem.Service) -> Int128 {
        guard let late = service.lateLines.first(where: { $0.line == line }) else { return 0 }
        return isLexicographic ? lateUnit : score(late.penalty)
    }

    func charge(_ line: Int, by service: SplitProblem.Service) -> Int128 {
        service.packing(ofLine: line).map { score($0.unitCharge) } ?? 0
    }

    func opening(of service: SplitProblem.Service) -> Int128 {
        score(service.handling) + shipment + day * Int128(service.etaDay - firstDay)
    }

    /// Returns the cost in a `Double` that is not above it, with what breaks ties as a fraction.
    func costBelow(_ score: Int128) -> Double {
        let value = score.approximate / unit.approximate
        return value == 0 ? 0 : (value - value.magnitude * 0x1p-51)
    }

    /// Returns the least cost of plans whose cost, ties included, is at least `money`.
    ///
    /// What breaks ties adds less than one to a cost, by the resolution at least.
    func leastCost(ofPlansWorth money: Double) -> Cost {
        if money >= 0x1p62 { return Cost(.max) }
        return Cost(max(0, Int64((money - 1 + resolution * 0.99).rounded(.up))))
    }

    /// Returns the cost that a plan's bound must be above for the plan not to be worth having.
    func cutoff(below value: Double, within budget: SolverBudget) -> Double {
        let asked = (value * Double(budget.gapMillionths) * 1e-6).rounded(.down)
        let fraction = value - value.rounded(.down)
        let least = resolution * 0.9
        return value - max(asked, min(max(least, value * 1e-9), fraction + least))
    }

    /// The least by which two plans' costs differ, ties included.
    var resolution: Double { grain.approximate / unit.approximate }

    /// Returns the units short and late, and the cost with what breaks ties as a fraction.
    func parts(of score: Int128) -> (backordered: Int64, late: Int64, money: Double) {
        guard isLexicographic else { return (0, 0, money(of: score)) }
        let rest = score % backorderUnit
        return (
            Int64(score / backorderUnit), Int64(rest / lateUnit),
            money(of: rest % lateUnit)
        )
    }

    /// The whole part is exact, so that rounding never makes a cost one less than it is.
    private func money(of score: Int128) -> Double {
        let whole = score / unit
        return Double(Int64(whole)) + (score - whole * unit).approximate / unit.approximate
    }

    /// Returns the fewest units short that `bound` allows; nothing where those have a price.
    func backorderUnits(_ bound: Int128) -> Int64 {
        isLexicographic ? Int64(bound / backorderUnit) : 0
    }
}

extension Int128 {
    /// The nearest `Double`, or a neighbour: to guide, never to decide.
    ///
    /// The library's own conversion is generic and many times slower.
    var approximate: Double {
        Double(Int64(truncatingIfNeeded: self >> 64)) * 0x1p64
            + Double(UInt64(truncatingIfNeeded: self))
    }

    /// - Precondition: `value` is finite and its magnitude below 2^126.
    init(approximating value: Double) {
        let magnitude = value.magnitude
        let high = Int64(magnitude * 0x1p-64)
        let low = UInt64(magnitude - Double(high) * 0x1p64)
        let whole = (Int128(high) << 64) + Int128(low)
        self = value < 0 ? -whole : whole
    }
}
