import AllocationModel
import AllocationProtocol
import StockLedger
import Testing

@testable import WarehouseDesk

struct `Desk of a site that counts` {
    @Test func `tells of a count that differs with each heartbeat, until it is noted`() async throws
    {
        let talk = try await Conversation.inSession()
        _ = try talk.ledger.performAndWait(at: monday) {
            try $0.count("VALVE-3IN", counted: 17, who: "ana")
        }

        for _ in 0..<2 {
            let told = try await talk.batch([.greet]).counts
            #expect(told.map(\.recorded) == [20] && told.map(\.counted) == [17])
        }
        let entry = try #require(try await talk.batch([.greet]).counts.first?.entry)
        #expect(
            try await talk.ask(.noteCounts(through: entry)) == [.countsNoted(through: entry)]
        )
        #expect(try await talk.batch([.greet]).counts.isEmpty)
    }
}
