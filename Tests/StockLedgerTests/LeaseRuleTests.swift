import AllocationModel
import Testing

@testable import StockLedger

struct `Rules by which a site leases` {
    /// Sixty valves and forty hoses, and a coordinator that was heard.
    private func makeSite() throws -> StockLedger {
        let ledger = try makeLedger()
        try ledger.stock("VALVE-3IN", 60)
        try ledger.stock("HOSE-2M", 40)
        try ledger.performAndWait(at: monday) { books in
            try books.storeEpoch(1, of: office)
            try books.setCatalogEntry(
                CatalogEntry(
                    sku: "HOSE-2M",
                    unitWeight: Weight(grams: 450),
                    handling: "fast-mover"
                )
            )
        }
        return ledger
    }

    @Test func `lease their share of each SKU, once`() throws {
        let ledger = try makeSite()
        try ledger.rule(nil, 10)
        try ledger.rule("fast-mover", 25)

        let done = try ledger.look()

        #expect(done.leases == ["HOSE-2M 10", "VALVE-3IN 6"])
        #expect(done.granted.allSatisfy { $0.grantedBy == "lease rules" })
        #expect(try ledger.available("VALVE-3IN") == 54)
        #expect(try ledger.findings() == [])
        let mark = try ledger.mark()
        #expect(try ledger.look() == LeaseTopUp())
        #expect(try ledger.mark() == mark, "nothing is written where all is as it should be")
    }

    @Test func `lease nothing of classes without a rule`() throws {
        let ledger = try makeSite()
        try ledger.rule("fast-mover", 25)

        #expect(try ledger.look().leases == ["HOSE-2M 10"])
    }

    @Test func `top up once half of the share is drawn, and not before`() throws {
        let ledger = try makeSite()
        try ledger.rule(nil, 10)
        let lease = try #require(
            try ledger.look().granted.first { $0.lease.sku == "VALVE-3IN" }?.lease.id
        )

        try ledger.draw(lease, "VALVE-3IN", 2, for: 1)
        #expect(try ledger.look().leases == [])
        try ledger.draw(lease, "VALVE-3IN", 1, for: 2)
        #expect(try ledger.look().leases == ["VALVE-3IN 3"])
    }

    @Test func `count what people have granted, and never ask it back`() throws {
        let ledger = try makeSite()
        try ledger.performAndWait(at: monday) {
            _ = try $0.grant(LeaseID(high: 9, low: 9), of: "VALVE-3IN", 30, who: "ana")
        }
        try ledger.rule(nil, 10)

        let done = try ledger.look()

        #expect(done.leases == ["HOSE-2M 4"])
        #expect(done.askedBack.isEmpty)
    }

    @Test func `lease no more than is available, in whole selling units`() throws {
        let ledger = try makeLedger()
        try ledger.stock("BOLT-M8", 240, multiple: 12)
        try ledger.stock("VALVE-3IN", 60, safety: 58)
        try ledger.stock("GASKET", 3)
        try ledger.performAndWait(at: monday) { try $0.storeEpoch(1, of: office) }
        try ledger.rule(nil, 20)

        // 20 % of 240 bolts are 48; of 60 valves only 2 are to be had; of 3 gaskets none is a fifth.
        #expect(try ledger.look().leases == ["BOLT-M8 48", "VALVE-3IN 2"])
    }

    @Test func `lease nothing of what is kept by lot`() throws {
        let ledger = try makeLedger()
        try ledger.stockLots("RESIN-A", [("L1", 40, nil)])
        try ledger.performAndWait(at: monday) { try $0.storeEpoch(1, of: office) }
        try ledger.rule(nil, 50)

        #expect(try ledger.look() == LeaseTopUp())
    }

    @Test func `begin with what most orders take, where not all can be leased`() throws {
        let ledger = try makeSite()
        try ledger.reserve(1, [("VALVE-3IN", 5)])
        try ledger.apply(.confirm, 1)
        try ledger.reserve(2, [("HOSE-2M", 1)])
        try ledger.rule(nil, 10)

        let first = try ledger.look().granted.map(\.lease.sku)
        #expect(first == ["VALVE-3IN", "HOSE-2M"])
    }

    @Test func `that are removed ask back what they had leased`() throws {
        let ledger = try makeSite()
        try ledger.rule(nil, 10)
        _ = try ledger.look()

        #expect(try ledger.performAndWait(at: monday) { try $0.removeLeaseRule(of: nil) })
        let done = try ledger.look()

        #expect(done.askedBack.map(\.lease.sku) == ["HOSE-2M", "VALVE-3IN"])
        #expect(done.askedBack.allSatisfy { $0.status == .returning })
        #expect(try ledger.look() == LeaseTopUp(), "once")
        #expect(try ledger.available("VALVE-3IN") == 54, "set aside until the office has closed it")
        #expect(try !ledger.performAndWait(at: monday) { try $0.removeLeaseRule(of: nil) })
    }

    @Test func `ask back what is far more than the share of what is left`() throws {
        let ledger = try makeSite()
        try ledger.rule(nil, 10)
        _ = try ledger.look()

        // Six of thirty are twice the share; six of 29 are more.
        try ledger.performAndWait(at: monday) {
            _ = try $0.count("VALVE-3IN", counted: 30, who: "ana")
        }
        #expect(try ledger.look().askedBack.isEmpty)
        try ledger.performAndWait(at: monday) {
            _ = try $0.count("VALVE-3IN", counted: 29, who: "ana")
        }
        #expect(try ledger.look().askedBack.map(\.lease.sku) == ["VALVE-3IN"])
    }

    @Test func `wait for a coordinator to be heard, and for one alone`() throws {
        let ledger = try makeLedger()
        try ledger.stock("VALVE-3IN", 60)
        try ledger.rule(nil, 10)

        #expect(try ledger.look().obstacle == .noCoordinator)
        try ledger.performAndWait(at: monday) { books in
            try books.storeEpoch(1, of: office)
            try books.storeEpoch(1, of: "branch")
        }
        #expect(try ledger.look().obstacle == .severalCoordinators)
        #expect(try ledger.available("VALVE-3IN") == 60)
    }

    @Test func `are of one to a hundred per cent`() throws {
        let ledger = try makeLedger()

        for percent in [0, 101, -5] {
            #expect(throws: StockRefusal.self) { try ledger.rule(nil, percent) }
        }
        try ledger.rule("fast-mover", 100)
        try ledger.rule("fast-mover", 7)
        let rules = try ledger.readAndWait(at: monday) { try $0.leaseRules() }
        #expect(rules == [LeaseRule(handling: "fast-mover", percent: 7)])
    }
}

extension LeaseTopUp {
    /// What was granted, by rising SKU.
    fileprivate var leases: [String] {
        granted.map { "\($0.lease.sku) \($0.lease.quantity)" }.sorted()
    }
}

extension StockLedger {
    fileprivate func rule(_ handling: String?, _ percent: Int) throws {
        try performAndWait(at: monday) {
            try $0.setLeaseRule(LeaseRule(handling: handling, percent: percent))
        }
    }

    fileprivate func look() throws -> LeaseTopUp {
        let before = try mark().entry
        return try performAndWait(at: monday) { books in
            var count = UInt64(before) << 16
            return try books.topUpLeases {
                count += 1
                return LeaseID(high: 7, low: count)
            }
        }
    }

    fileprivate func draw(
        _ lease: LeaseID,
        _ sku: SKU,
        _ units: Quantity,
        for counter: Int64
    ) throws {
        try performAndWait(at: monday) { books in
            try books.draw(
                [Lease.Draw(lease: lease, sku: sku, quantity: units)],
                for: transaction(counter)
            )
            _ = try books.restore(
                reservation(counter, [(sku, units)]),
                participants: [dallas]
            )
        }
    }
}
