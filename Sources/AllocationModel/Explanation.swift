/// Why an order was placed as it was: every site with what it offered, and why it was or was not used.
package struct Explanation: Hashable, Sendable {
    package let record: OrderRecord
    /// What the sites were asked for: the order, or what had not shipped when it was sourced again.
    package let asked: Order
    /// By rising warehouse.
    package let sites: [Site]
    /// The cheapest plan over another set of warehouses, if there is one.
    package let runnerUp: RunnerUp?
    /// How often the round was solved before every site could reserve.
    package let attempts: Int
    /// Search effort of the plan, in solver nodes.
    package let nodes: Int64
    /// What the office's rules had to do with it.
    package let rules: Rules
    /// The amounts of stock at which the answer flips, by line and warehouse.
    package let stockLevels: [StockLevel]
    /// Questions that the explanation's budget left without an answer.
    package let unasked: Int

    package init(
        record: OrderRecord,
        asked: Order? = nil,
        sites: [Site],
        runnerUp: RunnerUp?,
        attempts: Int,
        nodes: Int64,
        rules: Rules = Rules(version: 0, applied: [], relaxed: []),
        stockLevels: [StockLevel] = [],
        unasked: Int = 0
    ) {
        self.stockLevels = stockLevels
        self.unasked = unasked
        self.rules = rules
        self.record = record
        self.asked = asked ?? record.order
        self.sites = sites
        self.runnerUp = runnerUp
        self.attempts = attempts
        self.nodes = nodes
    }

    /// The rules that an order was filled by.
    package struct Rules: Hashable, Sendable {
        /// The version that was in force; 0 for none.
        package let version: Int64
        /// In the order in which soft ones are given up.
        package let applied: [Applied]
        /// The steps of relaxation that were taken, by name.
        package let relaxed: [String]

        package init(version: Int64, applied: [Applied], relaxed: [String]) {
            self.version = version
            self.applied = applied
            self.relaxed = relaxed
        }

        /// One thing that a rule said of the order.
        package struct Applied: Hashable, Sendable {
            package let rule: String
            /// As the rule file would write it: `sla-hours: 48`.
            package let effect: String
            package let isSoft: Bool
            /// What it cost; nil where no plan hangs on it.
            package let cost: Cost?

            package init(rule: String, effect: String, isSoft: Bool, cost: Cost? = nil) {
                self.cost = cost
                self.rule = rule
                self.effect = effect
                self.isSoft = isSoft
            }
        }

        /// How the order would have been placed without a rule: solved again, and compared.
        package enum Cost: Hashable, Sendable {
            /// As it was: the rule did not bind.
            case nothing
            /// It took so much more, so many days more, and left so many more units short.
            ///
            /// Each may be negative: what is dearer may be sooner.
            case difference(Money, days: Int, unitsShort: Int64)
            /// Only without the rule is there a plan, at this cost.
            case order(Money)
            /// Not found within the explanation's budget.
            case undetermined
        }
    }

    /// An amount of stock at one site with which the order would have been placed otherwise.
    package struct StockLevel: Hashable, Sendable {
        package let warehouse: Warehouse.ID
        package let line: Int
        /// Units that the site offered.
        package let available: Quantity
        /// Units with which the plan is another.
        ///
        /// More than `available`: with so many or more. Less: with so many or fewer.
        package let level: Quantity
        /// Who would ship then; empty where there would be no plan.
        package let warehouses: [Warehouse.ID]
        /// What that plan costs more than the one in force; nil where one of the two is none.
        package let difference: Money?

        package init(
            warehouse: Warehouse.ID,
            line: Int,
            available: Quantity,
            level: Quantity,
            warehouses: [Warehouse.ID],
            difference: Money?
        ) {
            self.warehouse = warehouse
            self.line = line
            self.available = available
            self.level = level
            self.warehouses = warehouses
            self.difference = difference
        }
    }

    /// One site's part in the decision.
    package struct Site: Hashable, Sendable {
        package let warehouse: Warehouse.ID
        package let verdict: Verdict
        /// What it offered; nil where it did not answer.
        package let bid: Bid?
        /// Lots that it offered and that do not meet what is asked of them.
        package let rejections: [LotRejection]

        package init(
            warehouse: Warehouse.ID,
            verdict: Verdict,
            bid: Bid?,
            rejections: [LotRejection] = []
        ) {
            self.rejections = rejections
            self.warehouse = warehouse
            self.verdict = verdict
            self.bid = bid
        }
    }

    /// Why a site was or was not used.
    package enum Verdict: Hashable, Sendable {
        /// It ships; without it the cheapest plan would cost so much more, or there would be none.
        case used(withoutIt: Difference)
        /// It did not bid in time.
        case silent
        /// It was not connected, or not in session, when the round began.
        case unreachable
        /// It offered nothing that could ship: its declines say why.
        case offeredNothing
        /// The cheapest plan that uses it costs so much more than the plan chosen.
        case dearer(by: Money)
        /// Plans that use it exist, but none was found within the explanation's budget.
        case undetermined
        /// No lawful plan uses it.
        case unlawful
    }

    /// How another plan compares.
    package enum Difference: Hashable, Sendable {
        /// It costs so much more (or the same, at zero).
        case costs(Money)
        /// There is no such plan.
        case impossible
        /// None was found within the explanation's budget.
        case undetermined
    }

    /// The best plan over another set of warehouses.
    package struct RunnerUp: Hashable, Sendable {
        package let warehouses: [Warehouse.ID]
        package let cost: Money

        package init(warehouses: [Warehouse.ID], cost: Money) {
            self.warehouses = warehouses
            self.cost = cost
        }
    }
}
