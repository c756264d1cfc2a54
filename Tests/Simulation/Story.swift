import AllocationModel
import AllocationProtocol
import BuyerRules
import OrderDesk
import StockLedger

/// A run that somebody directs, command by command, and that tells what happens.
///
/// Nothing goes wrong in it but what a command makes go wrong. What the auditor
/// finds is a line of the story, so that no transcript can hide it.
package struct Story {
    /// A command that nobody can follow.
    package struct Misdirection: Error, CustomStringConvertible {
        package let description: String
    }

    private var simulation: Simulation?
    private var cast: [Simulation.Role] = []
    private var reported = false

    package init() {}

    /// Carries out a command, and tells what came of it.
    ///
    /// - Throws: `Misdirection` where nobody can follow it, or what a ledger throws.
    package mutating func play(_ commands: [String]) throws -> [String] {
        for command in commands {
            let words = command.split(separator: " ").map(String.init)
            if words.count >= 4, words[0].allSatisfy(\.isUppercase) {
                cast.append(try Self.role(from: words))
            } else {
                try direct(words, command)
            }
        }
        return take()
    }

    private mutating func take() -> [String] {
        var lines = simulation?.narration?.take() ?? []
        if let violation = simulation?.violation, !reported {
            reported = true
            lines.append("BROKEN: \(violation)")
        }
        return lines.isEmpty ? ["-"] : lines
    }

    /// `DAL VALVE-3IN on-hand=8 freight=9 orders-a-day=2`; a SKU and its count may come several
    /// times.
    private static func role(from words: [String]) throws -> Simulation.Role {
        var role = Simulation.Role(Warehouse.ID(trusted: words[0]))
        var sku: SKU?
        for word in words.dropFirst() {
            let parts = word.split(separator: "=").map(String.init)
            if parts.count == 1 {
                sku = SKU(trusted: word)
            } else if parts[0] == "on-hand", let sku, let units = Int64(parts[1]) {
                role.onHand[sku] = units
            } else if parts[0] == "orders-a-day", let orders = Int64(parts[1]) {
                role.ordersADay = orders
            } else if parts[0] == "freight", let dollars = Int64(parts[1]) {
                role.centsPerPackage = dollars * 100
            } else {
                throw Misdirection(description: "‘\(word)’ says nothing of a warehouse")
            }
        }
        return role
    }

    private mutating func direct(_ words: [String], _ command: String) throws {
        var directed = try simulation ?? Simulation(scripted: cast)
        simulation = nil
        defer { simulation = directed }
        let isKnown: Bool =
            switch words[0] {
            case "submit", "cancel", "ship", "refuse", "resource", "change", "preview":
                try directed.directOrder(words)
            case "run": try directed.directTime(words, command)
            case "wait": directed.letTimePass(words)
            case "status": try directed.tellStatus()
            case "coordinator", "log", "rival": try directed.directOffice(words)
            default: try directed.directSite(words)
            }
        guard isKnown else { throw Misdirection(description: "‘\(command)’ is no command") }
    }
}

extension Simulation {
    /// A warehouse of a story.
    struct Role {
        let warehouse: Warehouse.ID
        var onHand: [SKU: Int64] = [:]
        var centsPerPackage: Int64 = 1000
        /// How many can leave on one day; nil for all that come.
        var ordersADay: Int64?

        init(_ warehouse: Warehouse.ID) {
            self.warehouse = warehouse
        }
    }

    /// `submit 4711 VALVE-3IN x20 [partial]`, `cancel 4711`, `ship 4711 RNO`, `refuse 4711 RNO
    /// VALVE-3IN x3`, `resource 4711 without DAL`, `preview 4711 from RNO by next-day`,
    /// `change 4711 VALVE-3IN x12`.
    fileprivate mutating func directOrder(_ words: [String]) throws -> Bool {
        guard words.count >= 2 else { return false }
        let id = Order.ID(trusted: words[1])
        if words[0] == "ship" {
            guard words.count == 3, let index = site(named: words[2]),
                let transaction = store[id]?.transaction
            else { return false }
            everShipped.insert(
                Shipped(warehouse: sites[index].warehouse, transaction: transaction)
            )
            try sites[index].ship(id, at: time)
            return true
        }
        if words[0] == "refuse" {
            guard words.count == 5, let index = site(named: words[2]),
                let units = Int64(words[4].dropFirst())
            else { return false }
            try sites[index]
                .refuse(
                    units,
                    of: SKU(trusted: words[3]),
                    for: id,
                    at: time,
                    keepingItInStock: false
                )
            return true
        }
        var known = clients.firstIndex { $0.order.id == id }
        if words[0] == "resource" || words[0] == "preview" {
            guard let known, let wish = Self.wish(from: words.dropFirst(2)) else { return false }
            resource(known, by: wish, isPreview: words[0] == "preview")
            return true
        }
        if words[0] == "change" {
            guard let known, words.count == 4, let units = Int64(words[3].dropFirst()) else {
                return false
            }
            let quantity = OrderChange.LineQuantity(line: words[2], quantity: Quantity(units))
            change(known, as: OrderChange(quantities: [quantity]), isPreview: false)
            return true
        }
        if words[0] == "submit", words.count >= 4, let units = Int64(words[3].dropFirst()) {
            let line = Order.Line(
                id: Identifier(trusted: "1"),
                sku: SKU(trusted: words[2]),
                quantity: Quantity(units)
            )
            let order = Order(
                id: id,
                lines: [line],
                destination: Example.destination,
                completeness: words.last == "partial" ? .partial : .complete
            )
            known = known ?? clients.count
            if known == clients.count { clients.append(SimulatedClient(of: order)) }
        }
        guard let known else { return false }
        ask(known, isCancellation: words[0] == "cancel")
        return true
    }

    /// `without RNO`, `from DAL`, `by next-day`, one after another.
    private static func wish(from words: ArraySlice<String>) -> ResourcingWish? {
        var excluded: [Warehouse.ID] = []
        var forced: [Warehouse.ID] = []
        var level: ServiceLevel?
        var rest = words
        while let word = rest.popFirst() {
            guard let name = rest.popFirst() else { return nil }
            switch word {
            case "without": excluded.append(Warehouse.ID(trusted: name))
            case "from": forced.append(Warehouse.ID(trusted: name))
            case "by": level = try? ServiceLevel(parsing: name)
            default: return nil
            }
        }
        return ResourcingWish(
            excluded: excluded.sorted(),
            forced: forced.sorted(),
            serviceLevel: level,
            who: "ana",
            reason: Self.reason
        )
    }

    /// `wait 5h`: all clocks go on, and nothing happens meanwhile.
    fileprivate mutating func letTimePass(_ words: [String]) -> Bool {
        guard words.count == 2, let time = Self.milliseconds(words[1]) else { return false }
        officeClockError += time
        for index in sites.indices { sites[index].clockError += time }
        return true
    }

    /// `10m`, as milliseconds.
    private static func milliseconds(_ text: String) -> Int64? {
        let units: [Character: Int64] = ["s": 1000, "m": 60_000, "h": 3_600_000]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast())
        else { return nil }
        return count * unit
    }

    /// `run`, `run 10m`, `run until words that are told`.
    fileprivate mutating func directTime(_ words: [String], _ command: String) throws -> Bool {
        if words.count == 1 {
            try advance(to: time + 1)
            let end = time + Self.storyPatience
            while violation == nil, time < end, try !isAtRest() { try advance(to: time + 250) }
            return true
        }
        if words[1] == "until" {
            let awaited = words.dropFirst(2).joined(separator: " ")
            let end = time + Self.storyPatience
            let told = narration?.sayings.count ?? 0
            while violation == nil, let next = agenda.nextTime, next <= end {
                try advance(to: next)
                let since = narration?.sayings.dropFirst(told) ?? []
                if since.contains(where: { $0.contains(awaited) }) { return true }
            }
            throw Story.Misdirection(description: "‘\(command)’: that is never told")
        }
        guard let pause = Self.milliseconds(words[1]) else { return false }
        try advance(to: time + pause)
        return true
    }

    /// How long a story waits for what it is told to wait for.
    private static let storyPatience: Int64 = 60_000

    /// `coordinator stops [before writing|after writing]`, `coordinator starts`, `log is ...`.
    fileprivate mutating func directOffice(_ words: [String]) throws -> Bool {
        switch words.joined(separator: " ") {
        case "coordinator stops": crashOffice()
        case "coordinator stops before it writes": officeCrashPoint = .officeCrashBeforeRecords
        case "coordinator stops after it has written":
            officeCrashPoint = .officeCrashBetweenRecordsAndSends
        case "coordinator starts": try startOffice()
        case "coordinator follows up":
            timing.followUps = .seconds(2)
            crashOffice()
            try startOffice()
        case "coordinator minds cutoffs":
            timing.missedCutoffs = .seconds(3600)
            crashOffice()
            try startOffice()
            plan(.office(start: officeStarts, .rulesChanged(Self.rerouting)), in: 0)
        case "log is copied": storeCopy = store
        case "log is lost":
            crashOffice()
            wasLogLost = true
            isLogStale = true
            store = RecordStore()
        case "log is put back":
            crashOffice()
            wasLogLost = true
            isLogStale = true
            store = storeCopy ?? RecordStore()
        case "log is to be rebuilt":
            crashOffice()
            store.lose(keeping: store)
        default:
            guard words.count == 4, words[0] == "rival", words[1] == "releases",
                let index = site(named: words[3]),
                let transaction = store[Order.ID(trusted: words[2])]?.transaction
            else { return false }
            try letRivalRelease(transaction, at: index)
        }
        return true
    }

    /// Rules by which what has missed its cutoff is sourced again.
    private static let rerouting = OfficeRules(
        version: 1,
        rules: CompiledRules(
            RuleSet.reading("rules:\n- {rule: on-time, then: {missed-cutoff: reroute}}").set
                ?? RuleSet()
        )
    )

    /// A second coordinator of the same epoch, on a copy of the log, tells a site to release.
    private mutating func letRivalRelease(_ transaction: TransactionID, at index: Int) throws {
        let batch = RequestBatch(
            coordinator: Example.office,
            epoch: heading.epoch,
            start: UInt64.max,
            requests: [.release(transaction)]
        )
        let site = sites[index].warehouse
        narrate("rival -> \(site)", "release \(name(transaction))")
        let answers = try sites[index].answer(batch, at: time)
        if case .refused(.staleEpoch)? = answers?.answers.first {
            narrate("\(site) -> rival", "I answer to another coordinator")
        } else {
            report("\(site) obeys a rival")
        }
    }

    func site(named name: String) -> Int? {
        sites.firstIndex { $0.warehouse.rawValue == name }
    }

    /// What each site has, and what became of each order.
    fileprivate mutating func tellStatus() throws -> Bool {
        for index in sites.indices {
            let name = sites[index].warehouse.rawValue
            for stock in try sites[index].stock() {
                narrate(
                    name,
                    "\(stock.entry.sku): on hand \(stock.onHand), held \(stock.held), "
                        + "allocated \(stock.allocated), available \(stock.available)"
                        + (stock.leased.isZero ? "" : ", leased \(stock.leased)")
                )
            }
            for record in try sites[index].reservations([.voted]) {
                narrate(name, "in doubt: \(record.reservation.order)")
            }
            if !sites[index].isUp { narrate(name, "its agent does not run") }
        }
        for client in clients {
            let outcome = store[client.order.id]?.outcome
            narrate(
                "order \(client.order.id)",
                outcome.map { Self.words(for: $0) } ?? "nothing is decided"
            )
        }
        return true
    }
}
