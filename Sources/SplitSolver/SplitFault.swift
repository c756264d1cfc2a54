extension SplitProblem {
    /// What is wrong with a problem, a policy or a plan.
    package enum Fault: Error, Hashable, Sendable {
        /// A number is negative, zero where it may not be, or above its limit.
        case outOfBounds(Place, field: String)
        /// An index names nothing, or names the same thing twice.
        case badIndex(Place, field: String)
        /// The worst plan's costs or weights do not fit the solver's integers.
        case tooLarge(Place)
        /// A plan breaks the problem or the policy.
        case unlawful(Violation)
    }

    /// Where a fault was found; everything by index.
    package enum Place: Hashable, Sendable {
        case problem
        case line(Int)
        case warehouse(Int)
        case stock(warehouse: Int, entry: Int)
        case service(warehouse: Int, service: Int)
        case policy
        case budget
        case assignment(Int)
    }

    /// The condition a plan breaks.
    package enum Violation: Hashable, Sendable {
        case forbidden(warehouse: Int)
        case forcedUnused(warehouse: Int)
        /// The site holds nothing of the line.
        case noStock(line: Int, warehouse: Int)
        case aboveStock(line: Int, warehouse: Int)
        case belowMinimum(line: Int, warehouse: Int)
        case notAMultiple(line: Int, warehouse: Int)
        case blocked(line: Int, warehouse: Int, service: Int)
        /// The service does not carry so much.
        case aboveCarrier(warehouse: Int, service: Int)
        case split(line: Int)
        case mixedLots(line: Int)
        case incomplete(line: Int)
        case aboveOrder(line: Int)
        case tooManyWarehouses
        case tooManyShipments
    }
}

extension SplitProblem.Fault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .outOfBounds(let place, let field): "\(field) of \(place) is out of bounds"
        case .badIndex(let place, let field):
            "\(field) of \(place) names something that is not there, or the same thing twice"
        case .tooLarge(let place):
            "the costs or weights of \(place) are too large to add up; check their units"
        case .unlawful(let violation): "the plan is not lawful: \(violation)"
        }
    }
}

extension SplitProblem.Place: CustomStringConvertible {
    package var description: String {
        switch self {
        case .problem: "the problem"
        case .line(let line): "line \(line)"
        case .warehouse(let site): "warehouse \(site)"
        case .stock(let site, let entry): "stock entry \(entry) of warehouse \(site)"
        case .service(let site, let service): "service \(service) of warehouse \(site)"
        case .policy: "the policy"
        case .budget: "the budget"
        case .assignment(let index): "assignment \(index)"
        }
    }
}

extension SplitProblem.Violation: CustomStringConvertible {
    package var description: String {
        switch self {
        case .forbidden(let site): "warehouse \(site) is forbidden"
        case .forcedUnused(let site): "warehouse \(site) must ship something"
        case .noStock(let line, let site): "warehouse \(site) has no stock of line \(line)"
        case .aboveStock(let line, let site): "warehouse \(site) has less of line \(line)"
        case .belowMinimum(let line, let site):
            "warehouse \(site) ships less of line \(line) than its minimum"
        case .notAMultiple(let line, let site):
            "warehouse \(site) ships line \(line) only in multiples"
        case .blocked(let line, let site, let service):
            "line \(line) may not ride with service \(service) of warehouse \(site)"
        case .aboveCarrier(let site, let service):
            "service \(service) of warehouse \(site) does not carry so much"
        case .split(let line): "line \(line) may not be split"
        case .mixedLots(let line): "line \(line) must come from a single lot"
        case .incomplete(let line): "line \(line) is not shipped in full"
        case .aboveOrder(let line): "more of line \(line) is shipped than was asked for"
        case .tooManyWarehouses: "too many warehouses ship"
        case .tooManyShipments: "there are too many shipments"
        }
    }
}
