internal import AllocationModel

/// A condition on plans that could be lifted alone.
///
/// How much there is, how it weighs and what carriers take are not rules: no
/// policy could lift them.
package enum SplitRule: Hashable, Sendable {
    /// What must be shipped in full; without it, anything may be left short.
    case completeness
    case warehousesMaximum
    case shipmentsMaximum
    case forced(warehouse: Int)
    case forbidden(warehouse: Int)
    case noSplit(line: Int)
    case minimumQuantity(line: Int)
    case singleLot(line: Int)
    /// That boxes of the line stay closed, at every site.
    case multiple(line: Int)
    /// That some services may not carry the line; without it, all may.
    case blocked(line: Int)
    /// That late units of the line count; without it, none is late.
    case lateness(line: Int)
}

extension SplitRule {
    /// Returns the rules of a problem and its policy that could rule out or price a plan.
    ///
    /// One array for each kind, so that a kind can be asked about as a whole.
    static func all(of problem: SplitProblem, under policy: SplitPolicy) -> [[SplitRule]] {
        let lines = problem.lines.indices
        let hasRule = { (isRuled: (Int) -> Bool, rule: (Int) -> SplitRule) -> [SplitRule] in
            lines.filter(isRuled).map(rule)
        }
        let sites = problem.warehouses
        return [
            policy.completeness == .partial ? [] : [.completeness],
            policy.warehousesMaximum == nil ? [] : [.warehousesMaximum],
            policy.shipmentsMaximum == nil ? [] : [.shipmentsMaximum],
            policy.forced.sorted().map { .forced(warehouse: $0) },
            policy.forbidden.sorted().map { .forbidden(warehouse: $0) },
            hasRule({ problem.lines[$0].noSplit }, { .noSplit(line: $0) }),
            hasRule({ problem.lines[$0].minimumQuantity > 1 }, { .minimumQuantity(line: $0) }),
            hasRule({ problem.lines[$0].singleLot }, { .singleLot(line: $0) }),
            hasRule(
                { line in
                    sites.contains { $0.stock.contains { $0.line == line && $0.multiple > 1 } }
                },
                { .multiple(line: $0) }
            ),
            hasRule(
                { line in sites.contains { $0.blocks(line) } },
                { .blocked(line: $0) }
            ),
            hasRule(
                { line in sites.contains { $0.isLate(line) } },
                { .lateness(line: $0) }
            ),
        ]
    }
}

extension SplitProblem.Site {
    fileprivate func blocks(_ line: Int) -> Bool {
        stock.contains { $0.line == line } && services.contains { $0.blockedLines.contains(line) }
    }

    fileprivate func isLate(_ line: Int) -> Bool {
        stock.contains { $0.line == line }
            && services.contains { $0.lateLines.contains { $0.line == line } }
    }
}

/// A problem and its policy without some of their rules.
struct RelaxedOrder {
    private(set) var problem: SplitProblem
    private(set) var policy: SplitPolicy

    init(_ problem: SplitProblem, _ policy: SplitPolicy, without rules: ArraySlice<SplitRule>) {
        self.problem = problem
        self.policy = policy
        var draft = PolicyDraft(policy)
        for rule in rules {
            switch rule {
            case .completeness: draft.completeness = .partial
            case .warehousesMaximum: draft.warehousesMaximum = nil
            case .shipmentsMaximum: draft.shipmentsMaximum = nil
            case .forced(let site): draft.forced.removeAll { $0 == site }
            case .forbidden(let site): draft.forbidden.removeAll { $0 == site }
            case .noSplit(let line): change(line) { $0.with(noSplit: false) }
            case .minimumQuantity(let line): change(line) { $0.with(minimumQuantity: 0) }
            case .singleLot(let line): change(line) { $0.with(singleLot: false) }
            case .multiple(let line):
                changeSites { $0.with(stock: $0.stock.map { $0.line == line ? $0.opened : $0 }) }
            case .blocked(let line):
                changeSites { $0.with(services: $0.services.map { $0.carrying(line) }) }
            case .lateness(let line):
                changeSites { $0.with(services: $0.services.map { $0.onTime(line) }) }
            }
        }
        self.policy = draft.policy
    }

    private mutating func change(
        _ line: Int,
        _ change: (SplitProblem.Line) -> SplitProblem.Line
    ) {
        var lines = problem.lines
        lines[line] = change(lines[line])
        problem = SplitProblem(lines: lines, warehouses: problem.warehouses)
    }

    private mutating func changeSites(_ change: (SplitProblem.Site) -> SplitProblem.Site) {
        problem = SplitProblem(lines: problem.lines, warehouses: problem.warehouses.map(change))
    }
}

extension SplitProblem.Line {
    fileprivate func with(
        noSplit: Bool? = nil,
        minimumQuantity: Int64? = nil,
        singleLot: Bool? = nil
    ) -> Self {
        SplitProblem.Line(
            quantity: quantity,
            backorderCost: backorderCost,
            noSplit: noSplit ?? self.noSplit,
            minimumQuantity: minimumQuantity ?? self.minimumQuantity,
            singleLot: singleLot ?? self.singleLot
        )
    }
}

extension SplitProblem.Site {
    func with(
        stock: [SplitProblem.Stock]? = nil,
        services: [SplitProblem.Service]? = nil
    ) -> Self {
        SplitProblem.Site(
            fixedCost: fixedCost,
            stock: stock ?? self.stock,
            services: services ?? self.services
        )
    }
}

extension SplitProblem.Stock {
    fileprivate var opened: Self { with(multiple: 1) }

    func with(
        tiers: [SplitProblem.Tier]? = nil,
        lots: [SplitProblem.LotQuantity]? = nil,
        multiple: Int64? = nil
    ) -> Self {
        SplitProblem.Stock(
            line: line,
            tiers: tiers ?? self.tiers,
            pickCost: pickCost,
            lots: lots ?? self.lots,
            unitWeight: unitWeight,
            unitBillableWeight: unitBillableWeight,
            freightClass: freightClass,
            segregationGroup: segregationGroup,
            multiple: multiple ?? self.multiple
        )
    }
}

extension SplitProblem.Service {
    fileprivate func carrying(_ line: Int) -> Self {
        with(blockedLines: blockedLines.filter { $0 != line })
    }

    fileprivate func onTime(_ line: Int) -> Self {
        with(lateLines: lateLines.filter { $0.line != line })
    }

    private func with(
        blockedLines: [Int]? = nil,
        lateLines: [SplitProblem.LateLine]? = nil
    ) -> Self {
        SplitProblem.Service(
            etaDay: etaDay,
            handling: handling,
            tariff: tariff,
            blockedLines: blockedLines ?? self.blockedLines,
            lateLines: lateLines ?? self.lateLines,
            packings: packings
        )
    }
}
