import AllocationModel
import AllocationProtocol
import Freight
import StockLedger

extension BiddingRule {
    /// What one service of a card is asked, where goods with fees ride by others.
    struct Asking {
        /// What a bid calls the service.
        let code: String
        let question: Question
        /// What could ride by it.
        let found: [Offered]
        /// Lines that ride by another service of the card alone.
        let excluded: [Int]
        let fees: Set<Accessorial>

        init(
            _ code: String,
            _ question: Question,
            without excluded: [Int] = [],
            asking fees: Set<Accessorial>
        ) {
            self.code = code
            self.question = question
            self.excluded = excluded
            self.fees = fees
            found = question.found.filter { !excluded.contains($0.line) }
        }
    }

    /// Why a carrier of freight does not take the order at all; nil where it may.
    private func decline(by card: some FreightCard, of request: BidRequest) -> Decline.Reason? {
        let kind = request.destination.addressKind
        if card.currency != request.currency { return .otherCurrency(card.currency.code) }
        if kind != .street { return .addressNotReached(kind) }
        return card.level < request.serviceLevel ? .tooSlow : nil
    }

    /// What a carrier of freight offers: as several services where goods have fees.
    ///
    /// No tariff says “more where line 3 rides”. So goods with a fee ride by a service that
    /// has the fee in it, `ltl+hazmat`, and by no other; what has none may ride along. What a
    /// shipment is charged is then exact, however the order is split.
    ///
    /// Where that would be more services than one and `spare` besides, or the code would be
    /// too long or another card's, all goods have the fees of some: dearer at times, and never
    /// too cheap.
    ///
    /// - Parameters:
    ///   - card: The carrier's.
    ///   - question: What is asked.
    ///   - spare: Services that a bid may name beside one of this card.
    ///   - taken: The codes of all cards.
    ///   - serve: Returns what one service of the card answers.
    /// - Returns: Each service's answer, by its code in the bid.
    func services(
        of card: some FreightCard,
        for question: Question,
        besides spare: Int,
        unlike taken: [String],
        _ serve: (Asking) -> Serving
    ) -> [(code: String, serving: Serving)] {
        if let reason = decline(by: card, of: question.request) {
            return [(card.service, .declined(reason))]
        }
        let fees = question.found.map { card.fees(on: $0.stock.entry) }
        let all = fees.reduce(into: Set<Accessorial>()) { $0.formUnion($1) }
        guard !all.isEmpty else {
            return [(card.service, serve(Asking(card.service, question, asking: [])))]
        }
        // Each set of fees by which goods ride that no smaller set takes all of.
        let sets = Accessorial.ofGoods.filter(all.contains)
            .reduce(into: [Set<Accessorial>()]) { sets, fee in
                sets += sets.map { $0.union([fee]) }.filter { $0 == $0.ofOneShipment }
            }
        let needed = sets.filter { set in
            let riding = fees.filter(set.covers)
            return !riding.isEmpty && set.allSatisfy { fee in riding.contains { $0.contains(fee) } }
        }
        let codes = needed.map { Bid.Service.code(card.service, with: $0) }
        let isTooMuch =
            needed.count - 1 > spare
            || codes.contains { code in
                code.utf8.count > AllocationModel::Limits.identifierBytesMaximum
                    || code != card.service && taken.contains(code)
            }
        if isTooMuch {
            let asking = Asking(card.service, question, asking: all.ofOneShipment)
            return [(card.service, serve(asking))]
        }
        return zip(codes, needed)
            .map { code, set in
                let excluded = zip(question.found, fees).filter { !set.covers($1) }.map(\.0.line)
                return (code, serve(Asking(code, question, without: excluded, asking: set)))
            }
    }
}
