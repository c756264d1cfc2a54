package import AllocationModel
package import AllocationProtocol
package import Freight
package import ShippingCalendar
package import StockLedger

extension BiddingRule {
    /// Returns the bid on `request` at `now` where nothing is on its way.
    package func bid(
        on request: BidRequest,
        at now: Timestamp,
        book: ShippingBook = .unbounded,
        held: (SKU) -> Quantity = { _ in .zero },
        live: LivePricing? = nil,
        stock: (SKU) throws -> SKUStock?
    ) rethrows -> Bid {
        try bid(
            on: request,
            at: now,
            book: book,
            held: held,
            live: live,
            incoming: { _ in [] },
            stock: stock
        )
    }

    /// A line that the site cannot fill.
    struct Short {
        let line: Int
        let stock: SKUStock
    }

    /// Returns what is on its way of lines that cannot be filled, and when it would leave.
    ///
    /// What comes in on a day may leave on the first that ships after it: nobody knows the hour.
    /// Of an order, only what some service would carry there in time is told.
    func coming(
        to short: [Short],
        for question: Question,
        _ receipts: (SKU) throws -> [InboundReceipt]
    ) rethrows -> [Bid.Incoming] {
        guard question.request.purpose != .quote else { return [] }
        var found: [Bid.Incoming] = []
        for line in short {
            for receipt in try receipts(line.stock.entry.sku) {
                guard found.count < AllocationModel::Limits.bidIncomingMaximum else { return found }
                if let one = incoming(receipt, line, question) { found.append(one) }
            }
        }
        return found
    }

    private func incoming(
        _ receipt: InboundReceipt,
        _ line: Short,
        _ question: Question
    ) -> Bid.Incoming? {
        let after = calendar.timeZone.instant(
            of: receipt.expected.adding(days: 1),
            at: .midnight
        )
        func incoming(leaves: CivilDate?, arrives: CivilDate?) -> Bid.Incoming {
            Bid.Incoming(
                line: line.line,
                receipt: receipt.reference,
                quantity: receipt.open,
                expected: receipt.expected,
                leaves: leaves,
                arrives: arrives
            )
        }
        if question.request.purpose == .availability {
            let lead = calendar.leadTimes.time(for: line.stock.entry.handling)
            let leaves = calendar.departure(at: after, lead: lead)?.leaves
            return incoming(leaves: leaves, arrives: nil)
        }
        let asked = question.request.lines[line.line].quantity
        var ignored: [Decline] = []
        let services = services(
            for: Question(
                request: question.request,
                found: [
                    Offered(
                        line: line.line,
                        quantity: min(asked, receipt.open),
                        taken: .zero,
                        held: .zero,
                        stock: line.stock
                    )
                ],
                now: after,
                book: question.book,
                live: nil
            ),
            into: &ignored
        )
        let soonest = services.min {
            ($0.arrives, $0.leaves, $0.code) < ($1.arrives, $1.leaves, $1.code)
        }
        return soonest.map { incoming(leaves: $0.leaves, arrives: $0.arrives) }
    }
}
