import AllocationModel
import ArgumentParser
import Foundation
import SplitInstanceSource
import SplitInstances

/// Writes drawn orders to files, for measurements and for whoever wants to try the solver.
@main
struct GenerateInstances: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "holdfast-instances",
        abstract: "Draws realistic split problems, each from its seed alone.",
        discussion: """
            Writes one file in the format alloc-instance/1 for each instance, and prints its
            path. The same options write the same bytes on every machine. Without --family the
            set goes through all families in turn, and through three to six services a site
            without --services.

            Families: \(InstanceFamily.all.map(\.name).joined(separator: ", ")).

            Examples:
              holdfast-instances --lines 20 --sites 10 --count 40 --output instances
              holdfast-instances --lines 5 --sites 3 --family boxes --seed 7 --output boxes
              holdfast-coordinator solve instances/*.json
            """
    )

    @Option(name: .long, help: "Lines of each order: 1 to \(Limits.orderLinesMaximum).")
    var lines: Int
    @Option(name: .long, help: "Sites that bid: 1 to \(Limits.warehousesMaximum).")
    var sites: Int
    @Option(name: .long, help: "Services of each site: 3 to 6.")
    var services: Int?
    @Option(name: .long, help: "Instances to draw, with seeds one after another.")
    var count = 1
    @Option(name: .long, help: "The first instance's seed.")
    var seed: UInt64 = 1
    @Option(name: .long, help: "A family to draw from; may be given several times.")
    var family: [InstanceFamily] = []
    @Option(name: .long, help: "The folder to write to, made if it is not there.")
    var output: String

    func validate() throws {
        guard (1...Limits.orderLinesMaximum).contains(lines) else {
            throw ValidationError("--lines is 1 to \(Limits.orderLinesMaximum)")
        }
        guard (1...Limits.warehousesMaximum).contains(sites) else {
            throw ValidationError("--sites is 1 to \(Limits.warehousesMaximum)")
        }
        let range = InstanceSize.servicesRange
        guard services.map(range.contains) ?? true else {
            throw ValidationError("--services is \(range.lowerBound) to \(range.upperBound)")
        }
        guard count >= 1 else { throw ValidationError("--count is 1 or more") }
        guard seed <= UInt64.max - UInt64(count) else {
            throw ValidationError("--seed leaves no room for --count more")
        }
    }

    func run() throws {
        let folder = URL(fileURLWithPath: output, isDirectory: true)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let families = family.isEmpty ? InstanceFamily.all : family
        for index in 0..<count {
            let seed = seed + UInt64(index)
            let instance = InstanceSource.instance(
                of: families[index % families.count],
                InstanceSize(
                    lines: lines,
                    sites: sites,
                    services: services ?? InstanceSource.services(ofSeed: seed)
                ),
                seed: seed
            )
            let file = folder.appendingPathComponent("\(instance.id).json")
            try Data(instance.text.utf8).write(to: file)
            print(file.relativePath)
        }
    }
}

extension InstanceFamily: ExpressibleByArgument {
    package init?(argument: String) {
        guard let family = Self.all.first(where: { $0.name == argument }) else { return nil }
        self = family
    }

    package static var allValueStrings: [String] { all.map(\.name) }
}
