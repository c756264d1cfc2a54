import AllocationModel
import Foundation
import Testing

@testable import ShopifyConnector

/// Signatures were computed with `openssl dgst -sha256 -hmac SECRET -binary | base64` and
/// again with Python's hmac.
struct `Webhook verifier` {
    private let body = Array(#"{"id":820982911946154508}"#.utf8)
    private let signature = "qBvrsZF7RfB1iS6BX6IHqJTp5L911P7intnPeTPsH0I="

    private func headers(
        signature: String,
        topic: String = "orders/create",
        prefix: String = "X-Shopify-"
    ) -> [WebhookHeader] {
        [
            WebhookHeader("Content-Type", "application/json"),
            WebhookHeader(prefix + "Topic", topic),
            WebhookHeader(prefix + "Hmac-Sha256", signature),
            WebhookHeader(prefix + "Shop-Domain", "Valves.myshopify.com"),
            WebhookHeader(prefix + "API-Version", "2026-01"),
            WebhookHeader(prefix + "Webhook-Id", "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043"),
            WebhookHeader(prefix + "Event-Id", "98880550-7158-44d4-b7cd-2c97c8a091b5"),
            WebhookHeader(prefix + "Triggered-At", "2023-03-29T18:00:27.877041743Z"),
        ]
    }

    @Test func `accepts a signature over the bytes as they came`() throws {
        let delivery = try WebhookVerifier(secrets: ["hush"])
            .verify(headers: headers(signature: signature), body: body)

        #expect(
            delivery
                == WebhookDelivery(
                    id: "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
                    topic: .ordersCreate,
                    shop: "valves.myshopify.com",
                    apiVersion: "2026-01",
                    eventID: "98880550-7158-44d4-b7cd-2c97c8a091b5",
                    triggeredAt: Timestamp(milliseconds: 1_680_112_827_877)
                )
        )
    }

    @Test func `agrees with openssl on Shopify's example order`() throws {
        let order = try fixtureBytes("order_create.json")

        _ = try WebhookVerifier(secrets: ["hush"])
            .verify(
                headers: headers(signature: "CoBxqw3VDSmv9118ESG7dfSBiQ88PN41J66csscVEf8="),
                body: order
            )
    }

    @Test func `takes the secret as text, whatever the text, and the body as bytes`() throws {
        let cases: [(String, [UInt8], String)] = [
            (
                "schlüssel", Array("{ \"id\" : 1 }\n".utf8),
                "MAWJaNuaf9HXD7n7amu3fAGkRGvNU8XNVe5+OR4ZJ98="
            ),
            (
                "hush", Array(#"{"name":"Gdańsk"}"#.utf8),
                "/Q12aaf0zHC7cs1Q9fHbrvfrul6jYT2knXs+9ZjifHo="
            ),
            ("hush", [0xFF, 0x00, 0x01], "WC1AFGV6G9b/1yGvofdIXdsbOqnYn/zfiNlZT3TmBds="),
        ]

        for (secret, body, signature) in cases {
            _ = try WebhookVerifier(secrets: [secret])
                .verify(headers: headers(signature: signature), body: body)
        }
    }

    @Test func `accepts any of several secrets, so that one can be rotated`() throws {
        let old = "7F+V9rath87UVyvbE+XxX9QvY7mkn1L2L9nUe0PGJIY="

        for secrets in [["hush", "old-hush"], ["old-hush", "hush"]] {
            let verifier = try WebhookVerifier(secrets: secrets)
            _ = try verifier.verify(headers: headers(signature: old), body: body)
            _ = try verifier.verify(headers: headers(signature: signature), body: body)
        }
        #expect(throws: WebhookFault.badSignature) {
            try WebhookVerifier(secrets: ["hush"])
                .verify(headers: headers(signature: old), body: body)
        }
    }

    @Test func `refuses to run without a secret, or with an empty one`() {
        for secrets in [[], [""], ["hush", ""]] {
            #expect(throws: ParseError.self) { try WebhookVerifier(secrets: secrets) }
        }
    }

    @Test func `refuses any changed byte, signature or secret with 401`() throws {
        let verifier = try WebhookVerifier(secrets: ["hush"])
        for index in body.indices {
            var changed = body
            changed[index] ^= 1
            #expect(throws: WebhookFault.badSignature) {
                try verifier.verify(headers: headers(signature: signature), body: changed)
            }
        }
        #expect(throws: WebhookFault.badSignature) {
            try verifier.verify(headers: headers(signature: signature), body: body + [0x0A])
        }
        // Not base64, too short, the code in hexadecimal, another's.
        for wrong in [
            "?", "qBvrsZF7", "a81bebb1917b45f071892e815fa207a894e9e4bf75d4fee29ed9cf7933ec1f42",
            "XWmrwMey6OsLMeiZKwP4FppHH3cmAiiJJAweH5Jo4bM=",
        ] {
            #expect(throws: WebhookFault.badSignature) {
                try verifier.verify(headers: headers(signature: wrong), body: body)
            }
        }
        #expect(WebhookFault.badSignature.status == 401)
    }

    @Test func `accepts both families of headers, in any case`() throws {
        let verifier = try WebhookVerifier(secrets: ["hush"])
        for prefix in ["X-Shopify-", "x-shopify-", "X-SHOPIFY-", "shopify-", "Shopify-"] {
            let delivery = try verifier.verify(
                headers: headers(signature: signature, prefix: prefix),
                body: body
            )
            #expect(delivery.topic == .ordersCreate)
        }
    }

    @Test func `never takes the signature of one family and the topic of the other`() throws {
        let mixed =
            headers(signature: signature)
            + headers(signature: "?", topic: "shop/redact", prefix: "shopify-")

        let delivery = try WebhookVerifier(secrets: ["hush"]).verify(headers: mixed, body: body)
        #expect(delivery.topic == .ordersCreate)
    }

    @Test func `refuses a missing header or body with 400`() throws {
        let verifier = try WebhookVerifier(secrets: ["hush"])
        for name in ["topic", "hmac-sha256", "shop-domain", "api-version", "webhook-id"] {
            let without = headers(signature: signature)
                .filter {
                    $0.name.lowercased() != "x-shopify-" + name
                }
            let blank = without + [WebhookHeader("X-Shopify-" + name, "  ")]
            for lacking in [without, blank] {
                #expect(throws: WebhookFault.missingHeader("x-shopify-" + name)) {
                    try verifier.verify(headers: lacking, body: body)
                }
            }
        }
        #expect(throws: WebhookFault.missingBody) {
            try verifier.verify(headers: headers(signature: signature), body: [])
        }
        #expect(WebhookFault.missingBody.status == 400)
        #expect(WebhookFault.missingHeader("x-shopify-topic").status == 400)
    }

    @Test func `needs neither event id nor time`() throws {
        let few = headers(signature: signature)
            .filter {
                !$0.name.hasSuffix("Event-Id") && !$0.name.hasSuffix("Triggered-At")
            }

        let delivery = try WebhookVerifier(secrets: ["hush"]).verify(headers: few, body: body)
        #expect(delivery.eventID == nil)
        #expect(delivery.triggeredAt == nil)
    }

    @Test func `refuses a header that says two things`() throws {
        let verifier = try WebhookVerifier(secrets: ["hush"])
        let twice = headers(signature: signature) + [WebhookHeader("x-shopify-webhook-id", "other")]
        let same =
            headers(signature: signature) + [
                WebhookHeader("x-shopify-api-version", "2026-01")
            ]

        #expect(throws: WebhookFault.contradictoryHeader("x-shopify-webhook-id")) {
            try verifier.verify(headers: twice, body: body)
        }
        _ = try verifier.verify(headers: same, body: body)
    }

    @Test func `refuses an unknown topic with 404, but only to who can sign`() throws {
        let verifier = try WebhookVerifier(secrets: ["hush"])
        let signed = headers(signature: signature, topic: "carts/update")
        let unsigned = headers(signature: "AAAA", topic: "carts/update")

        #expect(throws: WebhookFault.unknownTopic("carts/update")) {
            try verifier.verify(headers: signed, body: body)
        }
        #expect(throws: WebhookFault.badSignature) {
            try verifier.verify(headers: unsigned, body: body)
        }
        #expect(WebhookFault.unknownTopic("carts/update").status == 404)
    }

    @Test func `reads times with any fraction and offset`() throws {
        let cases: [(String, String?)] = [
            ("2023-03-29T18:00:27.877041743Z", "2023-03-29T18:00:27.877Z"),
            ("2025-02-04T19:09:48+01:00", "2025-02-04T18:09:48.000Z"),
            ("2008-01-10T11:00:00-05:00", "2008-01-10T16:00:00.000Z"),
            ("2026-01-01T00:30:00+05:30", "2025-12-31T19:00:00.000Z"),
            ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"),
            ("2026-03-04T05:06:07.5Z", "2026-03-04T05:06:07.500Z"),
            ("2026-02-29T00:00:00Z", nil), ("2026-03-04T24:00:00Z", nil),
            ("2026-03-04T05:06:07", nil), ("2026-03-04T05:06:07.Z", nil),
            ("2026-03-04 05:06:07Z", nil), ("2026-03-04T05:06:07+0100", nil),
            ("2026-03-04T5:06:07Z", nil), ("yesterday", nil), ("", nil),
            ("２026-03-04T05:06:07Z", nil), ("2026-03-04T05:06:07Z+01:00", nil),
        ]

        for (text, expected) in cases {
            #expect(Timestamp(rfc3339: text)?.iso8601 == expected, "\(text)")
        }
    }

    @Test func `every refusal says what to do`() {
        let faults: [WebhookFault] = [
            .missingBody, .missingHeader("x-shopify-topic"), .contradictoryHeader("x"),
            .badSignature, .unknownTopic("carts/update"),
        ]

        for fault in faults {
            #expect(fault.detail.hasSuffix("."))
            #expect(fault.hint.hasSuffix("."))
        }
    }
}

/// Returns the bytes of a file of `Fixtures`, untouched.
func fixtureBytes(_ name: String) throws -> [UInt8] {
    let url = Bundle.module.bundleURL.appending(path: "Fixtures").appending(path: name)
    return Array(try Data(contentsOf: url))
}
