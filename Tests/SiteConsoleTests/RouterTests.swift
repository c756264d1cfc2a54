import AllocationModel
import Foundation
import Hummingbird
import HummingbirdTesting
import StockLedger
import Testing

@testable import SiteConsole

struct `Command router` {
    private func post(
        _ body: Data,
        to site: TestSite
    ) async throws -> (HTTPResponse.Status, SiteReply) {
        let router = CommandRouter.router(for: site.desk) { monday }
        return try await Application(router: router)
            .test(.router) { client in
                try await client.execute(
                    uri: "/commands",
                    method: .post,
                    body: ByteBuffer(bytes: body)
                ) { response in
                    (
                        response.status,
                        try SiteJSON.read(
                            SiteReply.self,
                            from: Data(response.body.readableBytesView)
                        )
                    )
                }
            }
    }

    @Test func `carries a command out and answers with what came of it`() async throws {
        let site = try TestSite()
        try site.stock(valve, 12)

        let (status, reply) = try await post(
            SiteJSON.bytes(
                of: SiteRequest(.countStock(sku: valve, lot: nil, counted: 9), who: "ben")
            ),
            to: site
        )

        #expect(status == .ok)
        guard case .changed(let change) = reply else {
            Issue.record("\(reply)")
            return
        }
        #expect(change.after == 9)
        let history = try site.ledger.readAndWait(at: monday) { try $0.history(of: valve) }
        #expect(history?.first?.who == "ben")
    }

    @Test func `answers a refusal as a conflict, with its fault`() async throws {
        let site = try TestSite()

        let (status, reply) = try await post(
            SiteJSON.bytes(
                of: SiteRequest(.countStock(sku: valve, lot: nil, counted: 9), who: "ben")
            ),
            to: site
        )

        #expect(status == .conflict)
        guard case .failed(let fault) = reply else {
            Issue.record("\(reply)")
            return
        }
        #expect(fault.kind == .refused)
    }

    @Test func `tells a newer command line to have the agent restarted`() async throws {
        let site = try TestSite()

        let (status, reply) = try await post(
            Data(#"{"who":"ben","command":{"teleport":{}}}"#.utf8),
            to: site
        )

        #expect(status == .badRequest)
        guard case .failed(let fault) = reply else {
            Issue.record("\(reply)")
            return
        }
        #expect(fault.hint == "restart the agent after an upgrade")
    }

    @Test func `refuses a command that is too large before it has read it`() async throws {
        let site = try TestSite()
        let body = Data(repeating: UInt8(ascii: " "), count: ConsoleLimits.commandBytesMaximum + 1)

        let (status, reply) = try await post(body, to: site)

        #expect(status == .contentTooLarge)
        guard case .failed(let fault) = reply else {
            Issue.record("\(reply)")
            return
        }
        #expect(fault.hint == "send a file in pieces")
    }
}

struct `Observation router` {
    private func get(
        _ uri: String,
        of site: TestSite,
        counters: [Measure] = []
    ) async throws -> (HTTPResponse.Status, String) {
        let router = ObservationRouter.router(
            for: site.desk,
            counters: { counters },
            now: { monday.adding(seconds: 90) }
        )
        return try await Application(router: router)
            .test(.router) { client in
                try await client.execute(uri: uri, method: .get) { response in
                    (response.status, String(buffer: response.body))
                }
            }
    }

    @Test func `is alive and ready with a ledger that works`() async throws {
        let site = try TestSite()

        #expect(try await get("/livez", of: site) == (.ok, "alive\n"))
        let (status, text) = try await get("/readyz", of: site)
        #expect(status == .ok)
        #expect(text.contains("ledger: DAL, Dallas\n"))
    }

    @Test func `is alive and not ready with a ledger that is closed`() async throws {
        let site = try TestSite()
        try await site.ledger.close()

        #expect(try await get("/livez", of: site) == (.ok, "alive\n"))
        let (status, text) = try await get("/readyz", of: site)
        #expect(status == .serviceUnavailable)
        #expect(text.contains("ledger: the ledger is closed\n"))
        #expect(try await get("/metrics", of: site).1.contains("holdfast_ledger_up 0\n"))
    }

    @Test func `counts what is in doubt and since when`() async throws {
        let site = try TestSite()
        try site.stock(valve, 12)
        try site.reserve(1, valve, 2)

        let (status, text) = try await get(
            "/metrics",
            of: site,
            counters: [
                Measure("holdfast_bids_total", .counter, 7, help: "Bids answered since the start.")
            ]
        )

        #expect(status == .ok)
        #expect(text.contains("holdfast_ledger_up 1\n"))
        #expect(text.contains("holdfast_reservations{status=\"voted\"} 1\n"))
        #expect(text.contains("holdfast_in_doubt_oldest_seconds 90\n"))
        #expect(text.contains("# TYPE holdfast_bids_total counter\nholdfast_bids_total 7\n"))
    }

    @Test func `explains each measure once`() {
        let text = Measure.text(of: [
            Measure("a", .gauge, 1, help: "One.", label: .init("status", "he\"ld")),
            Measure("a", .gauge, 2, help: "One.", label: .init("status", "voted")),
        ])

        #expect(
            text == """
                # HELP a One.
                # TYPE a gauge
                a{status="he\\"ld"} 1
                a{status="voted"} 2

                """
        )
    }
}

struct `Site examination` {
    @Test func `says what is missing before a bid can be made`() async throws {
        let site = try TestSite()

        guard case .examined(let found) = await site.ask(.examine(inFull: true)) else {
            Issue.record("no examination")
            return
        }

        let warned = found.filter { $0.grade == .warning }.map(\.subject)
        #expect(warned == ["stock", "rates", "calendar"])
        #expect(found.last?.subject == "audit")
        #expect(found.filter { $0.grade != .fine }.allSatisfy { !$0.hint.isEmpty })
    }

    @Test func `warns of a vote that has waited for longer than a coordinator restarts`()
        async throws
    {
        let site = try TestSite()
        try site.stock(valve, 12)
        try site.reserve(1, valve, 2)

        guard
            case .examined(let found) = await site.ask(
                .examine(inFull: false),
                at: monday.adding(seconds: 600)
            )
        else {
            Issue.record("no examination")
            return
        }

        let doubt = found.first { $0.subject == "in doubt" }
        #expect(doubt?.grade == .warning)
        #expect(doubt?.text == "1, and 1 for longer than 5 minutes")
    }

    @Test func `warns of a clock that was set back`() async throws {
        let site = try TestSite()
        try site.stock(valve, 12)
        try site.reserve(1, valve, 2)

        guard
            case .examined(let found) = await site.ask(
                .examine(inFull: false),
                at: monday.adding(seconds: -600)
            )
        else {
            Issue.record("no examination")
            return
        }

        #expect(found.first { $0.subject == "clock" }?.grade == .warning)
    }

    @Test func `finds a shortfall to be true and the ledger sound`() async throws {
        let site = try TestSite()
        try site.stock(valve, 12)
        try site.reserve(1, valve, 10)
        _ = await site.ask(.countStock(sku: valve, lot: nil, counted: 7))

        guard case .audited(let outcome) = await site.ask(.audit) else {
            Issue.record("no audit")
            return
        }

        #expect(outcome.findings.map(\.kind) == ["shortfall"])
        #expect(!outcome.isDamaged)
    }
}
