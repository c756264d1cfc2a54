import AllocationModel
import AllocationProtocol
import OrderDesk
import SeededGenerator
import StockLedger

/// The office and its warehouses in one thread and in virtual time, with all that can go wrong.
///
/// Office, desks and ledgers are the product's own; the wire, the disk of the
/// decision log and the clients are the smallest that could be. Everything
/// follows from the seed, so that a violation can be run again.
package struct Simulation {
    /// A rule of the protocol, broken: each must be found out.
    package enum Mutant: String, CaseIterable, Sendable {
        /// A site gives a vote back after a while, unasked.
        case expiresVotes = "expire-prepared"
        /// The office's driver sends before its records are written.
        case sendsBeforeRecords = "send-before-log"
        /// A site's disk only says that it keeps what is voted for.
        case votesBeforeTheSync = "vote-before-sync"
        /// A site's disk only says that it keeps what is confirmed.
        case acknowledgesBeforeTheSync = "ack-before-sync"
        /// A site that asks while its attempt is voting is told to release.
        case releasesWhileVoting = "abort-while-voting"
        /// An order that comes again is a new order.
        case forgetsWhoseOrderItIs = "no-idempotency-key"
        /// A decision is forgotten once one site has acknowledged it.
        case forgetsAfterTheFirstAcknowledgement = "forget-after-first-ack"
        /// A restarted office uses the transaction ids of its former life.
        case keepsItsEpoch = "reuse-tx-id"
        /// A site never asks what became of its vote.
        case neverAsks = "agent-never-asks"
        /// An office that has lost its log goes on as if it had decided nothing.
        case trustsALostLog = "logloss-naive"
        /// A site does not tell what its manager has forced.
        case concealsOverrides = "conceal-overrides"
        /// A site carries out what its manager has forced otherwise, as if he had not.
        case takesBackOverrides = "take-back-overrides"
        /// A site that was started again goes on in its session, whatever became of its disk.
        case keepsItsSession = "amnesia-no-session"
        /// A site says that its history is whole, and is given nothing back.
        case overlooksLostHistory = "amnesia-no-resync"
        /// A site compares the length of its history alone.
        case countsItsHistory = "amnesia-plain-counter"
        /// A site that ships an order alone confirms with its vote, and the office stops in between.
        case skipsTheIntent = "onephase-no-intent"
        /// The same, and the office turns to another site when an answer takes long.
        case losesPatience = "onephase-impatient"
        /// What a decision draws on leases is not written with it.
        case forgetsDraws = "lease-draw-not-durable"
        /// A site promises what it has leased.
        case sellsLeasedStock = "lease-sold"
        /// A site that was restored is not given back what was drawn on its leases.
        case adoptsWithoutDraws = "lease-adopted-undrawn"
        /// A site does not tell what it has shipped.
        case concealsShipments = "conceal-shipments"
        /// A site that was restored is not told what has left it.
        case restoresWhatHasLeft = "shipped-restored"
        /// A site to which a lease comes back takes all that has not come yet for its own.
        case ignoresUndrained = "lease-back-undrained"
        /// A site votes whatever leaves on the day already.
        case overbooksDays = "day-overbooked"
        /// What an order is to be sourced away from is given back while the new sites still vote.
        case givesBackBeforeConfirming = "resource-release-first"
        /// The decision in force is turned over in one write, and the next made in another.
        case turnsOverBeforeDeciding = "resource-written-twice"
        /// The log is told of a changed order's plan, and not of the order as it then is.
        case forgetsChanges = "change-not-logged"
        /// A site that has a part of an order is asked for the units alone that have come for it.
        case followsUpWithoutWhatStays = "follow-up-asks-for-new-units"
        /// A site does not tell what it cannot pick.
        case concealsRefusedPicks = "conceal-refused-picks"
        /// A site offers what it could not pick, as if it were there.
        case offersWhatCannotBePicked = "refused-pick-offered"

        /// What goes wrong in its runs, where that is not everything.
        var faults: Set<Fault>? {
            switch self {
            case .skipsTheIntent:
                [.officeCrashBeforeRecords, .officeCrashBetweenRecordsAndSends]
            case .losesPatience: [.slow, .requestLost, .answerLost]
            default: nil
            }
        }

        /// The mishaps that find it out, which then come more often.
        var mishaps: [Int] {
            switch self {
            case .keepsItsSession, .overlooksLostHistory, .countsItsHistory,
                .restoresWhatHasLeft:
                [10, 11, 11]
            case .trustsALostLog: [12, 13, 13]
            case .adoptsWithoutDraws: [11]
            default: []
            }
        }

        /// Whether it is found out where sites lease units.
        var isOfLeases: Bool {
            switch self {
            case .forgetsDraws, .sellsLeasedStock, .adoptsWithoutDraws, .ignoresUndrained: true
            default: false
            }
        }

        /// Whether it is found out where sites ship.
        var isOfShipments: Bool { self == .concealsShipments || self == .restoresWhatHasLeft }

        /// Whether it is found out where few orders can leave on one day.
        var isOfDays: Bool { self == .overbooksDays }

        /// Whether it is found out where orders are sourced again.
        var isOfResourcing: Bool {
            switch self {
            case .givesBackBeforeConfirming, .turnsOverBeforeDeciding: true
            default: false
            }
        }

        /// Whether it is found out where picks are refused.
        var isOfRefusedPicks: Bool {
            self == .concealsRefusedPicks || self == .offersWhatCannotBePicked
        }

        /// Whether it is found out where stock comes for what waits.
        var isOfFollowUps: Bool { self == .followsUpWithoutWhatStays }

        var isOnePhase: Bool { faults != nil }
    }

    /// Something that went wrong, or was bound to be tried.
    package enum Fault: String, CaseIterable, Sendable {
        case requestLost
        case answerLost
        case requestRepeated
        case answerRepeated
        case slow
        case outOfPatience
        /// Nothing comes through to a site, nor from it.
        case cutOff
        /// Nothing comes through to a site; what it says does.
        case deaf
        /// Nothing comes through from a site; what it is told does.
        case mute
        case linkLost
        case siteCrash
        case sitePowerLoss
        /// The power fails between two writes of one transaction.
        case sitePowerLossWhileWriting
        case diskFull
        case diskError
        /// A site takes its time over everything.
        case siteSlow
        case siteClockJump
        case siteClockDrift
        case officeClockJump
        /// A site's journal grows by what has nothing to do with orders.
        case localWork
        case siteCrashBeforeItsTransaction
        case siteCrashAfterItsTransaction
        case officeCrash
        case officeCrashBeforeRecords
        case officeCrashBetweenRecordsAndSends
        case officeCrashBetweenSendsAndAnswers
        case refusedVote
        case joinedSubmission
        case cancellation
        case withdrawal
        case siteRestored
        case siteMadeAnew
        case logRolledBack
        case logLost
        case holdForced
        case holdForcedOtherwise
        case leaseGranted
        case leaseDrawn
        case leaseAskedBack
        case leaseGivenBack
        case leaseAdopted
        case leaseLost
        case leaseWrittenOff
        case leaseWrittenOffDrawn
        case shipment
        /// The office is told of a shipment that it has in its log.
        case shipmentToldAgain
        case shippedBeforeCancelled
        case cancellationOfShipped
        /// A site that had forgotten a shipment is told of it.
        case shipmentRestored
        /// A site refuses its vote because the day is full.
        case dayFull
        /// An order is sourced again, and another decision takes the first one's place.
        case resourcing
        case resourcingPreviewed
        case resourcingUnfillable
        /// Something of it has shipped, which stays.
        case resourcingInPart
        /// An order becomes another.
        case change
        /// Something of it has shipped, which stays.
        case changeInPart
        /// All that is then left of it has shipped.
        case changeToWhatShipped
        /// It cannot be changed so.
        case changeUnlawful
        case changePreviewed
        /// The process ends between the decision and the first word of it.
        case resourcingCrash
        /// A site is to give back what a vote of its own is to take over.
        case replacedAskedBack
        /// A site is not to ship what a vote of its own is to take over.
        case replacedNotShipped
        /// A site can promise more than it could.
        case stockComing
        /// An order that waited is sourced again by itself.
        case followUp
        /// The process ends between that decision and the first word of it.
        case followUpCrash
        /// A site cannot pick a part of an order.
        case pickRefused
        /// It can say so of nothing that a vote is to take over, nor twice of the same units.
        case refusalRefused
        /// The office is told of a refusal that it has in its log.
        case refusalToldAgain
        /// An order is sourced again because of one.
        case refusalSourced
        case backorderDated
        case backorderSlipped
    }

    /// One message to a site, or its answer.
    struct Letter {
        let number: Int64
        let start: Int
        let site: Int
        let isForBids: Bool
        let batch: RequestBatch
    }

    enum Happening {
        case client(Int)
        case office(start: Int, Office.Event)
        case arrival(Letter)
        /// One that has waited so many milliseconds at the site.
        case slowArrival(Letter, age: Int64)
        case answer(Letter, AnswerBatch)
        case patience(Letter)
        case probe(Int)
        case mishap
        case officeStart
        case siteStart(Int)
        case siteHeals(Int)
        /// Somebody makes room on a site's disk.
        case siteHasRoom(Int)
        case siteExpiresVotes(Int)
        case leaseDealing(Int)
        case shipping(Int)
        /// Somebody at the office has an order sourced again, or looks how it would be.
        case resourcing
        /// Somebody at the office has an order changed, or looks how it would be.
        case changing
        /// A site has more to promise.
        case stockComing
        /// A site finds that it cannot pick something.
        case pickRefusal
    }

    /// One of the two lines to a site.
    struct Line {
        var waiting: [Office.Outgoing] = []
        var underWay: [Int64] = []
    }

    var random: SeededGenerator
    let mutant: Mutant?
    var timing: ProtocolTiming
    var agenda = Agenda<Happening>()
    package internal(set) var time: Int64 = 0
    var isFaulty = true
    package internal(set) var faults: Set<Fault> = []
    /// The first thing that was found wrong.
    var violation: String?
    /// Whether `eventLog` is written.
    package var isLogging = false
    /// What happened, a line each, with the millisecond.
    package internal(set) var eventLog: [String] = []
    /// A hash over all that the office was told, to compare two runs of one seed.
    package internal(set) var trace = Trace()

    var sites: [SimulatedSite] = []
    /// By site; bids first.
    var lines: [[Line]] = []
    var clients: [SimulatedClient] = []
    var asks: [Office.ClientID: Ask] = [:]
    var lastClient: Office.ClientID = 0
    var lastLetter: Int64 = 0

    /// How far the office's wall clock is off, in milliseconds.
    var officeClockError: Int64 = 0
    /// The office's disk.
    var store = RecordStore()
    /// An older copy of it.
    var storeCopy: RecordStore?
    /// Whether it was ever lost: what nobody but the log knew is then gone.
    var wasLogLost = false
    /// What site managers have forced.
    var forced: [Forced] = []
    /// What has left, ever, also where its site has forgotten it.
    var everShipped: Set<Shipped> = []
    /// Leases that site managers have written off.
    var writtenOff: Set<LeaseID> = []
    /// Units ever drawn on each lease, also where the log has lost that.
    var drawnEver: [LeaseID: Int64] = [:]
    /// Orders of which anything was ever drawn.
    var everDrawn: Set<Order.ID> = []
    /// Orders that were ever cancelled, also where the log has lost them.
    var everCancelled: Set<Order.ID> = []
    /// Orders that were ever sourced again, and those of them of which then nothing shipped.
    var everResourced: Set<Order.ID> = []
    var everLeftWaiting: Set<Order.ID> = []
    /// The office itself; nil while it is down.
    var office: Office?
    var officeStarts = 0
    /// What heads the messages that leave now.
    var heading = Office.Heading(epoch: 0, endedBelow: 0, decisions: 0)
    var inbox: [Office.Event] = []

    /// What a story tells; nil where chance directs.
    var narration: Narration?
    /// The orders that attempts are for, by the attempt's number.
    var orderNames: [Int64: Order.ID] = [:]
    /// Where a story ends the office's process, once.
    var officeCrashPoint: Fault?
    var siteCrashPoint: SiteCrashPoint?
    /// Whether a story has planned a failure of some disk.
    var isDiskToFail = false
    /// Whether the log was put back to an older state, and the office may not know it yet.
    var isLogStale = false

    let messagesUnderWayMaximum: Int
    let probePause: Int64
    /// Some runs are rough and others calm: a lost heartbeat costs a session, and where
    /// sessions never last nothing is voted on.
    let lossesOneIn: Int
    let mishapPause: ClosedRange<Int64>
    /// Whether site managers force what is in doubt: then few disks are lost, so in runs of their own.
    let areManagersRash: Bool
    /// Their own chance, so that every other run goes as it would without them.
    var managersRandom: SeededGenerator
    /// Whether sites lease units, in runs of their own and by their own chance.
    let areSitesLeasing: Bool
    var leasesRandom: SeededGenerator
    /// Whether sites ship what is confirmed, in runs of their own and by their own chance.
    let areSitesShipping: Bool
    var shippersRandom: SeededGenerator
    /// Whether sites can have few orders leave on one day, in runs of their own.
    let areDaysShort: Bool
    /// Whether people have orders sourced again, in runs of their own and by their own chance.
    let areOrdersResourced: Bool
    var resourcersRandom: SeededGenerator
    /// Whether people have orders changed, in runs of their own and by their own chance.
    let areOrdersChanged: Bool
    var changersRandom: SeededGenerator
    /// What people have asked to be other of orders, by order.
    var changesAsked: [Order.ID: [OrderChange]] = [:]
    var everChanged: Set<Order.ID> = []
    /// Whether stock comes and the office follows up, in runs of their own and by their own chance.
    let areBackordersFollowedUp: Bool
    var arrivalsRandom = SeededGenerator(seed: 0)
    /// Whether sites refuse picks, in runs of their own and by their own chance.
    let arePicksRefused: Bool
    var pickersRandom = SeededGenerator(seed: 0)
    /// Draws what is on its way to the sites.
    var receiptsRandom = SeededGenerator(seed: 0)
    /// Milliseconds in which things go wrong.
    let faultyTime: Int64

    /// Who asked the office for something.
    struct Ask {
        let client: Int
        let isCancellation: Bool
        /// What he asked to have sourced again; nil where he asked for something else.
        var wish: ResourcingWish?
        /// What he asked to be other of an order; nil where he asked for something else.
        var change: OrderChange?
    }

    /// Draws all that the run is to be.
    ///
    /// - Parameters:
    ///   - seed: What everything follows from.
    ///   - orders: How many orders are placed; drawn from three to five where nil.
    ///   - mutant: A rule to break.
    ///   - areManagersRash: Whether site managers force what is in doubt.
    ///   - areSitesLeasing: Whether sites lease units to the office.
    ///   - areSitesShipping: Whether sites ship what is confirmed.
    ///   - areDaysShort: Whether sites can have few orders leave on one day.
    ///   - areOrdersResourced: Whether people have orders sourced again.
    ///   - areOrdersChanged: Whether people have orders changed.
    ///   - areBackordersFollowedUp: Whether stock comes, and the office follows up.
    ///   - arePicksRefused: Whether sites refuse picks.
    /// - Throws: What a ledger throws that cannot be made.
    package init(
        seed: UInt64,
        orders: Int? = nil,
        mutant: Mutant? = nil,
        areManagersRash: Bool = false,
        areSitesLeasing: Bool = false,
        areSitesShipping: Bool = false,
        areDaysShort: Bool = false,
        areOrdersResourced: Bool = false,
        areOrdersChanged: Bool = false,
        areBackordersFollowedUp: Bool = false,
        arePicksRefused: Bool = false
    ) throws {
        var random = SeededGenerator(seed: seed)
        self.mutant = mutant
        messagesUnderWayMaximum = Int.random(in: 1...3, using: &random)
        // Who breaks this rule is found out where sites ask early and often.
        let isEager = mutant == .releasesWhileVoting
        // Leases are told with heartbeats, and drawn on after.
        let isLeasing = areSitesLeasing || mutant?.isOfLeases == true
        let pauses: [Int64] = isLeasing ? [100, 150] : [150, 300, 600]
        probePause = isEager ? 12 : pauses.randomElement(using: &random) ?? 300
        timing = Self.timing(
            asking: .milliseconds(isEager ? 1 : Int.random(in: 1...300, using: &random))
        )
        self.areBackordersFollowedUp = areBackordersFollowedUp || mutant?.isOfFollowUps == true
        self.arePicksRefused = arePicksRefused || mutant?.isOfRefusedPicks == true
        lossesOneIn = [30, 150, 600].randomElement(using: &random) ?? 150
        mishapPause = Bool.random(using: &random) && !isLeasing ? 60...500 : 500...2000
        self.areManagersRash =
            areManagersRash || mutant == .concealsOverrides || mutant == .takesBackOverrides
        managersRandom = SeededGenerator(seed: ~seed)
        self.areSitesLeasing = isLeasing
        leasesRandom = SeededGenerator(seed: ~(seed << 8))
        self.areSitesShipping = areSitesShipping || mutant?.isOfShipments == true
        shippersRandom = SeededGenerator(seed: ~(seed << 16))
        self.areDaysShort = areDaysShort || mutant?.isOfDays == true
        self.areOrdersResourced = areOrdersResourced || mutant?.isOfResourcing == true
        resourcersRandom = SeededGenerator(seed: ~(seed << 32))
        self.areOrdersChanged = areOrdersChanged || mutant == .forgetsChanges
        changersRandom = SeededGenerator(seed: ~(seed << 44))
        let count = [3, 3, 3, 4, 5].randomElement(using: &random) ?? 3
        // What is leased is drawn on where others have too little.
        let orders = orders ?? (Int.random(in: 3...5, using: &random) + (isLeasing ? 3 : 0))
        // What has left is to be told, and forgotten, and told again.
        let isLong = [
            isLeasing, self.areSitesShipping, self.areOrdersResourced,
            self.areBackordersFollowedUp, self.arePicksRefused, self.areOrdersChanged,
        ]
        .contains(true)
        faultyTime = max(isLong ? 4000 : 2000, Int64(orders) * 150)
        // As scarce for many orders as for few; scarcer where some of it is leased.
        let onHandMaximum = Int64(isLeasing ? 6 + orders : 12 + orders * 2)
        self.random = random
        try openSites(count, onHandMaximum: onHandMaximum, seed)
        planClients(orders)
        if self.areBackordersFollowedUp { try keepStockBack(seed) }
        if self.arePicksRefused { dealWithRefusals(seed) }
        planWhatComesByItself()
    }

    private mutating func openSites(
        _ count: Int,
        onHandMaximum: Int64,
        _ seed: UInt64
    ) throws {
        var daysRandom = SeededGenerator(seed: ~(seed << 24))
        for (index, name) in Example.warehouses.prefix(count).enumerated() {
            let onHand = Dictionary(
                uniqueKeysWithValues: Example.skus.map {
                    ($0, Int64.random(in: 0...onHandMaximum, using: &random))
                }
            )
            sites.append(
                try SimulatedSite(
                    name,
                    onHand: onHand,
                    centsPerPackage: 900 + Int64(index) * 130,
                    ordersADay: areDaysShort
                        ? Int64.random(in: 1...2, using: &daysRandom) : nil,
                    isHeldToDays: mutant != .overbooksDays,
                    timing: timing
                )
            )
            lines.append([Line(), Line()])
        }
    }

    private mutating func planClients(_ count: Int) {
        for index in 0..<count {
            clients.append(SimulatedClient(number: index, random: &random))
            let first = Int64.random(in: 100...(faultyTime * 3 / 5), using: &random)
            agenda.plan(.client(index), at: first)
        }
    }

    private static func timing(asking pause: Duration) -> ProtocolTiming {
        ProtocolTiming(
            bidDeadline: .milliseconds(120),
            voteDeadline: .milliseconds(700),
            resendMinimum: .milliseconds(80),
            resendMaximum: .seconds(1),
            inquiryMinimum: pause,
            inquiryMaximum: .seconds(1)
        )
    }

    private mutating func planWhatComesByItself() {
        agenda.plan(.officeStart, at: 0)
        for index in sites.indices { agenda.plan(.probe(index), at: 1) }
        agenda.plan(.mishap, at: Int64.random(in: mishapPause, using: &random))
        if areSitesLeasing { agenda.plan(.leaseDealing(0), at: 60) }
        if areSitesShipping { agenda.plan(.shipping(0), at: 300) }
        if areOrdersResourced { agenda.plan(.resourcing, at: 350) }
        if areOrdersChanged { agenda.plan(.changing, at: 360) }
        if areBackordersFollowedUp { agenda.plan(.stockComing, at: 250) }
        if arePicksRefused { agenda.plan(.pickRefusal, at: 320) }
    }

    /// Sets up what a story directs: no chance, no clients, and nothing that goes wrong by itself.
    init(scripted roles: [Role]) throws {
        random = SeededGenerator(seed: 0)
        mutant = nil
        narration = Narration()
        isFaulty = false
        messagesUnderWayMaximum = 1
        probePause = 350
        timing = .local
        lossesOneIn = 1
        mishapPause = 1...1
        areManagersRash = false
        managersRandom = SeededGenerator(seed: 0)
        areSitesLeasing = true
        leasesRandom = SeededGenerator(seed: 0)
        areSitesShipping = false
        areDaysShort = false
        areOrdersResourced = false
        resourcersRandom = SeededGenerator(seed: 0)
        areOrdersChanged = false
        changersRandom = SeededGenerator(seed: 0)
        areBackordersFollowedUp = false
        arePicksRefused = true
        shippersRandom = SeededGenerator(seed: 0)
        faultyTime = 0
        for role in roles {
            sites.append(
                try SimulatedSite(
                    role.warehouse,
                    onHand: role.onHand,
                    centsPerPackage: role.centsPerPackage,
                    ordersADay: role.ordersADay,
                    timing: timing
                )
            )
            lines.append([Line(), Line()])
        }
        try startOffice()
        for index in sites.indices { agenda.plan(.probe(index), at: 1) }
        try advance(to: 100)
        _ = narration?.take()
    }

    /// Orders that clients place.
    package var ordersPlaced: Int { clients.count }

    /// Milliseconds from the last fault within which all must come to rest.
    private static let restTime: Int64 = 60_000

    /// Runs to the first violation, or until everything has come to rest.
    ///
    /// - Returns: What was wrong, if anything was.
    package mutating func run() throws -> String? {
        try advance(to: faultyTime)
        isFaulty = false
        try mendEverything()
        while violation == nil {
            try advance(to: time + 250)
            if try isAtRest() { break }
            if time > faultyTime + Self.restTime { report("nothing comes to rest: \(unrest())") }
        }
        if violation == nil { try auditAtTheEnd() }
        return violation
    }

    mutating func advance(to end: Int64) throws {
        while violation == nil, let next = agenda.nextTime, next <= end {
            time = next
            while violation == nil, let happening = agenda.next(at: time) {
                try carryOut(happening)
            }
            try stepOffice()
        }
        time = max(time, end)
    }

    mutating func chance(_ one: Int, in all: Int) -> Bool {
        Int.random(in: 0..<all, using: &random) < one
    }

    /// Whether a fault happens now; it is noted that it did.
    mutating func strikes(_ fault: Fault, _ one: Int, in all: Int) -> Bool {
        guard isFaulty, mutant?.faults?.contains(fault) ?? true, chance(one, in: all) else {
            return false
        }
        faults.insert(fault)
        return true
    }

    mutating func report(_ finding: String) {
        if violation == nil { violation = "after \(time) ms: \(finding)" }
    }

    /// Draws a pause, or takes the shortest where a story is told.
    mutating func pause(_ range: ClosedRange<Int64>) -> Int64 {
        narration == nil ? Int64.random(in: range, using: &random) : range.lowerBound
    }

    mutating func plan(_ happening: Happening, in pause: Int64) {
        agenda.plan(happening, at: time + pause)
    }

    private mutating func carryOut(_ happening: Happening) throws {
        if isLogging { eventLog.append("\(time) \(words(for: happening))") }
        switch happening {
        case .client(let index): act(asClient: index)
        case .office(let start, let event):
            if start == officeStarts, office != nil { inbox.append(event) }
        case .arrival(let letter): try arrive(letter)
        case .slowArrival(let letter, let age): try arrive(letter, after: age)
        case .answer(let letter, let batch): receive(batch, to: letter)
        case .patience(let letter): losePatience(with: letter)
        case .probe(let index): probe(index)
        case .mishap: sufferMishap()
        case .officeStart: try startOffice()
        case .siteStart(let index):
            try startSite(index)
        case .siteHeals(let index):
            sites[index].isDeaf = false
            sites[index].isMute = false
        case .siteHasRoom(let index): sites[index].drive.leave(bytes: nil)
        case .siteExpiresVotes(let index): try expireVotes(at: index)
        case .leaseDealing(let index): deal(withLeasesOf: index)
        case .shipping(let index): shipSomething(at: index)
        case .resourcing: resourceSomething()
        case .changing: changeSomething()
        case .stockComing: haveStockCome()
        case .pickRefusal: refuseSomething()
        }
    }

    /// Asks a site in session whether it is there, and any other who it is.
    private mutating func probe(_ index: Int) {
        let warehouse = sites[index].warehouse
        let isActive = office?.sites.contains { $0.warehouse == warehouse && $0.session != nil }
        // A handshake takes three exchanges, and another greeting would begin it anew.
        let isEager = isFaulty && isActive == true
        plan(.probe(index), in: isEager ? probePause : 350)
        if office != nil { inbox.append(.probe(warehouse)) }
    }

    // Mishaps.

    private mutating func sufferMishap() {
        guard isFaulty, mutant?.isOnePhase != true else { return }
        plan(.mishap, in: Int64.random(in: mishapPause, using: &random))
        let index = Int.random(in: sites.indices, using: &random)
        var kind = Int.random(in: 0..<24, using: &random)
        if let favoured = mutant?.mishaps.randomElement(using: &random), chance(1, in: 2) {
            kind = favoured
        } else if areSitesLeasing || areSitesShipping, chance(1, in: 4) {
            // A site that forgets what it has leased, or what has left it.
            kind = [10, 11, 11].randomElement(using: &random) ?? kind
        }
        switch kind {
        case 10, 20, 21: sites[index].copyDisk()
        case 11, 22, 23: restoreSite(index)
        case 12: if !store.isLost { storeCopy = store }
        case 13: loseLog()
        case 0..<2:
            faults.insert(.officeCrash)
            crashOffice()
        case 2..<5:
            let losesPower = chance(1, in: 2)
            faults.insert(losesPower ? .sitePowerLoss : .siteCrash)
            crashSite(index, losesPower ? .powerLost(random.next()) : .killed)
        case 5..<8:
            partition(index)
        case 14..<20:
            sufferLocalMishap(at: index)
        default:
            guard office != nil else { return }
            faults.insert(.linkLost)
            inbox.append(.linkLost(sites[index].warehouse))
        }
    }

    /// Puts a site's disk back to an older state, or makes it a new one.
    private mutating func restoreSite(_ index: Int) {
        // The sites tell a lost log again: who lost both may not. What was forced goes with the
        // disk, and the office, which has it, is not asked for it.
        guard !wasLogLost, !forced.contains(where: { $0.site == index }) else { return }
        let anew = chance(1, in: 3)
        let wasUp = sites[index].isUp
        do {
            try sites[index].restore(anew: anew)
        } catch {
            report("\(sites[index].warehouse) cannot be restored: \(error)")
        }
        guard sites[index].isBehind else { return }
        faults.insert(anew ? .siteMadeAnew : .siteRestored)
        if wasUp { plan(.siteStart(index), in: Int64.random(in: 20...900, using: &random)) }
    }

    /// Puts the office's disk back to an older state, or empties it.
    private mutating func loseLog() {
        // What was forced proves no decision: a lost log cannot be rebuilt from it.
        guard chance(1, in: 2), !wasLogLost, !sites.contains(where: \.isBehind), forced.isEmpty
        else { return }
        let isEmptied = chance(1, in: 3) || storeCopy == nil
        faults.insert(isEmptied ? .logLost : .logRolledBack)
        wasLogLost = true
        store.lose(keeping: isEmptied ? nil : storeCopy)
        crashOffice()
    }

    /// Ends a site's process; another is started after a while.
    mutating func crashSite(_ index: Int, _ ending: SimulatedDrive.Ending = .killed) {
        guard sites[index].isUp else { return }
        do {
            try sites[index].crash(ending)
            try auditWord(of: index)
        } catch {
            report("\(sites[index].warehouse) cannot be opened after \(ending): \(error)")
        }
        guard narration == nil else { return }
        plan(.siteStart(index), in: Int64.random(in: 20...900, using: &random))
    }

    private mutating func mendEverything() throws {
        for index in sites.indices {
            sites[index].isDeaf = false
            sites[index].isMute = false
            sites[index].slowUntil = 0
            sites[index].drive.leave(bytes: nil)
            sites[index].drive.failNoMore()
            try startSite(index)
        }
    }

    private mutating func expireVotes(at index: Int) throws {
        for record in try sites[index].reservations([.voted]) {
            try sites[index].forget(record.reservation.transaction, at: time)
        }
        try audit(site: index)
    }
}

/// FNV-1a over the words of what happened.
package struct Trace: Hashable, Sendable {
    package private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func note(_ words: String) {
        for byte in words.utf8 { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
    }
}
