package import AllocationModel
package import SplitSolver

/// Why a document is not an instance: where, what is wrong there, and what belongs there.
package enum SplitInstanceFault: Error, Hashable, Sendable {
    /// The bytes are no JSON at all.
    case notJSON(JSONFault)
    /// A place in the document, as in `warehouses[3].stock[2].tiers[0][0]`, holds what it may not.
    case field(path: String, detail: String, hint: String)

    /// Places a fault that the solver found in the document that the problem came from.
    ///
    /// What reading has checked is named by its key; the rest, which only the
    /// solver's arithmetic can tell, by the innermost object that has it.
    package init(_ fault: SplitProblem.Fault, in problem: SplitProblem) {
        switch fault {
        case .outOfBounds(.problem, field: "the span of etaDays"):
            self = .tooLate(in: problem)
        case .outOfBounds(let place, let field):
            self = .field(
                path: place.path,
                detail: "\(field) is out of bounds",
                hint: "costs and quantities are 0 or more, and below the limits of an order"
            )
        case .badIndex(let place, let field):
            self = .field(
                path: place.path,
                detail: "\(field) names something that is not there, or the same thing twice",
                hint: "give each index once, counted from 0"
            )
        case .tooLarge(let place):
            self = .field(
                path: place.path,
                detail: "the worst costs or weights are too large to add up in 64 bits",
                hint: "check the units of quantities, weights and rates"
            )
        case .unlawful(let violation):
            self = .field(
                path: "plan",
                detail: "\(violation)",
                hint: "change the plan, or the policy it breaks"
            )
        }
    }

    private static func tooLate(in problem: SplitProblem) -> Self {
        let days = problem.warehouses.enumerated()
            .flatMap { site in
                site.element.services.enumerated()
                    .map { (site: site.offset, service: $0.offset, day: $0.element.etaDay) }
            }
        let first = days.min { $0.day < $1.day }?.day ?? 0
        let last = days.max { $0.day < $1.day } ?? (site: 0, service: 0, day: 0)
        let place = SplitProblem.Place.service(warehouse: last.site, service: last.service)
        return .field(
            path: place.path + ".eta",
            detail: "day \(last.day) is years after day \(first), the first arrival",
            hint: "count the days of all services from one date"
        )
    }
}

extension SplitInstanceFault: CustomStringConvertible {
    /// One sentence: `lines[0].qty: 0 is less than 1; a quantity is 1 or more`.
    package var description: String {
        switch self {
        case .notJSON(let fault): "\(fault)"
        case .field(let path, let detail, let hint): "\(path): \(detail); \(hint)"
        }
    }
}

extension SplitProblem.Place {
    /// The place in an instance's document.
    fileprivate var path: String {
        switch self {
        case .problem: "the document"
        case .line(let line): "lines[\(line)]"
        case .warehouse(let site): "warehouses[\(site)]"
        case .stock(let site, let entry): "warehouses[\(site)].stock[\(entry)]"
        case .service(let site, let service): "warehouses[\(site)].services[\(service)]"
        case .policy: "policy"
        case .budget: "the budget"
        case .assignment(let index): "plan[\(index)]"
        }
    }
}
