internal import AllocationModel

/// An order of lines, sites and services by what they are, and not by where they stand.
///
/// The search breaks ties by index. Put in this order first, the same problem
/// is searched the same way however its parts were numbered. Each line and each
/// site has a digest of its own numbers and, in rounds, of the digests of those
/// it has to do with (colour refinement: Weisfeiler and Leman, 1968). What then
/// still looks alike keeps the order of the input: parts that nothing tells
/// apart, so that whichever comes first, the plan is the same but for its name.
struct CanonicalOrder {
    /// By new index, the old one.
    private let lines: [Int]
    private let sites: [Int]
    /// By old site and new index, the old one.
    private let services: [[Int]]
    /// By old index, the new one.
    private let newLines: [Int]
    private let newSites: [Int]

    /// Rounds of refinement: what only more of them would tell apart, hardly a plan can.
    private static let rounds = 3

    /// - Precondition: the problem and the policy are valid.
    init(of problem: SplitProblem, under policy: SplitPolicy) {
        var digests = ProblemDigests(problem)
        for _ in 0..<Self.rounds { digests.refine() }
        // The policy comes last, so that what it changes does not renumber everything else.
        let treatments = policy.treatments(of: problem.warehouses.count)
        sites = problem.warehouses.indices.sorted {
            (digests.sites[$0], treatments[$0], $0) < (digests.sites[$1], treatments[$1], $1)
        }
        newSites = Self.inverse(of: sites)
        digests.placeSites(newSites)
        lines = Self.sorted(digests.lines)
        newLines = Self.inverse(of: lines)
        digests.placeLines(newLines)
        services = digests.services.map(Self.sorted)
    }

    private static func sorted(_ digests: [UInt64]) -> [Int] {
        digests.indices.sorted { (digests[$0], $0) < (digests[$1], $1) }
    }

    private static func inverse(of order: [Int]) -> [Int] {
        var inverse = order
        for (new, old) in order.enumerated() { inverse[old] = new }
        return inverse
    }

    func arranged(_ problem: SplitProblem) -> SplitProblem {
        SplitProblem(
            lines: lines.map { problem.lines[$0] },
            warehouses: sites.map { site in
                let old = problem.warehouses[site]
                return SplitProblem.Site(
                    fixedCost: old.fixedCost,
                    stock: old.stock.map { $0.moved(toLine: newLines[$0.line]) },
                    services: services[site].map { arranged(old.services[$0]) }
                )
            }
        )
    }

    private func arranged(_ service: SplitProblem.Service) -> SplitProblem.Service {
        SplitProblem.Service(
            etaDay: service.etaDay,
            handling: service.handling,
            tariff: service.tariff,
            blockedLines: service.blockedLines.map { newLines[$0] },
            lateLines: service.lateLines.map {
                SplitProblem.LateLine(line: newLines[$0.line], penalty: $0.penalty)
            },
            packings: service.packings.map {
                SplitProblem.Packing(
                    line: newLines[$0.line],
                    unitBillableWeight: $0.unitBillableWeight,
                    unitCharge: $0.unitCharge
                )
            }
        )
    }

    func arranged(_ policy: SplitPolicy) -> SplitPolicy {
        SplitPolicy(
            completeness: policy.completeness,
            warehousesMaximum: policy.warehousesMaximum,
            shipmentsMaximum: policy.shipmentsMaximum,
            objective: policy.objective,
            forced: policy.forced.map { newSites[$0] },
            forbidden: policy.forbidden.map { newSites[$0] },
            preferences: policy.preferences.map {
                SplitPolicy.Preference(
                    warehouse: newSites[$0.warehouse],
                    reluctance: $0.reluctance
                )
            }
        )
    }

    /// Returns assignments of the arranged problem as ones of the problem that came in.
    func restored(_ assignments: [SplitAssignment]) -> [SplitAssignment] {
        assignments.map {
            SplitAssignment(
                line: lines[$0.line],
                warehouse: sites[$0.warehouse],
                service: services[sites[$0.warehouse]][$0.service],
                quantity: $0.quantity
            )
        }
        .sorted { ($0.line, $0.warehouse, $0.service) < ($1.line, $1.warehouse, $1.service) }
    }

    /// Returns what is said by line of the arranged problem, by line of the one that came in.
    func restored<Element>(byLine elements: [Element]) -> [Element] {
        newLines.map { elements[$0] }
    }
}

/// Digests of lines, sites and services, which refine one another.
private struct ProblemDigests {
    private let problem: SplitProblem
    private(set) var lines: [UInt64]
    private(set) var sites: [UInt64]
    private(set) var services: [[UInt64]]
    private let stocks: [[UInt64]]

    init(_ problem: SplitProblem) {
        self.problem = problem
        lines = problem.lines.map { line in
            var digest = Digest()
            digest.mix(line.quantity)
            digest.mix(line.backorderCost.tenThousandths)
            digest.mix(Int64(line.noSplit ? 1 : 0) + Int64(line.singleLot ? 2 : 0))
            digest.mix(line.minimumQuantity)
            return digest.value
        }
        sites = problem.warehouses.map { Digest($0.fixedCost.tenThousandths).value }
        services = problem.warehouses.map { $0.services.map(\.digest) }
        stocks = problem.warehouses.map { $0.stock.map(\.digest) }
    }

    /// Has each line and each site take in what it has to do with.
    mutating func refine() {
        let newLines = linesSeen(from: sites)
        sites = problem.warehouses.indices.map { site in
            var sum: UInt64 = 0
            for (stock, digest) in zip(problem.warehouses[site].stock, stocks[site]) {
                sum &+= Digest(lines[stock.line], digest).value
            }
            for digest in servicesSeen(at: site, from: lines) { sum &+= digest }
            return Digest(sites[site], sum).value
        }
        lines = newLines
    }

    /// Tells lines apart by the places of the sites that have them.
    mutating func placeSites(_ places: [Int]) {
        lines = linesSeen(from: places.map { UInt64($0) })
    }

    /// Tells services apart by the places of the lines they treat apart.
    mutating func placeLines(_ places: [Int]) {
        let numbers = places.map { UInt64($0) }
        services = problem.warehouses.indices.map { servicesSeen(at: $0, from: numbers) }
    }

    /// Sums do not depend on the order of what is added.
    private func linesSeen(from sites: [UInt64]) -> [UInt64] {
        var sums = [UInt64](repeating: 0, count: lines.count)
        for (site, digest) in zip(problem.warehouses.indices, sites) {
            for (stock, own) in zip(problem.warehouses[site].stock, stocks[site]) {
                sums[stock.line] &+= Digest(digest, own).value
            }
            for (service, own) in zip(problem.warehouses[site].services, services[site]) {
                for line in service.blockedLines { sums[line] &+= Digest(digest, own, 1).value }
                for late in service.lateLines {
                    let penalty = UInt64(bitPattern: late.penalty.tenThousandths)
                    sums[late.line] &+= Digest(digest, own, penalty &+ 2).value
                }
                for packing in service.packings {
                    sums[packing.line] &+= Digest(digest, own, packing.digest).value
                }
            }
        }
        return zip(lines, sums).map { Digest($0, $1).value }
    }

    private func servicesSeen(at site: Int, from lines: [UInt64]) -> [UInt64] {
        zip(problem.warehouses[site].services, services[site])
            .map { service, own in
                var sum: UInt64 = 0
                for line in service.blockedLines { sum &+= Digest(lines[line], 1).value }
                for late in service.lateLines {
                    let penalty = UInt64(bitPattern: late.penalty.tenThousandths)
                    sum &+= Digest(lines[late.line], penalty &+ 2).value
                }
                for packing in service.packings {
                    sum &+= Digest(lines[packing.line], packing.digest).value
                }
                return Digest(own, sum).value
            }
    }
}

/// A number that follows from the numbers mixed in, the same on every machine.
///
/// The finisher of SplitMix64 (Steele, Lea and Flood, 2014) over a running state.
private struct Digest {
    private(set) var value: UInt64 = 0x9E37_79B9_7F4A_7C15

    init(_ numbers: UInt64...) {
        for number in numbers { mix(number) }
    }

    init(_ number: Int64) { mix(number) }

    mutating func mix(_ number: Int64) { mix(UInt64(bitPattern: number)) }

    mutating func mix(_ number: UInt64) {
        var mixed = value &+ 0x9E37_79B9_7F4A_7C15 ^ number
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        value = mixed ^ (mixed >> 31)
    }
}

extension SplitPolicy {
    /// What the policy makes of each site, as a digest.
    fileprivate func treatments(of sites: Int) -> [UInt64] {
        var treatments = [UInt64](repeating: 0, count: sites)
        for site in forced { treatments[site] = Digest(treatments[site], 1).value }
        for site in forbidden { treatments[site] = Digest(treatments[site], 2).value }
        for preference in preferences {
            let reluctance = UInt64(bitPattern: preference.reluctance.tenThousandths)
            treatments[preference.warehouse] =
                Digest(treatments[preference.warehouse], reluctance, 3).value
        }
        return treatments
    }
}

extension SplitProblem.Stock {
    fileprivate var digest: UInt64 {
        var digest = Digest()
        for tier in tiers {
            digest.mix(tier.quantity)
            digest.mix(tier.scarcityCost.tenThousandths)
        }
        digest.mix(pickCost.tenThousandths)
        var sum: UInt64 = 0
        for lot in lots {
            let label = UInt64(bitPattern: Int64(lot.lot))
            sum &+= Digest(label, UInt64(bitPattern: lot.quantity)).value
        }
        digest.mix(sum)
        digest.mix(unitWeight)
        digest.mix(unitBillableWeight)
        digest.mix(Int64(freightClass.index))
        digest.mix(Int64(segregationGroup))
        digest.mix(multiple)
        return digest.value
    }
}

extension SplitProblem.Packing {
    /// What it says of a line, and not of which.
    fileprivate var digest: UInt64 {
        var digest = Digest(unitBillableWeight)
        digest.mix(unitCharge.tenThousandths)
        return digest.value
    }
}

extension SplitProblem.Service {
    fileprivate var digest: UInt64 {
        var digest = Digest()
        digest.mix(Int64(etaDay))
        digest.mix(handling.tenThousandths)
        switch tariff {
        case .parcel(let parcel):
            digest.mix(1 as Int64)
            digest.mix(parcel.base.tenThousandths)
            digest.mix(parcel.rate.tenThousandths)
            digest.mix(parcel.packageWeightMaximum)
            digest.mix(parcel.packagesMaximum)
        case .parcelTable(let table):
            digest.mix(2 as Int64)
            for step in table.steps {
                digest.mix(step.weightMaximum)
                digest.mix(step.charge.tenThousandths)
            }
            digest.mix(table.packagesMaximum)
        case .lessThanTruckload(let ltl):
            digest.mix(3 as Int64)
            digest.mix(ltl.minimumCharge.tenThousandths)
            digest.mix(ltl.accessorial.tenThousandths)
            digest.mix(ltl.weightMaximum)
            for entry in ltl.breaks {
                digest.mix(entry.from)
                for rate in entry.rates { digest.mix(rate.tenThousandths) }
                digest.mix(entry.deficit.tenThousandths)
            }
        case .fullTruckload(let truck):
            digest.mix(4 as Int64)
            digest.mix(truck.flat.tenThousandths)
            digest.mix(truck.capacity)
            digest.mix(truck.trucksMaximum)
        }
        return digest.value
    }
}
