package import AllocationModel
package import SplitSolver

/// A split problem on file: one order, its bids and its policy, with names for people.
///
/// Read from and written to `alloc-instance/1`, the format in which such
/// problems are captured, kept and compared between solvers. The solver knows
/// all things by index; the names are what the answer is shown with.
package struct SplitInstance: Hashable, Sendable {
    /// What the file calls itself: 1 to 64 bytes, as any identifier.
    package let id: String
    package let units: Units
    package let problem: SplitProblem
    package let policy: SplitPolicy
    package let names: Names

    /// - Precondition: There is a name for each line, warehouse, service and lot of the problem.
    package init(
        id: String,
        units: Units = Units(),
        problem: SplitProblem,
        policy: SplitPolicy,
        names: Names
    ) {
        precondition(names.areComplete(for: problem), "everything in an instance has a name")
        self.id = id
        self.units = units
        self.problem = problem
        self.policy = policy
        self.names = names
    }

    /// What the indices of the problem are called.
    package struct Names: Hashable, Sendable {
        /// By line.
        package let lines: [String]
        /// By warehouse.
        package let warehouses: [String]
        /// By warehouse, then by its service.
        package let services: [[String]]
        /// By lot number.
        package let lots: [String]

        package init(
            lines: [String],
            warehouses: [String],
            services: [[String]],
            lots: [String] = []
        ) {
            self.lines = lines
            self.warehouses = warehouses
            self.services = services
            self.lots = lots
        }

        fileprivate func areComplete(for problem: SplitProblem) -> Bool {
            lines.count == problem.lines.count
                && warehouses.count == problem.warehouses.count
                && services.map(\.count) == problem.warehouses.map(\.services.count)
                && problem.warehouses.allSatisfy { site in
                    site.stock.allSatisfy { $0.lots.allSatisfy { lots.indices.contains($0.lot) } }
                }
        }
    }

    /// What the numbers count.
    ///
    /// Money is always in ten-thousandths of the currency's unit, and quantities
    /// in selling units. Nothing is converted: the solver's sums do not depend on it.
    package struct Units: Hashable, Sendable {
        package let currency: Currency
        package let weight: Weight

        package init(currency: Currency = .usd, weight: Weight = .tenthsOfPound) {
            self.currency = currency
            self.weight = weight
        }

        /// The unit of every weight in an instance.
        package enum Weight: String, CaseIterable, Hashable, Sendable {
            case tenthsOfPound = "0.1 lb"
            case grams = "g"
        }

        /// Returns how many decimals show every one of `costs` in full, as few as the currency has.
        package func places(for costs: [Cost]) -> Int {
            let scale = Cost.perMinorUnit(of: currency)
            let areWhole = costs.allSatisfy { $0.tenThousandths % scale == 0 }
            return areWhole ? currency.exponent : 4
        }

        /// Returns `cost` as a decimal without the currency, in full: `182.10`, `0.0125`.
        ///
        /// - Precondition: `places` is what `places(for:)` returned for some costs with this one.
        package func decimal(_ cost: Cost, places: Int) -> String {
            let sign = cost < .zero ? "-" : ""
            let magnitude = cost.tenThousandths.magnitude
            let whole = String(magnitude / 10_000)
            guard places > 0 else { return sign + whole }
            let rest = String(magnitude % 10_000)
            let decimals = String(repeating: "0", count: 4 - rest.count) + rest
            return "\(sign)\(whole).\(decimals.prefix(places))"
        }

        /// Returns `cost` in full with the currency: `182.10 USD`.
        package func text(of cost: Cost) -> String {
            "\(decimal(cost, places: places(for: [cost]))) \(currency)"
        }
    }
}
