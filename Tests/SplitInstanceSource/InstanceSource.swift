internal import AllocationModel
package import SplitInstances
internal import SplitSolver

/// Draws orders as industrial distributors get them, each from its seed alone.
///
/// For tests and measurements: the same family, size and seed make the same
/// instance on every machine. Distances, rates and stock follow published
/// tariffs and common practice closely enough that what is hard in them is
/// what is hard in real orders: packages, weight breaks, fixed charges.
package enum InstanceSource {
    /// Returns the instance of `seed`.
    ///
    /// Money in ten-thousandths of a dollar, weight in tenths of a pound. Where
    /// an order must be complete its sites hold enough, but conditions that
    /// meet may still leave it without a plan, as they do in life.
    package static func instance(
        of family: InstanceFamily,
        _ size: InstanceSize,
        seed: UInt64
    ) -> SplitInstance {
        var dice = Dice(seed: mixed(seed, size))
        let order = DrawnOrder(of: family, lines: size.lines, by: &dice)
        let rules = SiteRules(sites: size.sites, with: family.features, by: &dice)
        let sites = DrawnSite.several(
            size.sites,
            for: order,
            services: size.services,
            by: &dice
        )
        let stock = DrawnStock(of: order, sites: size.sites, under: rules, by: &dice)
        let bids = Bids(order: order, sites: sites, stock: stock, by: &dice)
        return SplitInstance(
            id: "\(size.lines)x\(size.sites)-\(family.name)-\(seed)",
            problem: SplitProblem(
                lines: order.lines.map(\.asked),
                warehouses: bids.offers.map(\.site)
            ),
            policy: rules.policy(of: family, groups: order.segregationGroups),
            names: SplitInstance.Names(
                lines: order.lines.enumerated().map { "\($1.goods.name)-\($0 + 1)" },
                warehouses: sites.map(\.name),
                services: bids.offers.map(\.serviceNames),
                lots: DrawnStock.lotNames
            )
        )
    }

    /// Draws as many services for each site as `seed` says: instance sets vary in it.
    package static func services(ofSeed seed: UInt64) -> Int {
        var dice = Dice(seed: seed)
        return Int(dice.whole(3...6))
    }

    /// Sets the seeds of neighbouring sizes far apart.
    private static func mixed(_ seed: UInt64, _ size: InstanceSize) -> UInt64 {
        seed &* 1_000_003 &+ UInt64(size.lines * 1009 + size.sites * 31 + size.services)
    }
}

/// What every site offers for one order: its stock, and its services for it.
private struct Bids {
    private let order: DrawnOrder
    /// By line, whether its deadline stands.
    private let isKept: [Bool]
    private(set) var offers: [(site: SplitProblem.Site, serviceNames: [String])] = []

    init(order: DrawnOrder, sites: [DrawnSite], stock: DrawnStock, by dice: inout Dice) {
        self.order = order
        isKept = order.lines.indices.map {
            order.family.completeness != .complete || stock.meetsDeadline(of: $0, from: sites)
        }
        for (index, site) in sites.enumerated() {
            let held = order.lines.indices.compactMap {
                stock.offer(of: $0, at: index, by: &dice)
            }
            let lines = held.map(\.line)
            let useful = site.services.filter { service in
                lines.contains { !isBlocked($0, by: service) }
            }
            offers.append(
                (
                    SplitProblem.Site(
                        fixedCost: site.fixedCost,
                        stock: held,
                        services: useful.map { offer(of: $0, carrying: lines) }
                    ),
                    useful.map(\.kind.rawValue)
                )
            )
        }
    }

    private func isBlocked(_ line: Int, by service: DrawnSite.Service) -> Bool {
        let drawn = order.lines[line]
        if !service.kind.carries(drawn) { return true }
        guard isKept[line], let lastDay = drawn.lastDay else { return false }
        return service.etaDay > lastDay
    }

    private func offer(
        of service: DrawnSite.Service,
        carrying lines: [Int]
    ) -> SplitProblem.Service {
        let blocked = lines.filter { isBlocked($0, by: service) }
        let daysLate = service.etaDay - order.dueDay
        let late = daysLate > 0 ? lines.filter { !blocked.contains($0) } : []
        return SplitProblem.Service(
            etaDay: Int(service.etaDay),
            handling: service.handling,
            tariff: service.tariff,
            blockedLines: blocked,
            lateLines: late.map {
                SplitProblem.LateLine(
                    line: $0,
                    penalty: order.lines[$0].latePenalty(days: daysLate)
                )
            }
        )
    }
}

extension DrawnLine {
    /// The line as the problem has it.
    fileprivate var asked: SplitProblem.Line {
        var minimum: Int64 = 0
        if case .minimumQuantity(let units) = condition { minimum = units }
        return SplitProblem.Line(
            quantity: quantity,
            backorderCost: backorderCost,
            noSplit: condition == .noSplit,
            minimumQuantity: minimum,
            singleLot: condition == .singleLot
        )
    }
}
