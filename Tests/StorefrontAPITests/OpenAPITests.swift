import AllocationModel
import HTTPTypes
import Testing

@testable import StorefrontAPI

struct `The API's description` {
    private let lines = OpenAPI.document.split(separator: "\n").map(String.init)

    /// The lines below one that reads `key`, as far as they are indented more.
    private func section(_ key: String, indent: Int) -> [String] {
        let head = String(repeating: " ", count: indent) + key
        guard let start = lines.firstIndex(of: head) else { return [] }
        return Array(
            lines[(start + 1)...]
                .prefix { line in
                    line.prefix { $0 == " " }.count > indent
                }
        )
    }

    @Test func `lists every route and no other`() {
        var described: [String] = []
        var path = ""
        for line in section("paths:", indent: 0) {
            if line.hasPrefix("  /") { path = String(line.dropFirst(2).dropLast()) }
            let indent = line.prefix { $0 == " " }.count
            let word = String(line.dropFirst(indent).dropLast())
            if indent == 4, ["get", "post", "put", "patch", "delete"].contains(word) {
                described.append("\(word.uppercased()) \(path)")
            }
        }

        let answered = Endpoint.all(office: .example).map { "\($0.method.rawValue) \($0.path)" }
        #expect(described.sorted() == answered.sorted())
    }

    @Test func `lists every problem code with its status and no other`() {
        let schema = section("ProblemCode:", indent: 4)
        let codes = schema.filter { $0.hasPrefix("        - ") }.map { String($0.dropFirst(10)) }
        #expect(codes == ProblemCode.allCases.map(\.rawValue))

        let prose = schema.filter { !$0.hasPrefix("        - ") }.joined(separator: " ")
        for code in ProblemCode.allCases {
            let sentence = prose.split(separator: "With ").first { $0.contains(code.rawValue) }
            #expect(sentence?.hasPrefix("\(code.status):") == true, "\(code.rawValue)")
        }
    }

    @Test func `lists the words of every choice`() {
        let choices: [(String, [String])] = [
            ("Status:", OrderStatus.allCases.map(\.rawValue)),
            ("ServiceLevel:", ServiceLevel.allCases.map(\.word)),
            ("Completeness:", Completeness.allCases.map(\.rawValue)),
        ]
        for (name, words) in choices {
            let schema = section(name, indent: 4)
            #expect(schema.contains("      enum: [\(words.joined(separator: ", "))]"), "\(name)")
        }
        let kinds = section("Event:", indent: 4).filter { $0.hasPrefix("            - ") }
        #expect(
            kinds.map { $0.dropFirst(14) } == OfficeEvent.Kind.allCases.map { $0.rawValue[...] }
        )
        let states = AgentStanding.State.allCases.map(\.rawValue).joined(separator: ", ")
        #expect(section("Warehouse:", indent: 4).contains("          enum: [\(states)]"))
    }

    @Test func `states the limits that hold`() {
        let order = section("OrderRequest:", indent: 4).joined(separator: "\n")
        #expect(order.contains("maxItems: \(Limits.orderLinesMaximum)\n"))
        #expect(order.contains("maximum: \(Limits.quantityMaximum)}"))
        let destination = section("DestinationRequest:", indent: 4).joined(separator: "\n")
        #expect(destination.contains("maxLength: \(StorefrontLimits.regionBytesMaximum)}"))
        #expect(destination.contains("maxItems: \(StorefrontLimits.addressLinesMaximum)\n"))
        #expect(
            section("Id:", indent: 4).contains("      maxLength: \(Limits.identifierBytesMaximum)")
        )
        let listing = section("/v1/orders:", indent: 2).joined(separator: "\n")
        #expect(
            listing.contains(
                "maximum: \(StorefrontLimits.ordersPerPageMaximum), "
                    + "default: \(StorefrontLimits.ordersPerPageDefault)}"
            )
        )
        #expect(OpenAPI.document.contains("maxItems: \(Limits.fieldFaultsMaximum)\n"))
    }

    @Test func `describes every field of every answer`() async throws {
        let refused = Example.refused(.insufficientStock)
        var documents = [
            Example.confirmed.document, refused.document, Example.explanation.document,
            Problem.unknownOrder("4711").document(request: "r1"),
        ]
        documents.append(try await send(.get, "/v1/rules/2").json)
        let paths = [
            "/v1/rules", "/v1/orders", "/v1/availability?sku=A&postalCode=75001", "/v1/warehouses",
        ]
        for path in paths {
            documents.append(try await send(.get, path).json)
        }
        documents.append(try await submit("{}").json)
        documents.append(Example.audit.document)
        documents.append(Example.resourced.document)
        documents.append(Example.changed.document)
        documents.append(
            ResourcingComparison(record: Example.resourced, plan: Example.plan, kept: ["DAL"])
                .document(isDone: true, record: Example.resourced)
        )

        for name in Set(documents.flatMap(names)).sorted() {
            let isDescribed = lines.contains { line in
                line.drop { $0 == " " }.hasPrefix("\(name):")
            }
            #expect(isDescribed, "\(name)")
        }
    }

    private func names(_ value: JSONValue) -> [String] {
        switch value {
        case .object(let members): members.flatMap { [$0.name] + names($0.value) }
        case .array(let elements): elements.flatMap(names)
        case .null, .boolean, .number, .string: []
        }
    }
}
