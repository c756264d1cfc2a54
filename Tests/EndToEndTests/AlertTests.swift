import Foundation
import Testing

/// Alerts of a real office, told to real receivers.
@Suite(.serialized)
struct `Alerts of a real office` {
    /// A program that takes webhooks, text messages and mail, and writes each down on a line.
    private final class Receivers {
        private let process = Process()
        private let file: URL
        private(set) var httpPort = 0
        private(set) var mailPort = 0

        private static let script = """
            import http.server, json, socketserver, sys, threading

            def note(**what):
                with open(sys.argv[1], "a") as out:
                    out.write(json.dumps(what) + "\\n")

            class Hook(http.server.BaseHTTPRequestHandler):
                def do_POST(self):
                    body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
                    note(to=self.path, headers={k.lower(): v for k, v in self.headers.items()}, body=body)
                    self.send_response(204)
                    self.end_headers()
                def log_message(self, *_): pass

            class Relay(socketserver.StreamRequestHandler):
                def handle(self):
                    say = lambda words: self.wfile.write((words + "\\r\\n").encode())
                    said, in_data, mail = [], False, []
                    say("220 relay")
                    for line in self.rfile:
                        text = line.decode().rstrip("\\r\\n")
                        if in_data:
                            if text == ".":
                                note(to="mail", said=said, mail="\\n".join(mail))
                                in_data = False
                                say("250 taken")
                            else:
                                mail.append(text)
                            continue
                        said.append(text)
                        if text == "DATA":
                            in_data = True
                            say("354 go on")
                        elif text == "QUIT":
                            say("221 bye")
                            return
                        else:
                            say("250 ok")

            hooks = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
            relay = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Relay)
            threading.Thread(target=hooks.serve_forever, daemon=True).start()
            print(hooks.server_address[1], relay.server_address[1], flush=True)
            relay.serve_forever()
            """

        init(in folder: URL) throws {
            file = folder.appendingPathComponent("received.jsonl")
            let output = Pipe()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = ["python3", "-c", Self.script, file.path]
            process.standardOutput = output
            process.standardError = FileHandle.nullDevice
            process.standardInput = FileHandle.nullDevice
            try process.run()
            var words = ""
            while !words.contains("\n") {
                let data = output.fileHandleForReading.availableData
                guard !data.isEmpty else { throw FleetError("the receivers do not start") }
                words += String(decoding: data, as: UTF8.self)
            }
            let ports = words.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
            guard ports.count == 2 else { throw FleetError("the receivers do not start") }
            (httpPort, mailPort) = (ports[0], ports[1])
        }

        deinit {
            // Whoever starts a test may have blocked all signals that can be.
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }

        /// What came to an address, in order.
        func received(at address: String) throws -> [[String: Any]] {
            guard let text = try? String(contentsOf: file, encoding: .utf8) else { return [] }
            return try text.split(separator: "\n")
                .compactMap {
                    try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
                }
                .filter { $0["to"] as? String == address }
        }
    }

    private func office(
        _ fleet: Fleet,
        _ arguments: String...
    ) throws -> (status: Int32, output: String, words: String) {
        try fleet.run("holdfast-coordinator", arguments + ["--url", fleet.url])
    }

    private func place(_ id: String, _ quantity: Int, _ more: String, at fleet: Fleet) async throws
    {
        let body = """
            {"id": "\(id)", \(more) "destination": {"country": "US", "postalCode": "75001"},
             "lines": [{"sku": "VALVE-3IN", "quantity": \(quantity)}]}
            """
        _ = try await fleet.ask("POST", "/v1/orders", body: Data(body.utf8))
    }

    private func fleet(_ receivers: inout Receivers?) throws -> Fleet {
        let fleet = try Fleet(Fleet.valves)
        let found = try Receivers(in: fleet.folder)
        receivers = found
        try fleet.write("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n", to: "hook.secret")
        try fleet.configureCoordinator(
            """
            alerts:
              channels: [webhook, mail, log]
              siteSilentAfterSeconds: 5
              orderLagsAfterSeconds: 5
              webhook:
                url: http://127.0.0.1:\(found.httpPort)/hook
                secretFile: hook.secret
              mail:
                relay: 127.0.0.1:\(found.mailPort)
                from: holdfast@example.com
                to: [ops@example.com]
              sms:
                url: http://127.0.0.1:\(found.httpPort)/sms
                to: ["+15550100"]
                body: '{"to": "{to}", "text": "{text}"}'

            """
        )
        return fleet
    }

    @Test func `are told to a program, by mail and by text message, begun and over`() async throws {
        var found: Receivers?
        let fleet = try fleet(&found)
        let receivers = try #require(found)
        try fleet.write("sku,reorder_point\nVALVE-3IN,10\n", to: "skus.csv")
        try fleet.write(
            "rules:\n- {rule: urgent, when: {urgency: urgent}, then: {alerts: [sms]}}\n",
            to: "rules.yaml"
        )
        try await fleet.start()
        let path = { fleet.folder.appendingPathComponent($0).path }
        _ = try office(fleet, "directory", "import", "skus", path("skus.csv"))
        _ = try office(fleet, "rules", "publish", path("rules.yaml"), "--comment", "loud")

        try await place("4711", 2, "\"urgency\": \"urgent\",", at: fleet)
        try await place("4712", 40, "\"completeness\": \"partial\",", at: fleet)
        try await fleet.eventually("the backorder is told") {
            let hooks = try receivers.received(at: "/hook")
            return hooks.contains { ($0["body"] as? String)?.contains("4712") == true }
        }
        try await fleet.eventually("the text message is sent") {
            try receivers.received(at: "/sms").count == 1
        }
        try await fleet.eventually("the mail is sent") {
            try receivers.received(at: "mail")
                .contains { ($0["mail"] as? String)?.contains("order 4712 waits for") == true }
        }
        _ = try office(fleet, "order", "cancel", "4712")
        try await fleet.eventually("it is told that the backorder is over") {
            try receivers.received(at: "/hook")
                .contains { ($0["body"] as? String)?.contains("\"alert.resolved\"") == true }
        }

        let text = try receivers.received(at: "/sms")[0]["body"] as? String ?? ""
        #expect(
            text == #"{"to": "+15550100", "text": "Holdfast: order 4711: 2 x VALVE-3IN from DAL"}"#
        )
        let hooks = try receivers.received(at: "/hook")
        let headers = hooks[0]["headers"] as? [String: String] ?? [:]
        #expect(headers["webhook-signature"]?.hasPrefix("v1,") == true)
        let ids = hooks.compactMap { ($0["headers"] as? [String: String])?["webhook-id"] }
        #expect(Set(ids).count == ids.count)
        let listed = try office(fleet, "alerts")
        #expect(listed.output.contains("below-reorder-point"), "\(listed.output)")
        #expect(!listed.output.contains("order 4712 waits for"))
        let audit = try await fleet.get("/v1/audit")
        #expect((audit.json["findings"] as? [String])?.isEmpty == true)
    }

    @Test func `begin when a site is silent, are taken up by people, and end when it is back`()
        async throws
    {
        var found: Receivers?
        let fleet = try fleet(&found)
        let receivers = try #require(found)
        try await fleet.start()

        fleet.killAgent("RNO")
        try await fleet.eventually("the silence is told") {
            try receivers.received(at: "/hook")
                .contains { ($0["body"] as? String)?.contains("site-silent") == true }
        }
        let listed = try office(fleet, "alerts", "list", "--json")
        let document = try JSONSerialization.jsonObject(with: Data(listed.output.utf8))
        let alerts = (document as? [String: Any])?["alerts"] as? [[String: Any]] ?? []
        let number = try #require(alerts.first?["number"] as? Int)
        #expect(alerts.map { $0["subject"] as? String } == ["RNO"])
        let taken = try office(fleet, "alerts", "acknowledge", "\(number)", "--by", "ana")
        // What was taken up stays so when the office is killed.
        fleet.killCoordinator()
        try fleet.startCoordinator()
        try await fleet.waitUntilActive(["DAL", "EWR"])
        let after = try office(fleet, "alerts")
        try fleet.startAgent("RNO")
        try await fleet.eventually("it is over") {
            try receivers.received(at: "/hook")
                .contains { ($0["body"] as? String)?.contains("in session again") == true }
        }

        #expect(taken.output == "alert \(number) is acknowledged\n")
        #expect(after.output.contains("acknowledged"), "\(after.output)")
        #expect(try office(fleet, "alerts").output.split(separator: "\n").count == 1)
        let unknown = try office(fleet, "alerts", "resolve", "99", "--comment", "x")
        #expect(unknown.status == 65)
    }

    @Test func `begin where a count finds other than was recorded, and end where one agrees`()
        async throws
    {
        let fleet = try Fleet(Fleet.valves)
        try await fleet.start()

        try fleet.command("DAL", "stock", "count", "VALVE-3IN", "--counted", "6")
        try await fleet.eventually("the drift is told") {
            try office(fleet, "alerts").output.contains("DAL counted 6 x VALVE-3IN where 8")
        }
        try fleet.command("DAL", "stock", "count", "VALVE-3IN", "--counted", "6")
        try await fleet.eventually("it is over") {
            try !office(fleet, "alerts").output.contains("stock-drift")
        }

        let resolved = try office(fleet, "alerts", "list", "--state", "resolved").output
        #expect(resolved.contains("stock-drift"), "\(resolved)")
        #expect(try fleet.findingsOnDisk() == [])
    }

    @Test func `are refused a configuration that could tell nobody`() async throws {
        for (lines, words) in [
            ("alerts: {channels: [mail]}\n", "alerts.channels names mail, which is not set up"),
            ("alerts: {channels: [fax]}\n", "alerts.channels names ‘fax’"),
            (
                "alerts: {webhook: {url: 'http://127.0.0.1/'}}\n",
                "alerts.webhook.secretFile is missing"
            ),
            (
                "alerts: {mail: {relay: '127.0.0.1:25', from: ops, to: [a@b.test]}}\n",
                "alerts.mail: ‘ops’ is not a mail address"
            ),
            (
                "alerts: {sms: {url: 'gopher://x/{to}{text}', to: ['1']}}\n",
                "alerts.sms: ‘gopher://x/{to}{text}’ is no address"
            ),
        ] {
            let fleet = try Fleet([])
            try fleet.configureCoordinator(lines)
            let path = fleet.folder.appendingPathComponent("coordinator.yaml").path
            let text = try String(contentsOfFile: path, encoding: .utf8)
                .replacingOccurrences(of: "warehouses: []", with: "warehouses: [DAL]")
                .replacingOccurrences(of: "tokens:", with: "tokens: {DAL: 0123456789abcdef}")
            try fleet.write(text, to: "coordinator.yaml")
            let run = try fleet.run("holdfast-coordinator", ["run", "--config", path])
            #expect(run.status == 78, "\(lines) \(run.words)")
            #expect(run.words.contains(words), "\(run.words)")
        }
    }
}
