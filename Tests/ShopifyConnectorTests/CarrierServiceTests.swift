import AllocationModel
import Testing

@testable import ShopifyConnector

/// What a checkout asks and is told, in the shapes of the Admin API's DeliveryCarrierService.
struct `Shopify's carrier service` {
    private static let items = #"""
        {"name":"Gate valve","sku":"VALVE-3IN","quantity":20,"grams":6800,"price":1999,
         "vendor":"Example","requires_shipping":true,"taxable":true,
         "fulfillment_service":"manual","properties":null,"product_id":48447225880,
         "variant_id":258644705304},
        {"name":"Manual","sku":"","quantity":1,"grams":0,"price":0,"requires_shipping":false}
        """#

    private func body(
        items: String = Self.items,
        postalCode: String = "75001",
        totals: String = #"{"subtotal_price":"39980","total_price":"42180"}"#
    ) -> [UInt8] {
        Array(
            """
            {"rate":{"origin":{"country":"US","postal_code":"75201","province":"TX"},
             "destination":{"country":"US","postal_code":"\(postalCode)","province":"TX",
              "city":"Addison","name":"A. Buyer","address1":"PO Box 12","address2":"",
              "address3":null,"phone":null,"company_name":"Buyer Ltd"},
             "items":[\(items)],"currency":"USD","locale":"en","order_totals":\(totals),
             "customer":{"id":207119551,"tags":["VIP","wholesale"]}}}
            """
            .utf8
        )
    }

    @Test func `is asked about what is shipped of a cart, and where`() throws {
        let order = try #require(try CarrierService.order(from: body()))

        #expect(order.lines.map(\.sku) == ["VALVE-3IN"])
        #expect(order.lines.map(\.quantity) == [20])
        #expect(order.destination.postalCode == "75001")
        #expect(order.destination.region == "TX")
        #expect(!order.destination.isResidential)
        #expect(order.destination.addressKind == .postOfficeBox)
        #expect(order.currency == .usd)
        #expect(order.serviceLevel == .ground)
        #expect(order.terms.customer?.rawValue == "207119551")
        #expect(order.terms.value == Money(minorUnits: 39_980, currency: .usd))
        // In some calls it is a number.
        let number = try CarrierService.order(from: body(totals: #"{"subtotal_price":39980}"#))
        #expect(number?.terms.value == order.terms.value)
        let odd = try CarrierService.order(from: body(totals: #"{"subtotal_price":-1.5}"#))
        #expect(odd != nil && odd?.terms.value == nil)
    }

    @Test func `has nothing to say of a cart of which nothing is shipped`() throws {
        let items = #"{"name":"Manual","sku":"","quantity":1,"requires_shipping":false}"#
        #expect(try CarrierService.order(from: body(items: items)) == nil)
    }

    @Test func `names every place that cannot be quoted`() throws {
        let items = #"""
            {"sku":"","quantity":1,"requires_shipping":true},
            {"sku":"VALVE-3IN","quantity":-1,"requires_shipping":true},
            {"sku":"VALVE-3IN","quantity":"two"}
            """#
        let fault = #expect(throws: ShopifyFault.self) {
            try CarrierService.order(from: body(items: items, postalCode: ""))
        }
        guard case .unusable(let faults)? = fault else {
            Issue.record("\(String(describing: fault))")
            return
        }
        #expect(
            faults.faults.map(\.pointer.description) == [
                "#/rate/items/0/sku", "#/rate/items/1/quantity", "#/rate/items/2/quantity",
                "#/rate/destination/postal_code",
            ]
        )
        for body in ["", "[]", "{}", #"{"rate":[]}"#, #"{"rate":{}}"#, #"{"rate":{"items":{}}}"#] {
            #expect(throws: ShopifyFault.self, "\(body)") {
                try CarrierService.order(from: Array(body.utf8))
            }
        }
    }

    @Test func `tells the price in hundredths, and the days between which it arrives`() throws {
        let day = try CivilDate(parsing: "2026-03-05")
        let shipment = { (warehouse: Warehouse.ID, days: Int, currency: Currency) in
            Plan.Shipment(
                warehouse: warehouse,
                service: "ups-ground",
                carrier: "UPS",
                lines: [],
                freight: Money(minorUnits: 1000, currency: currency),
                handling: Money(minorUnits: 5, currency: currency),
                leaves: day,
                arrives: day.adding(days: days)
            )
        }
        let option = { (level: ServiceLevel, currency: Currency, short: Bool) in
            Quote.Option(
                level: level,
                plan: Plan(
                    order: "quote",
                    shipments: [shipment("DAL", 0, currency), shipment("RNO", 2, currency)],
                    backorders: short
                        ? [Plan.Backorder(line: 0, sku: "VALVE-3IN", quantity: 1)] : [],
                    cost: .zero(currency),
                    bound: .zero(currency),
                    isProved: true
                )
            )
        }
        let yen = try Currency(parsing: "JPY")
        let quote = Quote(
            options: [
                option(.ground, .usd, false), option(.twoDay, yen, false),
                option(.nextDay, .usd, true),
            ],
            refusals: [],
            absent: []
        )

        // What would leave something on backorder is no rate for the cart.
        #expect(
            CarrierService.rates(of: quote) == [
                "rates": [
                    [
                        "service_name": "Ground", "service_code": "ground",
                        "description": "In 2 deliveries", "currency": "USD",
                        "total_price": "2010", "min_delivery_date": "2026-03-05 12:00:00 +0000",
                        "max_delivery_date": "2026-03-07 12:00:00 +0000",
                    ],
                    [
                        "service_name": "Two-day", "service_code": "two-day",
                        "description": "In 2 deliveries", "currency": "JPY",
                        "total_price": "201000",
                        "min_delivery_date": "2026-03-05 12:00:00 +0000",
                        "max_delivery_date": "2026-03-07 12:00:00 +0000",
                    ],
                ]
            ]
        )
    }

    @Test func `is believed by its signature alone, unless the shop's is taken without`() throws {
        let verifier = try WebhookVerifier(secrets: ["hush"])
        let body = Array(#"{"id":820982911946154508}"#.utf8)
        let right = WebhookHeader(
            "X-Shopify-Hmac-Sha256",
            "qBvrsZF7RfB1iS6BX6IHqJTp5L911P7intnPeTPsH0I="
        )
        let wrong = WebhookHeader(
            "X-Shopify-Hmac-Sha256",
            "CoBxqw3VDSmv9118ESG7dfSBiQ88PN41J66csscVEf8="
        )
        for takesUnsigned in [false, true] {
            try verifier.verifyRates(headers: [right], body: body, takesUnsigned: takesUnsigned)
            #expect(throws: WebhookFault.badSignature) {
                try verifier.verifyRates(
                    headers: [wrong],
                    body: body,
                    takesUnsigned: takesUnsigned
                )
            }
        }
        try verifier.verifyRates(headers: [], body: body, takesUnsigned: true)
        #expect(throws: WebhookFault.missingHeader("x-shopify-hmac-sha256")) {
            try verifier.verifyRates(headers: [], body: body, takesUnsigned: false)
        }
    }
}
