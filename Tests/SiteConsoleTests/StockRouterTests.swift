import AllocationModel
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import StockLedger
import Testing

@testable import SiteConsole

struct `Stock router` {
    private struct Answer: Decodable {
        struct Row: Decodable {
            let line: Int?
            let place: String?
            let field: String?
        }

        let code: String?
        let detail: String?
        let hint: String?
        let errors: [Row]?
        let isRepeated: Bool?
        let created: Int?
        let changed: Int?
        let zeroed: Int?
        let ignoredColumns: [String]?
        let before: Int64?
        let after: Int64?
    }

    private func ask(
        _ method: HTTPRequest.Method,
        _ uri: String,
        _ body: String,
        type: String = "application/json",
        key: String? = nil,
        with others: HTTPFields = [:],
        of site: TestSite
    ) async throws -> (Int, Answer) {
        let router = ObservationRouter.router(for: site.desk) { monday }
        StockRouter.add(to: router, for: site.desk) { monday }
        var headers = others
        headers[.contentType] = type
        headers[try #require(HTTPField.Name("Idempotency-Key"))] = key
        return try await Application(router: router)
            .test(.live) { [headers] client in
                try await client.execute(
                    uri: uri,
                    method: method,
                    headers: headers,
                    body: ByteBuffer(string: body)
                ) { response in
                    (
                        response.status.code,
                        try SiteJSON.read(Answer.self, from: Data(response.body.readableBytesView))
                    )
                }
            }
    }

    private func row(_ sku: SKU, of site: TestSite) async throws -> SiteConsole.StockRow {
        guard
            case .stock(let page) = await site.ask(
                .listStock(filter: ListFilter(), after: nil, limit: 10)
            )
        else { throw Unexpected(description: "no list") }
        return try #require(page.rows.first { $0.sku == sku })
    }

    @Test func `takes counts as JSON, with all that a file may say`() async throws {
        let site = try TestSite()
        try site.stock(valve, 12)
        let body = #"""
            {"stock": [
              {"sku": "VALVE-3IN", "onHand": 9, "safetyStock": "2", "color": "red"},
              {"sku": "GLUE", "on_hand": 5, "lot": "L-1", "expires": "2027-01-31",
               "certificates": ["COC", "MTR"], "description": "a \"fast\", clear glue"}
            ]}
            """#

        let (status, answer) = try await ask(.put, "/v1/stock?by=wms", body, of: site)

        #expect(status == 200)
        #expect(answer.isRepeated == false)
        #expect(answer.created == 1 && answer.changed == 2 && answer.zeroed == 0)
        #expect(answer.ignoredColumns == ["color"])
        let valves = try await row(valve, of: site)
        #expect(valves.onHand == 9 && valves.safetyStock == 2)
        let glue = try await row("GLUE", of: site)
        #expect(glue.description == "a \"fast\", clear glue")
        #expect(glue.lots.map(\.certificates) == [["COC", "MTR"]])
        #expect(glue.lots.map { $0.expires?.description } == ["2027-01-31"])
        let history = try site.ledger.readAndWait(at: monday) { try $0.history(of: valve) }
        #expect(history?.first?.who == "wms")
    }

    @Test func `takes a file as CSV: as a trial, or as all there is`() async throws {
        let site = try TestSite()
        try site.stock(valve, 12)
        try site.stock("HOSE-2M", 4)
        let file = "sku,on_hand\nVALVE-3IN,9\n"

        let uri = "/v1/stock?snapshot=true&dryRun="
        let (_, trial) = try await ask(.put, uri + "true", file, type: "text/csv", of: site)
        // What is zeroed has changed, too.
        #expect(trial.changed == 2 && trial.zeroed == 1)
        #expect(try site.onHand(valve) == 12 && site.onHand("HOSE-2M") == 4)

        let type = "Text/CSV; charset=utf-8"
        let (status, _) = try await ask(.put, uri + "false", file, type: type, of: site)
        #expect(status == 200)
        #expect(try site.onHand(valve) == 9 && site.onHand("HOSE-2M") == 0)
    }

    // A retry that came late would put the stock back to what it was before the sale.
    @Test func `takes counts under one key once, and says so to who asks again`() async throws {
        let site = try TestSite()
        let file = "sku,on_hand\nVALVE-3IN,9\n"
        let put = { (file: String, key: String) in
            try await ask(.put, "/v1/stock", file, type: "text/csv", key: key, of: site)
        }

        #expect(try await put(file, "k-1").1.isRepeated == false)
        _ = await site.ask(.adjustStock(sku: valve, lot: nil, by: -4, reason: "sold"))
        let (status, again) = try await put(file, "k-1")
        #expect(status == 200 && again.isRepeated == true && again.created == 1)
        #expect(try site.onHand(valve) == 5)

        let (taken, problem) = try await put("sku,on_hand\nVALVE-3IN,8\n", "k-1")
        #expect(taken == 422 && problem.code == "key_taken")
        #expect(try site.onHand(valve) == 5)
        #expect(try await put(file, "k-2").1.isRepeated == false)
        #expect(try site.onHand(valve) == 9)
    }

    @Test func `lists every row that is wrong, by its place, and changes nothing`() async throws {
        let site = try TestSite()
        try site.stock(valve, 12)

        let (status, file) = try await ask(
            .put,
            "/v1/stock",
            "sku,on_hand\nVALVE-3IN,9\nPUMP,many\n,3\n",
            type: "text/csv",
            key: "k-1",
            of: site
        )
        #expect(status == 422 && file.code == "invalid_stock")
        #expect(file.errors?.map(\.line) == [3, 4])
        #expect(file.errors?.map(\.field) == ["on_hand", "sku"])

        let body =
            #"{"stock": [{"sku": "VALVE-3IN", "onHand": 9}, {"sku": "PUMP", "onHand": 1.5}]}"#
        let (_, document) = try await ask(.put, "/v1/stock", body, key: "k-1", of: site)
        #expect(document.code == "invalid_stock")
        #expect(document.errors?.map(\.place) == ["#/stock/1"])
        #expect(document.errors?.map(\.field) == ["on_hand"])
        #expect(try site.onHand(valve) == 12)

        // What was refused has not used its key up.
        let mended = #"{"stock": [{"sku": "VALVE-3IN", "onHand": 9}]}"#
        #expect(try await ask(.put, "/v1/stock", mended, key: "k-1", of: site).0 == 200)
        #expect(try site.onHand(valve) == 9)
    }

    @Test(arguments: [
        ("/v1/stock", "{", "application/json", 400, "malformed_json"),
        ("/v1/stock", "[]", "application/json", 422, "invalid_stock"),
        ("/v1/stock", #"{"stock": [7]}"#, "application/json", 422, "invalid_stock"),
        ("/v1/stock", #"{"stock": [], "all": true}"#, "application/json", 422, "invalid_stock"),
        (
            "/v1/stock", #"{"stock": [{"sku": {"a": 1}}]}"#, "application/json", 422,
            "invalid_stock"
        ),
        (
            "/v1/stock", #"{"stock": [{"sku": "A\nB,7", "onHand": 1}]}"#, "application/json", 422,
            "invalid_stock"
        ),
        ("/v1/stock", #"{"stock": []}"#, "application/json", 422, "invalid_stock"),
        ("/v1/stock", "", "text/csv", 422, "invalid_stock"),
        ("/v1/stock", "sku,on_hand\n", "text/plain", 415, "unsupported_media_type"),
        ("/v1/stock?full=true", "sku,on_hand\n", "text/csv", 400, "invalid_query"),
        ("/v1/stock?dryRun=yes", "sku,on_hand\n", "text/csv", 400, "invalid_query"),
        ("/v1/stock?by=", "sku,on_hand\n", "text/csv", 400, "invalid_query"),
    ])
    func `refuses what is no stock, and says what to send`(
        _ uri: String,
        _ body: String,
        _ type: String,
        _ status: Int,
        _ code: String
    ) async throws {
        let site = try TestSite()
        try site.stock(valve, 12)

        let (answered, problem) = try await ask(.put, uri, body, type: type, of: site)

        #expect(answered == status)
        #expect(problem.code == code)
        #expect(problem.hint?.isEmpty == false)
        #expect(try site.onHand(valve) == 12)
        // The desk is free for the next one.
        let file = "sku,on_hand\nVALVE-3IN,9\n"
        #expect(try await ask(.put, "/v1/stock", file, type: "text/csv", of: site).0 == 200)
    }

    @Test func `refuses a document that is too large, and takes a file of that size`()
        async throws
    {
        let site = try TestSite()
        try site.stock(valve, 12)
        let row = "VALVE-3IN,9" + String(repeating: " ", count: 1000) + "\n"
        let count = ConsoleLimits.stockDocumentBytesMaximum / 1000 + 1

        let body = String(repeating: " ", count: ConsoleLimits.stockDocumentBytesMaximum + 1)
        let (status, problem) = try await ask(.put, "/v1/stock", body, of: site)
        #expect(status == 413 && problem.hint?.contains("text/csv") == true)

        let file = "sku,on_hand\n" + String(repeating: row, count: count)
        let (taken, report) = try await ask(.put, "/v1/stock", file, type: "text/csv", of: site)
        // Each row but the first names the SKU again: all of it was read.
        #expect(taken == 422 && report.errors?.count == 100)
    }

    @Test func `says who else imports`() async throws {
        let site = try TestSite()
        _ = await site.ask(.beginImport(ImportOptions()))

        let (status, problem) = try await ask(.put, "/v1/stock", #"{"stock": []}"#, of: site)

        #expect(status == 503 && problem.code == "unavailable")
        #expect(problem.detail == "an import by ana is under way")
    }

    private static let fork =
        #"{"sku": "VALVE-3IN", "delta": -3, "reason": "the fork", "by": "wms"}"#

    @Test func `adjusts once, however often it is told under one key`() async throws {
        let site = try TestSite()
        try site.stock(valve, 12)
        let uri = "/v1/stock/adjustments"

        let (first, change) = try await ask(.post, uri, Self.fork, key: "k-1", of: site)
        #expect(first == 201 && change.before == 12 && change.after == 9)
        let (second, again) = try await ask(.post, uri, Self.fork, key: "k-1", of: site)
        #expect(second == 200 && again.before == 12 && again.after == 9)
        #expect(try site.onHand(valve) == 9)

        let other = Self.fork.replacing("delta\": -3", with: "delta\": -4")
        let (taken, problem) = try await ask(.post, uri, other, key: "k-1", of: site)
        #expect(taken == 422 && problem.code == "key_taken")
        #expect(try site.onHand(valve) == 9)
        #expect(try await ask(.post, uri, Self.fork, key: "k-2", of: site).0 == 201)
        #expect(try site.onHand(valve) == 6)
        let history = try site.ledger.readAndWait(at: monday) { try $0.history(of: valve) }
        #expect(history?.first?.who == "wms" && history?.first?.reason == "the fork")
    }

    @Test(arguments: [
        ("\": -3", "\": -13", 409, "not_adjustable"),
        ("VALVE-3IN", "HOSE-2M", 409, "not_adjustable"),
        ("\": -3", "\": 0", 422, "invalid_adjustment"),
        ("\": -3", "\": \"-3\"", 422, "invalid_adjustment"),
        ("\": -3", "\": 1.5", 422, "invalid_adjustment"), ("the fork", "", 409, "not_adjustable"),
        ("\"reason\"", "\"why\"", 422, "invalid_adjustment"),
        ("\"by\": \"wms\"", "\"lot\": \"L-1\"", 409, "not_adjustable"),
        ("-3,", "", 400, "malformed_json"),
    ])
    func `refuses an adjustment that cannot be, and changes nothing`(
        _ word: String,
        _ other: String,
        _ status: Int,
        _ code: String
    ) async throws {
        let site = try TestSite()
        try site.stock(valve, 12)
        let body = Self.fork.replacing(word, with: other)

        let (answered, problem) = try await ask(
            .post,
            "/v1/stock/adjustments",
            body,
            key: "k-1",
            of: site
        )

        #expect(answered == status)
        #expect(problem.code == code)
        #expect(try site.onHand(valve) == 12)
        // Its key is still free.
        #expect(
            try await ask(.post, "/v1/stock/adjustments", Self.fork, key: "k-1", of: site).0 == 201
        )
    }

    @Test func `wants a key for an adjustment, and is deaf to web pages`() async throws {
        let site = try TestSite()
        try site.stock(valve, 12)
        let uri = "/v1/stock/adjustments"

        let (status, problem) = try await ask(.post, uri, Self.fork, of: site)
        #expect(status == 400 && problem.code == "key_missing")
        let (bad, taken) = try await ask(.post, uri, Self.fork, key: "two words", of: site)
        #expect(bad == 422 && taken.code == "key_taken")
        for (method, path) in [(HTTPRequest.Method.post, uri), (.put, "/v1/stock")] {
            let (foreign, refusal) = try await ask(
                method,
                path,
                Self.fork,
                key: "k-1",
                with: [.origin: "https://evil.example"],
                of: site
            )
            #expect(foreign == 403 && refusal.code == "from_a_web_page")
        }
        #expect(try site.onHand(valve) == 12)
    }
}
