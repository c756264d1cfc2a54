import AllocationModel
import SeededGenerator
import Testing

@testable import ShopifyConnector

struct `Shopify order` {
    /// Shopify's business example: three lines of one unit each, to Louisville, Kentucky.
    private func example() throws -> JSONValue {
        try JSONValue(parsing: fixtureBytes("order_create_b2b.json"))
    }

    private func read(
        _ value: JSONValue,
        _ options: ShopifyOptions = ShopifyOptions()
    ) throws(ShopifyFault) -> ShopifyOrderResult {
        try ShopifyOrder.order(from: value.bytes, options)
    }

    private func placed(
        _ value: JSONValue,
        _ options: ShopifyOptions = ShopifyOptions()
    ) throws -> ShopifyOrder {
        guard case .order(let order) = try read(value, options) else {
            throw ParseError("the order was ignored")
        }
        return order
    }

    private func faults(_ value: JSONValue) -> [FieldFault] {
        do throws(ShopifyFault) {
            _ = try read(value)
            return []
        } catch {
            guard case .unusable(let faults) = error else { return [] }
            return faults.faults
        }
    }

    @Test func `reads the business example`() throws {
        let result = try ShopifyOrder.order(from: fixtureBytes("order_create_b2b.json"))

        let order = Order(
            id: "shopify-450789469",
            lines: [
                Order.Line(id: "466157049", sku: "IPOD2008GREEN", quantity: 1),
                Order.Line(id: "518995019", sku: "IPOD2008RED", quantity: 1),
                Order.Line(id: "703073504", sku: "IPOD2008BLACK", quantity: 1),
            ],
            destination: Destination(country: .us, postalCode: "40202", region: "KY"),
            terms: OrderTerms(
                customer: "207119551",
                value: Money(minorUnits: 199_65, currency: .usd),
                tags: ["b2b", "mro-urgent"]
            )
        )
        #expect(
            result
                == .order(
                    ShopifyOrder(
                        order: order,
                        name: "#1001",
                        tags: ["b2b", "mro-urgent"],
                        purchaseOrder: "PO-2026-0917",
                        company: "4594827",
                        total: Money(minorUnits: 199_65, currency: .usd),
                        notes: [
                            """
                            The shipping method ‘Free Shipping’ is not mapped to a service level; \
                            ground is assumed.
                            """
                        ]
                    )
                )
        )
    }

    @Test func `takes only what is left to fulfil of an edited order`() throws {
        let result = try ShopifyOrder.order(from: fixtureBytes("order_create.json"))

        guard case .order(let order) = result else {
            Issue.record("ignored")
            return
        }
        #expect(order.order.lines.map(\.sku) == ["IPOD2008RED"])
        #expect(order.order.destination.isResidential)
        #expect(order.tags.isEmpty)
        #expect(order.purchaseOrder == "ABC123")
    }

    @Test func `keeps ids beyond 2^53 exact`() throws {
        let body = try example()
            .setting(["id"], .number(JSONNumber(820_982_911_946_154_509)))
            .setting(["line_items", 0, "id"], .number(JSONNumber(9_007_199_254_740_993)))

        let order = try placed(body).order
        #expect(order.id == "shopify-820982911946154509")
        #expect(order.lines[0].id == "9007199254740993")
    }

    @Test func `refuses ids that are none`() throws {
        let cases: [JSONValue?] = [
            nil, .null, "450789469", 0, -1,
            try JSONValue(parsing: Array("1.5".utf8)),
            try JSONValue(parsing: Array("9223372036854775808".utf8)),
        ]

        for id in cases {
            let found = faults(try example().setting(["id"], id))
            #expect(found.map(\.pointer.description) == ["#/id"], "\(id?.text ?? "missing")")
        }
    }

    @Test func `skips lines that are not shipped, and gift cards`() throws {
        let body = try example()
            .setting(["line_items", 0, "requires_shipping"], false)
            .setting(["line_items", 0, "sku"], .null)
            .setting(["line_items", 1, "gift_card"], true)
            .setting(["line_items", 1, "sku"], "")

        #expect(try placed(body).order.lines.map(\.sku) == ["IPOD2008BLACK"])
    }

    @Test func `ignores an order with nothing to ship, address or none`() throws {
        let body = try (0..<3)
            .reduce(example()) { body, index in
                body.setting(["line_items", .element(index), "fulfillable_quantity"], 0)
            }

        let ignored = ShopifyOrderResult.ignored(id: "shopify-450789469", .nothingToShip)
        #expect(try read(body) == ignored)
        #expect(try read(body.setting(["shipping_address"], .null)) == ignored)
        #expect(try read(body.setting(["line_items"], [])) == ignored)
    }

    @Test func `ignores test orders, unless told to take them, and cancelled ones`() throws {
        let test = try example().setting(["test"], true)
        let cancelled = try example().setting(["cancelled_at"], "2026-03-04T05:06:07Z")

        #expect(try read(test) == .ignored(id: "shopify-450789469", .test))
        #expect(try read(cancelled) == .ignored(id: "shopify-450789469", .cancelled))
        let order = try placed(test, ShopifyOptions(acceptsTestOrders: true))
        #expect(order.order.lines.count == 3)
    }

    @Test func `keeps one SKU on several lines as several lines`() throws {
        let body = try example()
            .setting(["line_items", 1, "sku"], "IPOD2008GREEN")
            .setting(["line_items", 1, "fulfillable_quantity"], 7)

        let lines = try placed(body).order.lines
        #expect(lines.map(\.sku) == ["IPOD2008GREEN", "IPOD2008GREEN", "IPOD2008BLACK"])
        #expect(lines.map(\.quantity) == [1, 7, 1])
    }

    @Test func `names every line without a SKU, and the remedy`() throws {
        let body = try example()
            .setting(["line_items", 0, "sku"], .null)
            .setting(["line_items", 1, "sku"], "")
            .setting(["line_items", 2, "sku"], " BLACK")

        let found = faults(body)
        #expect(
            found.map(\.pointer.description) == [
                "#/line_items/0/sku", "#/line_items/1/sku", "#/line_items/2/sku",
            ]
        )
        #expect(found[0].hint.contains("Give ‘IPod Nano - 8gb - green’ a SKU in Shopify"))
        #expect(found[2].hint == "remove it")
    }

    @Test func `reads codes of the United States, Canada, Poland and where there are none`() throws
    {
        let cases: [(String, JSONValue, JSONValue, String, String)] = [
            ("US", "75001-1234", "TX", "75001-1234", "TX"),
            ("US", " 75001 ", "TX", "75001", "TX"),
            ("CA", "K2P 1L4", "ON", "K2P 1L4", "ON"),
            ("CA", "k2p1l4", "ON", "K2P1L4", "ON"),
            ("PL", "01-123", .null, "01-123", ""),
            ("GB", "SW1A 1AA", "ENG", "SW1A 1AA", "ENG"),
            ("HK", .null, "KL", "", "KL"),
            ("DE", "10115", "", "10115", ""),
        ]

        for (country, zip, province, postalCode, region) in cases {
            let body = try example()
                .setting(["shipping_address", "country_code"], .string(country))
                .setting(["shipping_address", "zip"], zip)
                .setting(["shipping_address", "province_code"], province)
            let destination = try placed(body).order.destination
            #expect(destination.country.code == country)
            #expect(destination.postalCode == postalCode)
            #expect(destination.region == region)
        }
    }

    @Test func `knows a post office box by the lines of the address`() throws {
        let cases: [(JSONValue, JSONValue, Bool)] = [
            ("P.O. Box 1234", .null, true), ("Acme Supply", "PO Box 1234", true),
            ("123 Amoebobacterieae St", "PO Box 1234", false),
            ("123 Amoebobacterieae St", "", false),
            (.null, .null, false),
        ]
        for (first, second, isBox) in cases {
            let body = try example()
                .setting(["shipping_address", "address1"], first)
                .setting(["shipping_address", "address2"], second)
            #expect(try placed(body).order.destination.isPostOfficeBox == isBox, "\(first)")
        }
    }

    @Test func `refuses an address that cannot be one`() throws {
        let cases: [([JSONStep], JSONValue?, String)] = [
            (["shipping_address"], .null, "#/shipping_address"),
            (["shipping_address"], nil, "#/shipping_address"),
            (["shipping_address"], "Louisville", "#/shipping_address"),
            (["shipping_address", "zip"], .null, "#/shipping_address/zip"),
            (["shipping_address", "zip"], "4020", "#/shipping_address/zip"),
            (["shipping_address", "country_code"], "USA", "#/shipping_address/country_code"),
            (["shipping_address", "country_code"], .null, "#/shipping_address/country_code"),
        ]

        for (path, value, pointer) in cases {
            let found = faults(try example().setting(path, value))
            #expect(found.map(\.pointer.description) == [pointer])
        }
    }

    @Test func `counts an address with a company as business`() throws {
        let person = try example().setting(["company"], nil)
        let office = person.setting(["shipping_address", "company"], "Norman Valves")

        #expect(try placed(person).order.destination.isResidential)
        #expect(try !placed(office).order.destination.isResidential)
    }

    @Test func `maps shipping methods to service levels`() throws {
        let options = ShopifyOptions(
            serviceLevels: ["UPS Next Day": .nextDay],
            defaultServiceLevel: .threeDay
        )
        let cases: [(JSONValue, ServiceLevel, Int)] = [
            ([["code": "ups next day"]], .nextDay, 0),
            ([["code": "two-day"]], .twoDay, 0),
            ([["code": "Pigeon"]], .threeDay, 1),
            ([["code": "Pigeon"], ["code": "ground"]], .ground, 0),
            ([["code": "UPS Next Day", "is_removed": true], ["code": "ground"]], .ground, 0),
            ([["code": .null]], .threeDay, 0), ([], .threeDay, 0), (.null, .threeDay, 0),
        ]

        for (methods, level, notes) in cases {
            let order = try placed(try example().setting(["shipping_lines"], methods), options)
            #expect(order.order.serviceLevel == level, "\(methods.text)")
            #expect(order.notes.count == notes, "\(methods.text)")
        }
    }

    @Test func `reads what the destination needs of a carrier from the note attributes`() throws {
        for (name, value, needs, notes) in [
            ("Accessorials", "Liftgate, limited access", [.liftgate, .limitedAccess], 0),
            ("delivery_accessorials", "inside,,appointment,", [.inside, .appointment], 0),
            ("accessorials", "liftgate, crane", [.liftgate], 1),
            ("accessorials", .null, [], 0), ("colour", "liftgate", [], 0),
        ] as [(JSONValue, JSONValue, Set<Accessorial>, Int)] {
            let body = try example()
                .setting(["note_attributes"], [["name": name, "value": value]])
            let order = try placed(body, ShopifyOptions(serviceLevels: ["free shipping": .ground]))
            #expect(order.order.destination.accessorials == needs, "\(name.text) \(value.text)")
            #expect(order.notes.count == notes, "\(name.text) \(value.text)")
        }
    }

    @Test func `reads ship complete from the note attributes`() throws {
        let cases: [(JSONValue, JSONValue, Completeness, Int)] = [
            ("Ship Complete", "Yes", .complete, 0), ("ship_complete", "true", .complete, 0),
            ("ship-complete", "no", .partial, 0), ("shipComplete", "0", .partial, 0),
            ("ship complete", "perhaps", .lineComplete, 1),
            ("ship complete", .null, .lineComplete, 0), ("colour", "no", .lineComplete, 0),
        ]
        let options = ShopifyOptions(
            serviceLevels: ["free shipping": .ground],
            defaultCompleteness: .lineComplete
        )

        for (name, value, completeness, notes) in cases {
            let body = try example()
                .setting(["note_attributes"], [["name": name, "value": value]])
            let order = try placed(body, options)
            #expect(order.order.completeness == completeness, "\(name.text) \(value.text)")
            #expect(order.notes.count == notes, "\(name.text) \(value.text)")
        }
    }

    @Test func `reads tags as one string or a list`() throws {
        let cases: [(JSONValue?, [String])] = [
            ("External, Inbound,Outbound ,, ", ["External", "Inbound", "Outbound"]), ("", []),
            (["VIP", " wholesale", 7], ["VIP", "wholesale"]), (.null, []), (nil, []),
        ]

        for (tags, expected) in cases {
            #expect(try placed(example().setting(["tags"], tags)).tags == expected)
        }
    }

    @Test func `counts freight in the shop's currency or the buyer's, as told`() throws {
        let yen = try JSONValue(
            parsing: Array(
                """
                {"shop_money":{"amount":"199.65","currency_code":"USD"},
                 "presentment_money":{"amount":"29947","currency_code":"JPY"}}
                """
                .utf8
            )
        )
        let body = try example()
            .setting(["presentment_currency"], "JPY")
            .setting(["current_total_price_set"], yen)

        let shop = try placed(body)
        #expect(shop.order.currency == .usd)
        #expect(shop.total?.description == "199.65 USD")
        let buyer = try placed(body, ShopifyOptions(currency: .presentment))
        #expect(buyer.order.currency.code == "JPY")
        #expect(buyer.total?.description == "29947 JPY")
    }

    @Test func `takes money from text alone`() throws {
        let path: [JSONStep] = ["current_total_price_set", "shop_money", "amount"]
        let number = try JSONValue(parsing: Array("199.65".utf8))

        #expect(try placed(example().setting(path, number)).total == nil)
        #expect(try placed(example().setting(path, "1e9")).total == nil)
    }

    @Test func `refuses quantities and orders beyond the limits`() throws {
        let tooMany = Limits.quantityMaximum + 1
        for units in [tooMany, -1] {
            let body = try example()
                .setting(["line_items", 1, "fulfillable_quantity"], .number(JSONNumber(units)))
            #expect(
                faults(body).map(\.pointer.description) == ["#/line_items/1/fulfillable_quantity"]
            )
        }
        let half = try JSONValue(parsing: Array("0.5".utf8))
        let body = try example().setting(["line_items", 1, "fulfillable_quantity"], half)
        #expect(faults(body).map(\.detail) == ["is 0.5"])

        let line = try #require(try example()["line_items"]?[element: 0])
        let long = Array(repeating: line, count: Limits.orderLinesMaximum + 1)
        let found = faults(try example().setting(["line_items"], .array(long)))
        #expect(found.map(\.detail) == ["holds 501 lines to ship"])
    }

    @Test func `names fields that the subscription leaves out`() throws {
        for name in ["fulfillable_quantity", "requires_shipping", "id", "sku"] {
            let found = faults(try example().setting(["line_items", 2, .member(name)], nil))
            #expect(found.map(\.pointer.description) == ["#/line_items/2/\(name)"])
        }
        for name in ["line_items", "currency"] {
            let found = faults(try example().setting([.member(name)], nil))
            #expect(found.map(\.pointer.description) == ["#/\(name)"])
        }
    }

    @Test func `reports faults of different places at once`() throws {
        let body = try example()
            .setting(["line_items", 0, "sku"], .null)
            .setting(["shipping_address", "zip"], "4020")
            .setting(["currency"], "DOLLAR")

        #expect(
            faults(body).map(\.pointer.description) == [
                "#/line_items/0/sku", "#/shipping_address/zip", "#/currency",
            ]
        )
    }

    @Test func `refuses bodies that are no order`() {
        for text in ["[]", "null", "7", #"{"order":{"id":1}}"#] {
            #expect(throws: ShopifyFault.self) {
                try ShopifyOrder.order(from: Array(text.utf8))
            }
        }
        let cut = JSONFault(line: 1, column: 7, reason: "the document ends where a value belongs")
        #expect(throws: ShopifyFault.malformed(cut)) {
            try ShopifyOrder.order(from: Array(#"{"id":"#.utf8))
        }
    }

    @Test func `reads which order was cancelled`() throws {
        #expect(
            try ShopifyOrder.cancelledOrder(from: Array(#"{"id":820982911946154508}"#.utf8))
                == "shopify-820982911946154508"
        )
        #expect(throws: ShopifyFault.self) {
            try ShopifyOrder.cancelledOrder(from: Array("{}".utf8))
        }
    }

    @Test func `never traps on a damaged body`() throws {
        let body = try fixtureBytes("order_create_b2b.json")
        for seed in 0..<300 as Range<UInt64> {
            var random = SeededGenerator(seed: seed)
            var damaged = body
            for _ in 0..<4 {
                let index = Int(random.next() % UInt64(damaged.count))
                damaged[index] = UInt8(truncatingIfNeeded: random.next())
            }
            _ = try? ShopifyOrder.order(from: damaged)
        }
    }
}

/// A step from a JSON value to one inside it.
enum JSONStep: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    case member(String)
    case element(Int)

    init(stringLiteral value: String) {
        self = .member(value)
    }

    init(integerLiteral value: Int) {
        self = .element(value)
    }
}

extension JSONValue {
    subscript(element index: Int) -> JSONValue? {
        guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
        return elements[index]
    }

    /// Returns the document with another value at a place, or with none.
    func setting(_ path: [JSONStep], _ value: JSONValue?) -> JSONValue {
        guard let step = path.first else { return value ?? .null }
        let rest = Array(path.dropFirst())
        switch (step, self) {
        case (.member(let name), .object(var members)):
            let index = members.firstIndex { $0.name == name }
            let old = index.map { members[$0].value } ?? .null
            let new = rest.isEmpty ? value : old.setting(rest, value)
            if let index { members.remove(at: index) }
            if let new { members.insert(JSONMember(name, new), at: index ?? members.count) }
            return .object(members)
        case (.element(let index), .array(var elements)):
            elements[index] = elements[index].setting(rest, value)
            return .array(elements)
        default:
            return self
        }
    }
}
