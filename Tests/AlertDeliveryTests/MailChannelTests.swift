import AllocationModel
import Foundation
import Testing

@testable import AlertDelivery

struct `A dialogue with a relay` {
    private func dialogue(_ mail: String = "Subject: x\r\n\r\nbody\r\n") -> SMTPDialogue {
        SMTPDialogue(from: "a@x.test", to: ["b@x.test", "c@x.test"], as: "here", mail: mail)
    }

    @Test func `names sender and recipients, and hands the mail over`() {
        var talk = dialogue()
        let replies = [220, 250, 250, 250, 251, 354, 250, 221]

        let said = replies.map { talk.hear($0, "ok") }

        #expect(
            said == [
                "EHLO here\r\n", "MAIL FROM:<a@x.test>\r\n", "RCPT TO:<b@x.test>\r\n",
                "RCPT TO:<c@x.test>\r\n", "DATA\r\n", "Subject: x\r\n\r\nbody\r\n.\r\n",
                "QUIT\r\n", nil,
            ]
        )
        #expect(talk.state == .over(.done("250 ok")))
    }

    @Test func `ends at once at any refusal, for good where it begins with 5`() {
        let way = [220, 250, 250, 250, 250, 354, 250]
        for step in way.indices {
            for (code, isForGood) in [(550, true), (451, false), (200, false)] {
                var talk = dialogue()
                for reply in way[..<step] { _ = talk.hear(reply, "") }

                #expect(talk.hear(code, "no") == "QUIT\r\n", "\(step) \(code)")
                let said = "the relay said \(code) no"
                #expect(talk.state == .over(isForGood ? .refused(said) : .failed(said)))
                #expect(talk.hear(221, "bye") == nil)
            }
        }
    }

    @Test func `doubles a dot that begins a line`() {
        var talk = dialogue("a\r\n.\r\n..b\r\n")
        for reply in [220, 250, 250, 250, 250] { _ = talk.hear(reply, "") }

        #expect(talk.hear(354, "go on") == "a\r\n..\r\n...b\r\n.\r\n")
    }

    @Test func `reads replies of one line and of many, and nothing else`() {
        let read = { (line: String) in
            SMTPDialogue.reply(from: line).map { "\($0.code)|\($0.text)|\($0.goesOn)" }
        }
        #expect(read("250 ok") == "250|ok|false")
        #expect(read("250-SIZE 9") == "250|SIZE 9|true")
        #expect(read("354") == "354||false")
        for line in ["", "25", "abc", "199 x", "600 x", "250x", "HTTP/1.1 400 Bad Request"] {
            #expect(read(line) == nil, "\(line)")
        }
    }
}

struct `A mail` {
    private func mail(_ message: AlertMessage) -> [String] {
        MailText.mail(
            message,
            from: "holdfast@x.test",
            to: ["b@x.test", "c@x.test"],
            at: Example.monday
        )
        .components(separatedBy: "\r\n")
    }

    @Test func `says what is the matter, and what can be done`() {
        let lines = mail(Example.message())

        #expect(
            lines == [
                "From: Holdfast <holdfast@x.test>", "To: b@x.test, c@x.test",
                "Subject: Holdfast: order 4711 waits for 12 x VALVE-3IN",
                "Date: Mon, 02 Mar 2026 15:00:00 +0000",
                "Message-ID: <alert-office-main-9@holdfast.internal>",
                "Auto-Submitted: auto-generated", "MIME-Version: 1.0",
                "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 7bit", "",
                "order 4711 waits for 12 x VALVE-3IN", "",
                "backorder, opened 2026-03-02T15:00:00.000Z", "",
                "holdfast-coordinator alerts acknowledge 7",
                "holdfast-coordinator alerts resolve 7 --comment \"...\"", "",
            ]
        )
    }

    @Test func `says that it is over, and how`() {
        let lines = mail(Example.message(event: .resolved))

        #expect(lines.contains("Subject: Holdfast, over: order 4711 waits for 12 x VALVE-3IN"))
        #expect(lines.contains("ana: it came"))
    }

    @Test func `is ASCII whatever the words, and no words make headers`() throws {
        let lines = mail(Example.message("Schütz\r\nBcc: thief@x.test \u{1F6A8}"))

        #expect(lines.allSatisfy { $0.utf8.allSatisfy { $0 < 128 } && $0.utf8.count <= 78 })
        #expect(!lines.contains { $0.hasPrefix("Bcc") })
        let subject = try #require(lines.first { $0.hasPrefix("Subject: ") })
        let words = try #require(subject.split(separator: " ").last?.split(separator: "?")[3])
        let data = try #require(Data(base64Encoded: String(words)))
        #expect(String(decoding: data, as: UTF8.self).hasPrefix("Holdfast: Schütz"))
        let end = try #require(lines.firstIndex(of: ""))
        let body = try #require(Data(base64Encoded: lines[(end + 1)...].joined()))
        #expect(String(decoding: body, as: UTF8.self).hasPrefix("Schütz"))
    }
}

struct `Telling people by mail` {
    private static func relay(refusing recipient: String = "") -> @Sendable (String) -> String? {
        { said in
            guard said.hasSuffix("\r\n") else { return nil }
            let line = said.components(separatedBy: "\r\n").dropLast().last ?? ""
            if !recipient.isEmpty, line.contains(recipient) { return "550 no such one\r\n" }
            if line.hasPrefix("EHLO") { return "250-relay.test\r\n250 SIZE 1000000\r\n" }
            if line == "DATA" { return "354 go on\r\n" }
            if line == "QUIT" { return "221 bye\r\n" }
            if line.hasPrefix("MAIL") || line.hasPrefix("RCPT") || line == "." {
                return "250 ok\r\n"
            }
            return nil
        }
    }

    private func send(to receiver: Receiver) async throws -> SendingResult {
        try await MailChannel(
            host: "127.0.0.1",
            port: receiver.port,
            from: "holdfast@x.test",
            to: ["b@x.test"]
        )
        .send(Example.message(), at: Example.monday)
    }

    @Test func `hands the mail to the relay`() async throws {
        let receiver = try await Receiver(greeting: "220 relay\r\n", answer: Self.relay())

        let result = try await send(to: receiver)

        #expect(result == .done("250 ok"))
        let said = receiver.conversations.joined()
        #expect(said.contains("RCPT TO:<b@x.test>\r\nDATA\r\nFrom: Holdfast"))
        #expect(said.contains("waits for 12 x VALVE-3IN"))
        try await receiver.close()
    }

    @Test func `says what the relay said where it will not`() async throws {
        let receiver = try await Receiver(
            greeting: "220 relay\r\n",
            answer: Self.relay(refusing: "b@x.test")
        )

        #expect(try await send(to: receiver) == .refused("the relay said 550 no such one"))
        try await receiver.close()
    }

    @Test func `fails where what answers is no relay`() async throws {
        let receiver = try await Receiver(greeting: "HTTP/1.1 400 Bad Request\r\n") { _ in nil }
        let endless = try await Receiver(greeting: String(repeating: "x", count: 5000)) { _ in nil }

        #expect(try await send(to: receiver) == .failed("the relay does not speak SMTP"))
        guard case .failed(let why, _) = try await send(to: endless) else {
            Issue.record("an endless line was taken")
            return
        }
        #expect(why.contains("does not end"))
        try await receiver.close()
        try await endless.close()
    }

    @Test func `takes no address that is none`() {
        for address in ["", "ops", "@x.test", "ops@", "o ps@x.test", "a@b@c", "x<y@z.test>"] {
            #expect(throws: ParseError.self, "\(address)") {
                try MailChannel(host: "h", port: 25, from: "a@x.test", to: [address])
            }
        }
        #expect(throws: ParseError.self) {
            try MailChannel(host: "h", port: 25, from: "a@x.test", to: [])
        }
    }
}
