import Foundation
import SeededGenerator
import Synchronization
import Testing

/// Clients that place and withdraw orders side by side, and ask again until each is answered.
///
/// What they were told is kept, and at the end held against what became of it.
final class Load: Sendable {
    /// What a client was told of one order.
    struct Promise: Sendable {
        let id: String
        let sku: String
        let status: String
        let shipments: [String: Int]
    }

    /// Warehouses with plenty of everything but one SKU, of which there is less than is asked for.
    static let warehouses = [("DAL", 100), ("RNO", 130), ("EWR", 160)]
        .map { code, factor in
            Fleet.Warehouse(
                code,
                stock: plenty.map { ($0, 20_000) } + [(scarce, 4)],
                priceFactor: factor
            )
        }
    private static let plenty = ["PUMP", "FLANGE", "VALVE-3IN"]
    private static let scarce = "GAUGE"

    private let fleet: Fleet
    private let promises = Mutex<[Promise]>([])
    private let isOver = Mutex(false)
    private let seed: UInt64

    private init(on fleet: Fleet, seed: UInt64) {
        self.fleet = fleet
        self.seed = seed
    }

    /// Orders that were answered so far.
    var answered: Int { promises.withLock { $0.count } }

    /// Runs clients beside `mishaps`, until those are over and every client has its answer.
    ///
    /// - Returns: The load, with what was promised.
    /// - Throws: What `mishaps` throws, or a client that hears something unheard of.
    static func run(
        on fleet: Fleet,
        clients: Int = 8,
        seed: UInt64,
        beside mishaps: (Load) async throws -> Void
    ) async throws -> Load {
        let load = Load(on: fleet, seed: seed)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for client in 0..<clients { group.addTask { try await load.buy(as: client) } }
            do {
                try await mishaps(load)
            } catch {
                load.isOver.withLock { $0 = true }
                throw error
            }
            load.isOver.withLock { $0 = true }
            try await group.waitForAll()
        }
        return load
    }

    private func buy(as client: Int) async throws {
        var random = SeededGenerator(seed: seed &* 1000 &+ UInt64(client))
        var number = 0
        while !isOver.withLock({ $0 }) {
            number += 1
            let id = "\(client)-\(number)"
            let isScarce = Int.random(in: 0..<4, using: &random) == 0
            let sku = isScarce ? Self.scarce : Self.plenty.randomElement(using: &random) ?? ""
            let quantity = Int.random(in: 1...(isScarce ? 4 : 12), using: &random)
            let answer = try await insist { try await self.fleet.submit(id, quantity, of: sku) }
            var told = promise(of: answer, id, sku)
            if told.status == "confirmed", Int.random(in: 0..<8, using: &random) == 0 {
                told = promise(
                    of: try await insist {
                        try await self.fleet.ask("POST", "/v1/orders/\(id)/cancel")
                    },
                    id,
                    sku
                )
            }
            promises.withLock { $0.append(told) }
        }
    }

    private func promise(of answer: Answer, _ id: String, _ sku: String) -> Promise {
        Promise(id: id, sku: sku, status: answer.order ?? "", shipments: answer.shipments)
    }

    /// Asks until there is an answer: a broken connection and 503 are none.
    private func insist(_ ask: () async throws -> Answer) async throws -> Answer {
        // Two minutes, which no mishap here lasts.
        for _ in 0..<1200 {
            if let answer = try? await ask(), answer.status != 503 {
                guard [200, 201].contains(answer.status) else {
                    throw FleetError("a client was answered \(answer.status): \(answer.text)")
                }
                return answer
            }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw FleetError("a client was never answered\n\(fleet.logs())")
    }

    /// Waits until so many more orders are answered: they go on.
    func goOn(for orders: Int = 3) async throws {
        let before = answered
        try await fleet.eventually("orders go on") { self.answered >= before + orders }
    }

    /// Waits until all is settled, and holds what clients were told against log and ledgers.
    func audit() async throws {
        try await fleet.waitUntilActive(fleet.warehouses.map(\.code))
        let promises = promises.withLock { $0 }
        var allocated: [String: Int] = [:]
        for promise in promises {
            let answer = try await settled(promise)
            #expect(answer.order == promise.status, "order \(promise.id)")
            #expect(answer.shipments == promise.shipments, "order \(promise.id)")
            guard promise.status == "confirmed" else { continue }
            for (warehouse, units) in promise.shipments {
                allocated["\(warehouse) \(promise.sku)", default: 0] += units
            }
        }
        try await fleet.settle()
        for warehouse in fleet.warehouses {
            for (sku, onHand) in warehouse.stock {
                let stock = try fleet.stock(warehouse.code, sku)
                let told = allocated["\(warehouse.code) \(sku)", default: 0]
                let expected = Fleet.Stock(onHand: onHand, held: 0, allocated: told)
                #expect(stock == expected, "\(warehouse.code) \(sku)")
            }
        }
        #expect(promises.contains { $0.status == "refused" }, "nothing was ever scarce")
        #expect(promises.contains { $0.status == "cancelled" }, "nothing was ever cancelled")
        #expect(try await fleet.findingsAtRest() == [])
    }

    /// What an order came to, once every site has acknowledged it.
    private func settled(_ promise: Promise) async throws -> Answer {
        let path = "/v1/orders/\(promise.id)"
        try await fleet.eventually("order \(promise.id) is settled") { [fleet] in
            guard let answer = try? await fleet.get(path) else { return false }
            return answer.status == 200 && answer.json["settled"] as? Bool == true
        }
        return try await fleet.get(path)
    }
}
