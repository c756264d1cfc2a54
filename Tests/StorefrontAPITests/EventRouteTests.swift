import AllocationModel
import HTTPTypes
import Testing

@testable import StorefrontAPI

extension Example {
    /// What has happened in the example office.
    static let events = [
        OfficeEvent(mark: mark(1), kind: .orderConfirmed, subject: .order("4711")),
        OfficeEvent(mark: mark(2), kind: .orderShipped, subject: .order("4711"), warehouse: "DAL"),
        OfficeEvent(mark: mark(3), kind: .alertOpened, subject: .alert(7)),
    ]

    private static func mark(_ number: Int64) -> OfficeEvent.Mark {
        OfficeEvent.Mark(start: 0xA11, number: number)
    }
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
            #"{"id":"0000000000000a11-1","kind":"order.confirmed","order":"4711","warehouse":null,"alert":null}"#
        let second =
            #"{"id":"0000000000000a11-2","kind":"order.shipped","order":"4711","warehouse":"DAL","alert":null}"#
        let third =
            #"{"id":"0000000000000a11-3","kind":"alert.opened","order":null,"warehouse":null,"alert":7}"#
        #expect(
            answer.text == """
                :

                id: 0000000000000a11-1
                event: order.confirmed
                data: \(first)

                id: 0000000000000a11-2
                event: order.shipped
                data: \(second)

                id: 0000000000000a11-3
                event: alert.opened
                data: \(third)


                """
        )
    }

    @Test func `begin after the last that was seen, or now`() async throws {
        func id(_ number: Int) -> String { "0000000000000a11-\(number)" }
        for (query, lastEventID, numbers) in [
            ("?after=\(id(1))", nil, [2, 3]), ("?after=\(id(1))", id(2), [3]),
            ("", "0", [1, 2, 3]), ("", nil, []), ("?after=\(id(2))", "", [3]),
            ("?after=\(id(3))", nil, []),
        ] as [(String, String?, [Int])] {
            let text = try await follow(query, lastEventID: lastEventID).text
            let told = text.split(separator: "\n").filter { $0.hasPrefix("id: ") }.map(String.init)
            #expect(told == numbers.map { "id: \(id($0))" }, "\(query) \(lastEventID ?? "-")")
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
        let text = try await follow("?after=0000000000000a11-2", in: office).text
        #expect(text == ":\n\n:\n\n:\n\n")
        #expect(asked.values == [2, 2, 2])
    }

    @Test func `are refused after what nobody has told, and where the question is none`()
        async throws
    {
        for (query, lastEventID) in [
            ("?after=0000000000000a11-4", nil),
            // Another log's, which has as many.
            ("", "0000000000000a12-2"),
        ] as [(String, String?)] {
            let answer = try await follow(query, lastEventID: lastEventID)
            #expect(answer.isProblem(.unknownEvent), "\(query)")
            #expect(answer.text.contains("read the orders again"))
        }
        for (query, lastEventID) in [
            ("?after=-1", nil), ("?after=x", nil), ("?after=1", nil), ("?since=0", nil),
            ("", "1.5"),
            ("?after=0000000000000a11-", nil), ("?after=0000000000000a11-0", nil),
            ("?after=0000000000000A11-1", nil), ("?after=a11-1", nil),
            ("?after=0000000000000a11-01", nil), ("?after=0000000000000a11-1-1", nil),
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
