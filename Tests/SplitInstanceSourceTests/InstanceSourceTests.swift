import AllocationModel
import SplitInstanceSource
import SplitInstances
import SplitSolver
import Testing

struct `Instance source` {
    private func family(_ name: String) throws -> InstanceFamily {
        try #require(InstanceFamily.all.first { $0.name == name })
    }

    private func instance(
        _ name: String,
        lines: Int = 8,
        sites: Int = 6,
        services: Int = 4,
        seed: UInt64 = 1
    ) throws -> SplitInstance {
        InstanceSource.instance(
            of: try family(name),
            InstanceSize(lines: lines, sites: sites, services: services),
            seed: seed
        )
    }

    private func instances(_ name: String, lines: Int = 8) throws -> [SplitInstance] {
        try (1...20).map { try instance(name, lines: lines, seed: $0) }
    }

    @Test func `draws the same instance from the same seed`() throws {
        for family in InstanceFamily.all {
            let first = try instance(family.name, seed: 4711)
            let second = try instance(family.name, seed: 4711)
            let other = try instance(family.name, seed: 4712)

            #expect(first == second)
            #expect(first.problem != other.problem, "\(family.name)")
        }
    }

    // What other machines draw, they draw alike: the numbers were committed on one of them.
    @Test func `draws on every machine what it drew on the first`() throws {
        let small = try instance("everything", lines: 3, sites: 2, services: 3, seed: 7)
        let large = try instance("everything", lines: 60, sites: 40, services: 6, seed: 7)

        #expect(fingerprint(of: small) == 5_520_119_265_674_973_378)
        #expect(fingerprint(of: large) == 16_778_105_306_927_405_537)
    }

    /// Fowler, Noll and Vo's sum of an instance's text.
    private func fingerprint(of instance: SplitInstance) -> UInt64 {
        instance.text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    @Test func `draws nothing that the solver refuses`() throws {
        let sizes = [(1, 1), (1, 41), (4, 3), (12, 9)]
        for family in InstanceFamily.all {
            for (index, (lines, sites)) in sizes.enumerated() {
                let drawn = try instance(
                    family.name,
                    lines: lines,
                    sites: sites,
                    services: 3 + index,
                    seed: UInt64(index)
                )

                expectLawful(drawn)
                #expect(drawn.problem.lines.count == lines)
                #expect(drawn.problem.warehouses.count == sites)
            }
        }
    }

    private func expectLawful(_ drawn: SplitInstance) {
        do throws(SplitProblem.Fault) {
            _ = try SplitSolver.evaluate([], of: drawn.problem, under: drawn.policy)
        } catch {
            switch error {
            // The problem is sound; it is only that shipping nothing is no plan for it.
            case .unlawful: break
            case .outOfBounds, .badIndex, .tooLarge:
                Issue.record("\(drawn.id): \(error)")
            }
        }
    }

    @Test func `draws what reads from a file as it was written`() throws {
        for family in InstanceFamily.all {
            let drawn = try instance(family.name, lines: 3, sites: 2)

            let read = try SplitInstance(parsing: Array(drawn.text.utf8))

            #expect(read.text == drawn.text, "\(drawn.id)")
        }
    }

    @Test func `draws the largest order there may be`() throws {
        let drawn = try instance("everything", lines: 500, sites: 100, services: 6)

        expectLawful(drawn)
        #expect(drawn.problem.lines.count == 500)
        #expect(drawn.problem.warehouses.count == 100)
    }

    // An order that must be complete and cannot be is no measure of anything.
    @Test func `gives a complete order sites that hold all of every line`() throws {
        for family in InstanceFamily.all where family.completeness == .complete {
            for drawn in try instances(family.name) {
                for (line, asked) in drawn.problem.lines.enumerated() {
                    #expect(
                        units(of: line, in: drawn) >= asked.quantity,
                        "\(drawn.id) line \(line)"
                    )
                }
            }
        }
    }

    /// Units of a line that the policy's sites hold and some service of theirs carries.
    private func units(of line: Int, in drawn: SplitInstance) -> Int64 {
        var units: Int64 = 0
        for (index, site) in drawn.problem.warehouses.enumerated()
        where !drawn.policy.forbidden.contains(index) {
            let isCarried = site.services.contains { !$0.blockedLines.contains(line) }
            for stock in site.stock where stock.line == line && isCarried {
                units += stock.tiers.reduce(0) { $0 + $1.quantity }
            }
        }
        return units
    }

    // Percent of what is asked for that a site has, over all sites, counted to the quantity asked.
    private func percentHeld(_ name: String) throws -> Int64 {
        var held: Int64 = 0
        var asked: Int64 = 0
        for drawn in try instances(name, lines: 20) {
            for site in drawn.problem.warehouses {
                asked += drawn.problem.lines.reduce(0) { $0 + $1.quantity }
                held += site.stock.flatMap(\.tiers).reduce(0) { $0 + $1.quantity }
            }
        }
        return held * 100 / asked
    }

    @Test func `holds less the scarcer the family is`() throws {
        let ample = try percentHeld("ample")
        let typical = try percentHeld("typical")
        let mixed = try percentHeld("mixed")
        let scarce = try percentHeld("scarce")

        #expect((65...90).contains(ample), "\(ample)")
        #expect((50...75).contains(typical), "\(typical)")
        #expect((30...55).contains(mixed), "\(mixed)")
        #expect((10...30).contains(scarce), "\(scarce)")
        #expect(ample > typical && typical > mixed && mixed > scarce)
    }

    @Test func `orders few things that must not be split and many that may`() throws {
        let rich = try instances("rich-typical", lines: 40).flatMap(\.problem.lines)
        let noSplit = rich.count { $0.noSplit }
        let minimum = rich.count { $0.minimumQuantity > 0 }
        let singleLot = rich.count { $0.singleLot }

        #expect((40...120).contains(noSplit), "\(noSplit) of \(rich.count)")
        #expect((20...110).contains(minimum), "\(minimum)")
        #expect((20...90).contains(singleLot), "\(singleLot)")
        #expect(
            rich.allSatisfy {
                [$0.noSplit, $0.minimumQuantity > 0, $0.singleLot].count { $0 } <= 1
            }
        )
        for plain in try instances("typical").flatMap(\.problem.lines) {
            #expect(!plain.noSplit && plain.minimumQuantity == 0 && !plain.singleLot)
        }
    }

    @Test func `has each complication in the families that are named for it, and no others`()
        throws
    {
        for family in InstanceFamily.all {
            let drawn = try instances(family.name)
            let policies = drawn.map(\.policy)
            let sites = drawn.flatMap(\.problem.warehouses)
            let stock = sites.flatMap(\.stock)
            func agree(_ feature: InstanceFamily.Feature, _ isFound: Bool) {
                #expect(family.features.contains(feature) == isFound, "\(family.name) \(feature)")
            }
            agree(.lineConditions, stock.contains { $0.pickCost > .zero })
            agree(.lineConditions, stock.contains { !$0.lots.isEmpty })
            agree(.siteLimit, policies.contains { $0.warehousesMaximum != nil })
            agree(.shipmentLimit, policies.contains { $0.shipmentsMaximum != nil })
            agree(.siteRules, policies.contains { !$0.forced.isEmpty })
            agree(.siteRules, policies.contains { !$0.forbidden.isEmpty })
            agree(.siteRules, policies.contains { !$0.preferences.isEmpty })
            agree(.boxes, stock.contains { $0.multiple > 1 })
            agree(.rateTables, sites.flatMap(\.services).contains { isTable($0.tariff) })
            agree(.lexicographic, policies.contains { $0.objective == .lexicographic })
            #expect(policies.allSatisfy { $0.completeness == family.completeness })
        }
    }

    private func isTable(_ tariff: Tariff) -> Bool {
        switch tariff {
        case .parcelTable: true
        case .parcel, .lessThanTruckload, .fullTruckload: false
        }
    }

    @Test func `weighs and prices goods as distributors know them`() throws {
        let drawn = try instances("typical", lines: 60)
        // Tenths of a pound, one entry for each line that any site has.
        let weights =
            drawn.flatMap { instance in
                instance.problem.lines.indices.compactMap { line in
                    instance.problem.warehouses.lazy.flatMap(\.stock).first { $0.line == line }?
                        .unitWeight
                }
            }
            .sorted()
        let quantities = drawn.flatMap(\.problem.lines).map(\.quantity).sorted()

        // The median thing is a valve of some pounds, ordered by the dozen; few need a truck each.
        #expect((20...150).contains(weights[weights.count / 2]))
        #expect((6...24).contains(quantities[quantities.count / 2]))
        #expect((10...60).contains(weights.count { $0 > 1500 } * 1000 / weights.count))
        #expect(weights.allSatisfy { $0 >= 1 } && quantities.allSatisfy { $0 >= 1 })
    }

    @Test func `delivers later from farther away`() throws {
        // Ground from the nearest site against ground from the farthest, by what a pound costs.
        let drawn = try instances("typical")
        var nearer = 0
        for instance in drawn {
            let ground = instance.problem.warehouses.compactMap { site in
                site.services.first.flatMap { service -> (rate: Cost, eta: Int)? in
                    guard case .parcel(let parcel) = service.tariff else { return nil }
                    return (parcel.rate, service.etaDay)
                }
            }
            let near = try #require(ground.min { $0.rate < $1.rate })
            let far = try #require(ground.max { $0.rate < $1.rate })
            if near.eta < far.eta { nearer += 1 }
        }

        #expect(nearer >= 15, "\(nearer) of \(drawn.count)")
    }
}
