import Foundation
import Testing

/// Sites that can have few orders leave on one day.
@Suite(.serialized)
struct `Real agents with full days` {
    private func leaves(_ answer: Answer) -> String? {
        let plan = answer.json["plan"] as? [String: Any]
        return (plan?["shipments"] as? [[String: Any]])?.first?["leaves"] as? String
    }

    /// Date and orders taken of each day of the coming fortnight on which something leaves.
    private func taken(_ fleet: Fleet) throws -> [String: Int] {
        let output = try fleet.command("DAL", "calendar", "show", "--json")
        let rows =
            try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [[String: Any]] ?? []
        var taken: [String: Int] = [:]
        for row in rows {
            let orders = (row["taken"] as? [String: Any])?["orders"] as? Int ?? 0
            guard orders > 0, let date = row["date"] as? String else { continue }
            #expect(row["isFull"] as? Bool == (orders >= 2), "\(row)")
            taken[date] = orders
        }
        return taken
    }

    @Test func `promise each order the first day with room, however many come at once`()
        async throws
    {
        let fleet = try Fleet([Fleet.Warehouse("DAL", stock: [("VALVE-3IN", 40)])])
        try fleet.command("DAL", "capacity", "set", "--orders", "2", "--weight", "4500.5")
        try await fleet.start()
        let shown = try fleet.command("DAL", "capacity")
        #expect(shown.contains("4500.5") && shown.contains("sun"))

        let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
            for number in 1...7 {
                group.addTask { try await fleet.submit("47\(number)", 1) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }

        #expect(answers.map(\.status) == Array(repeating: 201, count: 7))
        var days: [String: Int] = [:]
        for day in answers.compactMap(leaves) { days[day, default: 0] += 1 }
        #expect(days.values.sorted() == [1, 2, 2, 2], "\(days)")
        let last = days.keys.max() ?? ""
        #expect(days[last] == 1, "the days fill up one after another: \(days)")
        try await fleet.settle()
        #expect(try taken(fleet) == days)

        // A place that is given back is the next order's.
        let first = days.keys.min() ?? ""
        let cancelled = try #require(answers.first { leaves($0) == first }?.json["id"] as? String)
        #expect(try await fleet.ask("POST", "/v1/orders/\(cancelled)/cancel").status == 200)
        #expect(leaves(try await fleet.submit("4801", 1)) == first)
        let next = try await fleet.submit("4802", 1)
        #expect(leaves(next) == last)
        let why = try await fleet.get("/v1/orders/4802/explanation")
        #expect(why.text.contains("dayFull"))
        #expect(why.text.contains("as much leaves that day as the site can have leave"))

        // Without it, everything leaves as soon as it can.
        try fleet.command("DAL", "capacity", "clear")
        #expect(leaves(try await fleet.submit("4803", 1)) == first)
        try await fleet.settle()
        #expect(try await fleet.findingsAtRest() == [])
    }
}
