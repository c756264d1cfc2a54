import AllocationModel
import AllocationProtocol
import Foundation
import Logging
import NNG
import SeededGenerator
import StockLedger
import Synchronization
import Testing
import WarehouseAgent
import WarehouseDesk
import WireFormat

/// What a site answers; this target has another word of that name.
private typealias SiteAnswer = AllocationProtocol.Answer

/// A site with a token and a ledger as any other, which does not say what its ledger says.
@Suite(.serialized)
struct `A coordinator with a hostile site` {
    private static let stock = [(sku: "VALVE-3IN", onHand: 1000)]
    private let fleet: Fleet

    init() throws {
        fleet = try Fleet([
            Fleet.Warehouse("DAL", stock: Self.stock, priceFactor: 130),
            // The cheapest, so that every order is tempted.
            Fleet.Warehouse("RNO", stock: Self.stock),
            Fleet.Warehouse("EWR", stock: Self.stock, priceFactor: 160),
        ])
    }

    private func changed(
        _ bytes: [UInt8],
        _ change: (SiteAnswer) -> SiteAnswer
    ) -> [UInt8] {
        guard let batch = try? Wire.decodeAnswers(bytes) else { return bytes }
        return Wire.encode(
            AnswerBatch(
                warehouse: batch.warehouse,
                boot: batch.boot,
                answers: batch.answers.map(change),
                inquiries: batch.inquiries,
                mark: batch.mark
            )
        )
    }

    /// A billion of everything, wherever a bid is given.
    private func boasting(_ answer: SiteAnswer) -> SiteAnswer {
        func boast(_ bid: Bid) -> Bid {
            Bid(
                warehouse: bid.warehouse,
                offers: bid.offers.map {
                    Bid.Offer(
                        line: $0.line,
                        tiers: [Bid.Tier(quantity: Quantity(Limits.quantityMaximum))],
                        unitWeight: $0.unitWeight,
                        unitBillableWeight: $0.unitBillableWeight
                    )
                },
                services: bid.services
            )
        }
        return switch answer {
        case .bid(let round, let bid): .bid(round: round, boast(bid))
        case .vote(let transaction, .reserve):
            .vote(
                transaction,
                .refuse(.insufficientStock(sku: "VALVE-3IN", requested: 1, available: 0), nil)
            )
        case .hello, .attach, .holdings, .restored, .ready, .vote, .confirmed, .released,
            .noted, .leaseNoted, .countsNoted, .refused:
            answer
        }
    }

    /// Every manner of misbehaving, by what it does with an honest answer; nil is silence.
    private var manners: [(name: String, twist: HostileSite.Twist)] {
        let chance = Chance()
        let last = Chance.Last()
        return [
            ("answers with noise", { _ in chance.bytes(500) }),
            (
                "answers with noise as long as a message may be",
                { _ in [8, 1] + [UInt8](repeating: 0x3A, count: Limits.messageBytesMaximum - 6) }
            ),
            (
                "answers with more than a message may be",
                { _ in [UInt8](repeating: 0, count: Limits.messageBytesMaximum + 1) }
            ),
            ("answers what was asked before", { last.exchange(for: $0) }),
            (
                "answers in another order",
                { bytes in
                    guard let batch = try? Wire.decodeAnswers(bytes) else { return bytes }
                    return Wire.encode(
                        AnswerBatch(
                            warehouse: batch.warehouse,
                            boot: batch.boot,
                            answers: batch.answers.reversed(),
                            mark: batch.mark
                        )
                    )
                }
            ),
            (
                "answers for another site",
                { bytes in
                    guard let batch = try? Wire.decodeAnswers(bytes) else { return bytes }
                    return Wire.encode(
                        AnswerBatch(warehouse: "DAL", boot: batch.boot, answers: batch.answers)
                    )
                }
            ),
            ("offers a billion and reserves none", { changed($0, boasting) }),
            ("flips bits", { chance.flipped($0) }),
            ("is silent", { _ in nil }),
        ]
    }

    @Test func `serves its other sites whatever one of them says`() async throws {
        try fleet.startAgent("DAL")
        try fleet.startAgent("EWR")
        try fleet.startCoordinator()
        try await fleet.waitUntilActive(["DAL", "EWR"])
        let before = try fleet.coordinatorMemory()

        for (name, twist) in manners {
            try await HostileSite.within(fleet, "RNO", twist: twist) { site in
                try await fleet.eventually("it has spoken") { site.messages > 1 }
                for number in 1...5 {
                    let start = ContinuousClock.now
                    let answer = try await fleet.submit("\(name) \(number)", 1)
                    #expect(answer.order == "confirmed", "\(name): \(answer.text)")
                    #expect(ContinuousClock.now - start < .seconds(15), "\(name)")
                }
                try await fleet.waitUntilActive(["DAL", "EWR"])
            }
        }

        let grown = try fleet.coordinatorMemory() - before
        #expect(grown < 128 << 20, "it grew by \(grown) bytes")
        // Whatever it left behind is in order once an honest agent has the ledger.
        try fleet.startAgent("RNO")
        try await fleet.waitUntilActive(["DAL", "RNO", "EWR"])
        try await fleet.settle()
        #expect(try fleet.allocated() == 5 * manners.count)
    }

    @Test func `goes on with a site that votes and never acknowledges`() async throws {
        try fleet.startAgent("DAL")
        try fleet.startAgent("EWR")
        try fleet.startCoordinator()
        try await fleet.waitUntilActive(["DAL", "EWR"])

        try await HostileSite.within(
            fleet,
            "RNO",
            twist: { bytes in
                changed(bytes) { answer in
                    guard case .confirmed = answer else { return answer }
                    return .refused(.ledgerUnavailable)
                }
            },
            {
                _ in
                try await fleet.waitUntilActive(["RNO"])
                let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
                    for number in 1...100 {
                        group.addTask { try await fleet.submit("order-\(number)", 1) }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(answers.allSatisfy { $0.order == "confirmed" })
                #expect(try await fleet.get("/v1/orders/order-1").json["settled"] as? Bool == false)
            }
        )

        try fleet.startAgent("RNO")
        try await fleet.waitUntilActive(["DAL", "RNO", "EWR"])
        try await fleet.eventually("every order is settled") {
            try await fleet.get("/v1/orders/order-1").json["settled"] as? Bool == true
        }
        try await fleet.settle()
        #expect(try fleet.allocated() == 100)
    }
}

/// Answers in a site's place, on its two lines, with its own ledger.
final class HostileSite: Sendable {
    /// What it says instead of what it should; nil for nothing at all.
    typealias Twist = @Sendable ([UInt8]) -> [UInt8]?

    private let ledger: StockLedger
    private let responder: AgentResponder
    private let twist: Twist
    private let heard = Counter()

    /// Messages that it has been sent.
    var messages: Int { heard.value }

    private init(_ fleet: Fleet, _ code: String, _ twist: @escaping Twist) async throws {
        ledger = try StockLedger.open(
            at: fleet.folder.appendingPathComponent("\(code).sqlite").path
        )
        let incarnation = try await ledger.read(at: Self.now) { try $0.incarnation() }
        var chance = SystemRandomNumberGenerator()
        let boot = BootID(high: chance.next(), low: chance.next())
        let warehouse = Warehouse.ID(trusted: code)
        responder = AgentResponder(
            desk: WarehouseDesk(
                ledger: ledger,
                warehouse: warehouse,
                boot: boot,
                incarnation: incarnation,
                timing: .local
            ),
            warehouse: warehouse,
            boot: boot,
            logger: Logger(label: "hostile"),
            now: { Self.now }
        )
        self.twist = twist
    }

    private static var now: Timestamp {
        Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
    }

    /// Runs `body` while the site answers.
    static func within(
        _ fleet: Fleet,
        _ code: String,
        twist: @escaping Twist,
        _ body: (HostileSite) async throws -> Void
    ) async throws {
        let site = try await HostileSite(fleet, code, twist)
        let options = SocketOptions(
            receiveSizeMaximum: Limits.messageBytesMaximum,
            reconnectMinimum: .milliseconds(50),
            reconnectMaximum: .milliseconds(200)
        )
        let sockets = try ["bids", "transactions"]
            .map { line in
                let socket = try Socket(.reply, options: options)
                let url =
                    "ws://127.0.0.1:\(fleet.agentsPort)/agents/\(fleet.token(of: code))/\(line)"
                try socket.dial(url)
                return socket
            }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for socket in sockets { group.addTask { try await site.serve(socket) } }
            let result: Result<Void, any Error>
            do { result = .success(try await body(site)) } catch { result = .failure(error) }
            for socket in sockets { await socket.close() }
            try await group.waitForAll()
            try result.get()
        }
        try await site.ledger.close()
    }

    private func serve(_ socket: Socket) async throws {
        var context = try socket.replyContext()
        while true {
            do {
                let request = try await context.receive().copyBytes()
                heard.add()
                let honest = try await responder.answer(request)
                guard let answer = twist(honest) else { continue }
                try await context.send(Message(answer))
            } catch let error as NNGError {
                if error == .canceled || error == .closed { return }
            }
        }
    }
}

private final class Counter: Sendable {
    private let count = Mutex(0)

    var value: Int { count.withLock { $0 } }

    func add() {
        count.withLock { $0 += 1 }
    }
}

/// Bytes by chance, from a seed, for many tasks.
private final class Chance: Sendable {
    private let state = Mutex(SeededGenerator(seed: 4711))

    func bytes(_ count: Int) -> [UInt8] {
        state.withLock { chance in
            (0..<count).map { _ in UInt8.random(in: 0...255, using: &chance) }
        }
    }

    func flipped(_ bytes: [UInt8]) -> [UInt8] {
        state.withLock { chance in
            var bytes = bytes
            for _ in 0..<3 where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &chance)
                bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &chance)
            }
            return bytes
        }
    }

    /// Gives back what it was given before.
    final class Last: Sendable {
        private let last = Mutex<[UInt8]>([])

        func exchange(for bytes: [UInt8]) -> [UInt8] {
            last.withLock { last in
                defer { last = bytes }
                return last
            }
        }
    }
}
