import Foundation
import NIOCore
import NIOPosix
import Synchronization
import Testing

/// Agents that connect under TLS with certificates of the office's, as across a network.
@Suite(.serialized)
struct `A fleet behind the front door` {
    private let all = ["DAL", "RNO", "EWR"]

    private func refusals(_ why: String, in fleet: Fleet) async throws -> Int {
        let line = try await fleet.get("/metrics").text.split(separator: "\n")
            .first { $0.hasPrefix("holdfast_door_refused_total{why=\"\(why)\"}") }
        return line?.split(separator: " ").last.flatMap { Int($0) } ?? 0
    }

    /// How often the door has read its files again.
    private func readings(by fleet: Fleet) -> Int {
        fleet.log(of: "coordinator").components(separatedBy: "are read again").count
    }

    private func isActive(_ code: String, in fleet: Fleet) async throws -> Bool {
        let sites = try await fleet.get("/v1/warehouses").array("warehouses") ?? []
        return sites.contains {
            $0["warehouse"] as? String == code && $0["state"] as? String == "active"
        }
    }

    @Test func `splits an order as on one machine`() async throws {
        let fleet = try Fleet(Fleet.valves, behindDoor: true)
        try await fleet.start()

        let answer = try await fleet.submit("4711", 20)

        #expect(answer.status == 201)
        #expect(answer.shipments == ["DAL": 8, "RNO": 12])
        try await fleet.settle()
        #expect(try fleet.allocated() == 20)
    }

    @Test func `shuts a revoked site out within seconds, and has it back once enrolled again`()
        async throws
    {
        let fleet = try Fleet(Fleet.valves, behindDoor: true)
        try await fleet.start()

        try fleet.office("agents", "revoke", "DAL")
        let revoked = ContinuousClock.now
        try await fleet.eventually("Dallas is out") { try await !isActive("DAL", in: fleet) }
        #expect(ContinuousClock.now - revoked < .seconds(5))
        try await fleet.eventually("it knocks in vain") {
            try await refusals("revoked", in: fleet) > 0
        }
        #expect(try fleet.office("doctor").contains("front door: 2 keys enrolled, 1 revoked"))
        let without = try await fleet.submit("4711", 20)
        #expect(Set(without.shipments.keys) == ["RNO", "EWR"])

        try fleet.enroll("DAL", out: "DAL-again")
        try fleet.install("DAL-again", as: "DAL-site")
        try await fleet.waitUntilActive(all)
        let with = try await fleet.submit("4712", 8)

        #expect(with.shipments == ["DAL": 8])
        try await fleet.settle()
        #expect(fleet.log(of: "DAL").contains(#""why":"revoked""#))
    }

    @Test func `refuses a site that comes with another's certificate, and raises an alarm`()
        async throws
    {
        let fleet = try Fleet(Fleet.valves, behindDoor: true)
        // Reno's machine has got hold of Dallas's identity.
        try fleet.install("DAL-site", as: "RNO-site")
        for code in all { try fleet.startAgent(code) }
        try fleet.startCoordinator()
        try await fleet.waitUntilActive(["DAL", "EWR"])

        try await fleet.eventually("it is refused") {
            try await refusals("other-site", in: fleet) > 0
        }
        let answer = try await fleet.submit("4711", 20)

        #expect(Set(answer.shipments.keys) == ["DAL", "EWR"])
        #expect(try await !isActive("RNO", in: fleet))
        let log = fleet.log(of: "coordinator")
        #expect(log.contains("critical somebody tried to speak for a site and may not"))
        #expect(log.contains("DAL asked to speak for ‘RNO’"))
        #expect(fleet.log(of: "RNO").contains("the identity is another site's"))
    }

    @Test func `has every certificate renewed while orders come in`() async throws {
        let fleet = try Fleet(
            [
                Fleet.Warehouse("DAL", stock: [("VALVE-3IN", 1000)]),
                Fleet.Warehouse("RNO", stock: [("VALVE-3IN", 1000)], priceFactor: 130),
            ],
            behindDoor: true
        )
        try await fleet.start()
        let renewal = Renewal()

        let placed = try await withThrowingTaskGroup(of: Int.self) { group in
            group.addTask {
                var number = 0
                while !renewal.isOver.load(ordering: .acquiring) {
                    number += 1
                    var answer = try await fleet.submit("order-\(number)", 1)
                    // A site that is just coming back: as the answer says, again.
                    while answer.status == 503 {
                        try await Task.sleep(for: .milliseconds(100))
                        answer = try await fleet.submit("order-\(number)", 1)
                    }
                    #expect(answer.order == "confirmed", "order \(number)")
                }
                return number
            }
            try fleet.office("agents", "authority", "renew")
            for code in ["DAL", "RNO"] {
                try fleet.enroll(code, out: "\(code)-new")
                try fleet.install("\(code)-new", as: "\(code)-site")
                try await fleet.eventually("\(code) uses its new identity") {
                    fleet.log(of: code).contains("the site's new identity is in use")
                }
                try await fleet.waitUntilActive(["DAL", "RNO"])
                try fleet.office("agents", "revoke", code, "--older")
            }
            let before = readings(by: fleet)
            try fleet.office("agents", "authority", "retire")
            try await fleet.eventually("the door has read that") {
                readings(by: fleet) > before
            }
            // Everybody anew, with what is in force now.
            for code in ["DAL", "RNO"] {
                fleet.killAgent(code)
                try fleet.startAgent(code)
            }
            try await fleet.waitUntilActive(["DAL", "RNO"])
            renewal.isOver.store(true, ordering: .releasing)
            return try await group.reduce(0, +)
        }

        try await fleet.settle()
        #expect(try fleet.allocated() == placed)
        #expect(placed > 20)
        // With the old identities alone nobody comes in any more.
        #expect(try await refusals("revoked", in: fleet) == 0)
    }

    @Test func `keeps plain connections on the machine unless it is told otherwise`() async throws {
        let fleet = try Fleet([Fleet.Warehouse("DAL", stock: [("VALVE-3IN", 8)])])
        let coordinator = fleet.folder.appendingPathComponent("coordinator.yaml").path
        let agent = fleet.configuration(of: "DAL")
        func changed(_ path: String, _ changes: (String, String)...) throws -> String {
            var text = try String(contentsOfFile: path, encoding: .utf8)
            for (old, new) in changes { text = text.replacingOccurrences(of: old, with: new) }
            let other = path + ".changed"
            try Data(text.utf8).write(to: URL(fileURLWithPath: other))
            return other
        }

        let office = try fleet.run(
            "holdfast-coordinator",
            [
                "run", "--config",
                try changed(coordinator, ("listen: ws://127.0.0.1", "listen: ws://0.0.0.0")),
            ]
        )
        let site = try fleet.run(
            "holdfast-agent",
            [
                "run", "--config",
                try changed(agent, ("url: ws://127.0.0.1", "url: ws://192.0.2.1")),
            ]
        )
        let allowed = try fleet.run(
            "holdfast-agent",
            [
                "hold", "list", "--config",
                try changed(
                    agent,
                    ("url: ws://127.0.0.1", "allowPlain: true\n  url: ws://192.0.2.1")
                ),
            ]
        )

        #expect(office.status == 78)
        #expect(office.words.contains("not encrypted"))
        #expect(site.status == 78)
        #expect(site.words.contains("allowPlain: true"))
        #expect(allowed.status == 0)
    }

    @Test func `serves its sites while strangers flood the door`() async throws {
        let fleet = try Fleet(Fleet.valves, behindDoor: true)
        try await fleet.start()
        let port = try #require(fleet.doorPort)
        let before = try fleet.coordinatorMemory()

        let strangers = Task { try await Strangers.flood(port, connections: 3000) }
        for number in 1...20 {
            let answer = try await fleet.submit("order-\(number)", 1)
            #expect(answer.status == 201, "order \(number)")
        }
        let made = try await strangers.value
        try await fleet.waitUntilActive(all)

        #expect(made == 3000)
        let grown = try fleet.coordinatorMemory() - before
        #expect(grown < 64 << 20, "it grew by \(grown) bytes")
        let notices = fleet.log(of: "coordinator")
            .components(separatedBy: "a connection was not let through")
        #expect(notices.count < 40, "the log is not flooded either")
        try await fleet.settle()
    }
}

/// Whether every certificate has been renewed.
private final class Renewal: Sendable {
    let isOver = Atomic<Bool>(false)
}

/// Connections of nobody: silent, garbled, cut off, or dropped.
private enum Strangers {
    /// Makes `connections` of every kind, a hundred at a time, and returns how many were made.
    static func flood(_ port: Int, connections: Int) async throws -> Int {
        var made = 0
        var held: [any Channel] = []
        for number in 0..<connections {
            let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connect(host: "127.0.0.1", port: port).get()
            made += 1
            switch number % 4 {
            case 0: break
            case 1:
                let garbage = (0..<200).map { UInt8(truncatingIfNeeded: $0 &* number) }
                try? await channel.writeAndFlush(ByteBuffer(bytes: garbage)).get()
            case 2:
                let greeting: [UInt8] = [22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3]
                try? await channel.writeAndFlush(ByteBuffer(bytes: greeting)).get()
            default:
                try? await channel.writeAndFlush(ByteBuffer(string: "GET / HTTP/1.1\r\n\r\n")).get()
            }
            held.append(channel)
            if held.count == 100 {
                for channel in held { channel.close(promise: nil) }
                held = []
            }
        }
        for channel in held { channel.close(promise: nil) }
        return made
    }
}
