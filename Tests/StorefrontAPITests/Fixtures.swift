import AllocationModel
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import Synchronization

@testable import StorefrontAPI

/// The business background's own example: Dallas has 8, Reno 12, Newark 15 and is far; order 20.
enum Example {
    static let order = Order(
        id: "4711",
        lines: [Order.Line(id: "1", sku: "VALVE-3IN", quantity: 20)],
        destination: Destination(country: .us, postalCode: "75001")
    )

    static let body = """
        {"id":"4711","destination":{"country":"US","postalCode":"75001"},
         "lines":[{"sku":"VALVE-3IN","quantity":20}]}
        """

    static let audit = LogAudit(
        findings: ["order 4711 has no decision"],
        conflicts: [
            SiteOverride(
                warehouse: "DAL",
                override: HoldOverride(
                    transaction: TransactionID(coordinator: "office", epoch: 7, counter: 99),
                    choice: .release,
                    who: "ana",
                    reason: "walk-in",
                    at: Timestamp(milliseconds: 0)
                ),
                isConflict: true
            )
        ]
    )
    static let plan = Plan(
        order: "4711",
        shipments: [shipment("DAL", 8, 41_20, 4, 5), shipment("RNO", 12, 58_75, 4, 6)],
        backorders: [],
        cost: money(104_95),
        bound: money(104_95),
        isProved: true
    )

    static let quote = Quote(
        options: [Quote.Option(level: .ground, plan: plan)],
        refusals: [],
        absent: ["SEA"]
    )

    static let backorderPlan = Plan(
        order: "4711",
        shipments: [shipment("DAL", 8, 41_20, 4, 5)],
        backorders: [Plan.Backorder(line: 0, sku: "VALVE-3IN", quantity: 12)],
        cost: money(43_70),
        bound: money(40_00),
        isProved: false
    )

    static let confirmed = record(.confirmed(plan))
    static let pending = OrderRecord(
        order: order,
        outcome: nil,
        receivedAt: received,
        decidedAt: nil,
        transaction: nil,
        isSettled: false
    )

    static func refused(_ reason: LineRefusal.Reason, available: Quantity = 0) -> OrderRecord {
        record(
            .refused([
                LineRefusal(
                    line: 0,
                    sku: "VALVE-3IN",
                    requested: 20,
                    available: available,
                    reason: reason
                )
            ])
        )
    }

    static func record(
        _ outcome: OrderOutcome,
        isSettled: Bool = true,
        shippedBy warehouses: [Warehouse.ID] = []
    ) -> OrderRecord {
        let transaction = TransactionID(coordinator: "office", epoch: 7, counter: 99)
        return OrderRecord(
            order: order,
            outcome: outcome,
            receivedAt: received,
            decidedAt: Timestamp(milliseconds: received.milliseconds + 42),
            transaction: transaction,
            isSettled: isSettled,
            shipments: warehouses.map { warehouse in
                SiteShipment(
                    warehouse: warehouse,
                    report: ShipmentReport(
                        transaction: transaction,
                        who: "ana",
                        at: Timestamp(milliseconds: received.milliseconds + 60_000)
                    )
                )
            }
        )
    }

    static let explanation = Explanation(
        record: confirmed,
        sites: [
            Explanation.Site(
                warehouse: "DAL",
                verdict: .used(withoutIt: .costs(money(12_00))),
                bid: bid("DAL", 8, [.partialStock(available: 8)])
            ),
            Explanation.Site(
                warehouse: "NWK",
                verdict: .dearer(by: money(30_10)),
                bid: bid("NWK", 15, [])
            ),
            Explanation.Site(warehouse: "PHX", verdict: .silent, bid: nil),
            Explanation.Site(
                warehouse: "RNO",
                verdict: .used(withoutIt: .impossible),
                bid: bid("RNO", 12, [])
            ),
        ],
        runnerUp: Explanation.RunnerUp(warehouses: ["DAL", "NWK"], cost: money(135_05)),
        attempts: 1,
        nodes: 412
    )

    /// The same answer, found by as many nodes.
    static let replay = Replay(
        record: confirmed,
        answer: .plan(plan),
        recorded: Replay.Effort(nodes: 412, solverVersion: 1),
        repeated: Replay.Effort(nodes: 412, solverVersion: 1),
        hasPolicy: true
    )

    static let waiting = ListedBackorder(
        waiting: WaitingOrder(
            order: "4711",
            lines: [Plan.Backorder(line: 0, sku: "VALVE-3IN", quantity: 4)],
            rank: BuyerRank(number: 2, rule: "tier one"),
            wantedBy: day(31),
            since: Timestamp(milliseconds: 0)
        ),
        order: order
    )

    static func part(_ units: Quantity, expected: Int) -> BackorderPart {
        BackorderPart(
            line: 0,
            sku: "VALVE-3IN",
            quantity: units,
            warehouse: "RNO",
            receipt: "PO-1001",
            expected: day(expected),
            leaves: day(expected + 1)
        )
    }

    static let dates = OrderDates(
        order: "4711",
        expected: [part(3, expected: 9)],
        told: [part(3, expected: 8)]
    )

    /// Four wait: three are to come, later than was told.
    static let waitingForReceipts = ListedBackorder(
        waiting: waiting.waiting,
        order: order,
        dates: dates
    )

    static let dated = OrderRecord(
        order: order,
        outcome: .confirmed(backorderPlan),
        receivedAt: received,
        decidedAt: received,
        transaction: TransactionID(coordinator: "office", epoch: 7, counter: 99),
        isSettled: true,
        dates: dates,
        dateChanges: [
            DateChange(
                order: "4711",
                line: 0,
                sku: "VALVE-3IN",
                at: received,
                before: day(8),
                after: day(9),
                undated: 9,
                isLater: true,
                warehouse: "RNO",
                receipt: "PO-1001"
            )
        ]
    )

    static let waitingLonger = ListedBackorder(
        waiting: WaitingOrder(
            order: "a/b",
            lines: [Plan.Backorder(line: 0, sku: "VALVE-3IN", quantity: 1)],
            rank: .last,
            wantedBy: nil,
            since: Timestamp(milliseconds: 0)
        ),
        order: order
    )

    static let scorecard = Scorecard(
        groups: [],
        total: Scorecard.Group(
            name: "all",
            orders: 8,
            shipped: 7,
            split: 3,
            medianMilliseconds: 12,
            percentile95Milliseconds: 700_000,
            shortOfOffered: 1,
            splitFreight: [Scorecard.Freight(total: money(100_00), orders: 3)],
            discrepancies: 0,
            discrepancySeconds: nil
        )
    )

    static let alert = Alert(
        number: 7,
        subject: Alert.Subject(.belowReorderPoint, "DAL VALVE-3IN"),
        detail: "DAL has 3 x VALVE-3IN left; it is reordered below 10",
        state: .acknowledged,
        openedAt: Timestamp(milliseconds: 0),
        seenAt: Timestamp(milliseconds: 60_000),
        timesSeen: 2,
        acknowledged: Alert.Remark(who: "ana", comment: "", at: Timestamp(milliseconds: 5000)),
        resolved: nil,
        deliveries: [
            Alert.Delivery(
                number: 1,
                event: .opened,
                channel: .mail,
                state: .dead,
                tries: 10,
                note: "the relay said 550"
            )
        ]
    )

    /// A draft under which part of the order is left on backorder.
    static let trial = RuleTrial(
        record: confirmed,
        answer: .plan(backorderPlan),
        rules: ["gold"],
        relaxed: ["better late"]
    )

    static func money(_ cents: Int64) -> Money { Money(minorUnits: cents, currency: .usd) }

    // 2026-03-04 15:04:05.006 UTC, a Wednesday.
    private static let received = Timestamp(milliseconds: 1_772_636_645_006)

    static func day(_ day: Int) -> CivilDate {
        CivilDate(year: 2026, month: 3, day: day) ?? CivilDate(daysSinceEpoch: 0)
    }

    private static func shipment(
        _ warehouse: Warehouse.ID,
        _ quantity: Quantity,
        _ freight: Int64,
        _ leaves: Int,
        _ arrives: Int
    ) -> Plan.Shipment {
        Plan.Shipment(
            warehouse: warehouse,
            service: "ups-ground",
            carrier: "UPS",
            lines: [Plan.ShipmentLine(line: 0, sku: "VALVE-3IN", quantity: quantity)],
            freight: money(freight),
            handling: money(2_50),
            leaves: day(leaves),
            arrives: day(arrives)
        )
    }

    private static var halfPastTwo: TimeOfDay {
        guard let time = TimeOfDay(hour: 14, minute: 30) else { preconditionFailure("a time") }
        return time
    }

    private static func bid(
        _ warehouse: Warehouse.ID,
        _ quantity: Quantity,
        _ reasons: [Decline.Reason]
    ) -> Bid {
        Bid(
            warehouse: warehouse,
            offers: [
                Bid.Offer(
                    line: 0,
                    tiers: [Bid.Tier(quantity: quantity)],
                    lots: [
                        Bid.LotOffer(
                            lot: "L7",
                            quantity: quantity,
                            expires: day(31),
                            certificates: ["EN 10204 3.1"]
                        )
                    ],
                    unitWeight: Weight(grams: 900),
                    unitBillableWeight: Weight(grams: 900)
                )
            ],
            services: [
                Bid.Service(
                    code: "ups-ground",
                    carrier: "UPS",
                    level: .ground,
                    tariff: .parcel(
                        ParcelTariff(
                            base: .zero,
                            rate: .zero,
                            packageWeightMaximum: 1000,
                            packagesMaximum: 9
                        )
                    ),
                    handling: Cost(25_000),
                    zone: "5",
                    leaves: day(4),
                    arrives: day(6),
                    cutoff: halfPastTwo
                )
            ],
            declines: reasons.map { Decline(.line(0), $0) }
                + [Decline(.service("ups-air"), .noRate(zone: "205"))]
        )
    }
}

extension OrderOffice {
    /// An office that knows order 4711 alone, and answers every question well.
    static var example: OrderOffice {
        OrderOffice(
            submit: { _ in .placed(Example.confirmed) },
            record: { $0 == "4711" ? Example.confirmed : nil },
            list: { _ in [Example.confirmed] },
            backorders: { query in
                [Example.waiting, Example.waitingLonger]
                    .filter { waiting in
                        query.sku.map(waiting.waiting.skus.contains) ?? true
                    }
            },
            explanation: { $0 == "4711" ? Example.explanation : nil },
            replay: { $0 == "4711" ? Example.replay : nil },
            cancel: {
                $0 == "4711" ? .cancelled(Example.record(.cancelled(Example.plan))) : .unknownOrder
            },
            resource: { id, _, isPreview in
                guard id == "4711" else { return .unknownOrder }
                let comparison = ResourcingComparison(
                    record: Example.confirmed,
                    plan: Example.plan,
                    kept: []
                )
                return isPreview
                    ? .previewed(comparison) : .resourced(Example.confirmed, comparison)
            },
            change: { id, change, _, isPreview in
                guard id == "4711" else { return .unknownOrder }
                let order = Example.confirmed.order
                let shipped = order.lines.map { _ in Quantity.zero }
                let changed: Order
                do throws(OrderChange.Fault) {
                    changed = try order.changed(by: change, shipped: shipped)
                } catch {
                    return .unlawfulChange(error, Example.confirmed)
                }
                let comparison = ResourcingComparison(
                    record: Example.confirmed,
                    plan: Example.plan,
                    kept: [],
                    changed: changed
                )
                return isPreview
                    ? .previewed(comparison) : .resourced(Example.changed, comparison)
            },
            availability: { _, _ in
                .sites([
                    SiteAvailability(
                        warehouse: "DAL",
                        available: 8,
                        leaves: Example.day(4),
                        arrives: Example.day(5),
                        service: "ups-ground",
                        decline: nil
                    ),
                    SiteAvailability(
                        warehouse: "PHX",
                        available: 0,
                        leaves: nil,
                        arrives: nil,
                        service: nil,
                        decline: .noStock
                    ),
                ])
            },
            quote: { _ in .quoted(Example.quote) },
            standings: {
                [
                    AgentStanding(
                        warehouse: "DAL",
                        state: .active,
                        queued: 2,
                        unacknowledged: 1,
                        lastHeard: Timestamp(milliseconds: 0)
                    ),
                    AgentStanding(
                        warehouse: "RNO",
                        state: .unreachable,
                        queued: 0,
                        unacknowledged: 0,
                        lastHeard: nil
                    ),
                ]
            },
            acceptWebhook: { _, _ in .accepted(note: "placed") },
            carrierRates: { _, _ in
                .rates([
                    "rates": [
                        [
                            "service_name": "Ground", "service_code": "ground",
                            "description": "In one delivery", "currency": "USD",
                            "total_price": "4370", "min_delivery_date": "2026-03-05 12:00:00 +0000",
                            "max_delivery_date": "2026-03-05 12:00:00 +0000",
                        ]
                    ]
                ])
            },
            readiness: {
                [ReadinessCheck(name: "decision-log", isPassing: true, detail: "writable")]
            },
            audit: { LogAudit(findings: [], conflicts: []) },
            metricsText: { "holdfast_orders_total 1\n" },
            scorecard: { _ in Example.scorecard },
            rules: .example,
            alerts: .example,
            events: .example
        )
    }
}

extension EventOffice {
    /// An office with three events, which closes when they have been told.
    static var example: EventOffice {
        EventOffice(
            last: { 3 },
            knows: { mark in Example.events.contains { $0.mark == mark } },
            next: { after, _ in
                let events = Example.events.filter { $0.mark.number > after }
                return events.isEmpty ? nil : Array(events.prefix(2))
            }
        )
    }
}

extension AlertOffice {
    /// An office with alert 7 alone, whose mail could not be sent.
    static var example: AlertOffice {
        AlertOffice(
            list: { states, _, before in
                states.contains(.open) && before == nil ? [Example.alert] : []
            },
            take: { _, number, _ in number == 7 ? Example.alert : nil },
            redeliver: { $0 == 7 ? 1 : nil },
            now: { Timestamp(milliseconds: 0) }
        )
    }
}

extension RuleOffice {
    /// An office with two versions of its rules, the first of them in force again.
    static var example: RuleOffice {
        RuleOffice(
            versions: { [Example.rules(2), Example.rules(1)] },
            version: { $0 == 1 || $0 == 2 ? Example.rules($0) : nil },
            check: { $0 == "rules: []" ? [] : [Example.slip] },
            tryOut: { tryout in
                guard tryout.text == "rules: []" else { return .faulty([Example.slip]) }
                switch tryout.orders {
                case .last(_, before: nil):
                    return .tried(
                        [.trial(Example.trial), .withoutEvidence("4700")],
                        isComplete: false
                    )
                case .last: return .tried([], isComplete: true)
                case .named(let ids): return .tried(ids.map { .unknown($0) }, isComplete: true)
                }
            },
            publish: { publication in
                switch publication.source {
                case .text("rules: []"), .version(1):
                    .published(Example.rules(2), warnings: [])
                case .text: .faulty([Example.slip])
                case .version: .unknownVersion
                }
            },
            importDirectory: { _, bytes, _ in
                bytes.isEmpty
                    ? .faulty(RowReport(RowFault(line: 3, field: "id", "is empty")))
                    : .imported(bytes.count, total: 100)
            }
        )
    }
}

extension Example {
    static let slip = RuleFinding(
        line: 4,
        isError: true,
        detail: "‘segmnt’ means nothing here",
        hint: "did you mean ‘segment’?"
    )

    static func rules(_ version: Int64) -> RuleVersion {
        RuleVersion(
            version: version,
            isInForce: version == 2,
            comment: "spring",
            publishedBy: "ada",
            publishedAt: Timestamp(milliseconds: 0),
            restores: version == 2 ? 1 : nil,
            text: "rules: []\n"
        )
    }
}

/// An answer, read.
struct Answer: Sendable {
    let status: Int
    let headers: HTTPFields
    let text: String

    var json: JSONValue { (try? JSONValue(parsing: Array(text.utf8))) ?? nil }
    var code: String? { if case .string(let code)? = json["code"] { code } else { nil } }

    /// The pointers of a problem's errors, in order.
    var pointers: [String] { errors("pointer") }

    func errors(_ name: String) -> [String] {
        guard case .array(let errors)? = json["errors"] else { return [] }
        return errors.compactMap { if case .string(let text)? = $0[name] { text } else { nil } }
    }

    /// Whether this is a whole problem of that code: status, type, every member, no more.
    func isProblem(_ expected: ProblemCode) -> Bool {
        guard case .object(let members) = json else { return false }
        let names = members.map(\.name).filter { $0 != "errors" && $0 != "unlistedErrors" }
        let texts = ["detail", "hint", "title", "instance"]
            .allSatisfy { name in
                if case .string(let text)? = json[name] { !text.isEmpty } else { false }
            }
        return code == expected.rawValue && status == expected.status && texts
            && headers[.contentType] == "application/problem+json"
            && json["status"] == .number(JSONNumber(Int64(status)))
            && json["type"] == .string("urn:holdfast:problem:\(expected.rawValue)")
            && names == ["type", "title", "status", "detail", "instance", "code", "hint"]
    }
}

/// Sends one request straight to the router of `office`.
func send(
    _ method: HTTPRequest.Method,
    _ uri: String,
    to office: OrderOffice = .example,
    headers: HTTPFields = [:],
    body: [UInt8]? = nil,
    didAnswer: @escaping @Sendable (AnsweredRequest) -> Void = { _ in }
) async throws -> Answer {
    // A logger that keeps the request's name, and says nothing.
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let application = StorefrontAPI.application(
        router: StorefrontAPI.router(office: office, didAnswer: didAnswer),
        logger: logger
    )
    return try await application.test(.router) { client in
        try await client.execute(
            uri: uri,
            method: method,
            headers: headers,
            body: body.map { ByteBuffer(bytes: $0) }
        ) { response in
            Answer(
                status: response.status.code,
                headers: response.headers,
                text: String(buffer: response.body)
            )
        }
    }
}

/// Submits a body as JSON.
func submit(
    _ body: String,
    to office: OrderOffice = .example,
    headers: HTTPFields = [:]
) async throws -> Answer {
    try await submit(bytes: Array(body.utf8), to: office, headers: headers)
}

func submit(
    bytes: [UInt8],
    to office: OrderOffice = .example,
    headers: HTTPFields = [:]
) async throws -> Answer {
    var headers = headers
    if !headers.contains(.contentType) { headers[.contentType] = "application/json" }
    return try await send(.post, "/v1/orders", to: office, headers: headers, body: bytes)
}

/// What an office was given, for a test to look at.
final class Seen<Value: Sendable>: Sendable {
    private let stored = Mutex<[Value]>([])

    var values: [Value] { stored.withLock { $0 } }

    func add(_ value: Value) {
        stored.withLock { $0.append(value) }
    }
}
