import AllocationModel
import HTTPTypes
import Hummingbird
import Testing

@testable import StorefrontAPI

struct `The API's routes` {
    private struct DiskFull: Error {}

    // Orders.

    @Test func `show an order as JSON, or as text to who prefers it`() async throws {
        let json = try await send(.get, "/v1/orders/4711")
        #expect(json.status == 200)
        #expect(json.json["id"] == "4711")

        for accept in ["*/*", "application/json", "text/plain;q=0.5, */*", "text/html"] {
            let answer = try await send(.get, "/v1/orders/4711", headers: [.accept: accept])
            #expect(answer.headers[.contentType] == "application/json", "\(accept)")
        }
        for accept in ["text/plain", "text/*", "application/json;q=0.9, text/plain"] {
            let answer = try await send(.get, "/v1/orders/4711", headers: [.accept: accept])
            #expect(answer.headers[.contentType] == "text/plain; charset=utf-8", "\(accept)")
            #expect(answer.text == Example.confirmed.text)
        }
    }

    @Test func `decode the id in a path, whatever is in it`() async throws {
        let seen = Seen<Order.ID>()
        var office = OrderOffice.example
        office.record = { id in
            seen.add(id)
            return nil
        }

        for path in ["PO%2F17", "%C3%A9%20x", "a+b", "100%25"] {
            let answer = try await send(.get, "/v1/orders/\(path)", to: office)
            #expect(answer.isProblem(.unknownOrder))
        }
        #expect(seen.values == ["PO/17", "é x", "a+b", "100%"])
    }

    @Test func `answer 404 to an id that is none`() async throws {
        let long = String(repeating: "x", count: 65)
        for path in ["4712", long, "%20x", "%00", "%FF", "%"] {
            for suffix in ["", "/explanation"] {
                let answer = try await send(.get, "/v1/orders/\(path)\(suffix)")
                #expect(answer.isProblem(.unknownOrder), "\(path)\(suffix)")
            }
            let answer = try await send(.post, "/v1/orders/\(path)/cancel")
            #expect(answer.isProblem(.unknownOrder), "\(path)")
        }
    }

    @Test func `explain an order as JSON, or as text`() async throws {
        let json = try await send(.get, "/v1/orders/4711/explanation")
        #expect(json.status == 200)
        guard case .array(let sites)? = json.json["sites"] else {
            Issue.record("no sites")
            return
        }
        #expect(sites.map { $0["warehouse"] } == ["DAL", "NWK", "PHX", "RNO"])
        #expect(sites.map { $0["verdict"] } == ["used", "dearer", "silent", "used"])
        #expect(sites.map { $0["difference"] } == ["12.00", "30.10", .null, .null])
        #expect(
            sites[1]["sentence"]
                == "NWK is not used: the cheapest plan with it would cost 30.10 USD more."
        )
        #expect(
            sites[0].text
                .contains(
                    #"{"line":"1","service":null,"reason":"partialStock","sentence":"declines "#
                        + #"VALVE-3IN: only 8 available to promise"}"#
                )
        )
        #expect(
            sites[0].text
                .contains(
                    """
                    "services":[{"service":"ups-ground","carrier":"UPS","level":"ground","zone":"5",\
                    "handling":"2.50","leaves":"2026-03-04","arrives":"2026-03-06",\
                    "arrivesBy":null,"cutoff":"14:30","cutoffDate":"2026-03-04",\
                    "leavesBy":null,"lastCutoff":null,"blockedLines":[],"packings":[],"pricing":"card",\
                    "raterFailure":null}]
                    """
                )
        )
        #expect(sites[2]["answered"] == false)
        #expect(json.json["runnerUp"] == ["warehouses": ["DAL", "NWK"], "cost": "135.05"])

        let text = try await send(
            .get,
            "/v1/orders/4711/explanation",
            headers: [.accept: "text/plain"]
        )
        #expect(text.text == Example.explanation.text)
    }

    @Test func `tell an order not decided from one without a record of why`() async throws {
        var office = OrderOffice.example
        office.explanation = { _ in nil }
        let decided = try await send(.get, "/v1/orders/4711/explanation", to: office)
        #expect(decided.isProblem(.noExplanation))
        #expect(decided.text.contains("Nothing is recorded"))

        office.record = { _ in Example.pending }
        let pending = try await send(.get, "/v1/orders/4711/explanation", to: office)
        #expect(pending.isProblem(.noExplanation))
        #expect(pending.text.contains("not decided yet"))
    }

    @Test func `cancel an order once, and answer the same again`() async throws {
        let record = Example.record(.cancelled(Example.plan))
        for cancellation in [Cancellation.cancelled(record), .alreadyCancelled(record)] {
            var office = OrderOffice.example
            office.cancel = { _ in cancellation }
            let answer = try await send(.post, "/v1/orders/4711/cancel", to: office)
            #expect(answer.status == 200)
            #expect(answer.json["status"] == "cancelled")
        }
    }

    @Test func `say why an order cannot be cancelled`() async throws {
        let cases: [(Cancellation, ProblemCode)] = [
            (.nothingToCancel(Example.refused(.insufficientStock)), .nothingToCancel),
            (.unknownOrder, .unknownOrder),
            (.unavailable(reason: "The disk is full.", retryAfterSeconds: 0), .unavailable),
        ]
        for (cancellation, code) in cases {
            var office = OrderOffice.example
            office.cancel = { _ in cancellation }
            let answer = try await send(.post, "/v1/orders/4711/cancel", to: office)
            #expect(answer.isProblem(code))
            #expect(answer.headers[.retryAfter] == (code == .unavailable ? "1" : nil))
        }
    }

    @Test func `refuse to cancel what has shipped, and name the sites`() async throws {
        for (sites, words) in [
            ([Warehouse.ID(trusted: "RNO")], "RNO has shipped its part, and shipped is shipped"),
            (["DAL", "RNO"], "DAL and RNO have shipped, and shipped is shipped"),
        ] {
            let record = Example.record(.confirmed(Example.plan), shippedBy: sites)
            var office = OrderOffice.example
            office.cancel = { _ in .alreadyShipped(record) }
            let answer = try await send(.post, "/v1/orders/4711/cancel", to: office)
            #expect(answer.isProblem(.alreadyShipped))
            #expect(answer.status == 409)
            #expect(answer.text.contains("Order 4711 cannot be cancelled: \(words)"))
        }
    }

    @Test func `show which part of an order has shipped, and when`() async throws {
        let cases: [([Warehouse.ID], JSONValue)] = [
            ([], "confirmed"), (["RNO"], "partly-shipped"), (["DAL", "RNO"], "shipped"),
        ]
        for (sites, status) in cases {
            let record = Example.record(.confirmed(Example.plan), shippedBy: sites)
            var office = OrderOffice.example
            office.record = { _ in record }
            let answer = try await send(.get, "/v1/orders/4711", to: office)
            #expect(answer.json["status"] == status)
            guard case .array(let shipments)? = answer.json["plan"]?["shipments"] else {
                Issue.record("no shipments")
                return
            }
            for shipment in shipments {
                let isShipped = sites.contains { .string($0.rawValue) == shipment["warehouse"] }
                #expect(
                    shipment["shippedAt"] == (isShipped ? "2026-03-04T15:05:05.006Z" : .null)
                )
                #expect(shipment["shippedBy"] == (isShipped ? "ana" : .null))
            }
        }
    }

    @Test func `list orders page by page`() async throws {
        let seen = Seen<OrderListing>()
        var office = OrderOffice.example
        office.list = { listing in
            seen.add(listing)
            return Array(repeating: Example.confirmed, count: listing.limit)
        }

        let first = try await send(.get, "/v1/orders?limit=2&status=confirmed", to: office)
        guard case .array(let orders)? = first.json["orders"] else {
            Issue.record("no orders")
            return
        }
        #expect(orders.count == 2)
        #expect(
            orders[0].text == """
                {"id":"4711","status":"confirmed","lineCount":1,"warehouses":["DAL","RNO"],\
                "cost":"104.95","currency":"USD","settled":true,\
                "receivedAt":"2026-03-04T15:04:05.006Z","decidedAt":"2026-03-04T15:04:05.048Z"}
                """
        )
        #expect(first.json["next"] == "/v1/orders?limit=2&status=confirmed&before=4711")

        _ = try await send(.get, "/v1/orders?before=PO%2F17", to: office)
        #expect(
            seen.values == [
                OrderListing(status: .confirmed, limit: 3, before: nil),
                OrderListing(status: nil, limit: 51, before: "PO/17"),
            ]
        )
    }

    @Test func `end the last page of a listing`() async throws {
        let answer = try await send(.get, "/v1/orders")

        #expect(answer.status == 200)
        #expect(answer.json["next"] == .null)
    }

    // Sites.

    @Test func `show what each warehouse has for a destination`() async throws {
        let seen = Seen<String>()
        var office = OrderOffice.example
        let answering = office.availability
        office.availability = { sku, destination in
            let residence = destination.isResidential ? " residence" : ""
            seen.add("\(sku) \(destination.postalCode) \(destination.country)\(residence)")
            return await answering(sku, destination)
        }

        let answer = try await send(
            .get,
            "/v1/availability?sku=VALVE%203IN&postalCode=K2P+1L4&country=CA&residential=true",
            to: office
        )
        #expect(seen.values == ["VALVE 3IN K2P 1L4 CA residence"])
        #expect(
            answer.text == """
                {"sku":"VALVE 3IN","warehouses":[{"warehouse":"DAL","available":8,\
                "service":"ups-ground","leaves":"2026-03-04","arrives":"2026-03-05",\
                "reason":null,"detail":null},{"warehouse":"PHX","available":0,"service":null,\
                "leaves":null,"arrives":null,"reason":"noStock",\
                "detail":"nothing is available to promise"}]}
                """
        )
    }

    @Test func `say when availability cannot be asked`() async throws {
        var office = OrderOffice.example
        office.availability = { _, _ in
            .unavailable(reason: "No agent is in session.", retryAfterSeconds: 3)
        }

        let answer = try await send(
            .get,
            "/v1/availability?sku=VALVE-3IN&postalCode=75001",
            to: office
        )
        #expect(answer.isProblem(.unavailable))
        #expect(answer.headers[.retryAfter] == "3")
    }

    @Test func `refuse a query that is not understood, with the parameter's name`() async throws {
        let cases = [
            ("/v1/availability", "‘sku’ is missing"),
            ("/v1/availability?sku=VALVE-3IN", "‘postalCode’ is missing"),
            ("/v1/availability?sku=&postalCode=75001", "‘sku’: is empty"),
            ("/v1/availability?sku=A&postalCode=7500", "‘postalCode’: ‘7500’ is not a US ZIP"),
            ("/v1/availability?sku=A&postalCode=75001&country=USA", "‘country’"),
            ("/v1/availability?sku=A&postalCode=75001&residential=yes", "‘residential’"),
            ("/v1/availability?sku=A&sku=B&postalCode=75001", "‘sku’ is given twice"),
            ("/v1/availability?sku=%FF&postalCode=75001", "‘sku’ is not percent-encoded"),
            ("/v1/availability?sku=A&zip=75001&postcode=1", "did you mean ‘postalCode’?"),
            ("/v1/orders?limit=0", "‘limit’"), ("/v1/orders?limit=201", "‘limit’"),
            ("/v1/orders?limit=ten", "‘limit’"), ("/v1/orders?status=open", "‘status’"),
            ("/v1/orders?before=", "‘before’"), ("/v1/orders?x=1", "‘x’ is not a known"),
            ("/v1/orders/4711?verbose", "takes none"), ("/v1/warehouses?x", "takes none"),
            ("/v1/audit?x", "takes none"),
            ("/readyz?verbos", "did you mean ‘verbose’?"),
        ]
        for (uri, words) in cases {
            let answer = try await send(.get, uri)
            #expect(answer.isProblem(.invalidQuery), "\(uri)")
            #expect(answer.text.contains(words), "\(uri) \(answer.text)")
        }
    }

    @Test func `say what the log contradicts, and what was forced against it`() async throws {
        #expect(
            try await send(.get, "/v1/audit").text
                == #"{"findings":[],"conflicts":[],"lease_conflicts":[]}"#
        )
        var office = OrderOffice.example
        office.audit = { Example.audit }
        #expect(
            try await send(.get, "/v1/audit", to: office).text
                == """
                {"findings":["order 4711 has no decision"],"conflicts":[\
                {"transaction":"office-7-99","override":{"warehouse":"DAL","choice":"release",\
                "by":"ana","reason":"walk-in","at":"1970-01-01T00:00:00.000Z","conflict":true}}],"lease_conflicts":[]}
                """
        )
    }

    @Test func `list the warehouses and how their agents stand`() async throws {
        let answer = try await send(.get, "/v1/warehouses")

        #expect(
            answer.text == """
                {"warehouses":[{"warehouse":"DAL","state":"active","queued":2,"unacknowledged":1,\
                "lastHeard":"1970-01-01T00:00:00.000Z"},{"warehouse":"RNO","state":"unreachable",\
                "queued":0,"unacknowledged":0,"lastHeard":null}]}
                """
        )
    }

    // Quotes.

    @Test func `quote an order that is not placed, and needs no id`() async throws {
        let asked = Seen<Order>()
        var office = OrderOffice.example
        office.quote = { order in
            asked.add(order)
            return .quoted(Example.quote)
        }
        let body =
            #"{"destination":{"country":"US","postalCode":"75001"},"#
            + #""lines":[{"sku":"VALVE-3IN","quantity":20}]}"#

        let json: HTTPFields = [.contentType: "application/json"]
        let answer = try await send(
            .post,
            "/v1/quotes",
            to: office,
            headers: json,
            body: Array(body.utf8)
        )
        let text = try await send(
            .post,
            "/v1/quotes",
            to: office,
            headers: [.contentType: "application/json", .accept: "text/plain"],
            body: Array(Example.body.utf8)
        )

        #expect(answer.status == 200)
        #expect(asked.values.map(\.lines.count) == [1, 1])
        #expect(answer.json["currency"] == "USD")
        #expect(answer.json["absent"] == ["SEA"])
        guard case .array(let options)? = answer.json["options"] else {
            Issue.record("no options: \(answer.text)")
            return
        }
        // 41.20 and 58.75, and 2.50 for each of two shipments.
        #expect(options.map { $0["shipping"] } == ["104.95"])
        #expect(options.map { $0["arrives"] } == ["2026-03-06"])
        #expect(options.map { $0["serviceLevel"] } == ["ground"])
        #expect(answer.text.contains(#""warehouse":"RNO""#))
        #expect(
            text.text.contains("ground: 104.95 USD for shipping, arrives by Fri 2026-03-06")
        )
        #expect(text.text.contains("Did not answer: SEA."))
    }

    @Test func `say why nothing can be quoted, or cannot be now`() async throws {
        var office = OrderOffice.example
        office.quote = { _ in
            .quoted(
                Quote(
                    options: [],
                    refusals: Example.refused(.insufficientStock).refusals,
                    absent: []
                )
            )
        }
        let ask = { (body: String, office: OrderOffice) in
            try await send(
                .post,
                "/v1/quotes",
                to: office,
                headers: [.contentType: "application/json"],
                body: Array(body.utf8)
            )
        }
        let nothing = try await ask(Example.body, office)
        office.quote = { _ in .unavailable(reason: "no agent", retryAfterSeconds: 2) }
        let later = try await ask(Example.body, office)
        let wrong = try await ask("{}", office)

        #expect(nothing.text.contains(#""options":[]"#))
        #expect(nothing.text.contains("insufficientStock"), "\(nothing.text)")
        #expect(later.isProblem(.unavailable))
        #expect(wrong.isProblem(.invalidOrder))
        #expect(wrong.text.contains("nothing was quoted"), "\(wrong.text)")
    }

    // Shopify.

    @Test func `answer a checkout's question for rates, or say what is wrong with it`()
        async throws
    {
        let bodies = Seen<[UInt8]>()
        var office = OrderOffice.example
        let rates = office.carrierRates
        office.carrierRates = { headers, body in
            bodies.add(body)
            return await rates(headers, body)
        }
        let answer = try await send(
            .post,
            "/shopify/carrier-service",
            to: office,
            body: [0xFF, 0x00]
        )
        office.carrierRates = { _, _ in
            .refused(Problem(.webhookSignature, "It is not so.", hint: "Make it so."))
        }
        let refused = try await send(.post, "/shopify/carrier-service", to: office, body: [1])

        #expect(bodies.values == [[0xFF, 0x00]])
        #expect(answer.text.hasPrefix(#"{"rates":[{"service_name":"Ground""#))
        #expect(refused.isProblem(.webhookSignature))
    }

    @Test func `pass a webhook's bytes and headers on untouched`() async throws {
        let bodies = Seen<[UInt8]>()
        let headers = Seen<[HeaderLine]>()
        var office = OrderOffice.example
        office.acceptWebhook = { lines, body in
            headers.add(lines)
            bodies.add(body)
            return .accepted(note: "placed")
        }
        let body: [UInt8] =
            Array("{ \"id\" : 820982911946154508,\r\n \"x\":\"\\u00e9é\" }\n".utf8)
            + [0xFF, 0x00]

        let answer = try await send(
            .post,
            "/shopify/webhooks",
            to: office,
            headers: [
                .init("X-Shopify-Hmac-Sha256")!: "abc=", .init("x-shopify-topic")!: "orders/create",
            ],
            body: body
        )
        #expect(answer.status == 200)
        #expect(answer.text == #"{"note":"placed"}"#)
        #expect(bodies.values == [body])
        let lines = headers.values.first ?? []
        #expect(lines.contains(HeaderLine("X-Shopify-Hmac-Sha256", "abc=")))
        #expect(lines.contains(HeaderLine("x-shopify-topic", "orders/create")))
    }

    @Test func `answer a webhook that is refused with the status Shopify knows`() async throws {
        let codes: [(ProblemCode, Int)] = [
            (.webhookMalformed, 400), (.webhookSignature, 401), (.webhookTopic, 404),
            (.webhookUnusable, 422), (.unavailable, 503),
        ]
        for (code, status) in codes {
            var office = OrderOffice.example
            office.acceptWebhook = { _, _ in
                .refused(Problem(code, "It is not so.", hint: "Make it so."))
            }
            let answer = try await send(.post, "/shopify/webhooks", to: office, body: [])
            #expect(answer.isProblem(code))
            #expect(answer.status == status)
        }
    }

    @Test func `bound a webhook's body`() async throws {
        let large = Array(repeating: UInt8(ascii: " "), count: Limits.requestBytesMaximum + 1)

        #expect(try await send(.post, "/shopify/webhooks", body: large).isProblem(.bodyTooLarge))
    }

    // Operations.

    @Test func `answer livez whatever the state of the office`() async throws {
        let answer = try await send(.get, "/livez")

        #expect(answer.status == 200)
        #expect(answer.text == "ok\n")
    }

    @Test func `say whether orders can be taken, and which check fails`() async throws {
        let ready = try await send(.get, "/readyz")
        #expect(ready.status == 200)
        #expect(ready.text == "ready\n")
        let verbose = try await send(.get, "/readyz?verbose")
        #expect(verbose.text == "ready\n[+] decision-log: writable\n")

        var office = OrderOffice.example
        office.readiness = {
            [
                ReadinessCheck(name: "decision-log", isPassing: true, detail: "writable"),
                ReadinessCheck(name: "agents", isPassing: false, detail: "1 of 3 in session"),
            ]
        }
        let failing = try await send(.get, "/readyz", to: office)
        #expect(failing.status == 503)
        #expect(
            failing.text == """
                not ready
                [+] decision-log: writable
                [-] agents: 1 of 3 in session

                """
        )
    }

    @Test func `serve metrics and the description`() async throws {
        let metrics = try await send(.get, "/metrics")
        #expect(metrics.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
        #expect(metrics.text == "holdfast_orders_total 1\n")

        let description = try await send(.get, "/openapi.yaml")
        #expect(description.headers[.contentType] == "application/yaml; charset=utf-8")
        #expect(description.text == OpenAPI.document)
    }

    // Everything else.

    @Test func `answer 404 with a problem where there is nothing`() async throws {
        for path in ["/", "/v1", "/v1/order", "/v1/orders/4711/plan", "/V1/orders", "/favicon.ico"]
        {
            let answer = try await send(.get, path)
            #expect(answer.isProblem(.unknownPath), "\(path)")
        }
    }

    @Test func `answer 405 with the methods allowed, on every route`() async throws {
        let endpoints = Endpoint.all(office: .example)
        for endpoint in endpoints {
            let declared = endpoints.filter { $0.path == endpoint.path }.map(\.method)
            let allowed = declared.contains(.get) ? declared + [.head] : declared
            for method in StorefrontAPI.knownMethods where !allowed.contains(method) {
                let path = endpoint.path.replacing("{id}", with: "4711")
                let answer = try await send(method, path)
                if method != .head {
                    #expect(answer.isProblem(.methodNotAllowed), "\(method) \(path)")
                }
                #expect(answer.status == 405, "\(method) \(path)")
                #expect(
                    answer.headers[.allow] == allowed.map(\.rawValue).joined(separator: ", "),
                    "\(method) \(path)"
                )
            }
        }
    }

    @Test func `answer HEAD as GET without the body`() async throws {
        let answer = try await send(.head, "/v1/orders/4711")

        #expect(answer.status == 200)
        #expect(answer.text.isEmpty)
        #expect(answer.headers[.contentType] == "application/json")
    }

    @Test func `hide what failed here, but name the request`() async throws {
        var office = OrderOffice.example
        office.record = { _ in throw DiskFull() }
        office.list = { _ in throw DiskFull() }
        office.explanation = { _ in throw DiskFull() }

        for path in ["/v1/orders/4711", "/v1/orders", "/v1/orders/4711/explanation"] {
            let answer = try await send(.get, path, to: office)
            #expect(answer.isProblem(.internalError))
            #expect(!answer.text.contains("DiskFull"))
            let id = try #require(answer.headers[.requestID])
            #expect(id.count >= 16)
            #expect(answer.json["instance"] == .string("urn:holdfast:request:\(id)"))
        }
    }

    @Test func `bound how many requests are answered at once, health aside`() async throws {
        let admission = Admission(maximum: 1)
        let inner = try await admission.admit {
            do {
                return try await admission.admit { Response(text: "two at once") }
            } catch let problem as Problem {
                return problem.response(request: "r1")
            }
        }
        #expect(inner.status.code == 503)
        #expect(inner.headers[.retryAfter] == "1")
        // The place is free again, after an answer and after a failure.
        await #expect(throws: DiskFull.self) { try await admission.admit { throw DiskFull() } }
        #expect(try await admission.admit { Response(text: "one") }.status.code == 200)

        let exempt = Endpoint.all(office: .example).filter { !$0.needsAdmission }.map(\.path)
        #expect(exempt == ["/v1/events", "/livez", "/readyz", "/metrics", "/openapi.yaml"])
    }

    @Test func `tell the access log the route and never the client's own words`() async throws {
        let seen = Seen<AnsweredRequest>()
        let observe: @Sendable (AnsweredRequest) -> Void = { seen.add($0) }
        let odd = try #require(HTTPRequest.Method("BREW"))

        let answer = try await send(.get, "/v1/orders/4711", didAnswer: observe)
        _ = try await send(.get, "/v1/orders/unknown", didAnswer: observe)
        _ = try await send(.get, "/wp-admin/x.php", didAnswer: observe)
        _ = try await send(odd, "/coffee", didAnswer: observe)
        #expect(
            seen.values.map { "\($0.method) \($0.route) \($0.status)" } == [
                "GET /v1/orders/{id} 200", "GET /v1/orders/{id} 404", "GET unknown 404",
                "OTHER unknown 404",
            ]
        )
        #expect(seen.values.first?.id == answer.headers[.requestID])
    }
}
