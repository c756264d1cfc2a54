import AllocationModel
import AllocationProtocol
import DecisionLog
import Foundation
import OrderDesk
import ShippingCalendar
import StockLedger
import WarehouseDesk
import WireFormat

/// How long a site and the office take from their files to their first message.
///
/// With so many orders open: at the site, voted for and not decided; at the
/// office, confirmed and not acknowledged. Every order has three lines.
struct RecoveryTimes {
    let open: Int
    /// From opening the ledger to the answer to the first greeting.
    let site: Duration
    /// From opening the log to the messages that tell every site of its decisions.
    let office: Duration

    private static let coordinator = Coordinator.ID(trusted: "office")
    private static let dallas = Warehouse.ID(trusted: "DAL")
    private static let reno = Warehouse.ID(trusted: "RNO")
    private static let monday = Timestamp(milliseconds: 1_772_463_600_000)
    private static let skus = (0..<100).map { SKU(trusted: "SKU-\($0)") }
    private static let batch = 1000

    /// Fills new files in `folder`, and takes the median of `repeats` starts from them.
    init(open: Int, repeats: Int, in folder: URL) async throws {
        self.open = open
        let ledger = folder.appendingPathComponent("site-\(open).db").path
        let log = folder.appendingPathComponent("office-\(open).db").path
        try await Self.fill(ledger: ledger, open)
        try await Self.fill(log: log, open)
        var sites: [Duration] = []
        var offices: [Duration] = []
        for boot in 1...repeats {
            sites.append(try await Self.start(ledger: ledger, boot))
            offices.append(try await Self.start(log: log, open))
        }
        site = sites.sorted()[repeats / 2]
        office = offices.sorted()[repeats / 2]
    }

    var line: String {
        "\(open) open: a site answers after \(milliseconds(site)), "
            + "the office tells of them after \(milliseconds(office))"
    }

    private func milliseconds(_ duration: Duration) -> String {
        String(format: "%.1f ms", duration / .milliseconds(1))
    }

    private static func transaction(_ number: Int) -> TransactionID {
        TransactionID(coordinator: coordinator, epoch: 1, counter: Int64(number + 1))
    }

    private static func lines(_ number: Int) -> [Reservation.Line] {
        (0..<3)
            .map { line in
                Reservation.Line(sku: skus[(number * 3 + line) % skus.count], quantity: 2)
            }
    }

    // MARK: A site

    private static func fill(ledger path: String, _ open: Int) async throws {
        let ledger = try StockLedger.create(
            at: path,
            site: Site(
                warehouse: dallas,
                name: "Dallas",
                timeZone: try SiteTimeZone(parsing: "America/Chicago"),
                postalCode: "75001"
            )
        )
        try await ledger.perform(at: monday) { books in
            for sku in skus {
                try books.setCatalogEntry(CatalogEntry(sku: sku, unitWeight: Weight(grams: 450)))
                try books.count(sku, counted: 1_000_000, who: "ana")
            }
        }
        for first in stride(from: 0, to: open, by: batch) {
            try await ledger.perform(at: monday) { books in
                for number in first..<min(open, first + batch) {
                    let reservation = Reservation(
                        transaction: transaction(number),
                        order: Order.ID(trusted: "\(number)"),
                        lines: lines(number)
                    )
                    let outcome = try books.reserve(reservation, participants: [dallas, reno])
                    guard case .reserved = outcome else { throw Refused() }
                }
            }
        }
        try await ledger.close()
    }

    private struct Refused: Error {}

    private static func start(ledger path: String, _ boot: Int) async throws -> Duration {
        let clock = ContinuousClock()
        let start = clock.now
        let ledger = try StockLedger.open(at: path)
        let desk = WarehouseDesk(
            ledger: ledger,
            warehouse: dallas,
            boot: BootID(high: 1, low: UInt64(boot)),
            incarnation: 1,
            timing: .local
        )
        let answers = try await desk.answer(
            RequestBatch(coordinator: coordinator, epoch: 2, requests: [.greet]),
            now: monday,
            uptime: .zero,
            age: { .zero }
        )
        let time = clock.now - start
        guard case .hello = answers.answers.first else { throw Refused() }
        try await ledger.close()
        return time
    }

    // MARK: The office

    private static func fill(log path: String, _ open: Int) async throws {
        let log = try DecisionLog.open(at: path, coordinator: coordinator)
        defer { log.close() }
        for first in stride(from: 0, to: open, by: batch) {
            _ = try await log.append(
                (first..<min(open, first + batch)).map { .confirmed(decision($0)) }
            )
        }
    }

    private static func decision(_ number: Int) -> ConfirmedEntry {
        let order = Order(
            id: Order.ID(trusted: "\(number)"),
            lines: lines(number).enumerated()
                .map { index, line in
                    Order.Line(
                        id: Identifier(trusted: "\(index)"),
                        sku: line.sku,
                        quantity: Quantity(line.quantity.units * 2)
                    )
                },
            destination: Destination(country: .us, postalCode: "75001")
        )
        let plan = Plan(
            order: order.id,
            shipments: [dallas, reno].map { shipment(from: $0, number) },
            backorders: [],
            cost: Money(minorUnits: 104_95, currency: .usd),
            bound: Money(minorUnits: 104_95, currency: .usd),
            isProved: true
        )
        let evidence = Evidence(
            bids: [],
            silent: [],
            unreachable: [],
            attempts: 1,
            nodes: 1,
            solverVersion: 1
        )
        return ConfirmedEntry(
            order: DecidedOrder(
                id: order.id,
                request: Wire.encode(order),
                outcome: Wire.encode(OrderOutcome.confirmed(plan)),
                evidence: Wire.encode(evidence),
                currency: .usd,
                receivedAt: monday,
                decidedAt: monday
            ),
            transaction: transaction(number),
            cost: plan.cost,
            shares: [dallas, reno]
                .map {
                    ShareEntry(
                        warehouse: $0,
                        mark: HistoryMark(entry: 1, chain: 1),
                        lines: lines(number)
                    )
                }
        )
    }

    private static func shipment(from warehouse: Warehouse.ID, _ number: Int) -> Plan.Shipment {
        Plan.Shipment(
            warehouse: warehouse,
            service: "ground",
            carrier: "carrier",
            lines: lines(number).enumerated()
                .map { Plan.ShipmentLine(line: $0, sku: $1.sku, quantity: $1.quantity) },
            freight: Money(minorUnits: 40_00, currency: .usd),
            handling: Money(minorUnits: 5_00, currency: .usd),
            leaves: CivilDate(daysSinceEpoch: 20_514),
            arrives: CivilDate(daysSinceEpoch: 20_516)
        )
    }

    private static func start(log path: String, _ open: Int) async throws -> Duration {
        let clock = ContinuousClock()
        let start = clock.now
        let log = try DecisionLog.open(at: path, coordinator: coordinator)
        defer { log.close() }
        var office = Office(
            desk: OrderDesk(
                coordinator: coordinator,
                epoch: log.epoch,
                warehouses: [dallas, reno],
                policy: SourcingPolicy(),
                timing: .local
            ),
            history: log.history
        )
        let decisions = try await log.openDecisions()
        _ = office.recover(try decisions.map { try found($0) }, now: monday)
        let time = clock.now - start
        guard office.ordersUnderWay == open else { throw Refused() }
        return time
    }

    private static func found(_ decision: OpenDecision) throws -> Office.Found {
        Office.Found(
            record: OrderRecord(
                order: try Wire.decodeOrder(decision.order.request),
                outcome: try Wire.decodeOutcome(decision.order.outcome),
                receivedAt: decision.order.receivedAt,
                decidedAt: decision.order.decidedAt,
                transaction: decision.transaction,
                isSettled: false
            ),
            warehouses: decision.warehouses,
            draws: decision.draws
        )
    }
}
