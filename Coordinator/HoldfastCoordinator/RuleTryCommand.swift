import AllocationModel
import ArgumentParser
import Foundation

extension RuleCommands {
    struct Try: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "try",
            abstract:
                "Shows what a draft would have made of past orders, from their recorded bids.",
            discussion: """
                Nothing is published or reserved. Every order is solved again under the draft; the
                orders that would have been placed otherwise are listed, then the totals.

                Examples:
                  holdfast-coordinator rules try rules.yaml --last 500
                  holdfast-coordinator rules try rules.yaml --orders ids.txt --json
                """
        )

        @Argument(help: "The draft, or - for standard input.")
        var file: String
        @Option(help: "Try it on so many of the newest orders.")
        var last: Int?
        @Option(help: "Try it on the orders whose ids stand in this file, one a line.")
        var orders: String?
        @OptionGroup var format: OrderCommands.Format
        @OptionGroup var office: OfficeOptions

        /// Orders in one request: a progress bar moves every second or so.
        private static let pageSize = 25

        func validate() throws {
            if last != nil && orders != nil {
                throw ValidationError("Give --last or --orders, not both.")
            }
            if let last, last < 1 { throw ValidationError("--last wants a number from 1 on.") }
            if file == "-" && orders == "-" {
                throw ValidationError("Standard input cannot be both the draft and the orders.")
            }
        }

        func run() async throws {
            let text = try ruleText(at: file)
            var table = TrialTable()
            if let orders {
                try await tryNamed(try ids(in: orders), under: text, into: &table)
            } else {
                try await tryLast(last ?? 100, under: text, into: &table)
            }
            Progress.end()
            print(format.json ? table.json : table.text, terminator: "")
        }

        private func ids(in file: String) throws -> [String] {
            guard let text = String(data: try contents(of: file), encoding: .utf8) else {
                complain("\(file) is not UTF-8; save it as UTF-8")
                throw ExitCode(Exit.data)
            }
            let ids = text.split(whereSeparator: \.isNewline)
                .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
            guard !ids.isEmpty else {
                complain("\(file) names no order; write one id a line")
                throw ExitCode(Exit.data)
            }
            return ids
        }

        private func tryNamed(
            _ ids: [String],
            under text: String,
            into table: inout TrialTable
        ) async throws {
            var rest = ids[...]
            while !rest.isEmpty {
                let page = rest.prefix(Self.pageSize)
                let answer = try await ask([
                    JSONMember("text", .string(text)),
                    JSONMember("orders", .array(page.map { .string($0) })),
                ])
                let count = table.take(answer)
                guard count > 0 else { return }
                rest = rest.dropFirst(count)
                Progress.show(table.orders, of: ids.count)
            }
        }

        private func tryLast(
            _ count: Int,
            under text: String,
            into table: inout TrialTable
        ) async throws {
            var before: String?
            while table.orders < count {
                let page = min(Self.pageSize, count - table.orders)
                var members = [
                    JSONMember("text", .string(text)),
                    JSONMember("last", .number(JSONNumber(Int64(page)))),
                ]
                if let before { members.append(JSONMember("before", .string(before))) }
                let answer = try await ask(members)
                let taken = table.take(answer)
                Progress.show(table.orders, of: count)
                before = answer.document?["last"] as? String
                if taken == 0 || answer.document?["complete"] as? Bool == true { return }
            }
        }

        private func ask(_ members: [JSONMember]) async throws -> OfficeClient.Answer {
            let answer = try await office.client.ask(
                "POST",
                "/v1/rules/try",
                body: Data(JSONValue.object(members).bytes)
            )
            guard answer.isSuccess else {
                Progress.end()
                throw report(answer)
            }
            return answer
        }
    }
}

/// A line on a terminal that says how far something long has come.
enum Progress {
    private static var isShown: Bool { isatty(STDERR_FILENO) == 1 }

    static func show(_ done: Int, of total: Int) {
        guard isShown else { return }
        FileHandle.standardError.write(Data("\r\(done) of \(total) orders".utf8))
    }

    /// Clears the line.
    static func end() {
        guard isShown else { return }
        FileHandle.standardError.write(Data("\r\u{1B}[K".utf8))
    }
}

/// What a draft would have changed: every order that it changes, and the totals.
struct TrialTable {
    private(set) var orders = 0
    private var changed: [[String: Any]] = []
    private var passedOver: [[String: Any]] = []
    private var before = Totals()
    private var after = Totals()

    /// Takes in a page, and returns how many orders it was about.
    mutating func take(_ page: OfficeClient.Answer) -> Int {
        let trials = page.rows("trials")
        let skipped = page.rows("passedOver")
        for trial in trials {
            let currency = trial["currency"] as? String ?? ""
            before.take(trial["before"] as? [String: Any] ?? [:], in: currency)
            after.take(trial["after"] as? [String: Any] ?? [:], in: currency)
            if trial["changed"] as? Bool == true { changed.append(trial) }
        }
        passedOver += skipped
        orders += trials.count + skipped.count
        return trials.count + skipped.count
    }

    var json: String {
        let document: [String: Any] = [
            "orders": orders, "changed": changed, "passedOver": passedOver,
            "before": before.document, "after": after.document,
        ]
        let data = try? JSONSerialization.data(
            withJSONObject: document,
            options: [.sortedKeys, .withoutEscapingSlashes]
        )
        return String(decoding: data ?? Data(), as: UTF8.self) + "\n"
    }

    var text: String {
        var lines: [String] = []
        let tried = orders - passedOver.count
        lines.append(
            "\(changed.count) of \(tried) order\(tried == 1 ? "" : "s") would have been placed "
                + "otherwise."
        )
        if !passedOver.isEmpty {
            lines.append("\(passedOver.count) could not be tried:")
            lines += passedOver.map {
                "  \($0["order"] as? String ?? ""): \($0["reason"] as? String ?? "")"
            }
        }
        if !changed.isEmpty {
            let rows = changed.map { trial in
                [
                    trial["order"] as? String ?? "", Self.words(trial["before"]),
                    Self.words(trial["after"]),
                    (trial["rules"] as? [String] ?? []).joined(separator: "; "),
                ]
            }
            lines += [""] + table(["ORDER", "AS IT WAS", "UNDER THE DRAFT", "BY"], rows)
        }
        let rows = zip(before.rows, after.rows).map { [$0.0, $0.1, $1.1] }
        lines += [""] + table(["", "AS IT WAS", "UNDER THE DRAFT"], rows)
        return lines.joined(separator: "\n") + "\n"
    }

    private static func words(_ answer: Any?) -> String {
        guard let answer = answer as? [String: Any] else { return "" }
        guard let cost = answer["cost"] as? String else {
            return answer["status"] as? String ?? ""
        }
        let sites = (answer["shipments"] as? [[String: Any]] ?? [])
            .map { shipment in
                "\(shipment["units"] as? Int ?? 0) from \(shipment["warehouse"] as? String ?? "") "
                    + "by \(shipment["service"] as? String ?? "")"
            }
        let short = answer["unitsShort"] as? Int ?? 0
        return
            ([sites.isEmpty ? "nothing ships" : sites.joined(separator: ", "), cost]
            + (short == 0 ? [] : ["\(short) short"]))
            .joined(separator: ", ")
    }

    /// Sums over answers.
    private struct Totals {
        private var counts: [String: Int] = [:]
        private var split = 0
        private var shipped = 0
        private var short = 0
        private var money: [String: (cost: Int64, freight: Int64)] = [:]

        mutating func take(_ answer: [String: Any], in currency: String) {
            counts[answer["status"] as? String ?? "undecided", default: 0] += 1
            short += answer["unitsShort"] as? Int ?? 0
            let warehouses = Set(answer["warehouses"] as? [String] ?? [])
            if !warehouses.isEmpty { shipped += 1 }
            if warehouses.count > 1 { split += 1 }
            guard let code = try? Currency(parsing: currency) else { return }
            var sums = money[currency] ?? (0, 0)
            sums.cost += Self.minorUnits(answer["cost"], in: code)
            sums.freight += Self.minorUnits(answer["freight"], in: code)
            money[currency] = sums
        }

        private static func minorUnits(_ text: Any?, in currency: Currency) -> Int64 {
            (text as? String).flatMap { try? Money(parsing: $0, in: currency) }?.minorUnits
                ?? 0
        }

        var rows: [(String, String)] {
            let states = ["confirmed", "backordered", "refused", "undecided"]
                .map { ($0, "\(counts[$0] ?? 0)") }
            let sums = money.keys.sorted()
                .flatMap { name -> [(String, String)] in
                    guard let currency = try? Currency(parsing: name), let sum = money[name]
                    else { return [] }
                    return [
                        ("cost, \(name)", decimal(sum.cost, currency)),
                        ("freight, \(name)", decimal(sum.freight, currency)),
                    ]
                }
            return states + [("units short", "\(short)"), ("split orders", splitRate)] + sums
        }

        private func decimal(_ units: Int64, _ currency: Currency) -> String {
            Money(minorUnits: units, currency: currency).decimal
        }

        private var splitRate: String {
            shipped == 0 ? "0 %" : "\((split * 1000 / shipped + 5) / 10) %"
        }

        var document: [String: Any] {
            [
                "counts": counts, "unitsShort": short, "split": split, "shipped": shipped,
                "cost": decimals { $0.cost }, "freight": decimals { $0.freight },
            ]
        }

        private func decimals(
            _ part: (((cost: Int64, freight: Int64)) -> Int64)
        ) -> [String: String] {
            var decimals: [String: String] = [:]
            for (name, sums) in money {
                guard let currency = try? Currency(parsing: name) else { continue }
                decimals[name] = decimal(part(sums), currency)
            }
            return decimals
        }
    }
}
