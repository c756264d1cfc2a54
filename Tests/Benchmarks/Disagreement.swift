import AllocationModel
import SplitInstances
import SplitSolver

/// Two solvers that cannot both be right about one order.
struct Disagreement: Hashable {
    let order: String
    let kind: Kind

    enum Kind: Hashable {
        /// A lawful plan of the peer is cheaper than the solver says that any could be.
        case belowOwnBound(bound: Int64, cost: Int64)
        /// The solver's lawful plan is cheaper than the peer says that any could be.
        case belowPeerBound(bound: Int64, cost: Int64)
        /// The solver proved that there is no plan, and the peer has one.
        case ownRefusal
        /// The peer proved that there is no plan, and the solver has one.
        case peerRefusal
        /// In a lexicographic order, one that proved its plan has more units short or late.
        case units(own: [Int64], peer: [Int64])
        /// The peer's plan breaks the order's rules.
        case unlawful(String)
    }

    /// Returns what two answers to one order contradict each other in, or nil.
    static func between(
        _ own: Answer,
        _ peer: Answer,
        on instance: SplitInstance
    ) -> Disagreement? {
        kind(own, peer, under: instance.policy)
            .map {
                Disagreement(order: instance.id, kind: $0)
            }
    }

    private static func kind(
        _ own: Answer,
        _ peer: Answer,
        under policy: SplitPolicy
    ) -> Kind? {
        if let foul = peer.foul { return .unlawful(foul) }
        if own.status == .infeasible { return peer.costs == nil ? nil : .ownRefusal }
        if peer.status == .infeasible { return own.costs == nil ? nil : .peerRefusal }
        guard let ownCosts = own.costs, let peerCosts = peer.costs else { return nil }
        if policy.objective == .lexicographic {
            let units = (units(ownCosts), units(peerCosts))
            if units.0 != units.1 {
                let isPeerBetter = units.1.lexicographicallyPrecedes(units.0)
                let isWrong = isPeerBetter ? own.status : peer.status
                return isWrong == .optimal ? .units(own: units.0, peer: units.1) : nil
            }
            // A bound holds for plans with the fewest units, which only a proof finds.
            if own.status != .optimal || peer.status != .optimal { return nil }
        }
        if let bound = own.bound, let cost = peer.cost, cost < bound {
            return .belowOwnBound(bound: bound, cost: cost)
        }
        if let bound = peer.bound, let cost = own.cost, cost < bound {
            return .belowPeerBound(bound: bound, cost: cost)
        }
        return nil
    }

    private static func units(_ costs: SplitCosts) -> [Int64] {
        [costs.backorderUnits, costs.lateUnits]
    }
}

extension Disagreement: CustomStringConvertible {
    var description: String {
        switch kind {
        case .belowOwnBound(let bound, let cost):
            "\(order): OUR BOUND IS WRONG: the peer's lawful plan costs \(cost), below \(bound)"
        case .belowPeerBound(let bound, let cost):
            "\(order): the peer's bound is wrong: our lawful plan costs \(cost), below \(bound)"
        case .ownRefusal: "\(order): OUR REFUSAL IS WRONG: the peer has a lawful plan"
        case .peerRefusal: "\(order): the peer refuses an order that has a lawful plan"
        case .units(let own, let peer):
            "\(order): units short and late differ: \(own) here and \(peer) with the peer"
        case .unlawful(let foul): "\(order): the peer's plan is refused: \(foul)"
        }
    }
}
