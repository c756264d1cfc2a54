import AllocationModel
import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Testing

@testable import AlertDelivery

struct `Telling a program` {
    private let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    /// An answer to a request that is whole, with these headers beside the usual.
    private static func answering(
        _ status: String,
        _ headers: String = ""
    ) -> @Sendable (String) -> String? {
        { said in
            guard let end = said.range(of: "\r\n\r\n"), said.hasSuffix("}"),
                end.upperBound < said.endIndex
            else { return nil }
            return "HTTP/1.1 \(status)\r\ncontent-length: 0\r\n\(headers)\r\n"
        }
    }

    private func send(
        to receiver: Receiver,
        _ message: AlertMessage = Example.message()
    ) async throws -> SendingResult {
        let channel = try WebhookChannel(
            url: "http://127.0.0.1:\(receiver.port)/hook",
            secret: secret
        )
        return await channel.send(message, at: Example.monday, with: .shared)
    }

    @Test func `signs as the standard's own example does`() throws {
        let channel = try WebhookChannel(url: "http://127.0.0.1", secret: secret)

        // The vector of Standard Webhooks 1.0.0.
        let signature = channel.signature(
            of: Array(#"{"test": 2432232314}"#.utf8),
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
            seconds: 1_614_265_330
        )

        #expect(signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test func `takes no secret that is none`() {
        for text in ["", "whsec_", "whsec_AAAA", "hush", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS*"] {
            #expect(throws: ParseError.self, "\(text)") {
                try WebhookChannel(url: "http://127.0.0.1", secret: text)
            }
        }
    }

    @Test func `posts what happened, with an id that stays the same`() async throws {
        let receiver = try await Receiver(answer: Self.answering("204 No Content"))

        #expect(try await send(to: receiver) == .done("204"))
        #expect(try await send(to: receiver) == .done("204"))

        let requests = receiver.conversations.joined().components(separatedBy: "POST /hook ")
            .dropFirst()
        #expect(requests.count == 2)
        for request in requests {
            let lines = request.components(separatedBy: "\r\n")
            #expect(lines.contains("webhook-id: alert-office-main-9"))
            #expect(lines.contains("webhook-timestamp: 1772463600"))
            #expect(lines.contains { $0.hasPrefix("webhook-signature: v1,") })
            let body = try JSONValue(parsing: Array((lines.last ?? "").utf8))
            #expect(body["type"] == "alert.opened")
            #expect(body["timestamp"] == "2026-03-02T15:00:00.000Z")
            #expect(body["data"]?["kind"] == "backorder")
            #expect(body["data"]?["subject"] == "4711")
        }
        try await receiver.close()
    }

    @Test func `tries again what failed, when the receiver says, and not what is gone`()
        async throws
    {
        let cases: [(String, String, SendingResult)] = [
            ("500 Oops", "", .failed("answered 500")),
            ("302 Found", "location: /elsewhere\r\n", .failed("answered 302")),
            ("429 Slow", "retry-after: 90\r\n", .failed("answered 429", retryAfterSeconds: 90)),
            ("410 Gone", "", .refused("answered 410")),
        ]
        let client = HTTPClient(
            eventLoopGroupProvider: .singleton,
            configuration: .init(redirectConfiguration: .disallow)
        )
        for (status, headers, result) in cases {
            let receiver = try await Receiver(answer: Self.answering(status, headers))
            let channel = try WebhookChannel(
                url: "http://127.0.0.1:\(receiver.port)/hook",
                secret: secret
            )
            let found = await channel.send(Example.message(), at: Example.monday, with: client)
            #expect(found == result)
            try await receiver.close()
        }
        try await client.shutdown()
    }

    @Test func `fails where nobody listens`() async throws {
        let receiver = try await Receiver { _ in nil }
        try await receiver.close()

        guard case .failed = try await send(to: receiver) else {
            Issue.record("it was not told, and said so")
            return
        }
    }
}

struct `Trying again` {
    @Test func `waits longer after each failure, and ends`() {
        let waits = (1...10)
            .map { count in
                RetrySchedule.next(afterFailures: count, at: Example.monday)
                    .map { ($0.milliseconds - Example.monday.milliseconds) / 1000 }
            }

        #expect(waits == [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400, nil])
    }

    @Test func `gives the receiver the time it asks for, a day at most`() {
        let wait = { (seconds: Int64) in
            RetrySchedule.next(afterFailures: 1, at: Timestamp(milliseconds: 0), atLeast: seconds)?
                .milliseconds
        }
        #expect(wait(0) == 5000)
        #expect(wait(90) == 90_000)
        #expect(wait(.max) == 86_400_000)
        #expect(wait(-9) == 5000)
    }
}

struct `Telling a telephone` {
    @Test func `fills the gateway's template, escaped for where it stands`() throws {
        let get = try TextMessageChannel(
            url: "http://gateway.test/send?to={to}&text={text}",
            to: ["+15550100"],
            body: nil,
            token: nil
        )
        let post = try TextMessageChannel(
            url: "http://gateway.test/send",
            to: ["+15550100"],
            body: #"{"to":"{to}","body":"{text}"}"#,
            token: "s3cret"
        )

        let asked = get.request(to: "+15550100", "9\" pipe & more")
        let posted = post.request(to: "+15550100", "9\" pipe & more")

        #expect(
            asked.url == "http://gateway.test/send?to=%2B15550100&text=9%22%20pipe%20%26%20more"
        )
        #expect(asked.method == .GET)
        #expect(posted.method == .POST)
        #expect(posted.url == "http://gateway.test/send")
        #expect(posted.headers.first(name: "authorization") == "Bearer s3cret")
    }

    @Test func `sends JSON that can be read, whatever the words`() async throws {
        let receiver = try await Receiver { said in
            said.hasSuffix("}") ? "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n" : nil
        }
        let channel = try TextMessageChannel(
            url: "http://127.0.0.1:\(receiver.port)/",
            to: ["a", "b"],
            body: #"{"to":"{to}","body":"{text}"}"#,
            token: nil
        )

        let result = await channel.send(
            Example.message("9\" pipe \\ \u{1F6A8}\nsecond line"),
            with: .shared
        )

        #expect(result == .done("2 told"))
        let bodies = try receiver.conversations.joined().components(separatedBy: "\r\n\r\n")
            .compactMap { part in part.lastIndex(of: "}").map { part[...$0] } }
            .map { try JSONValue(parsing: Array($0.utf8)) }
        #expect(bodies.map { $0["to"] } == ["a", "b"])
        #expect(bodies[0]["body"] == "Holdfast: 9\" pipe \\ \u{1F6A8}\nsecond line")
        try await receiver.close()
    }

    @Test func `cuts what no telephone would show`() {
        #expect(TextMessageChannel.shortened("short") == "short")
        let long = TextMessageChannel.shortened(String(repeating: "x", count: 460))
        #expect(long.count == 459)
        #expect(long.hasSuffix("x…"))
        #expect(TextMessageChannel.shortened(String(repeating: "x", count: 459)).hasSuffix("xx"))
    }

    @Test func `wants a template with the message in it, and somebody to tell`() {
        for (url, body, recipients) in [
            ("http://g/?to={to}", nil, ["1"]), ("http://g/", "{text}", ["1"]),
            ("http://g/?to={to}&text={text}", nil, []),
        ] as [(String, String?, [String])] {
            #expect(throws: ParseError.self, "\(url)") {
                try TextMessageChannel(url: url, to: recipients, body: body, token: nil)
            }
        }
    }
}
