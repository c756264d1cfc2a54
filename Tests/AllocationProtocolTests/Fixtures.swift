import AllocationModel
import AllocationProtocol

/// An order of 20 valves that Dallas and Reno fill together: what the tests here speak of.
enum Example {
    static let dallas: Warehouse.ID = "DAL"
    static let reno: Warehouse.ID = "RNO"
    static let newark: Warehouse.ID = "EWR"
    static let transaction = TransactionID(coordinator: "office", epoch: 3, counter: 7)
    static let timing = ProtocolTiming.local

    static let sessionOfDallas = SessionID(epoch: 3, number: 1)
    static let sessionOfReno = SessionID(epoch: 3, number: 2)
    static let sessionBefore = SessionID(epoch: 2, number: 9)

    static let markOfDallas = HistoryMark(entry: 41, chain: 0xDA1)
    static let markOfReno = HistoryMark(entry: 17, chain: 0xA50)

    static let dallasShort = VoteRefusal.insufficientStock(
        sku: "VALVE-3IN",
        requested: 8,
        available: 5
    )

    static let bidRequest = BidRequest(
        round: RoundID(order: "4711", attempt: 1),
        lines: [BidRequest.Line(sku: "VALVE-3IN", quantity: 20)],
        destination: Destination(country: .us, postalCode: "75001"),
        serviceLevel: .ground,
        currency: .usd,
        remainingMilliseconds: 500
    )

    static func reserve(_ quantity: Quantity, at sites: [Warehouse.ID]) -> ReserveRequest {
        ReserveRequest(
            transaction: transaction,
            lines: [Reservation.Line(sku: "VALVE-3IN", quantity: quantity)],
            participants: sites,
            bid: bidRequest
        )
    }

    static let participants = [
        CommitCoordinator.Participant(
            warehouse: dallas,
            session: sessionOfDallas,
            request: reserve(8, at: [dallas, reno])
        ),
        CommitCoordinator.Participant(
            warehouse: reno,
            session: sessionOfReno,
            request: reserve(12, at: [dallas, reno])
        ),
    ]

    static func bid(from warehouse: Warehouse.ID) -> Bid {
        Bid(warehouse: warehouse, offers: [], services: [])
    }
}
