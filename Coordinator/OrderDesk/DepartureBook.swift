internal import AllocationModel

/// The orders of which parts have yet to leave, and what is done about parts that should have.
///
/// A part is *missed* when it has not been told as shipped by its cutoff and a grace. Each miss is
/// told once, and sourced again once where the rules say so. The clock comes in with each call, and
/// decides nothing but when the log is asked how an order stands.
struct DepartureBook: Sendable {
    /// How long a part may be late before it is missed; nil where nobody looks.
    private let grace: Int64?
    /// When the next part of each order is missed that is not yet.
    private var fresh: [Order.ID: Timestamp] = [:]
    /// When each order is to be looked at: then, or sooner where a miss is to be tried.
    private var due: [Order.ID: Timestamp] = [:]
    private var misses: [Order.ID: [Plan.Departure: Dealing]] = [:]
    /// When an order was last looked at.
    private var lookedAt = Timestamp(milliseconds: 0)

    /// How far a miss has been dealt with.
    private enum Dealing: Hashable, Sendable {
        /// It is to be sourced again; so often that could not be done.
        case trying(Int)
        /// The plan stays: until then, where it was found to leave later.
        case settled(until: Timestamp?)
    }

    init(grace: Duration?) {
        self.grace = grace.map {
            $0.components.seconds * 1000 + $0.components.attoseconds / 1_000_000_000_000_000
        }
    }

    /// What a look at one order finds.
    struct Findings: Hashable, Sendable {
        /// Parts that were not known to be missed.
        var news: [Plan.Departure] = []
        /// Parts whose order is to be sourced again, if anything is done about them.
        var open: [Plan.Departure] = []
    }

    /// How it ended that an order was to be sourced again.
    enum Ending: Hashable, Sendable {
        /// The plan stays; by the one that was found, it leaves then.
        case stays(Plan)
        /// Nothing lawful was found, or nothing is to be done about it.
        case cannot
        /// Something came between that will pass.
        case stumbled
        /// A site is out of reach, and may have shipped: that it has not is not known.
        case unheard
    }

    /// Orders looked at in one turn, so that new ones find the log's ear.
    static let looksMaximum = 32
    /// How often a miss may stumble before its plan stays.
    static let stumblesMaximum = 3
    /// Milliseconds until one that stumbled is looked at again, and the least of any pause.
    static let pause: Int64 = 60_000
    static let pauseMinimum: Int64 = 1000
    /// Orders that are watched; what is decided beyond is, when the office starts again.
    static let ordersMaximum = 100_000

    /// Takes note of until when the parts of an order in force were to leave.
    ///
    /// What is known of misses that are still among them stays known.
    mutating func note(_ order: Order.ID, _ parts: [Plan.Departure]) {
        misses[order] = misses[order]?.filter { parts.contains($0.key) }
        if misses[order]?.isEmpty == true { misses[order] = nil }
        schedule(order, after: parts)
    }

    /// Takes note of until when the first part of an order was to leave.
    mutating func note(_ order: DueDeparture) {
        guard grace != nil, fresh.count < Self.ordersMaximum else { return }
        fresh[order.order] = limit(for: order.at)
        schedule(order.order)
    }

    /// The instant from which what was to leave by another is missed.
    private func limit(for instant: Timestamp) -> Timestamp {
        Timestamp(milliseconds: instant.milliseconds + (grace ?? 0))
    }

    /// Takes note that nothing of an order has yet to leave.
    mutating func remove(_ order: Order.ID) {
        fresh[order] = nil
        due[order] = nil
        misses[order] = nil
    }

    /// Whether a part of an order may have been told as missed.
    func isLate(_ order: Order.ID, at now: Timestamp) -> Bool {
        misses[order] != nil || fresh[order].map { $0 <= now } ?? false
    }

    /// Whether a part is missed.
    func isMissed(_ part: Plan.Departure, at now: Timestamp) -> Bool {
        grace != nil && limit(for: part.leavesBy.timestamp) <= now
    }

    /// Returns the pause before the next look; nil where nothing has yet to leave.
    ///
    /// A minute at most: what is noted meanwhile may be due sooner.
    func pause(at now: Timestamp) -> Duration? {
        due.values.min()
            .map {
                let milliseconds = $0.milliseconds - now.milliseconds
                return .milliseconds(min(max(milliseconds, Self.pauseMinimum), Self.pause))
            }
    }

    /// Returns the orders that are to be looked at now, and takes them for looked at.
    mutating func nextLooks(at now: Timestamp) -> [Order.ID] {
        let late = due.filter { $0.value <= now }
            .sorted { ($0.value, $0.key) < ($1.value, $1.key) }
            .prefix(Self.looksMaximum)
            .map(\.key)
        for order in late { due[order] = nil }
        return late
    }

    /// Looks at an order, of which these parts have not been told as shipped.
    mutating func look(
        at order: Order.ID,
        _ parts: [Plan.Departure],
        now: Timestamp
    ) -> Findings {
        lookedAt = now
        note(order, parts)
        var findings = Findings()
        for part in parts where isMissed(part, at: now) {
            switch misses[order]?[part] {
            case nil:
                findings.news.append(part)
                findings.open.append(part)
                misses[order, default: [:]][part] = .trying(0)
            case .trying: findings.open.append(part)
            case .settled(let until):
                guard let until, limit(for: until) <= now else { continue }
                // It would leave later, and has not then either.
                findings.news.append(part)
                findings.open.append(part)
                misses[order, default: [:]][part] = .trying(0)
            }
        }
        schedule(order, after: parts)
        return findings
    }

    /// Takes note of how dealing with an order's misses ended, and returns those that it ends.
    mutating func end(_ order: Order.ID, _ ending: Ending) -> [Plan.Departure] {
        var settled: [Plan.Departure] = []
        for (part, dealing) in misses[order] ?? [:] {
            guard case .trying(let tries) = dealing else { continue }
            switch ending {
            case .stays(let plan):
                let found = plan.departures().first { $0.warehouse == part.warehouse }
                misses[order]?[part] = .settled(until: found?.leavesBy.timestamp)
                settled.append(part)
            case .cannot:
                misses[order]?[part] = .settled(until: nil)
                settled.append(part)
            case .stumbled where tries + 1 >= Self.stumblesMaximum:
                misses[order]?[part] = .settled(until: nil)
                settled.append(part)
            case .stumbled: misses[order]?[part] = .trying(tries + 1)
            case .unheard: break
            }
        }
        schedule(order)
        return settled.sorted { $0.warehouse < $1.warehouse }
    }

    private mutating func schedule(_ order: Order.ID, after parts: [Plan.Departure]) {
        guard grace != nil, fresh[order] != nil || fresh.count < Self.ordersMaximum else { return }
        fresh[order] =
            parts.filter { misses[order]?[$0] == nil }
            .map { limit(for: $0.leavesBy.timestamp) }.min()
        schedule(order)
    }

    private mutating func schedule(_ order: Order.ID) {
        let again = (misses[order] ?? [:]).values
            .compactMap { dealing -> Timestamp? in
                switch dealing {
                case .trying: Timestamp(milliseconds: lookedAt.milliseconds + Self.pause)
                case .settled(let until): until.map(limit)
                }
            }
        due[order] = (again + [fresh[order]].compactMap(\.self)).min()
    }
}
