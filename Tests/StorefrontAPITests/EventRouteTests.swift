import AllocationModel
import HTTPTypes
import Testing

@testable import StorefrontAPI

extension Example {
    /// What has happened in the example office.
    static let events = [
        OfficeEvent(number: 1, kind: .orderConfirmed, subject: .order("4711")),
        OfficeEvent(number: 2, kind: .orderShipped, subject: .order("4711"), warehouse: "DAL"),
        OfficeEvent(number: 3, kind: .alertOpened, subject: .alert(7)),
    ]
}

struct `The API's events` {
    private func follow(
        _ query: String = "",
        lastEventID: String? = nil,
        in office: OrderOffice = .example
    ) async throws -> Answer {
        var headers = HTTPFields()
        if let lastEventID, let name = HTTPField.Name("Last-Event-ID") {
            headers[name] = lastEventID
        }
        return try await send(.get, "/v1/events\(query)", to: office, headers: headers)
    }

    @Test func `are told one by one, each with its number and its kind`() async throws {
        let answer = try await follow("?after=0")

        #expect(answer.status == 200)
        #expect(answer.headers[.contentType] == "text/event-stream; charset=utf-8")
        #expect(answer.headers[.cacheControl] == "no-store")
        let first =
            #"{"number":1,"kind":"order.confirmed","order":"4711","warehouse":null,"alert":null}"#
        let second =
            #"{"number":2,"kind":"order.shipped","order":"4711","warehouse":"DAL","alert":null}"#
        let third = #"{"number":3,"kind":"alert.opened","order":null,"warehouse":null,"alert":7}"#
        #expect(
            answer.text == """
                : after 0

                id: 1
                event: order.confirmed
                data: \(first)

                id: 2
                event: order.shipped
                data: \(second)

                id: 3
                event: alert.opened
                data: \(third)


                """
        )
    }

    @Test func `begin after the last that was seen, or now`() async throws {
        for (query, lastEventID, numbers) in [
            ("?after=1", nil, [2, 3]), ("?after=1", "2", [3]), ("", "0", [1, 2, 3]), ("", nil, []),
            ("?after=2", "", [3]), ("?after=3", nil, []),
        ] as [(String, String?, [Int])] {
            let text = try await follow(query, lastEventID: lastEventID).text
            let told = text.split(separator: "\n").filter { $0.hasPrefix("id: ") }
            #expect(told == numbers.map { "id: \($0)" }, "\(query) \(lastEventID ?? "-")")
        }
    }

    @Test func `say that nothing has happened, so that who is gone is found out`() async throws {
        var office = OrderOffice.example
        let asked = Seen<Int64>()
        office.events.next = { after, patience in
            asked.add(after)
            #expect(patience == .seconds(15))
            return asked.values.count < 3 ? [] : nil
        }
        #expect(try await follow("?after=2", in: office).text == ": after 2\n\n:\n\n:\n\n")
        #expect(asked.values == [2, 2, 2])
    }

    @Test func `are refused after what nobody has told, and where the question is none`()
        async throws
    {
        for (query, lastEventID) in [("?after=4", nil), ("", "99999999999")] as [(String, String?)]
        {
            let answer = try await follow(query, lastEventID: lastEventID)
            #expect(answer.isProblem(.unknownEvent), "\(query)")
            #expect(answer.text.contains("read the orders again"))
        }
        for (query, lastEventID) in [
            ("?after=-1", nil), ("?after=x", nil), ("?since=1", nil), ("", "1.5"),
        ] as [(String, String?)] {
            let answer = try await follow(query, lastEventID: lastEventID)
            #expect(answer.isProblem(.invalidQuery), "\(query)")
        }
    }

    @Test func `are told to so many at once, and to the next when one has gone`() {
        let readers = EventReaders()
        var seats = (1...StorefrontLimits.eventReadersMaximum).compactMap { _ in readers.seat() }
        #expect(seats.count == StorefrontLimits.eventReadersMaximum)
        #expect(readers.seat() == nil)
        seats.removeLast()
        let next = readers.seat()
        #expect(next != nil)
        #expect(readers.seat() == nil)
    }
}
