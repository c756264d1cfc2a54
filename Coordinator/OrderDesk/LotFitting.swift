internal import AllocationModel
internal import BuyerRules

/// What is asked of the lots of an order's lines, held against what sites offer.
///
/// Sites name every lot of a line of which something is asked: what a lot must be depends on the
/// day on which it arrives, and so on the service that a plan chooses.
struct LotFitting {
    /// By line of the order that is sourced.
    private let needs: [LotNeeds]
    private let order: Order
    /// Whether a service is open to a line however little of its lots would do by it.
    ///
    /// No plan that there is costs less than the cheapest of that.
    private let isRelaxed: Bool

    init(_ order: Order, under policy: BuyerPolicy, isRelaxed: Bool = false) {
        self.order = order
        self.isRelaxed = isRelaxed
        needs = order.lines.enumerated()
            .map { index, line in line.lots.joined(with: policy.lots(ofLine: index)) }
    }

    /// Whether anything is asked of any.
    var isNeeded: Bool { needs.contains { $0 != .none } }

    /// The SKUs of whose lots something is asked.
    var skus: Set<SKU> {
        Set(zip(order.lines, needs).filter { $0.1 != .none }.map(\.0.sku))
    }

    /// Whether all of a line is to be of one lot.
    func isSingleLot(_ line: Int) -> Bool { needs[line].isSingleLot }

    // What it leaves of a bid.

    /// Returns what of a bid is of lots that will do; its services keep their places.
    ///
    /// As much of a line is offered as some service can bring of such lots. A service that is so
    /// slow that fewer would do is not offered for the line: what is promised by it arrives with
    /// the life that is asked for, whichever lots are taken.
    func narrowed(_ bid: Bid) -> Bid {
        guard isNeeded else { return bid }
        var offers: [Bid.Offer] = []
        var blocked: [Int: [Int]] = [:]
        for offer in bid.offers {
            guard needs.indices.contains(offer.line), needs[offer.line] != .none else {
                offers.append(offer)
                continue
            }
            guard let found = best(of: offer, among: bid.services),
                let kept = offer.atMost(found.units, of: found.lots)
            else { continue }
            offers.append(kept)
            for (index, service) in bid.services.enumerated()
            where !service.blockedLines.contains(offer.line) {
                let isOpen =
                    isRelaxed
                    ? units(of: offer, arriving: service.arrives) > 0
                    : brings(offer, service, found.units, found.lots)
                if !isOpen { blocked[index, default: []].append(offer.line) }
            }
        }
        return Bid(
            warehouse: bid.warehouse,
            offers: offers,
            services: bid.services.enumerated()
                .map { index, service in
                    blocked[index].map { service.blocking(service.blockedLines + $0) } ?? service
                },
            fixedCost: bid.fixedCost,
            declines: bid.declines,
            incoming: bid.incoming
        )
    }

    /// The most units of an offer that a service can bring of lots that will do, and those lots.
    private func best(
        of offer: Bid.Offer,
        among services: [Bid.Service]
    ) -> (units: Int64, lots: [Bid.LotOffer])? {
        let open = services.filter { !$0.blockedLines.contains(offer.line) }
        guard let soonest = open.map(\.arrives).min() else { return nil }
        let lots = fitting(offer, arriving: soonest)
        let units = units(of: offer, from: lots)
        return units > 0 ? (units, lots) : nil
    }

    /// Whether a service brings so many units of an offer, in all of these lots.
    private func brings(
        _ offer: Bid.Offer,
        _ service: Bid.Service,
        _ units: Int64,
        _ lots: [Bid.LotOffer]
    ) -> Bool {
        guard self.units(of: offer, arriving: service.arrives) >= units else { return false }
        return !needs[offer.line].isSingleLot
            || fitting(offer, arriving: service.arrives).count == lots.count
    }

    /// Whether some service is closed to a line that could bring some of it.
    ///
    /// Then a plan that uses it for that is not looked for.
    func closesSome(of bids: [Bid]) -> Bool {
        guard isNeeded else { return false }
        return bids.contains { bid in
            bid.offers.contains { offer in
                guard needs.indices.contains(offer.line), needs[offer.line] != .none,
                    let found = best(of: offer, among: bid.services)
                else { return false }
                return bid.services.contains { service in
                    !service.blockedLines.contains(offer.line)
                        && units(of: offer, arriving: service.arrives) > 0
                        && !brings(offer, service, found.units, found.lots)
                }
            }
        }
    }

    private func units(of offer: Bid.Offer, arriving day: CivilDate) -> Int64 {
        units(of: offer, from: fitting(offer, arriving: day))
    }

    private func fitting(_ offer: Bid.Offer, arriving day: CivilDate) -> [Bid.LotOffer] {
        let terms = needs[offer.line].terms(arriving: day)
        return offer.lots.filter { terms.misfit(of: $0) == nil }
    }

    /// Units of an offer in lawful multiples that these lots have.
    ///
    /// Goods that are kept without lots keep, and nothing else can be shown of them.
    private func units(of offer: Bid.Offer, from lots: [Bid.LotOffer]) -> Int64 {
        guard !offer.lots.isEmpty else {
            return needs[offer.line].needsLots ? 0 : offer.quantity.units
        }
        let there = lots.reduce(Int64(0)) { $0 + $1.quantity.units }
        let units = min(there, offer.quantity.units)
        return units - units % offer.multiple
    }

    // Why not.

    /// Returns the lots of a bid that are not taken for a line however soon they come, and why.
    func rejections(of bid: Bid) -> [LotRejection] {
        guard isNeeded else { return [] }
        return bid.offers.flatMap { offer -> [LotRejection] in
            guard needs.indices.contains(offer.line), needs[offer.line] != .none else { return [] }
            let line = offer.line
            guard !offer.lots.isEmpty else {
                guard needs[line].needsLots else { return [] }
                return [
                    LotRejection(
                        line: line,
                        lot: nil,
                        quantity: offer.quantity,
                        misfit: .keptWithoutLots
                    )
                ]
            }
            let open = bid.services.filter { !$0.blockedLines.contains(line) }
            guard let soonest = open.map(\.arrives).min() else { return [] }
            let terms = needs[line].terms(arriving: soonest)
            return offer.lots.compactMap { lot in
                terms.misfit(of: lot)
                    .map { misfit in
                        LotRejection(
                            line: line,
                            lot: lot.lot,
                            quantity: lot.quantity,
                            misfit: misfit,
                            daysLeft: Lot.daysLeft(until: lot.expires, on: soonest)
                        )
                    }
            }
        }
    }

    /// Returns why each line is refused, where it is for its lots alone.
    func explained(_ refusals: [LineRefusal], from bids: [Bid]) -> [LineRefusal] {
        guard isNeeded else { return refusals }
        let fitted = bids.map { narrowed($0) }
        return refusals.map { refusal in
            let most =
                isSingleLot(refusal.line)
                ? largestLot(of: refusal.line, in: fitted) : offered(refusal.line, in: fitted)
            guard [.insufficientStock, .notServed].contains(refusal.reason),
                offered(refusal.line, in: bids) >= refusal.requested, most < refusal.requested
            else { return refusal }
            return LineRefusal(
                line: refusal.line,
                sku: refusal.sku,
                requested: refusal.requested,
                available: most,
                reason: .lotsUnfit
            )
        }
    }

    /// The most that all sites together have of one lot of a line.
    private func largestLot(of line: Int, in bids: [Bid]) -> Quantity {
        var units: [Lot.ID: Quantity] = [:]
        for lot in bids.flatMap(\.offers).filter({ $0.line == line }).flatMap(\.lots) {
            units[lot.lot, default: .zero] = units[lot.lot, default: .zero] + lot.quantity
        }
        return units.values.max() ?? .zero
    }

    private func offered(_ line: Int, in bids: [Bid]) -> Quantity {
        bids.flatMap(\.offers).filter { $0.line == line }.reduce(.zero) { $0 + $1.quantity }
    }

    // What sites are asked to set aside.

    /// Returns what the lots must be that each site ships of each line of a plan.
    ///
    /// Of a line that a site sends by several services, what the last of them needs: the other
    /// lots that it offered will do for that too.
    func terms(of plan: Plan, from bids: [Bid]) -> [LotPlace: LotTerms] {
        guard isNeeded else { return [:] }
        var terms: [LotPlace: LotTerms] = [:]
        var last: [LotPlace: CivilDate] = [:]
        for shipment in plan.shipments {
            for line in shipment.lines where needs[line.line] != .none {
                let place = LotPlace(warehouse: shipment.warehouse, line: line.line)
                last[place] = max(last[place] ?? shipment.arrives, shipment.arrives)
            }
        }
        for (place, day) in last {
            let asked = needs[place.line].terms(arriving: day)
            let lot = needs[place.line].isSingleLot ? singleLot(of: place.line, plan, bids) : nil
            terms[place] = LotTerms(
                keepsUntil: asked.keepsUntil,
                certificates: asked.certificates,
                approved: lot.map { [$0] } ?? asked.approved
            )
        }
        return terms
    }

    /// The lot that a plan takes a line from.
    ///
    /// Of those that have enough at each site, the first to expire.
    private func singleLot(of line: Int, _ plan: Plan, _ bids: [Bid]) -> Lot.ID? {
        var taken: [Warehouse.ID: Int64] = [:]
        for shipment in plan.shipments {
            for part in shipment.lines where part.line == line {
                taken[shipment.warehouse, default: 0] += part.quantity.units
            }
        }
        let offers = bids.map { narrowed($0) }
            .compactMap { bid in
                taken[bid.warehouse]
                    .flatMap { units in
                        bid.offers.first { $0.line == line }.map { (units: units, lots: $0.lots) }
                    }
            }
        let enough = (offers.first?.lots ?? [])
            .filter { lot in
                offers.allSatisfy { offer in
                    offer.lots.contains {
                        $0.lot == lot.lot && $0.quantity.units >= offer.units
                    }
                }
            }
        return enough.min {
            ($0.expires?.daysSinceEpoch ?? .max, $0.lot)
                < ($1.expires?.daysSinceEpoch ?? .max, $1.lot)
        }?
        .lot
    }
}

/// A line at a site.
struct LotPlace: Hashable {
    let warehouse: Warehouse.ID
    let line: Int
}

extension LotTerms {
    fileprivate func misfit(of offer: Bid.LotOffer) -> LotMisfit? {
        misfit(of: offer.lot, expires: offer.expires, certificates: offer.certificates)
    }
}

extension Plan {
    /// What each warehouse is asked to set aside, where something is asked of its lots.
    func demands(_ terms: (LotPlace) -> LotTerms) -> [Demand] {
        warehouses.map { warehouse in
            var lines: [Reservation.Line] = []
            for shipment in shipments where shipment.warehouse == warehouse {
                for line in shipment.lines {
                    let lots = terms(LotPlace(warehouse: warehouse, line: line.line))
                    let same = lines.firstIndex { $0.sku == line.sku && $0.lots == lots }
                    let before = same.map { lines[$0].quantity } ?? .zero
                    let all = Reservation.Line(
                        sku: line.sku,
                        quantity: before + line.quantity,
                        lots: lots
                    )
                    if let same { lines[same] = all } else { lines.append(all) }
                }
            }
            return Demand(warehouse: warehouse, lines: lines.sorted { $0.sku < $1.sku })
        }
    }
}
