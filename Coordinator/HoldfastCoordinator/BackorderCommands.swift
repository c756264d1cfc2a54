import ArgumentParser

struct BackorderCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backorder",
        abstract: "Shows what waits for stock.",
        subcommands: [List.self],
        defaultSubcommand: List.self
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the orders that wait for stock, the one whose turn is next first.",
            discussion: "Example:\n  holdfast-coordinator backorder list --sku VALVE-3IN"
        )

        @Option(help: "Only orders that wait for this.")
        var sku: String?
        @Option(help: "At most so many.")
        var limit: Int = 50
        @OptionGroup var format: OrderCommands.Format
        @OptionGroup var office: OfficeOptions

        func run() async throws {
            let filter = sku.map { "&sku=\(OfficeClient.pathPart($0))" } ?? ""
            let answer = try await office.client.ask(
                "GET",
                "/v1/backorders?limit=\(limit)\(filter)"
            )
            guard answer.isSuccess else { throw report(answer) }
            if format.json { return print(answer.body) }
            let rows = answer.rows("backorders")
                .flatMap { waiting -> [[String]] in
                    let lines = waiting["lines"] as? [[String: Any]] ?? []
                    return lines.map { line in
                        [
                            waiting["order"] as? String ?? "", line["line"] as? String ?? "",
                            line["sku"] as? String ?? "", "\(line["quantity"] as? Int ?? 0)",
                            expected(line), waiting["since"] as? String ?? "",
                            waiting["wantedBy"] as? String ?? "-",
                            waiting["rule"] as? String ?? "-",
                        ]
                    }
                }
            printTable(
                ["ORDER", "LINE", "SKU", "UNITS", "EXPECTED", "SINCE", "WANTED BY", "RULE"],
                rows
            )
        }

        /// The day by which a line is expected and from what, or of how many no day is known.
        private func expected(_ line: [String: Any]) -> String {
            let parts = line["expected"] as? [[String: Any]] ?? []
            guard let last = parts.last, let day = last["expected"] as? String else { return "-" }
            let dated = parts.reduce(0) { $0 + ($1["quantity"] as? Int ?? 0) }
            let from =
                "\(last["receipt"] as? String ?? "") at \(last["warehouse"] as? String ?? "")"
            let late = (line["toldBy"] as? String).map { ", not \($0)" } ?? ""
            let rest = (line["quantity"] as? Int ?? 0) - dated
            return "\(day)\(late) (\(from))" + (rest > 0 ? ", \(rest) without" : "")
        }
    }
}
