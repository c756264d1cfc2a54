import AllocationModel
import HTTPTypes
import SeededGenerator
import Testing

@testable import StorefrontAPI

struct `Order submission` {
    /// Returns the order that a body is read as.
    private func read(_ body: String, headers: HTTPFields = [:]) async throws -> Order? {
        let seen = Seen<Order>()
        var office = OrderOffice.example
        office.submit = { order in
            seen.add(order)
            return .placed(Example.confirmed)
        }
        _ = try await submit(body, to: office, headers: headers)
        return seen.values.first
    }

    private func body(lines: String) -> String {
        """
        {"id":"4711","destination":{"country":"US","postalCode":"75001"},"lines":\(lines)}
        """
    }

    @Test func `answers 201 with the order, its plan and where to find it`() async throws {
        let answer = try await submit(Example.body)

        #expect(answer.status == 201)
        #expect(answer.headers[.contentType] == "application/json")
        #expect(answer.headers[.location] == "/v1/orders/4711")
        #expect(
            answer.text == """
                {"id":"4711","status":"confirmed","currency":"USD","serviceLevel":"ground",\
                "completeness":"complete","destination":{"country":"US","postalCode":"75001",\
                "region":null,"residential":false,"postOfficeBox":false,"accessorials":[],\
                "receivingDays":["mon","tue","wed","thu","fri","sat","sun"],"receivingHours":null,\
                "notBefore":null,\
                "deliverBy":null},\
                "lines":[{"id":"1","sku":"VALVE-3IN","quantity":20,"lots":null}],\
                "plan":{"shipments":[{"warehouse":"DAL","carrier":"UPS","service":"ups-ground",\
                "leaves":"2026-03-04","arrives":"2026-03-05","arrivesBy":null,"leavesBy":null,\
                "lastCutoff":null,"freight":"41.20","handling":"2.50",\
                "shippedAt":null,"shippedBy":null,"lines":[{"line":"1","sku":"VALVE-3IN","quantity":8}]},\
                {"warehouse":"RNO","carrier":"UPS","service":"ups-ground","leaves":"2026-03-04",\
                "arrives":"2026-03-06","arrivesBy":null,"leavesBy":null,"lastCutoff":null,\
                "freight":"58.75","handling":"2.50",\
                "shippedAt":null,"shippedBy":null,"lines":[{"line":"1","sku":"VALVE-3IN","quantity":12}]}],"backorders":[],\
                "cost":"104.95","bound":"104.95","proved":true},"refusals":[],\
                "transaction":"office-7-99","settled":true,"overrides":[],"refusedPicks":[],"resourcings":[],"dateChanges":[],\
                "receivedAt":"2026-03-04T15:04:05.006Z","decidedAt":"2026-03-04T15:04:05.048Z"}
                """
        )
    }

    @Test func `answers 200 with the same body to an order placed before`() async throws {
        var office = OrderOffice.example
        office.submit = { _ in .alreadyPlaced(Example.confirmed) }

        let first = try await submit(Example.body)
        let second = try await submit(Example.body, to: office)
        #expect(second.status == 200)
        #expect(second.text == first.text)
        #expect(second.headers[.location] == first.headers[.location])
    }

    @Test func `names the field in which a retry changed its mind`() async throws {
        let differences: [Order.Difference] = [
            .lines, .destination, .serviceLevel, .completeness, .currency, .terms,
        ]
        for difference in differences {
            var office = OrderOffice.example
            office.submit = { _ in .alreadyPlacedDifferently(difference, Example.confirmed) }

            let answer = try await submit(Example.body, to: office)
            #expect(answer.isProblem(.orderChanged))
            #expect(answer.pointers == ["#/\(difference.rawValue)"])
            #expect(answer.text.contains("2026-03-04T15:04:05.006Z"))
        }
    }

    @Test func `answers a refusal for want of stock as an order, refused`() async throws {
        let reasons: [(LineRefusal.Reason, String)] = [
            (.insufficientStock, "insufficientStock"), (.notServed, "notServed"),
            (.contended, "contended"), (.noLawfulPlan, "noLawfulPlan"),
        ]
        for (reason, word) in reasons {
            var office = OrderOffice.example
            office.submit = { _ in .placed(Example.refused(reason, available: 15)) }

            let answer = try await submit(Example.body, to: office)
            #expect(answer.status == 201)
            #expect(answer.json["status"] == "refused")
            #expect(answer.json["plan"] == .null)
            guard case .array(let refusals)? = answer.json["refusals"] else {
                Issue.record("no refusals")
                continue
            }
            #expect(refusals.first?["line"] == "1")
            #expect(refusals.first?["requested"] == 20)
            #expect(refusals.first?["available"] == 15)
            #expect(refusals.first?["reason"] == .string(word))
        }
    }

    @Test func `answers 422 where only another order can succeed`() async throws {
        let cases: [(LineRefusal.Reason, String, String)] = [
            (.unknownSKU, "#/lines/0/sku", "Check the SKU's code."),
            (.notAMultiple(below: 12, above: 24), "#/lines/0/quantity", "Order 12 or 24."),
        ]
        for (reason, pointer, hint) in cases {
            for again in [false, true] {
                var office = OrderOffice.example
                let record = Example.refused(reason)
                office.submit = { _ in again ? .alreadyPlaced(record) : .placed(record) }

                let answer = try await submit(Example.body, to: office)
                #expect(answer.isProblem(.lineNotSellable))
                #expect(answer.pointers == [pointer])
                #expect(answer.errors("hint") == [hint])
            }
        }
    }

    @Test func `answers 503 with Retry-After where nothing was decided`() async throws {
        var office = OrderOffice.example
        office.submit = { _ in
            .unavailable(reason: "No agent is in session.", retryAfterSeconds: 7)
        }

        let answer = try await submit(Example.body, to: office)
        #expect(answer.isProblem(.unavailable))
        #expect(answer.headers[.retryAfter] == "7")
        #expect(answer.json["detail"] == "No agent is in session.")
    }

    // What is read.

    @Test func `reads an order with every field`() async throws {
        let order = try await read(
            """
            {"id":"PO/17 é","currency":"CAD","serviceLevel":"two-day","completeness":"partial",
             "customer":"ACME-7","value":"104.95","payment":"cod","type":"one-time",
             "urgency":"urgent","requestedBy":"2026-03-09","tags":["vip","MRO"],
             "destination":{"country":"CA","postalCode":"k2p 1l4 ","region":"ON","residential":true},
             "lines":[{"id":"a","sku":"VALVE-3IN","quantity":20},
                      {"id":"b","sku":"VALVE-3IN","quantity":1e2},
                      {"sku":"HOSE","quantity":1000000000}]}
            """
        )

        let currency = try Currency(parsing: "CAD")
        let country = try Country(parsing: "CA")
        #expect(
            order
                == Order(
                    id: "PO/17 é",
                    lines: [
                        Order.Line(id: "a", sku: "VALVE-3IN", quantity: 20),
                        Order.Line(id: "b", sku: "VALVE-3IN", quantity: 100),
                        Order.Line(id: "3", sku: "HOSE", quantity: 1_000_000_000),
                    ],
                    destination: Destination(
                        country: country,
                        postalCode: "K2P 1L4",
                        region: "ON",
                        isResidential: true
                    ),
                    serviceLevel: .twoDay,
                    completeness: .partial,
                    currency: currency,
                    terms: OrderTerms(
                        customer: "ACME-7",
                        value: Money(minorUnits: 104_95, currency: currency),
                        payment: .cod,
                        type: .oneTime,
                        urgency: .urgent,
                        requestedBy: CivilDate(year: 2026, month: 3, day: 9),
                        tags: ["vip", "MRO"]
                    )
                )
        )
    }

    @Test func `names each term of an order that means nothing`() async throws {
        let answer = try await submit(
            """
            {"id":"4711","destination":{"country":"US","postalCode":"75001"},
             "lines":[{"sku":"VALVE-3IN","quantity":20}],"customer":" x","value":"1.005",
             "payment":"cheque","type":"gift","urgency":"soon","requestedBy":"2026-02-30",
             "tags":["",7]}
            """
        )

        #expect(answer.isProblem(.invalidOrder))
        #expect(
            answer.pointers == [
                "#/customer", "#/value", "#/payment", "#/type", "#/urgency", "#/requestedBy",
                "#/tags/0", "#/tags/1",
            ]
        )
    }

    @Test func `takes null for what may be left out`() async throws {
        let order = try await read(
            """
            {"id":"4711","currency":null,"serviceLevel":null,"completeness":null,
             "destination":{"country":"US","postalCode":"75001","region":null,"residential":null},
             "lines":[{"id":null,"sku":"VALVE-3IN","quantity":20}]}
            """
        )

        #expect(order == Example.order)
    }

    @Test func `knows a post office box as it is said, or by the lines of the address`()
        async throws
    {
        let cases = [
            (#""addressLines":["PO Box 12"]"#, true), (#""addressLines":["12 Main St"]"#, false),
            (#""addressLines":["PO Box 12"],"postOfficeBox":false"#, false),
            (#""postOfficeBox":true"#, true), (#""addressLines":null,"postOfficeBox":null"#, false),
            (#""addressLines":[]"#, false),
        ]
        for (members, isBox) in cases {
            let order = try await read(
                Example.body.replacing(#""country":"US""#, with: #""country":"US",\#(members)"#)
            )
            #expect(order?.destination.isPostOfficeBox == isBox, "\(members)")
        }
    }

    @Test func `reads when it may arrive, and on which days it is taken in`() async throws {
        let order = try await read(
            Example.body
                .replacing(
                    #""country":"US""#,
                    with: #""country":"US","receivingDays":["mon","thu"]"#
                )
                .replacing(
                    #""lines""#,
                    with: #""notBefore":"2026-03-04","deliverBy":"2026-03-09","lines""#
                )
        )

        #expect(
            order?.destination.delivery
                == (try DeliveryTerms(
                    checkingReceiving: [.monday, .thursday],
                    notBefore: CivilDate(parsing: "2026-03-04"),
                    by: CivilDate(parsing: "2026-03-09")
                ))
        )
    }

    @Test func `reads between which hours it is taken in, and by which on the last day`()
        async throws
    {
        let order = try await read(
            Example.body
                .replacing(
                    #""country":"US""#,
                    with: #""country":"US","receivingHours":"07:00-15:00""#
                )
                .replacing(
                    #""lines""#,
                    with: #""notBefore":"2026-03-04T13:00","deliverBy":"2026-03-09T12:00","lines""#
                )
        )

        #expect(
            order?.destination.delivery
                == (try DeliveryTerms(
                    checkingReceiving: .everyDay,
                    hours: HoursOfDay(parsing: "07:00-15:00"),
                    notBefore: CivilDate(parsing: "2026-03-04"),
                    notBeforeTime: TimeOfDay(parsing: "13:00"),
                    by: CivilDate(parsing: "2026-03-09"),
                    byTime: TimeOfDay(parsing: "12:00")
                ))
        )
    }

    @Test func `reads instants by the clock of the destination's zone`() async throws {
        func delivery(_ zone: String, _ first: String, _ last: String) async throws -> [String?] {
            let body = Example.body
                .replacing(#""country":"US""#, with: #""country":"US","timeZone":"\#(zone)""#)
                .replacing(
                    #""lines""#,
                    with: #""notBefore":"\#(first)","deliverBy":"\#(last)","lines""#
                )
            let delivery = try await read(body)?.destination.delivery
            return [delivery?.notBeforeText, delivery?.byText]
        }
        // New York is on summer time from 8 March 2026, 07:00 UTC.
        for (zone, first, last, expected) in [
            (
                "America/New_York", "2026-03-07T18:00:00.000Z", "2026-03-08T18:00:00.000Z",
                ["2026-03-07T13:00", "2026-03-08T14:00"]
            ),
            (
                "America/New_York", "2026-03-08T06:59:00Z", "2026-03-08T07:00:00Z",
                ["2026-03-08T01:59", "2026-03-08T03:00"]
            ),
            (
                "America/Los_Angeles", "2026-03-04T23:30-05:00", "2026-03-10T00:15-05:00",
                ["2026-03-04T20:30", "2026-03-09T22:15"]
            ),
            // Of the minute that has begun: too early for the one, in time for the other.
            (
                "Asia/Kolkata", "2026-03-04T12:00:01Z", "2026-03-09T12:00:59Z",
                ["2026-03-04T17:31", "2026-03-09T17:30"]
            ),
            ("Asia/Kolkata", "2026-03-04", "2026-03-09T12:00", ["2026-03-04", "2026-03-09T12:00"]),
        ] {
            #expect(try await delivery(zone, first, last) == expected, "\(zone) \(first)")
        }
    }

    @Test func `reads what the destination needs of a freight carrier, and tells it again`()
        async throws
    {
        let body = Example.body.replacing(
            #""country":"US""#,
            with: #""country":"US","accessorials":["liftgate","limited-access","liftgate"]"#
        )
        let order = try await read(body)
        #expect(order?.destination.accessorials == [.liftgate, .limitedAccess])

        for (needs, pointers) in [
            (#""liftgate""#, ["#/destination/accessorials"]),
            (#"["residential"]"#, ["#/destination/accessorials/0"]),
            (#"["liftgate","hazmat","lift"]"#, [1, 2].map { "#/destination/accessorials/\($0)" }),
            (#"[7]"#, ["#/destination/accessorials/0"]),
        ] {
            let answer = try await submit(
                Example.body.replacing(
                    #""country":"US""#,
                    with: #""country":"US","accessorials":\#(needs)"#
                )
            )
            #expect(answer.isProblem(.invalidOrder), "\(needs)")
            #expect(answer.pointers == pointers, "\(needs)")
        }
    }

    @Test func `refuses days of delivery that are none`() async throws {
        for (members, days, pointers) in [
            (#""deliverBy":"2026-02-30","#, "", ["#/deliverBy"]),
            (#""notBefore":7,"#, "", ["#/notBefore"]),
            (#""deliverBy":"2026-03-04T12:00Z","#, "", ["#/deliverBy"]),
            ("", #","timeZone":"CST""#, ["#/destination/timeZone"]),
            ("", #","timeZone":7"#, ["#/destination/timeZone"]),
            (
                #""deliverBy":"2026-03-04T12:00Z","#, #","timeZone":"America/Chigaco""#,
                ["#/destination/timeZone"]
            ),
            (
                #""notBefore":"2026-03-09T05:00Z","deliverBy":"2026-03-09T04:00Z","#,
                #","timeZone":"America/Chicago""#, ["#/deliverBy"]
            ),
            (#""notBefore":"2026-03-04T12:00Z","#, "", ["#/notBefore"]),
            (
                #""notBefore":"2026-03-04T15:00","#, #","receivingHours":"07:00-15:00""#,
                ["#/notBefore"]
            ),
            (
                #""notBefore":"2026-03-04T13:00","deliverBy":"2026-03-04T12:00","#, "",
                ["#/deliverBy"]
            ),
            ("", #","receivingHours":"15:00-07:00""#, ["#/destination/receivingHours"]),
            ("", #","receivingHours":["07:00-15:00"]"#, ["#/destination/receivingHours"]),
            (
                #""deliverBy":"2026-03-04T06:00","#, #","receivingHours":"07:00-15:00""#,
                ["#/deliverBy"]
            ),
            (#""notBefore":"2026-03-09","deliverBy":"2026-03-04","#, "", ["#/deliverBy"]),
            ("", #","receivingDays":[]"#, ["#/destination/receivingDays"]),
            ("", #","receivingDays":["mon","noon"]"#, ["#/destination/receivingDays/1"]),
            ("", #","receivingDays":"mon""#, ["#/destination/receivingDays"]),
        ] {
            let answer = try await submit(
                Example.body.replacing(#""lines""#, with: members + #""lines""#)
                    .replacing(#""country":"US""#, with: #""country":"US"\#(days)"#)
            )
            #expect(answer.isProblem(.invalidOrder), "\(members)\(days)")
            #expect(answer.pointers == pointers, "\(members)\(days)")
        }
    }

    @Test func `refuses address lines that are none`() async throws {
        for (members, pointer) in [
            (#""addressLines":"PO Box 12""#, "#/destination/addressLines"),
            (#""addressLines":[7]"#, "#/destination/addressLines/0"),
            (#""addressLines":["","","","",""]"#, "#/destination/addressLines"),
            (#""postOfficeBox":"yes""#, "#/destination/postOfficeBox"),
        ] {
            let answer = try await submit(
                Example.body.replacing(#""country":"US""#, with: #""country":"US",\#(members)"#)
            )
            #expect(answer.isProblem(.invalidOrder), "\(members)")
            #expect(answer.pointers == [pointer], "\(members)")
        }
    }

    @Test func `keeps numeric ids exact beyond 2^53`() async throws {
        let order = try await read(
            """
            {"id":9007199254740993,"destination":{"country":"US","postalCode":"75001"},
             "lines":[{"id":820982911946154508,"sku":"VALVE-3IN","quantity":20}]}
            """
        )

        #expect(order?.id == "9007199254740993")
        #expect(order?.lines.first?.id == "820982911946154508")
    }

    @Test func `takes the idempotency key as the id, quoted or not`() async throws {
        let without = Example.body.replacing(#""id":"4711","#, with: "")
        for key in ["4711", "\"4711\"", " 4711 ", #""47\11""#] {
            #expect(try await read(without, headers: [.idempotencyKey: key]) == Example.order)
            #expect(try await read(Example.body, headers: [.idempotencyKey: key]) == Example.order)
        }
        #expect(try await read(Example.body, headers: [.idempotencyKey: ""]) == Example.order)
    }

    @Test func `refuses an idempotency key that is not the id`() async throws {
        for key in ["4712", "\"4712\"", "\"4711", "4711, 4711"] {
            let answer = try await submit(Example.body, headers: [.idempotencyKey: key])
            #expect(answer.isProblem(.idempotencyKeyMismatch), "\(key)")
        }
    }

    // What is refused.

    @Test func `reports every fault at once, each with its place and remedy`() async throws {
        let answer = try await submit(
            """
            {"id":"","serviceLevel":"overnight","Completenes":"partial","currency":"DOLLAR",
             "destination":{"country":"USA","postalCode":75001,"residential":"no"},
             "lines":[{"sku":"VALVE-3IN","quantity":0},{"sku":"","quantity":"20"},
                      {"qty":3,"sku":"HOSE","quantity":2.5}, 7, {"sku":"VALVE-3IN","id":" a"}]}
            """
        )

        #expect(answer.isProblem(.invalidOrder))
        #expect(
            zip(answer.pointers, answer.errors("detail")).map { "\($0) \($1)" } == [
                "#/Completenes is not a known field",
                "#/id is empty",
                "#/currency ‘DOLLAR’ is not a currency in use",
                "#/serviceLevel ‘overnight’ is not a service level",
                "#/destination/country ‘USA’ is not a country",
                "#/destination/postalCode is a number and not a string",
                "#/destination/residential is a string and not true or false",
                "#/lines/0/quantity is 0",
                "#/lines/1/sku is empty",
                "#/lines/1/quantity is a string and not a number",
                "#/lines/2/qty is not a known field",
                "#/lines/2/quantity is 2.5",
                "#/lines/3 is a number and not an object",
                "#/lines/4/id ‘ a’ begins or ends with a space",
                "#/lines/4/quantity is missing",
            ]
        )
        let hints = answer.errors("hint")
        #expect(hints[0] == "Did you mean ‘completeness’?")
        #expect(hints[7] == "Order a whole number from 1 to 1000000000.")
        #expect(answer.json["detail"] == "15 places of the order are wrong.")
    }

    @Test func `names what is missing`() async throws {
        let cases: [(String, [String])] = [
            ("{}", ["#/id", "#/destination", "#/lines"]),
            (
                #"{"id":"4711","destination":{},"lines":[{}]}"#,
                [
                    "#/destination/country", "#/destination/postalCode", "#/lines/0/sku",
                    "#/lines/0/quantity",
                ]
            ),
            (
                #"{"id":null,"destination":null,"lines":null}"#,
                ["#/id", "#/destination", "#/lines"]
            ),
            ("[]", ["#"]), ("null", ["#"]), (#""4711""#, ["#"]),
        ]
        for (body, pointers) in cases {
            let answer = try await submit(body)
            #expect(answer.isProblem(.invalidOrder), "\(body)")
            #expect(answer.pointers == pointers, "\(body)")
        }
    }

    @Test func `refuses a quantity that is none`() async throws {
        for quantity in [
            "0", "-1", "0.5", "1.0000000000000001", "1000000001", "1e10", "99999999999999999999",
            "1e999999999", "-0", "\"20\"", "null", "true", "[20]", "{}",
        ] {
            let answer = try await submit(
                body(lines: #"[{"sku":"VALVE-3IN","quantity":\#(quantity)}]"#)
            )
            #expect(answer.isProblem(.invalidOrder), "\(quantity)")
            #expect(answer.pointers == ["#/lines/0/quantity"], "\(quantity)")
        }
    }

    @Test func `takes 500 lines and refuses 501 and none`() async throws {
        func lines(_ count: Int) -> String {
            let line = #"{"sku":"VALVE-3IN","quantity":1}"#
            return "[" + Array(repeating: line, count: count).joined(separator: ",") + "]"
        }

        #expect(try await read(body(lines: lines(500)))?.lines.count == 500)
        for count in [0, 501] {
            let answer = try await submit(body(lines: lines(count)))
            #expect(answer.isProblem(.invalidOrder))
            #expect(answer.errors("detail") == ["holds \(count) lines"])
        }
    }

    @Test func `refuses two lines of one id, given or counted`() async throws {
        let answer = try await submit(
            body(
                lines: """
                    [{"id":"2","sku":"VALVE-3IN","quantity":1},{"sku":"HOSE","quantity":1},
                     {"id":"2","sku":"HOSE","quantity":1},{"id":2,"sku":"HOSE","quantity":1}]
                    """
            )
        )

        #expect(answer.isProblem(.invalidOrder))
        #expect(answer.pointers == ["#/lines/1/id", "#/lines/2/id", "#/lines/3/id"])
        #expect(answer.errors("detail").allSatisfy { $0 == "is ‘2’, as line 0 is" })
    }

    @Test func `suggests the field that was meant`() async throws {
        let cases = [
            ("service_level", "Did you mean ‘serviceLevel’?"),
            ("line", "Did you mean ‘lines’?"), ("ID", "Did you mean ‘id’?"),
            ("Destination", "Did you mean ‘destination’?"),
            (
                "giftwrap",
                """
                Remove it; known here are id, currency, serviceLevel, completeness, destination, \
                lines, customer, value, payment, type, urgency, requestedBy, tags, notBefore, \
                deliverBy.
                """
            ),
        ]
        for (name, hint) in cases {
            let answer = try await submit(
                Example.body.replacing(#""id":"4711","#, with: #""id":"4711","\#(name)":1,"#)
            )
            #expect(answer.pointers == ["#/\(name)"])
            #expect(answer.errors("hint") == [hint])
        }
    }

    @Test func `lists a hundred faults and counts the rest`() async throws {
        let fields = (0..<250).map { "\"x\($0)\":1" }.joined(separator: ",")
        let answer = try await submit("{\(fields)}")

        #expect(answer.isProblem(.invalidOrder))
        #expect(answer.pointers.count == 100)
        #expect(answer.json["unlistedErrors"] == 153)
    }

    @Test func `refuses bodies that are not JSON, and says where`() async throws {
        let cases: [([UInt8], String)] = [
            ([], "empty"), (Array("id=4711".utf8), "value"), (Array(#"{"id":"4711""#.utf8), "ends"),
            (Array("{\"id\":\"".utf8) + [0xFF, 0xFE] + Array("\"}".utf8), "UTF-8"),
            (Array(#"{"id":"4711","id":"4712"}"#.utf8), "twice"),
            (Array(String(repeating: "[", count: 100_000).utf8), "nested deeper"),
            (Array(String(repeating: #"{"lines":"#, count: 10_000).utf8), "nested deeper"),
            (Array("{} {}".utf8), "after the end"), (Array(#"{"id":NaN}"#.utf8), "value"),
        ]
        for (bytes, word) in cases {
            let answer = try await submit(bytes: bytes)
            #expect(answer.isProblem(.malformedJSON), "\(word)")
            #expect(answer.text.contains(word), "\(answer.text)")
            #expect(answer.text.contains("line 1, column"))
        }
    }

    @Test func `refuses a body beyond the limit, declared or not`() async throws {
        let large = Array(repeating: UInt8(ascii: " "), count: Limits.requestBytesMaximum + 1)
        let answer = try await submit(bytes: large)
        #expect(answer.isProblem(.bodyTooLarge))

        // Refused for what it declares, before a byte of it is read.
        let declared = try await send(
            .post,
            "/v1/orders",
            headers: [.contentType: "application/json", .contentLength: "10000000"]
        )
        #expect(declared.isProblem(.bodyTooLarge))

        let padding = Array(
            repeating: UInt8(ascii: " "),
            count: Limits.requestBytesMaximum - Example.body.utf8.count
        )
        let largest = try await submit(bytes: Array(Example.body.utf8) + padding)
        #expect(largest.status == 201)
    }

    @Test func `refuses a body that is not declared as JSON in UTF-8`() async throws {
        for type in [
            "application/x-www-form-urlencoded", "text/plain", "application/json; charset=latin1",
            "application/jsonp", "json", "",
        ] {
            let answer = try await submit(Example.body, headers: [.contentType: type])
            #expect(answer.isProblem(.unsupportedMediaType), "\(type)")
        }
        let none = try await send(.post, "/v1/orders", body: Array(Example.body.utf8))
        #expect(none.isProblem(.unsupportedMediaType))
        for type in [
            "application/json", "Application/JSON; charset=UTF-8", "application/vnd.erp+json",
            "application/json;charset=\"utf-8\"",
        ] {
            #expect(try await submit(Example.body, headers: [.contentType: type]).status == 201)
        }
    }

    @Test func `never traps on a damaged body, and always answers`() async throws {
        let body = Array(Example.body.utf8)
        for seed in 0..<300 as Range<UInt64> {
            var random = SeededGenerator(seed: seed)
            var damaged = body
            for _ in 0..<3 {
                damaged[Int(random.next() % UInt64(body.count))] =
                    seed % 2 == 0
                    ? UInt8(truncatingIfNeeded: random.next())
                    : body[Int(random.next() % UInt64(body.count))]
            }
            do throws(Problem) {
                _ = try OrderDocument.order(from: damaged, idempotencyKey: nil)
            } catch {
                #expect(error.code == .malformedJSON || error.code == .invalidOrder, "seed \(seed)")
            }
        }
    }
}
