/// The office's choices in sourcing, where no buyer rule says otherwise.
package struct SourcingPolicy: Hashable, Sendable {
    /// The most warehouses one order may be split over; nil for no limit.
    package var warehousesMaximum: Int?
    /// What leaving one unit unshipped weighs against freight, in money.
    package var backorderCost: Cost
    /// About a quarter of a second on an order that is hard to prove; most need a few nodes.
    package static let nodesDefault = 500

    /// How long the solver may search, in nodes.
    package var nodesMaximum: Int

    package init(
        warehousesMaximum: Int? = nil,
        backorderCost: Cost = Cost(10_000_000),
        nodesMaximum: Int = Self.nodesDefault
    ) {
        self.warehousesMaximum = warehousesMaximum
        self.backorderCost = backorderCost
        self.nodesMaximum = nodesMaximum
    }
}
