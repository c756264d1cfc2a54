package import AllocationModel

/// All that the ledger knows of one SKU now.
package struct SKUStock: Hashable, Sendable {
    package let entry: CatalogEntry
    package let safetyStock: Quantity
    /// Units that the coordinator may promise while the site is cut off, and that have not come yet.
    package let leased: Quantity
    /// First to expire first, those without expiry last; one unnamed row where no lots are kept.
    package let lots: [LotStock]
    /// The day at the site, after which a lot has expired.
    package let today: CivilDate

    package init(
        entry: CatalogEntry,
        safetyStock: Quantity,
        leased: Quantity = .zero,
        lots: [LotStock],
        today: CivilDate
    ) {
        self.entry = entry
        self.safetyStock = safetyStock
        self.leased = leased
        self.lots = lots
        self.today = today
    }

    package var onHand: Quantity { sum(\.onHand) }
    package var held: Quantity { sum(\.held) }
    package var allocated: Quantity { sum(\.allocated) }

    /// How many units may be promised to a new order now.
    ///
    /// Units of usable lots on hand, less safety stock, leases, holds and
    /// allocations. Never negative: a recount that finds fewer units than are
    /// promised leaves zero to offer.
    package var available: Quantity {
        let free = lots.reduce(Int64(0)) { $0 + ($1.isUsable(on: today) ? $1.free : 0) }
        return Quantity(max(0, free - safetyStock.units - leased.units))
    }

    /// Units promised that are not there, over the lots: what a recount found missing.
    package var shortfall: Quantity {
        lots.reduce(.zero) { $0 + $1.shortfall }
    }

    /// How many units may be promised now of lots that meet the terms.
    package func available(fitting terms: LotTerms) -> Quantity {
        guard terms != .any else { return available }
        let free = lots.reduce(Int64(0)) { $0 + (isOpen($1, to: terms) ? max(0, $1.free) : 0) }
        return min(available, Quantity(free))
    }

    /// What would be taken of `quantity`, lot by lot, first to expire first.
    ///
    /// - Returns: Nil where fewer are available of such lots; no lot is named twice.
    package func picks(of quantity: Quantity, fitting terms: LotTerms = .any) -> [Pick]? {
        guard quantity <= available(fitting: terms) else { return nil }
        return picks(ofAtMost: quantity, fitting: terms)
    }

    /// All that is available, lot by lot, first to expire first.
    package var availableByLot: [Pick] { picks(ofAtMost: available, fitting: .any) }

    /// Every lot that something could be shipped of, with as much of it as could.
    ///
    /// Together more than is available, where some is kept back.
    package var openLots: [Pick] {
        lots.filter { $0.isUsable(on: today) && $0.free > 0 }
            .map { Pick(lot: $0, quantity: min(available, Quantity($0.free))) }
            .filter { !$0.quantity.isZero }
    }

    /// Whether a new order may be given of a lot that meets the terms.
    func isOpen(_ lot: LotStock, to terms: LotTerms) -> Bool {
        lot.isUsable(on: today)
            && terms.misfit(of: lot.lot, expires: lot.expires, certificates: lot.certificates)
                == nil
    }

    private func picks(ofAtMost quantity: Quantity, fitting terms: LotTerms) -> [Pick] {
        var rest = quantity.units
        var picks: [Pick] = []
        for lot in lots where rest > 0 && lot.free > 0 && isOpen(lot, to: terms) {
            let taken = min(rest, lot.free)
            picks.append(Pick(lot: lot, quantity: Quantity(taken)))
            rest -= taken
        }
        return picks
    }

    /// Returns the same stock once these picks are held of it.
    func holding(_ picks: [Pick]) -> SKUStock {
        SKUStock(
            entry: entry,
            safetyStock: safetyStock,
            leased: leased,
            lots: lots.map { lot in
                let more = picks.filter { $0.lot.lot == lot.lot }
                    .reduce(Quantity.zero) { $0 + $1.quantity }
                return lot.with(held: lot.held + more, allocated: lot.allocated)
            },
            today: today
        )
    }

    private func sum(_ part: KeyPath<LotStock, Quantity>) -> Quantity {
        lots.reduce(.zero) { $0 + $1[keyPath: part] }
    }

    /// So many units of one lot.
    package struct Pick: Hashable, Sendable {
        package let lot: LotStock
        package let quantity: Quantity
    }
}

/// What there is of one lot, or of a SKU that is not kept by lot.
package struct LotStock: Hashable, Sendable {
    /// Nil where the SKU is not kept by lot.
    package let lot: Lot.ID?
    package let onHand: Quantity
    package let held: Quantity
    package let allocated: Quantity
    /// The last day on which it may be shipped; nil where it keeps.
    package let expires: CivilDate?
    package let isQuarantined: Bool
    package let certificates: [String]

    package init(
        lot: Lot.ID?,
        onHand: Quantity,
        held: Quantity = .zero,
        allocated: Quantity = .zero,
        expires: CivilDate? = nil,
        isQuarantined: Bool = false,
        certificates: [String] = []
    ) {
        self.lot = lot
        self.onHand = onHand
        self.held = held
        self.allocated = allocated
        self.expires = expires
        self.isQuarantined = isQuarantined
        self.certificates = certificates
    }

    /// Returns the same lot with other units promised.
    func with(held: Quantity, allocated: Quantity) -> LotStock {
        LotStock(
            lot: lot,
            onHand: onHand,
            held: held,
            allocated: allocated,
            expires: expires,
            isQuarantined: isQuarantined,
            certificates: certificates
        )
    }

    /// Units promised beyond those there.
    package var shortfall: Quantity { Quantity(max(0, -free)) }

    /// Whether a new order may be given of it.
    package func isUsable(on today: CivilDate) -> Bool {
        !isQuarantined && !Lot.isExpired(expires, on: today)
    }

    /// On hand and not promised; negative in a shortfall.
    var free: Int64 { onHand.units - held.units - allocated.units }
}
