import AllocationModel
import AllocationProtocol
import OrderDesk
import SeededGenerator

/// Somebody who places one order, asks again until it is decided, and perhaps changes his mind.
struct SimulatedClient {
    let order: Order
    /// What he has been told is final, unless he cancels.
    var told: OrderOutcome?
    var isWaiting = false
    /// Whether he submits twice at once.
    let isHasty: Bool
    /// Whether he cancels what is confirmed.
    let isFickle: Bool
    /// Whether he cancels while he waits.
    let isRash: Bool
    /// Whether his order is over for him: it is withdrawn or cancelled, or there was none.
    var hasGivenUp = false

    init(number: Int, random: inout SeededGenerator) {
        var order: [Order.Line] = []
        for (index, sku) in Example.skus.shuffled(using: &random).enumerated()
        where index == 0 || Int.random(in: 0..<3, using: &random) == 0 {
            order.append(
                Order.Line(
                    id: Identifier(trusted: "\(index + 1)"),
                    sku: sku,
                    quantity: Quantity(Int64.random(in: 1...20, using: &random))
                )
            )
        }
        self.order = Order(
            id: Order.ID(trusted: "order-\(number)"),
            lines: order,
            destination: Example.destination,
            completeness: Completeness.allCases.randomElement(using: &random) ?? .complete
        )
        isHasty = Int.random(in: 0..<4, using: &random) == 0
        isFickle = Int.random(in: 0..<4, using: &random) == 0
        isRash = Int.random(in: 0..<6, using: &random) == 0
    }

    /// Somebody in a story, who does what he is told to.
    init(of order: Order) {
        self.order = order
        isHasty = false
        isFickle = false
        isRash = false
    }

    /// Whether he wants nothing more.
    var isSatisfied: Bool {
        if hasGivenUp { return true }
        if isRash { return false }
        guard case .confirmed? = told else { return told != nil }
        return !isFickle
    }
}

extension Simulation {
    /// Milliseconds after which a client asks again, unanswered or turned away.
    private static let retryPause: ClosedRange<Int64> = 300...900

    mutating func act(asClient index: Int) {
        let client = clients[index]
        guard !client.isSatisfied else { return }
        plan(.client(index), in: Int64.random(in: Self.retryPause, using: &random))
        guard office != nil, !client.isWaiting else { return }
        if client.told == nil {
            ask(index, isCancellation: false)
            if client.isHasty {
                faults.insert(.joinedSubmission)
                ask(index, isCancellation: false)
            }
        }
        if client.isRash || (client.isFickle && client.told != nil) {
            faults.insert(.cancellation)
            ask(index, isCancellation: true)
        }
    }

    mutating func ask(_ index: Int, isCancellation: Bool) {
        clients[index].isWaiting = true
        lastClient += 1
        asks[lastClient] = Ask(client: index, isCancellation: isCancellation)
        let order = clients[index].order
        let event: Office.Event =
            isCancellation
            ? .cancelAsked(order.id, by: lastClient) : .submitted(order, by: lastClient)
        // Cancellations come a little later, at any point of the order's life.
        let pause = isCancellation ? pause(0...250) : 0
        plan(.office(start: officeStarts, event), in: pause)
    }

    mutating func tell(_ answers: [Office.ClientAnswer]) {
        for answer in answers {
            switch answer {
            case .submission(let id, let submission): tell(id, submission)
            case .cancellation(let id, let cancellation): tell(id, cancellation)
            case .resourcing(let id, let answer): tell(id, answer)
            case .availability: report("an availability that nobody asked for")
            case .quote: report("a quote that nobody asked for")
            }
        }
    }

    private mutating func tell(_ id: Office.ClientID, _ submission: Submission) {
        guard let ask = asks.removeValue(forKey: id), !ask.isCancellation, ask.wish == nil else {
            return report("client \(id) is answered what he did not ask")
        }
        clients[ask.client].isWaiting = asks.values.contains {
            $0.client == ask.client && $0.wish == nil
        }
        narrate(submission, to: ask.client)
        switch submission {
        case .placed(let record), .alreadyPlaced(let record):
            audit(record, toldTo: ask.client)
        case .alreadyPlacedDifferently
        where wasLogLost && everChanged.contains(clients[ask.client].order.id):
            clients[ask.client].hasGivenUp = true
        case .alreadyPlacedDifferently:
            report("\(clients[ask.client].order.id) is said to differ from itself")
        case .unavailable:
            break
        }
    }

    private mutating func tell(_ id: Office.ClientID, _ cancellation: Cancellation) {
        guard let ask = asks.removeValue(forKey: id), ask.isCancellation else {
            return report("client \(id) is answered what he did not ask")
        }
        let isSubmitting = asks.values.contains { $0.client == ask.client && $0.wish == nil }
        clients[ask.client].isWaiting = isSubmitting
        narrate(cancellation, to: ask.client)
        switch cancellation {
        case .cancelled(let record) where record.outcome == nil:
            faults.insert(.withdrawal)
            // Not while a submission of his own is under way: it could be placed.
            clients[ask.client].hasGivenUp = !isSubmitting
        case .unknownOrder:
            clients[ask.client].hasGivenUp = !isSubmitting
        case .cancelled(let record), .alreadyCancelled(let record):
            guard case .cancelled? = record.outcome else {
                return report("\(record.order.id) is said to be cancelled and is not")
            }
            if case .cancelled? = store[record.order.id]?.outcome {
            } else {
                report("\(record.order.id) is said to be cancelled, and nobody wrote it down")
            }
            clients[ask.client].hasGivenUp = true
        case .alreadyShipped(let record):
            faults.insert(.cancellationOfShipped)
            if !record.shipments.contains(where: {
                hasShipped($0.report.transaction, from: $0.warehouse)
            }) {
                report("\(record.order.id) is said to have shipped, and nobody has")
            }
            clients[ask.client].hasGivenUp = true
        case .nothingToCancel(let record):
            guard case .refused? = record.outcome else {
                return report("\(record.order.id) is not cancelled though it could be")
            }
            clients[ask.client].hasGivenUp = true
        case .unavailable:
            break
        }
    }
}
