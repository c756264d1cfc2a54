import AllocationModel
import Foundation
import Hummingbird
import HummingbirdTesting
import StockLedger
import Testing

@testable import SiteConsole

struct `Picks and shipments` {
    /// Order 1 is confirmed, for eight of twelve valves to 75001 by Thursday; order 2 has voted.
    private func makeSite(deliverBy: CivilDate? = nil) async throws -> TestSite {
        let site = try TestSite()
        try site.stock(valve, 12)
        try site.ledger.performAndWait(at: monday) { books in
            let id = TransactionID(coordinator: office, epoch: 1, counter: 1)
            let line = Order.Line(id: Identifier(trusted: "1"), sku: valve, quantity: 8)
            let destination = Destination(
                country: try Country(parsing: "US"),
                postalCode: "75001",
                region: "TX",
                delivery: try DeliveryTerms(notBefore: nil, by: deliverBy)
            )
            _ = try books.reserve(
                Reservation(
                    transaction: id,
                    order: "order-1",
                    lines: [Reservation.Line(sku: valve, quantity: 8)]
                ),
                participants: [dallas, reno],
                of: Order(
                    id: "order-1",
                    lines: [line],
                    destination: destination,
                    serviceLevel: .ground,
                    currency: .usd
                ),
                by: Carriage(service: "ups-ground", leaves: try CivilDate(parsing: "2026-03-05"))
            )
            try books.apply(.confirm, to: id)
        }
        try site.reserve(2, valve, 2)
        return site
    }

    @Test func `list what is confirmed, with its service and the day on which it leaves`()
        async throws
    {
        let site = try await makeSite()

        guard case .picks(let list) = await site.ask(.listPicks(limit: 10)) else {
            Issue.record("no picks")
            return
        }

        #expect(list.rows.map(\.order) == ["order-1"])
        let row = try #require(list.rows.first)
        #expect(row.picks == [HoldPick(sku: valve, lot: nil, quantity: 8)])
        #expect(row.service == "ups-ground")
        #expect(row.leaves?.description == "2026-03-05")
        #expect(row.level == .ground)
        #expect(row.destination == "75001 TX US")
        #expect(!list.isCutShort)
    }

    // Two carrier days on the way: for Tuesday the tenth it leaves on Friday the sixth at the last.
    @Test func `say by when it must leave, and that it has not`() async throws {
        let site = try await makeSite(deliverBy: try CivilDate(parsing: "2026-03-10"))
        let commands: [SiteCommand] = [
            .setCutoff(
                days: [.monday, .tuesday, .wednesday, .thursday, .friday],
                service: nil,
                time: try TimeOfDay(parsing: "14:30")
            ),
            .importRates(
                RateCardFiles(
                    service: "ups-ground",
                    carrier: "UPS",
                    level: .ground,
                    effective: try CivilDate(parsing: "2026-01-01"),
                    chart: "dest_zip,zone\n750-754,2\n",
                    rates: "weight_lb,2\n150,20.00\n",
                    terms: RateCardFiles.Terms(transitDays: 2)
                )
            ),
        ]
        for command in commands {
            if case .failed(let fault) = await site.ask(command) { throw fault }
        }
        let row = { (hours: Int64) in
            let now = Timestamp(milliseconds: monday.milliseconds + hours * 3_600_000)
            guard case .picks(let list) = await site.ask(.listPicks(limit: 10), at: now) else {
                throw Unexpected(description: "no picks")
            }
            return try #require(list.rows.first)
        }

        // Monday 09:00; and Thursday 14:00 and 15:00.
        let early = try await row(0)
        #expect(early.cutoff == (try TimeOfDay(parsing: "14:30")))
        #expect(early.lastLeaves?.description == "2026-03-06")
        #expect(!early.isLate)
        #expect(try await !row(77).isLate)
        #expect(try await row(78).isLate)
    }

    @Test func `say that there are more than were asked for`() async throws {
        let site = try await makeSite()
        try site.reserve(3, valve, 1)
        try site.ledger.performAndWait(at: monday) {
            _ = try $0.apply(
                .confirm,
                to: TransactionID(coordinator: office, epoch: 1, counter: 3)
            )
        }

        guard case .picks(let list) = await site.ask(.listPicks(limit: 1)) else {
            Issue.record("no picks")
            return
        }

        #expect(list.rows.map(\.order) == ["order-1"])
        #expect(list.isCutShort)
    }

    @Test func `ship an order once, however often it is said`() async throws {
        let site = try await makeSite()

        guard case .shipped(let first) = await site.ask(.ship(order: "order-1")),
            case .shipped(let second) = await site.ask(
                .ship(order: "order-1"),
                at: monday.adding(seconds: 60)
            )
        else {
            Issue.record("not shipped")
            return
        }

        #expect(!first.isRepeated)
        #expect(second.isRepeated)
        #expect(first.shipments == second.shipments)
        #expect(first.shipments.map(\.who) == ["ana"])
        #expect(first.shipments.map(\.at) == [monday.iso8601])
        #expect(first.shipments.map(\.isKnownToOffice) == [false])
        #expect(try site.onHand(valve) == 4)
    }

    @Test func `refuse an order that is in doubt, and one that is unknown, and say what to do`()
        async throws
    {
        let site = try await makeSite()

        let doubted = try await site.fault(.ship(order: "order-2"))
        let unknown = try await site.fault(.ship(order: "order-9"))

        #expect(doubted.kind == .refused)
        #expect(
            doubted.message
                == "order order-2 is in doubt: the office has not said that it is confirmed"
        )
        #expect(doubted.hint == "wait for its word, and see ‘hold list --in-doubt’")
        #expect(unknown.message == "nothing is set aside here for order order-9")
        #expect(unknown.hint == "see ‘pick list’ for what is")
        #expect(try site.onHand(valve) == 12)
    }

    @Test func `show what was refused of them, until the office has sourced it otherwise`()
        async throws
    {
        let site = try await makeSite()
        let pick = PickToRefuse(order: "order-1", sku: valve, quantity: 3, reason: .notFound)

        guard case .pickRefused(let report) = await site.ask(.refusePick(pick)) else {
            Issue.record("not refused")
            return
        }
        #expect(report.refused.reason == .notFound && report.refused.who == "ana")
        #expect(report.stock.after == 9)
        guard case .picks(let list) = await site.ask(.listPicks(limit: 10)) else {
            Issue.record("no picks")
            return
        }
        #expect(list.rows.first?.refused == [report.refused])

        let fault = try await site.fault(
            .refusePick(PickToRefuse(order: "order-1", sku: valve, quantity: 6, reason: .damaged))
        )
        #expect(
            fault.message
                == "order order-1 takes 5 x VALVE-3IN that were not refused before, and 6 are more"
        )
        #expect(fault.hint == "refuse 5 or fewer")
        let negative = try await site.fault(
            .refusePick(PickToRefuse(order: "order-1", sku: valve, quantity: -1, reason: .damaged))
        )
        #expect(negative.kind == .badInput && negative.message.hasPrefix("quantity"))
    }

    @Test func `tell somebody who cannot find the goods to count them`() async throws {
        let site = try await makeSite()
        _ = await site.ask(.countStock(sku: valve, lot: nil, counted: 7))

        let fault = try await site.fault(.ship(order: "order-1"))

        #expect(fault.message == "order order-1 takes 8 x VALVE-3IN, and 7 are on record")
        #expect(fault.hint == "count them first: ‘stock count VALVE-3IN’")
    }

    @Test func `are counted for monitoring until the office knows`() async throws {
        let site = try await makeSite()
        _ = await site.ask(.ship(order: "order-1"))

        let text = Measure.text(of: await site.desk.measures(at: monday))

        #expect(text.contains("holdfast_shipments_untold 1\n"))
    }
}

struct `Shipment router` {
    private struct Answer: Decodable {
        let code: String?
        let hint: String?
        let picks: [PickRow]?
        let isRepeated: Bool?
        let shipments: [ShipmentRow]?
        let refused: RefusedPickRow?
        let stock: ChangeReport?
    }

    private func ask(
        _ method: HTTPRequest.Method,
        _ uri: String,
        _ body: String = "",
        type: String = "application/json",
        of site: TestSite
    ) async throws -> (Int, Answer) {
        let router = ObservationRouter.router(for: site.desk) { monday }
        ShipmentRouter.add(to: router, for: site.desk) { monday }
        return try await Application(router: router)
            .test(.live) { client in
                try await client.execute(
                    uri: uri,
                    method: method,
                    headers: [.contentType: type],
                    body: ByteBuffer(string: body)
                ) { response in
                    (
                        response.status.code,
                        try SiteJSON.read(Answer.self, from: Data(response.body.readableBytesView))
                    )
                }
            }
    }

    private func makeSite() throws -> TestSite {
        let site = try TestSite()
        try site.stock(valve, 12)
        try site.reserve(1, valve, 8)
        try site.reserve(2, valve, 1)
        try site.ledger.performAndWait(at: monday) {
            _ = try $0.apply(
                .confirm,
                to: TransactionID(coordinator: office, epoch: 1, counter: 1)
            )
        }
        return site
    }

    @Test func `answers what is to be picked, and takes what has left`() async throws {
        let site = try makeSite()

        let (_, before) = try await ask(.get, "/v1/picks", of: site)
        #expect(before.picks?.map(\.order) == ["order-1"])

        let body = #"{"order": "order-1", "by": "wms"}"#
        let (status, first) = try await ask(.post, "/v1/shipments", body, of: site)
        #expect(status == 201)
        #expect(first.isRepeated == false)
        #expect(first.shipments?.map(\.who) == ["wms"])
        let (again, second) = try await ask(.post, "/v1/shipments", body, of: site)
        #expect(again == 200)
        #expect(second.isRepeated == true)

        let (_, after) = try await ask(.get, "/v1/picks?limit=10", of: site)
        #expect(after.picks == [])
        #expect(try site.onHand(valve) == 4)
    }

    @Test(arguments: [
        (#"{"order": "order-2"}"#, 409, "not_shippable"),
        (#"{"order": "order-9"}"#, 409, "not_shippable"),
        (#"{"order": ""}"#, 422, "invalid_shipment"), ("[]", 422, "invalid_shipment"),
        (#"{"order": "order-1", "by": ""}"#, 422, "invalid_shipment"),
        (#"{"order": "order-1", "line": 1}"#, 422, "invalid_shipment"),
        (#"{"order": "#, 400, "malformed_json"),
    ])
    func `refuses what is no shipment, says what to do, and ships nothing`(
        _ body: String,
        _ status: Int,
        _ code: String
    ) async throws {
        let site = try makeSite()

        let (answered, problem) = try await ask(.post, "/v1/shipments", body, of: site)

        #expect(answered == status)
        #expect(problem.code == code)
        #expect(problem.hint?.isEmpty == false)
        #expect(try site.onHand(valve) == 12)
    }

    private static let refusal =
        #"{"order": "order-1", "sku": "VALVE-3IN", "quantity": 3, "reason": "damaged", "by": "wms"}"#

    @Test func `takes what cannot be picked, and shows it in the list`() async throws {
        let site = try makeSite()

        let (status, answer) = try await ask(
            .post,
            "/v1/picks/refusals",
            Self.refusal,
            of: site
        )

        #expect(status == 201)
        #expect(answer.refused?.quantity == 3 && answer.refused?.who == "wms")
        #expect(answer.stock?.before == 12 && answer.stock?.after == 9)
        let (_, list) = try await ask(.get, "/v1/picks", of: site)
        #expect(list.picks?.first?.refused.map(\.quantity) == [3])
        #expect(list.picks?.first?.picks.map(\.quantity) == [8])
        #expect(try site.onHand(valve) == 9)
    }

    @Test(arguments: [
        ("order-1", "order-2", 409, "not_to_be_picked"),
        ("order-1", "order-9", 409, "not_to_be_picked"),
        ("VALVE-3IN", "HOSE-2M", 409, "not_to_be_picked"),
        ("3,", "9,", 409, "not_to_be_picked"), ("3,", "0,", 409, "not_to_be_picked"),
        ("3,", "-1,", 422, "invalid_refusal"), ("3,", "\"3\",", 422, "invalid_refusal"),
        ("damaged", "bored", 422, "invalid_refusal"), ("\"by\"", "\"who\"", 422, "invalid_refusal"),
        ("\"sku\"", "\"item\"", 422, "invalid_refusal"),
        ("\"by\": \"wms\"", "\"lot\": 7", 422, "invalid_refusal"),
        ("\"order-1\",", "", 400, "malformed_json"),
    ])
    func `refuses a refusal that means nothing here, and changes nothing`(
        _ word: String,
        _ other: String,
        _ status: Int,
        _ code: String
    ) async throws {
        let site = try makeSite()
        let body = Self.refusal.replacing(word, with: other)

        let (answered, problem) = try await ask(.post, "/v1/picks/refusals", body, of: site)

        #expect(answered == status)
        #expect(problem.code == code)
        #expect(problem.hint?.isEmpty == false)
        #expect(try site.onHand(valve) == 12)
    }

    @Test func `refuses a body that is too large before it has read it`() async throws {
        let site = try makeSite()
        let body = String(repeating: " ", count: ConsoleLimits.shipmentBytesMaximum + 1)

        let (status, problem) = try await ask(.post, "/v1/shipments", body, of: site)

        #expect(status == 413)
        #expect(problem.code == "body_too_large")
    }

    @Test func `is deaf to web pages`() async throws {
        let site = try makeSite()
        let body = #"{"order": "order-1"}"#

        let form = try await ask(.post, "/v1/shipments", body, type: "text/plain", of: site)
        #expect(form.0 == 415)
        #expect(try site.onHand(valve) == 12)
        // A name that somebody else had bent to this machine.
        #expect(!ShipmentRouter.isThisMachine("evil.example"))
        #expect(!ShipmentRouter.isThisMachine("localhost.evil.example:8490"))
        #expect(!ShipmentRouter.isThisMachine("127.0.0.1.evil.example"))
        #expect(
            ["127.0.0.1:8490", "localhost", "[::1]:8490"].allSatisfy(ShipmentRouter.isThisMachine)
        )
    }

    @Test func `refuses a limit that is none`() async throws {
        let site = try makeSite()

        for query in ["limit=0", "limit=many", "limit=1000", "order=1"] {
            let (status, problem) = try await ask(.get, "/v1/picks?\(query)", of: site)
            #expect(status == 400, "\(query)")
            #expect(problem.code == "invalid_query")
        }
    }
}
