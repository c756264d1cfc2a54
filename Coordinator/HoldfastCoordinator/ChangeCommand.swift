import AllocationModel
import ArgumentParser
import Foundation

extension OrderCommands {
    struct Change: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Changes quantities or the address of an order that is decided.",
            discussion: """
                What has not shipped is sourced as the order then is, in one step: until every
                warehouse of the new plan has reserved, nothing is given back. What has shipped
                stays. A line is called by its id, or by its SKU where no other line is of that; its
                quantity is how many in all, with what has shipped of it.

                Examples:
                  holdfast-coordinator order change 4711 --line VALVE-3IN=12 --reason "asked by phone"
                  holdfast-coordinator order change 4711 --cancel-line GASKET-3IN --reason "..."
                  holdfast-coordinator order change 4711 --to 10001 --residential --reason "moved"
                  holdfast-coordinator order change 4711 --line 2=40 --reason "..." --dry-run
                """
        )

        @Argument(help: "The order's id.")
        var id: String
        @Option(help: "A line and its quantity, as LINE=QUANTITY; may be given several times.")
        var line: [String] = []
        @Option(help: "A line of which no more is to ship; may be given several times.")
        var cancelLine: [String] = []
        @Option(help: "The postal code of another address; what else it needs stays.")
        var to: String?
        @Option(help: "The address's country, where that is another.")
        var country: String?
        @Option(help: "The address's state or province.")
        var region: String?
        @Flag(inversion: .prefixedNo, help: "Whether the address is a home.")
        var residential: Bool?
        @Flag(help: "More of it may then be on backorder than is now.")
        var backorder = false
        @Option(help: "Why; it is kept with the order.")
        var reason: String
        @Option(help: "Who says so; the name of your account where left out.")
        var by: String?
        @Flag(help: "Show the plan and its cost beside the one in force, and change nothing.")
        var dryRun = false
        @OptionGroup var format: Format
        @OptionGroup var office: OfficeOptions

        func validate() throws {
            for text in line where LineQuantity(text) == nil {
                throw ValidationError(
                    "‘\(text)’ is no line with a quantity; give --line VALVE-3IN=12"
                )
            }
            if to == nil, country != nil || region != nil || residential != nil {
                throw ValidationError(
                    "another address has a postal code; give it by --to, also where it stays"
                )
            }
            if line.isEmpty && cancelLine.isEmpty && to == nil {
                throw ValidationError(
                    "nothing is to be changed; give --line, --cancel-line or --to"
                )
            }
        }

        func run() async throws {
            let path = "/v1/orders/\(OfficeClient.pathPart(id))"
            var members = [
                JSONMember("by", .string(by ?? NSUserName())),
                JSONMember("reason", .string(reason)),
                JSONMember("dryRun", .boolean(dryRun)),
                JSONMember("backorder", .boolean(backorder)),
                JSONMember("lines", .array(quantities)),
            ]
            if let to {
                let answer = try await office.client.ask("GET", path)
                guard answer.isSuccess else { throw report(answer) }
                members.append(JSONMember("destination", try destination(answer, to: to)))
            }
            let answer = try await office.client.ask(
                "POST",
                path + "/change",
                accepting: format.mediaType,
                body: Data(JSONValue.object(members).bytes)
            )
            guard answer.isSuccess else { throw report(answer) }
            print(answer.body)
        }

        private var quantities: [JSONValue] {
            let wanted =
                line.compactMap(LineQuantity.init)
                + cancelLine.map { LineQuantity(line: $0, units: nil) }
            return wanted.map { one in
                let name = JSONMember("line", .string(one.line))
                let what =
                    one.units.map { JSONMember("quantity", .number(JSONNumber($0))) }
                    ?? JSONMember("cancel", .boolean(true))
                return .object([name, what])
            }
        }

        /// Returns the order's destination, but for what is given of another address.
        private func destination(
            _ answer: OfficeClient.Answer,
            to postalCode: String
        ) throws -> JSONValue {
            let order = JSONField(try JSONValue(parsing: Array(answer.body.utf8)))
            guard case .object(let known)? = order["destination"].value else {
                complain("the coordinator's answer has no destination; is it an older version?")
                throw ExitCode(Exit.unavailable)
            }
            var changed = [JSONMember("postalCode", .string(postalCode))]
            if let country { changed.append(JSONMember("country", .string(country))) }
            // A region is of the address that it came with.
            changed.append(JSONMember("region", .string(region ?? "")))
            if let residential { changed.append(JSONMember("residential", .boolean(residential))) }
            let names = changed.map(\.name) + ["notBefore", "deliverBy"]
            return .object(known.filter { !names.contains($0.name) } + changed)
        }
    }
}

/// How many of a line somebody wants, as `VALVE-3IN=12`.
private struct LineQuantity {
    let line: String
    let units: Int64?

    init(line: String, units: Int64?) {
        self.line = line
        self.units = units
    }

    init?(_ text: String) {
        guard let sign = text.lastIndex(of: "="), sign > text.startIndex,
            let units = Int64(text[text.index(after: sign)...]), units >= 0
        else { return nil }
        self.init(line: String(text[..<sign]), units: units)
    }
}
