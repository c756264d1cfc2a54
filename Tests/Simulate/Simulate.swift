import ArgumentParser
import Simulation

/// Runs seeds of the simulated office until one breaks a promise.
@main
struct Simulate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "holdfast-simulate",
        abstract: "Runs coordinator and agents through faults, each run from its seed alone.",
        discussion: """
            Office, desks and ledgers are the product's; wire, clocks and disks are simulated, and \
            go wrong. What breaks a promise ends the run with one line that repeats it, and a log \
            of what happened.

            Examples:
              holdfast-simulate --seeds 1..5000
              holdfast-simulate --seeds 1..5000 --orders 30
              holdfast-simulate --seed 4711 --orders 30 --log
            """
    )

    @Option(name: .long, help: "The one seed to run.")
    var seed: UInt64?
    @Option(name: .long, help: "Seeds to run, first and last: 1..5000.")
    var seeds: SeedRange?
    @Option(name: .long, help: "Orders in each run; without it, three to five.")
    var orders: Int?
    @Option(name: .long, help: "A rule to break: \(Simulation.Mutant.names).")
    var mutant: Simulation.Mutant?
    @Flag(name: .long, help: "Have site managers force what is in doubt.")
    var force = false
    @Flag(name: .long, help: "Have sites lease units to the office.")
    var lease = false
    @Flag(name: .long, help: "Have sites ship what is confirmed.")
    var ship = false
    @Flag(name: .long, help: "Have sites send one or two orders a day at most.")
    var full = false
    @Flag(name: .long, help: "Have the office source orders again that are decided.")
    var resource = false
    @Flag(name: .long, help: "Have people change orders that are decided.")
    var change = false
    @Flag(name: .customLong("follow-up"), help: "Have stock come, and the office follow up.")
    var followUp = false
    @Flag(name: .customLong("refuse-picks"), help: "Have sites refuse what they cannot pick.")
    var refusePicks = false
    @Flag(name: .long, help: "Print what happened, to the millisecond.")
    var log = false

    func validate() throws {
        guard (seed == nil) != (seeds == nil) else {
            throw ValidationError("give --seed or --seeds")
        }
        guard orders.map({ (1...Self.ordersMaximum).contains($0) }) ?? true else {
            throw ValidationError("--orders is 1 to \(Self.ordersMaximum)")
        }
    }

    /// What a run can still audit after every step in reasonable time.
    private static let ordersMaximum = 1000

    func run() throws {
        var range = SeedRange(first: seed ?? 1, last: seed ?? 1)
        if let seeds { range = seeds }
        let clock = ContinuousClock()
        let start = clock.now
        var report = SeedReport()
        for seed in range.first...range.last {
            var simulation = try simulation(seed)
            simulation.isLogging = log
            let violation = try simulation.run()
            report.take(simulation)
            if log { print(simulation.eventLog.joined(separator: "\n")) }
            guard let violation else { continue }
            print("\(report.words(in: start.duration(to: clock.now)))")
            try fail(seed, violation)
        }
        print(report.words(in: start.duration(to: clock.now)))
        print(report.faultWords)
    }

    private func simulation(_ seed: UInt64) throws -> Simulation {
        try Simulation(
            seed: seed,
            orders: orders,
            mutant: mutant,
            areManagersRash: force,
            areSitesLeasing: lease,
            areSitesShipping: ship,
            areDaysShort: full,
            areOrdersResourced: resource,
            areOrdersChanged: change,
            areBackordersFollowedUp: followUp,
            arePicksRefused: refusePicks
        )
    }

    /// Prints the line that repeats the run, and what led to its end.
    private func fail(_ seed: UInt64, _ violation: String) throws -> Never {
        if !log {
            var again = try simulation(seed)
            again.isLogging = true
            _ = try again.run()
            print(again.eventLog.suffix(Self.eventLinesShown).joined(separator: "\n"))
        }
        print("seed \(seed): \(violation)")
        var replay = "holdfast-simulate --seed \(seed)"
        if let orders { replay += " --orders \(orders)" }
        if force { replay += " --force" }
        if lease { replay += " --lease" }
        if ship { replay += " --ship" }
        if full { replay += " --full" }
        if resource { replay += " --resource" }
        if change { replay += " --change" }
        if followUp { replay += " --follow-up" }
        if refusePicks { replay += " --refuse-picks" }
        if let mutant { replay += " --mutant \(mutant.rawValue)" }
        print("replay: \(replay) --log")
        throw ExitCode.failure
    }

    private static let eventLinesShown = 40
}

extension Simulation.Mutant: ExpressibleByArgument {
    fileprivate static var names: String {
        allCases.map(\.rawValue).joined(separator: ", ")
    }
}

/// Seeds one after another.
struct SeedRange: ExpressibleByArgument {
    let first: UInt64
    let last: UInt64

    init(first: UInt64, last: UInt64) {
        self.first = first
        self.last = last
    }

    init?(argument: String) {
        let parts = argument.split(separator: ".", omittingEmptySubsequences: true)
        guard parts.count == 2, argument == "\(parts[0])..\(parts[1])",
            let first = UInt64(parts[0]), let last = UInt64(parts[1]), first <= last
        else { return nil }
        self.init(first: first, last: last)
    }
}

/// What many runs came to.
struct SeedReport {
    private var seeds = 0
    private var orders = 0
    private var milliseconds: Int64 = 0
    private var faults: [Simulation.Fault: Int] = [:]

    mutating func take(_ simulation: Simulation) {
        seeds += 1
        orders += simulation.ordersPlaced
        milliseconds += simulation.time
        for fault in simulation.faults { faults[fault, default: 0] += 1 }
    }

    func words(in duration: Duration) -> String {
        let seconds = max(1, duration.components.seconds)
        return "\(seeds) seeds, \(orders) orders, \(milliseconds / 60_000) simulated minutes, "
            + "\(seconds) s: \(Int64(orders) * 60 / seconds) orders a minute"
    }

    /// In how many runs each fault struck; those that never did stand there with 0.
    var faultWords: String {
        Simulation.Fault.allCases.map { "\($0.rawValue) \(faults[$0] ?? 0)" }
            .joined(separator: ", ")
    }
}
