import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Testing

/// Events that are followed over HTTP while the office dies and comes back.
@Suite(.serialized)
struct `Real events` {
    /// One event as it came.
    private struct Told: Equatable {
        let id: String
        let text: String
    }

    /// Reads events after one until `isEnough`, or until the other side ends.
    private func follow(
        _ fleet: Fleet,
        after id: String,
        asHeader: Bool = false,
        until isEnough: @Sendable ([Told]) -> Bool
    ) async throws -> [Told] {
        var request = HTTPClientRequest(
            url: "\(fleet.url)/v1/events" + (asHeader ? "" : "?after=\(id)")
        )
        if asHeader { request.headers.add(name: "Last-Event-ID", value: id) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        #expect(response.status == .ok)
        #expect(
            response.headers.first(name: "content-type")?.hasPrefix("text/event-stream") == true
        )
        var told: [Told] = []
        var rest = ""
        do {
            for try await buffer in response.body {
                rest += String(buffer: buffer)
                while let end = rest.range(of: "\n\n") {
                    if let event = try Self.event(in: String(rest[..<end.lowerBound])) {
                        told.append(event)
                    }
                    rest.removeSubrange(..<end.upperBound)
                }
                if isEnough(told) { break }
            }
        } catch is HTTPClientError {
            // The office was killed.
        } catch is HTTPParserError {
            // The same, between two pieces of the body.
        }
        return told
    }

    private static func event(in block: String) throws -> Told? {
        var fields: [String: String] = [:]
        for line in block.split(separator: "\n") where !line.hasPrefix(":") {
            let parts = line.split(separator: ":", maxSplits: 1)
            fields[String(parts[0])] = parts[1].trimmingCharacters(in: .whitespaces)
        }
        guard let data = fields["data"] else { return nil }
        let json = try JSONSerialization.jsonObject(with: Data(data.utf8)) as? [String: Any] ?? [:]
        let id = json["id"] as? String ?? ""
        #expect(fields["id"] == id)
        #expect(fields["event"] == json["kind"] as? String)
        let words = ["kind", "order", "warehouse"].compactMap { json[$0] as? String }
        return Told(id: id, text: words.joined(separator: " "))
    }

    private func numbers(_ told: [Told]) -> [String] {
        told.map { String($0.id.split(separator: "-").last ?? "") }
    }

    private func orders(_ told: [Told]) -> [String] {
        told.map(\.text).filter { $0.hasPrefix("order.") }
    }

    @Test func `come once each, in order, also to who comes back when the office was killed`()
        async throws
    {
        let fleet = try Fleet(Fleet.valves)
        try await fleet.start()
        async let first = follow(fleet, after: "0") { _ in false }
        #expect(try await fleet.submit("4711", 20).shipments == ["DAL": 8, "RNO": 12])
        try await fleet.settle()
        try fleet.command("DAL", "ship", "4711")
        try await fleet.eventually("Dallas has shipped") {
            try await fleet.get("/v1/orders/4711").order == "partly-shipped"
        }
        fleet.killCoordinator()
        let seen = try await first
        #expect(numbers(seen) == (1...max(1, seen.count)).map { "\($0)" })
        #expect(
            ["order.confirmed 4711", "order.shipped 4711 DAL"].starts(with: orders(seen)),
            "\(seen)"
        )

        try fleet.startCoordinator()
        try await fleet.waitUntilActive(["DAL", "RNO", "EWR"])
        let last = seen.last?.id ?? "0"
        async let second = follow(fleet, after: last, asHeader: true) {
            $0.contains { $0.text == "order.shipped 4711 RNO" }
        }
        try fleet.command("RNO", "ship", "4711")
        let all = seen + (try await second)
        #expect(numbers(all) == (1...all.count).map { "\($0)" }, "\(all)")
        #expect(
            orders(all) == [
                "order.confirmed 4711", "order.shipped 4711 DAL", "order.shipped 4711 RNO",
            ]
        )
    }

    @Test func `end when the office is stopped, which no reader holds up`() async throws {
        let fleet = try Fleet(Fleet.valves)
        try await fleet.start()
        async let told = follow(fleet, after: "0") { _ in false }
        _ = try await fleet.submit("4711", 7)
        try await fleet.settle()
        fleet.endCoordinator()
        try await fleet.waitForCoordinatorToDie()
        let orders = orders(try await told)
        #expect(orders == ["order.confirmed 4711"])
        // Killed by nobody: what takes longer than ten seconds is cut off, and says so.
        #expect(!fleet.log(of: "coordinator").contains("critical"))
    }
}
