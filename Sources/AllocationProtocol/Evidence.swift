package import AllocationModel

/// What an order was decided on: enough to reach the same plan again, bit for bit.
package struct Evidence: Hashable, Sendable {
    /// The bids of the round that was solved, by rising warehouse.
    package let bids: [Bid]
    /// Sites that were asked and did not answer in time.
    package let silent: [Warehouse.ID]
    /// Sites that were not in session, or whose link failed.
    package let unreachable: [Warehouse.ID]
    /// How often the order was solved before it was decided.
    package let attempts: Int
    /// Nodes the last search visited.
    package let nodes: Int64
    /// The version of the solver that made the plan.
    package let solverVersion: Int
    /// The version of the office's rules that were in force; 0 for none.
    package let rulesVersion: Int64
    /// What the directory said of whoever ordered.
    package let customer: Customer?
    /// What the directory said of the order's SKUs, by rising SKU, where it knows them.
    package let profiles: [SKUProfile]
    /// The bounds within which the order was split; nil where the record is older than them.
    package let policy: SourcingPolicy?
    /// What the sites were asked for, where that is not the whole order as it was placed.
    package let asked: Asked?

    /// A part of an order that was sourced again, as an order of its own.
    package struct Asked: Hashable, Sendable {
        package let order: Order
        /// Which line of the whole order each of its lines is.
        package let lines: [Int]
        /// When it was asked for: the office's rules count its days from then.
        package let at: Timestamp

        package init(order: Order, lines: [Int], at: Timestamp) {
            self.order = order
            self.lines = lines
            self.at = at
        }

        /// Returns a plan of it with the lines named as in the whole order.
        package func inWholeOrder(_ plan: Plan) -> Plan {
            Plan(
                order: plan.order,
                shipments: plan.shipments.map { shipment in
                    Plan.Shipment(
                        warehouse: shipment.warehouse,
                        service: shipment.service,
                        carrier: shipment.carrier,
                        lines: shipment.lines.map {
                            Plan.ShipmentLine(
                                line: lines[$0.line],
                                sku: $0.sku,
                                quantity: $0.quantity
                            )
                        },
                        freight: shipment.freight,
                        handling: shipment.handling,
                        leaves: shipment.leaves,
                        arrives: shipment.arrives,
                        arrivesBy: shipment.arrivesBy,
                        leavesBy: shipment.leavesBy,
                        lastCutoff: shipment.lastCutoff
                    )
                },
                backorders: plan.backorders.map {
                    Plan.Backorder(line: lines[$0.line], sku: $0.sku, quantity: $0.quantity)
                },
                cost: plan.cost,
                bound: plan.bound,
                isProved: plan.isProved
            )
        }

        /// Returns why it has no plan, with the lines named as in the whole order.
        package func inWholeOrder(_ refusals: [LineRefusal]) -> [LineRefusal] {
            refusals.map {
                LineRefusal(
                    line: lines[$0.line],
                    sku: $0.sku,
                    requested: $0.requested,
                    available: $0.available,
                    reason: $0.reason
                )
            }
        }
    }

    package init(
        bids: [Bid],
        silent: [Warehouse.ID],
        unreachable: [Warehouse.ID],
        attempts: Int,
        nodes: Int64,
        solverVersion: Int,
        rulesVersion: Int64 = 0,
        customer: Customer? = nil,
        profiles: [SKUProfile] = [],
        policy: SourcingPolicy? = nil,
        asked: Asked? = nil
    ) {
        self.asked = asked
        self.policy = policy
        self.bids = bids
        self.silent = silent
        self.unreachable = unreachable
        self.attempts = attempts
        self.nodes = nodes
        self.solverVersion = solverVersion
        self.rulesVersion = rulesVersion
        self.customer = customer
        self.profiles = profiles
    }
}
