import AllocationModel
import Testing

@testable import StockLedger

/// What the ledger should hold, kept the simplest way.
private struct LedgerModel {
    struct Entry {
        var onHand: Int64
        var safety: Int64 = 0
        var held: Int64 = 0
        var allocated: Int64 = 0
        var available: Int64 { max(0, onHand - held - allocated - safety) }
    }

    var stock: [SKU: Entry] = [:]
    var open: [Int64: (status: Reservation.Status, lines: [(SKU, Quantity)])] = [:]

    mutating func reserve(_ counter: Int64, _ lines: [(SKU, Quantity)]) -> ReserveOutcome {
        for (sku, quantity) in lines where quantity.units > stock[sku]?.available ?? 0 {
            return .insufficient(
                sku: sku,
                requested: quantity,
                available: Quantity(stock[sku]?.available ?? 0)
            )
        }
        for (sku, quantity) in lines { stock[sku]?.held += quantity.units }
        open[counter] = (.voted, lines)
        return .reserved
    }

    mutating func apply(_ event: Reservation.Event, _ counter: Int64) -> Reservation.Status? {
        guard let (status, lines) = open[counter], let next = try? status.next(after: event) else {
            return nil
        }
        for (sku, quantity) in lines {
            if status == .voted { stock[sku]?.held -= quantity.units }
            if status == .confirmed { stock[sku]?.allocated -= quantity.units }
            if next == .confirmed { stock[sku]?.allocated += quantity.units }
            if next == .shipped { stock[sku]?.onHand -= quantity.units }
        }
        open[counter] = status == .voted && next == .released ? nil : (next, lines)
        return next
    }
}

struct `Ledger under random work` {
    // I1, I3 and I8 over every order of operations that chance finds.
    @Test func `agrees with a model in Swift and passes its audit`() throws {
        for seed in UInt64(1)...12 {
            try run(seed: seed, steps: 120)
        }
    }

    private func run(seed: UInt64, steps: Int) throws {
        var random = SplitMix64(seed: seed)
        let skus: [SKU] = ["HOSE-1IN", "PUMP", "VALVE-3IN"]
        let ledger = try makeLedger()
        var model = LedgerModel()
        for sku in skus {
            let onHand = Int64.random(in: 0...30, using: &random)
            let safety = Int64.random(in: 0...4, using: &random)
            try ledger.stock(sku, onHand, safety: safety)
            model.stock[sku] = .init(onHand: onHand, safety: safety)
        }
        for step in Int64(1)...Int64(steps) {
            let sku = skus[Int.random(in: 0..<skus.count, using: &random)]
            switch Int.random(in: 0..<10, using: &random) {
            case 0...3:
                let lines = skus.filter { _ in Bool.random(using: &random) }
                    .map {
                        ($0, Quantity(Int64.random(in: 1...9, using: &random)))
                    }
                guard !lines.isEmpty else { continue }
                let outcome = try ledger.reserve(step, lines)
                #expect(outcome == model.reserve(step, lines), "seed \(seed), step \(step)")
            case 4...7:
                let counter = Int64.random(in: 1...step, using: &random)
                let event = Reservation.Event.allCases[Int.random(in: 0..<5, using: &random)]
                try apply(event, counter, ledger, &model, "seed \(seed), step \(step)")
            case 8:
                let counted = Int64.random(in: 0...40, using: &random)
                try ledger.performAndWait(at: monday) {
                    _ = try $0.count(sku, counted: counted, who: "ana")
                }
                model.stock[sku]?.onHand = counted
            default:
                let safety = Int64.random(in: 0...5, using: &random)
                try ledger.performAndWait(at: monday) {
                    try $0.setSafetyStock(of: sku, to: Quantity(safety))
                }
                model.stock[sku]?.safety = safety
            }
            for sku in skus {
                let entry = try #require(model.stock[sku])
                #expect(
                    try ledger.numbers(sku) == [entry.onHand, entry.held, entry.allocated],
                    "seed \(seed), step \(step)"
                )
                #expect(try ledger.available(sku)?.units == entry.available)
            }
            let findings = try ledger.findings().filter { $0.kind != .shortfall }
            #expect(findings == [], "seed \(seed), step \(step)")
        }
    }

    private func apply(
        _ event: Reservation.Event,
        _ counter: Int64,
        _ ledger: StockLedger,
        _ model: inout LedgerModel,
        _ place: Comment
    ) throws {
        // Units that a recount did not find cannot leave the building.
        if event == .ship, model.open[counter]?.status == .confirmed,
            let lines = model.open[counter]?.lines,
            lines.contains(where: { $0.1.units > model.stock[$0.0]?.onHand ?? 0 })
        {
            #expect(throws: (any Error).self, place) { try ledger.apply(event, counter) }
            return
        }
        let expected = model.apply(event, counter)
        let actual = try? ledger.apply(event, counter)
        #expect(actual == expected, place)
    }
}
