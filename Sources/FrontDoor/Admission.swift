internal import AllocationModel

/// Who is at the door, and whether one more may be.
///
/// A value that knows no socket and no clock: instants are given to it as
/// durations since any one moment.
struct Admission: Sendable {
    /// A connection's number.
    typealias ID = Int

    /// What becomes of a connection that has just been made.
    enum Arrival: Hashable {
        /// It may begin; `cut` must go for it.
        case admitted(ID, cut: ID?)
        /// Its address has made too many.
        case refused
    }

    private struct Guest {
        let address: String
        var warehouse: Warehouse.ID?
    }

    /// How many connections an address may make now, and as of when.
    private struct Allowance {
        var left: Double
        var asOf: Duration
    }

    private var guests: [ID: Guest] = [:]
    private var next: ID = 0
    private var waiting = Queue()
    private var waitingByAddress: [String: Queue] = [:]
    private var bySite: [Warehouse.ID: Queue] = [:]
    private var allowances: [String: Allowance] = [:]

    /// Connections that were admitted and have not gone.
    var count: Int { guests.count }
    /// Those of them that are not yet known to be a site's.
    var waitingCount: Int { waiting.count }
    /// Addresses that are remembered.
    var addressCount: Int { allowances.count }

    /// Notes a connection from `address`.
    mutating func arrive(from address: String, at now: Duration) -> Arrival {
        let address = Self.neighbourhood(of: address)
        guard spend(of: address, at: now) else { return .refused }
        var cut: ID?
        if let crowd = waitingByAddress[address],
            crowd.count >= DoorLimits.waitingPerAddressMaximum
        {
            cut = crowd.oldest
        } else if waiting.count >= DoorLimits.waitingMaximum
            || guests.count >= DoorLimits.connectionsMaximum
        {
            cut = waiting.oldest
            // All are sites' own: nobody goes for a stranger.
            if cut == nil { return .refused }
        }
        if let cut { depart(cut) }
        next += 1
        guests[next] = Guest(address: address)
        waiting.add(next)
        waitingByAddress[address, default: Queue()].add(next)
        return .admitted(next, cut: cut)
    }

    /// Notes that a connection is `warehouse`'s, and returns the one that must go for it.
    mutating func recognise(_ id: ID, as warehouse: Warehouse.ID) -> ID? {
        guard let guest = guests[id], guest.warehouse == nil else { return nil }
        endWaiting(id, guest.address)
        guests[id]?.warehouse = warehouse
        bySite[warehouse, default: Queue()].add(id)
        guard let lines = bySite[warehouse],
            lines.count > DoorLimits.connectionsPerSiteMaximum,
            let oldest = lines.oldest
        else { return nil }
        depart(oldest)
        return oldest
    }

    /// Notes that a connection is gone; a second time changes nothing.
    mutating func depart(_ id: ID) {
        guard let guest = guests.removeValue(forKey: id) else { return }
        guard let warehouse = guest.warehouse else { return endWaiting(id, guest.address) }
        bySite[warehouse]?.remove(id)
        if bySite[warehouse]?.count == 0 { bySite[warehouse] = nil }
    }

    private mutating func endWaiting(_ id: ID, _ address: String) {
        waiting.remove(id)
        waitingByAddress[address]?.remove(id)
        if waitingByAddress[address]?.count == 0 { waitingByAddress[address] = nil }
    }

    /// Takes one connection off the allowance of `address`, if there is one.
    private mutating func spend(of address: String, at now: Duration) -> Bool {
        if allowances[address] == nil, allowances.count >= DoorLimits.addressesMaximum {
            forget(at: now)
        }
        var allowance = refreshed(allowances[address], at: now)
        guard allowance.left >= 1 else {
            allowances[address] = allowance
            return false
        }
        allowance.left -= 1
        allowances[address] = allowance
        return true
    }

    private func refreshed(_ allowance: Allowance?, at now: Duration) -> Allowance {
        let most = Double(DoorLimits.arrivalsBurst)
        guard let allowance else { return Allowance(left: most, asOf: now) }
        let gained = (now - allowance.asOf) / .seconds(1) * Double(DoorLimits.arrivalsPerSecond)
        return Allowance(left: min(most, allowance.left + max(0, gained)), asOf: now)
    }

    /// Forgets the addresses whose allowance is whole again, or else the one longest unheard.
    private mutating func forget(at now: Duration) {
        let most = Double(DoorLimits.arrivalsBurst)
        allowances = allowances.filter { refreshed($0.value, at: now).left < most }
        guard allowances.count >= DoorLimits.addressesMaximum else { return }
        let longest = allowances.min { ($0.value.asOf, $0.key) < ($1.value.asOf, $1.key) }
        if let longest { allowances[longest.key] = nil }
    }

    /// `address`, or for IPv6 its network, in which one machine may have any number.
    static func neighbourhood(of address: String) -> String {
        guard address.contains(":"), !address.contains(".") else { return address }
        // The part before ‘::’ may be shorter than four groups: the rest are zeros.
        let head = address.firstRange(of: "::").map { address[..<$0.lowerBound] } ?? address[...]
        let groups = head.split(separator: ":").prefix(4).map(String.init)
        return (groups + Array(repeating: "0", count: 4 - groups.count)).joined(separator: ":")
            + "::/64"
    }

    /// Numbers in the order in which they were added.
    ///
    /// They only rise, so the least is the oldest; a heap's worth of removals
    /// is not: a queue holds a few hundred at most.
    private struct Queue {
        private var members: [ID] = []

        var count: Int { members.count }
        var oldest: ID? { members.first }

        mutating func add(_ id: ID) {
            members.append(id)
        }

        mutating func remove(_ id: ID) {
            if let place = members.firstIndex(of: id) { members.remove(at: place) }
        }
    }
}

/// Says what happens again and again a few times, and then once in a while.
///
/// Otherwise whoever can reach the port could fill the disk with its log.
struct Restraint: Sendable {
    /// One kind of thing to say.
    struct Kind: Hashable, Sendable {
        let refusal: Refusal
        let warehouse: Warehouse.ID?
    }

    private struct Said {
        var left: Int
        var last: Duration
        var unsaid = 0
    }

    private var kinds: [Kind: Said] = [:]

    /// Returns how many of the kind went unsaid before this one, or nil where it is not to be said.
    ///
    /// Kinds are bounded by whoever enrols: strangers have no warehouse.
    mutating func say(_ kind: Kind, at now: Duration) -> Int? {
        var said = kinds[kind] ?? Said(left: DoorLimits.noticesBurst, last: now)
        defer { kinds[kind] = said }
        if now - said.last >= DoorLimits.noticesPause { said.left = max(said.left, 1) }
        guard said.left > 0 else {
            said.unsaid += 1
            return nil
        }
        defer { said.unsaid = 0 }
        said.left -= 1
        said.last = now
        return said.unsaid
    }
}
