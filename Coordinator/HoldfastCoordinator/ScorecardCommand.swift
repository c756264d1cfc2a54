import ArgumentParser
import Foundation
import NIOCore

struct ScorecardCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scorecard",
        abstract: "Adds up how well orders were filled, beside the targets.",
        discussion: """
            SPLIT: orders from several warehouses, of those that ship. P50, P95: time from order to
            decision. SHORT: orders left short after a site could not reserve what it had offered.
            FREIGHT: of a split order. RESOLVED: time until books agree again. What misses its
            target has a ‘!’.

            Examples:
              holdfast-coordinator scorecard
              holdfast-coordinator scorecard --since 2026-11-01 --by site
              holdfast-coordinator scorecard --by segment --json
            """
    )

    @Option(help: "The first day, as 2026-11-01; four weeks before the last where left out.")
    var since: String?
    @Option(help: "The last day; today where left out.")
    var until: String?
    @Option(help: "day, site or segment.")
    var by: String = "day"
    @OptionGroup var format: OrderCommands.Format
    @OptionGroup var office: OfficeOptions

    func run() async throws {
        var path = "/v1/scorecard?by=\(OfficeClient.pathPart(by))"
        if let since { path += "&since=\(OfficeClient.pathPart(since))" }
        if let until { path += "&until=\(OfficeClient.pathPart(until))" }
        let answer = try await office.client.ask("GET", path, patience: .minutes(10))
        guard answer.isSuccess else { throw report(answer) }
        if format.json { return print(answer.body) }
        let total = answer.document?["total"] as? [String: Any] ?? [:]
        let target = ["target", "", "<= 30 %", "", "<= 10 min", "< 3 %", "< 12.00", "< 30 min"]
        printTable(
            [by.uppercased(), "ORDERS", "SPLIT", "P50", "P95", "SHORT", "FREIGHT", "RESOLVED"],
            answer.rows("groups").map(row) + [row(total), target]
        )
    }

    private func row(_ group: [String: Any]) -> [String] {
        let met = group["met"] as? [String: Any] ?? [:]
        let marked = { (text: String, name: String) in
            met[name] as? Bool == false ? text + " !" : text
        }
        let freight = (group["splitFreight"] as? [[String: Any]] ?? [])
            .map { "\($0["perOrder"] as? String ?? "") \($0["currency"] as? String ?? "")" }
        return [
            group["name"] as? String ?? "", "\(group["orders"] as? Int ?? 0)",
            marked(percent(group["splitThousandths"]), "split"),
            time(group["medianMilliseconds"]),
            marked(time(group["percentile95Milliseconds"]), "time"),
            marked(percent(group["shortThousandths"]), "short"),
            marked(freight.isEmpty ? "-" : freight.joined(separator: ", "), "freight"),
            marked(
                time((group["discrepancySeconds"] as? Int).map { $0 * 1000 }),
                "discrepancy"
            ),
        ]
    }

    private func percent(_ thousandths: Any?) -> String {
        (thousandths as? Int).map { "\($0 / 10).\($0 % 10) %" } ?? "-"
    }

    private func time(_ milliseconds: Any?) -> String {
        guard let count = milliseconds as? Int else { return "-" }
        return switch count {
        case ..<10_000: "\(count) ms"
        case ..<600_000: "\(count / 1000) s"
        default: "\(count / 60_000) min"
        }
    }
}
