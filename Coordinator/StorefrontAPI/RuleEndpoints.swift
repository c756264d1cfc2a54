import AllocationModel
import HTTPTypes
import Hummingbird
import HummingbirdCore

/// What the office does with its rules and directories.
struct RuleEndpoints: Sendable {
    let office: RuleOffice

    var all: [Endpoint] {
        [
            Endpoint(.get, "/v1/rules", list), Endpoint(.post, "/v1/rules", publish),
            Endpoint(.post, "/v1/rules/check", check), Endpoint(.post, "/v1/rules/try", tryOut),
            Endpoint(.get, "/v1/rules/{id}", show),
            Endpoint(.post, "/v1/rules/{id}/restore", restore),
            Endpoint(.post, "/v1/directories/{id}", importDirectory),
        ]
    }

    // Rules.

    @Sendable private func list(
        _ request: Request,
        _ context: BasicRequestContext
    ) async throws -> Response {
        _ = try Query(of: request, known: [])
        return Response(["versions": .array(try await office.versions().map(\.summary))])
    }

    @Sendable private func show(
        _ request: Request,
        _ context: BasicRequestContext
    ) async throws -> Response {
        _ = try Query(of: request, known: [])
        let number = try Self.version(context)
        guard let version = try await office.version(number) else {
            throw Self.unknownVersion("\(number)")
        }
        return request.prefersText ? Response(text: version.text) : Response(version.document)
    }

    @Sendable private func check(
        _ request: Request,
        _ context: BasicRequestContext
    ) async throws -> Response {
        _ = try Query(of: request, known: [])
        let wish = try await Wish(of: request, known: ["text"], orElse: .invalidRules)
        let findings = try await office.check(try wish.text("text"))
        return Response(["findings": .array(findings.map(\.document))])
    }

    @Sendable private func tryOut(
        _ request: Request,
        _ context: BasicRequestContext
    ) async throws -> Response {
        _ = try Query(of: request, known: [])
        let wish = try await Wish(
            of: request,
            known: ["text", "last", "before", "orders"],
            orElse: .invalidRules
        )
        let tryout = RuleTryout(text: try wish.text("text"), orders: try wish.orders())
        switch try await office.tryOut(tryout) {
        case .tried(let results, let isComplete):
            return Response(results.document(isComplete: isComplete))
        case .faulty(let findings): throw Self.faulty(findings)
        }
    }

    @Sendable private func publish(
        _ request: Request,
        _ context: BasicRequestContext
    ) async throws -> Response {
        _ = try Query(of: request, known: [])
        let wish = try await Wish(
            of: request,
            known: ["text", "comment", "by"],
            orElse: .invalidRules
        )
        return try await publish(.text(try wish.text("text")), wish)
    }

    @Sendable private func restore(
        _ request: Request,
        _ context: BasicRequestContext
    ) async throws -> Response {
        _ = try Query(of: request, known: [])
        let number = try Self.version(context)
        let wish = try await Wish(of: request, known: ["comment", "by"], orElse: .invalidRules)
        return try await publish(.version(number), wish)
    }

    private func publish(_ source: RulePublication.Source, _ wish: Wish) async throws -> Response {
        let publication = RulePublication(
            source: source,
            comment: try wish.remark("comment"),
            publishedBy: try wish.remark("by")
        )
        switch try await office.publish(publication) {
        case .published(let version, let warnings):
            return Response(
                [
                    "published": version.summary,
                    "findings": .array(warnings.map(\.document)),
                ],
                status: .created
            )
        case .faulty(let findings): throw Self.faulty(findings)
        case .unknownVersion:
            if case .version(let number) = source { throw Self.unknownVersion("\(number)") }
            throw Self.unknownVersion("")
        }
    }

    private static func faulty(_ findings: [RuleFinding]) -> Problem {
        var faults = FieldFaults()
        for finding in findings {
            faults.add(
                FieldFault(
                    JSONPointer.root.member("text"),
                    "line \(finding.line): \(finding.detail)",
                    hint: finding.hint
                )
            )
        }
        return Problem(
            .invalidRules,
            findings.count == 1
                ? "One place of the rules is wrong."
                : "\(findings.count) places of the rules are wrong.",
            hint: "Correct what ‘errors’ lists; the rules in force stay as they are.",
            faults: faults
        )
    }

    private static func version(_ context: BasicRequestContext) throws(Problem) -> Int64 {
        let text = context.parameters["id"] ?? ""
        guard let number = Int64(text), number > 0 else { throw unknownVersion(String(text)) }
        return number
    }

    private static func unknownVersion(_ text: String) -> Problem {
        Problem(
            .unknownRules,
            "No rules of version ‘\(text.prefix(Limits.identifierBytesMaximum))’ were published.",
            hint: "GET /v1/rules lists the versions."
        )
    }

    // Directories.

    @Sendable private func importDirectory(
        _ request: Request,
        _ context: BasicRequestContext
    ) async throws -> Response {
        let query = try Query(of: request, known: ["replace"])
        let isReplacing =
            try query.parsed("replace") { (text) throws(ParseError) in
                guard text == "true" || text == "false" else {
                    throw ParseError("‘\(text.prefix(64))’ is neither true nor false")
                }
                return text == "true"
            } ?? false
        guard let kind = context.parameters["id"].flatMap({ DirectoryKind(rawValue: String($0)) })
        else {
            throw Problem(
                .unknownPath,
                "There is no such directory.",
                hint: "The directories are customers and skus."
            )
        }
        let bytes = try await request.bodyBytes(atMost: StorefrontLimits.directoryBytesMaximum)
        switch try await office.importDirectory(kind, bytes, isReplacing) {
        case .imported(let count, let total):
            return Response([
                "imported": .integer(Int64(count)), "total": .integer(Int64(total)),
            ])
        case .faulty(let report): throw Self.faulty(report)
        }
    }

    private static func faulty(_ report: RowReport) -> Problem {
        var faults = FieldFaults()
        for fault in report.faults {
            faults.add(
                FieldFault(
                    .root,
                    fault.description,
                    hint: "Correct the row and send the file again."
                )
            )
        }
        return Problem(
            .invalidDirectory,
            report.faultsTotal == 1
                ? "One row is wrong." : "\(report.faultsTotal) rows are wrong.",
            hint: "Correct what ‘errors’ lists; the directory stays as it is.",
            faults: faults
        )
    }
}

extension Wish {
    /// Reads which orders a draft is to be tried on.
    func orders() throws(Problem) -> RuleTryout.Orders {
        var faults = FieldFaults()
        let orders =
            document["orders"].isAbsent ? last(&faults) : named(&faults)
        guard let orders, faults.isEmpty else { throw invalid(faults) }
        return orders
    }

    private func last(_ faults: inout FieldFaults) -> RuleTryout.Orders? {
        let most = StorefrontLimits.trialsPerRequestMaximum
        let hint = "Give a number from 1 to \(most), or name ‘orders’."
        guard let count = document["last"].integer(hint: hint, &faults) else { return nil }
        guard (1...Int64(most)).contains(count) else {
            faults.add(FieldFault(document["last"].pointer, "is \(count)", hint: hint))
            return nil
        }
        guard !document["before"].isAbsent else { return .last(Int(count), before: nil) }
        return Self.order(document["before"], &faults).map { .last(Int(count), before: $0) }
    }

    private func named(_ faults: inout FieldFaults) -> RuleTryout.Orders? {
        let most = StorefrontLimits.trialsPerRequestMaximum
        let field = document["orders"]
        let hint = "Give from 1 to \(most) ids of orders."
        guard let elements = field.elements(hint: hint, &faults) else { return nil }
        guard (1...most).contains(elements.count) else {
            faults.add(FieldFault(field.pointer, "has \(elements.count) ids", hint: hint))
            return nil
        }
        for name in ["last", "before"] where !document[name].isAbsent {
            faults.add(
                FieldFault(
                    document[name].pointer,
                    "stands beside ‘orders’",
                    hint: "Name the orders, or ask for the last ones."
                )
            )
        }
        return .named(elements.compactMap { Self.order($0, &faults) })
    }

    private static func order(
        _ field: JSONField,
        _ faults: inout FieldFaults
    ) -> Order.ID? {
        guard let text = field.text(hint: "Give the id of an order.", &faults) else {
            return nil
        }
        do throws(ParseError) {
            return try Order.ID(parsing: text)
        } catch {
            faults.add(
                FieldFault(
                    field.pointer,
                    "\(error)",
                    hint: "Give the id of an order; GET /v1/orders lists them."
                )
            )
            return nil
        }
    }
}

extension RuleVersion {
    fileprivate var summary: JSONValue { .object(members) }

    fileprivate var document: JSONValue { .object(members + [JSONMember("text", .string(text))]) }

    private var members: [JSONMember] {
        [
            JSONMember("version", .integer(version)), JSONMember("inForce", .boolean(isInForce)),
            JSONMember("comment", .string(comment)), JSONMember("by", .string(publishedBy)),
            JSONMember("at", .string(publishedAt.iso8601)),
            JSONMember("restores", restores.map { .integer($0) } ?? .null),
        ]
    }
}

extension RuleFinding {
    fileprivate var document: JSONValue {
        [
            "line": .integer(Int64(line)), "error": .boolean(isError), "detail": .string(detail),
            "hint": .string(hint),
        ]
    }
}
