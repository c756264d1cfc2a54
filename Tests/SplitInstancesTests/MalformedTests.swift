import SplitInstances
import SplitSolver
import Testing

/// Each document is the full one with one piece put differently.
struct `A malformed instance` {
    private func expect(
        _ piece: String,
        as other: String,
        _ message: String,
        at location: SourceLocation = #_sourceLocation
    ) throws {
        let text = try Document.changing(piece, to: other)
        #expect(Document.fault(in: text) == message, sourceLocation: location)
    }

    @Test func `is no JSON, or no object`() {
        #expect(Document.fault(in: "") == "line 1, column 1: the document is empty")
        #expect(
            Document.fault(in: "{\n \"id\": }")
                == "line 2, column 8: ‘}’ where a value belongs"
        )
        #expect(
            Document.fault(in: "[]")
                == "the document: is an array and not an object; an instance is an object"
        )
    }

    @Test func `has another schema`() throws {
        try expect(
            #""schema": "alloc-instance/1""#,
            as: #""schema": "alloc-instance/2""#,
            #"schema: "alloc-instance/2" is not known; write alloc-instance/1"#
        )
        try expect(
            #""schema": "alloc-instance/1","#,
            as: "",
            "schema: is missing; write alloc-instance/1"
        )
    }

    @Test func `has a key that means nothing`() throws {
        try expect(
            #""maxWarehouses": 2"#,
            as: #""maxWarehouse": 2"#,
            "policy.maxWarehouse: is no key of a policy; the keys are completeness, "
                + "maxWarehouses, maxShipments, objective, forced, forbidden, preferences"
        )
        try expect(
            #""seed": 4711"#,
            as: #""se\u001Bed": 4711"#,
            #"["se\u001bed"]: is no key of an instance; the keys are schema, id, units, "#
                + "policy, lines, warehouses, seed, family"
        )
        try expect(
            #""pick": 9000 "#,
            as: #""pick": 9000, "picks": 1 "#,
            "warehouses[0].stock[0].picks: is no key of a stock entry; the keys are line, "
                + "tiers, pick, lots, multiple, weight, dim, class, group"
        )
    }

    @Test func `lacks what the format asks for`() throws {
        try expect(
            #""qty": 20, "#,
            as: "",
            "lines[0].qty: is missing; a quantity is 1 or more"
        )
        try expect(
            #", "noSplit": 1"#,
            as: "",
            "lines[1].noSplit: is missing; "
                + "write 1 if one warehouse ships all of the line, else 0"
        )
        try expect(
            #""objective": "weighted", "#,
            as: "",
            "policy.objective: is missing; write weighted or lex"
        )
        try expect(
            #""blocked": [1], "#,
            as: "",
            "warehouses[0].services[0].blocked: is missing; write an array of lines, as [...]"
        )
    }

    @Test func `is of the wrong type`() throws {
        try expect(
            #""qty": 20"#,
            as: #""qty": "20""#,
            "lines[0].qty: is a string and not a number; a quantity is 1 or more"
        )
        try expect(
            #""qty": 20"#,
            as: #""qty": 20.5"#,
            "lines[0].qty: is 20.5 and not a whole number; a quantity is 1 or more"
        )
        try expect(
            "[[8, 0], [4, 7000]]",
            as: "[[8, 0], 4]",
            "warehouses[0].stock[0].tiers[1]: is a number and not an array; "
                + "write [quantity, scarcity cost per unit]"
        )
        try expect(
            "[[8, 0], [4, 7000]]",
            as: "[[8, 0], [4]]",
            "warehouses[0].stock[0].tiers[1]: has 1 and not 2 elements; "
                + "write [quantity, scarcity cost per unit]"
        )
        try expect(
            #""id": "DAL""#,
            as: #""id": 7"#,
            "warehouses[0].id: is a number and not a string; write a name in double quotes"
        )
        try expect(
            #""id": "DAL""#,
            as: #""id": "D\u0007AL""#,
            "warehouses[0].id: contains a control character; remove it"
        )
    }

    @Test func `has a number out of bounds`() throws {
        try expect(
            "[[8, 0], [4, 7000]]",
            as: "[[-5, 0], [4, 7000]]",
            "warehouses[0].stock[0].tiers[0][0]: -5 is negative; stock is 0 or more"
        )
        try expect(
            #""qty": 20"#,
            as: #""qty": 0"#,
            "lines[0].qty: 0 is less than 1; a quantity is 1 or more"
        )
        try expect(
            #""qty": 20"#,
            as: #""qty": 1000000001"#,
            "lines[0].qty: 1000000001 is more than 1000000000; a quantity is at most 1000000000"
        )
        try expect(
            #""fixed": 100000"#,
            as: #""fixed": 99999999999999999999"#,
            "warehouses[0].fixed: is 99999999999999999999; a cost is at most 100000000000000"
        )
        try expect(
            #""noSplit": 1"#,
            as: #""noSplit": 2"#,
            "lines[1].noSplit: 2 is more than 1; "
                + "write 1 if one warehouse ships all of the line, else 0"
        )
        try expect(
            #""maxWarehouses": 2"#,
            as: #""maxWarehouses": 0"#,
            "policy.maxWarehouses: 0 is less than 1; "
                + "write a number of 1 or more, or null for any number"
        )
        try expect(
            #""cap": 1500"#,
            as: #""cap": 0"#,
            "warehouses[0].services[0].tariff.cap: 0 is less than 1; a capacity is 1 or more"
        )
        try expect(
            #""maxTrucks": 3"#,
            as: #""maxTrucks": 0"#,
            "warehouses[1].services[1].tariff.maxTrucks: 0 is less than 1; "
                + "the most pieces is 1 or more"
        )
    }

    @Test func `names a line or a warehouse that is not there, or one twice`() throws {
        try expect(
            #""line": 0, "tiers": [[12, 0]]"#,
            as: #""line": 2, "tiers": [[12, 0]]"#,
            "warehouses[1].stock[0].line: 2 names no line; "
                + "the 2 lines are counted from 0 to 1"
        )
        try expect(
            #""line": 1, "#,
            as: #""line": 0, "#,
            "warehouses[0].stock[1].line: line 0 is named already; give each line once"
        )
        try expect(
            #""blocked": [1]"#,
            as: #""blocked": [1, -1]"#,
            "warehouses[0].services[0].blocked[1]: -1 names no line; "
                + "the 2 lines are counted from 0 to 1"
        )
        try expect(
            "[[0, 1200]]",
            as: "[[0, 1200], [0, 1]]",
            "warehouses[0].services[1].late[1][0]: line 0 is named already; give each line once"
        )
        try expect(
            #"[{ "line": 0, "dim": 170"#,
            as: #"[{ "line": 2, "dim": 170"#,
            "warehouses[1].services[0].packings[0].line: 2 names no line; "
                + "the 2 lines are counted from 0 to 1"
        )
        try expect(
            #""forced": [0]"#,
            as: #""forced": [2]"#,
            "policy.forced[0]: 2 names no warehouse; "
                + "the 2 warehouses are counted from 0 to 1"
        )
        try expect(
            #"["B2", 3]"#,
            as: #"["A7", 3]"#,
            "warehouses[0].stock[1].lots[1][0]: lot ‘A7’ is named already; "
                + "give each lot once, with all its units"
        )
        try expect(
            #""id": "RNO""#,
            as: #""id": "DAL""#,
            "warehouses[1].id: ‘DAL’ is the id of number 0 too; give each its own"
        )
    }

    @Test func `has a class that is none, or a break without a class it needs`() throws {
        try expect(
            #""class": 85"#,
            as: #""class": 80"#,
            "lines[0].class: \"80\" is not a freight class; "
                + "the eighteen classes run from 50 to 500, as 85 or \"77.5\""
        )
        try expect(
            #""85": 330"#,
            as: #""eighty": 330"#,
            "warehouses[0].services[1].tariff.breaks[1].rates.eighty: "
                + "\"eighty\" is not a freight class; "
                + "the eighteen classes run from 50 to 500, as 85 or \"77.5\""
        )
        try expect(
            #", "77.5": 300"#,
            as: "",
            "warehouses[0].services[1].tariff.breaks[1].rates: has no rate for class 77.5, "
                + "which is that of line 1; add \"77.5\", or put the line among the service's "
                + "blocked"
        )
        try expect(
            #"{ "85": 330, "77.5": 300 }"#,
            as: "{}",
            "warehouses[0].services[1].tariff.breaks[1].rates: is empty; "
                + "give a rate for each class, as {\"85\": 4200}"
        )
        try expect(
            #""85": 330"#,
            as: #""85": -1"#,
            #"warehouses[0].services[1].tariff.breaks[1].rates["85"]: -1 is negative; "#
                + "a rate is 0 or more"
        )
    }

    @Test func `has a word that is not known`() throws {
        try expect(
            #""completeness": "partial""#,
            as: #""completeness": "most""#,
            "policy.completeness: \"most\" is not known; "
                + "write complete or lineComplete or partial"
        )
        try expect(
            #""objective": "weighted""#,
            as: #""objective": "fastest""#,
            "policy.objective: \"fastest\" is not known; write weighted or lex"
        )
        try expect(
            #""kind": "ftl""#,
            as: #""kind": "drone""#,
            "warehouses[1].services[1].tariff.kind: \"drone\" is not known; "
                + "write parcel or parcelTable or ltl or ftl"
        )
        try expect(
            #""currency": "USD""#,
            as: #""currency": "XYZ""#,
            "units.currency: ‘XYZ’ is not a currency in use; give an ISO 4217 code such as USD"
        )
        try expect(
            #""weight": "0.1 lb""#,
            as: #""weight": "stone""#,
            "units.weight: \"stone\" is not known; write 0.1 lb or g"
        )
    }

    @Test func `has a table whose steps do not rise`() throws {
        try expect(
            "[1490, 190000]",
            as: "[700, 190000]",
            "warehouses[1].services[0].tariff.steps[1][0]: 700 is not above the step before; "
                + "sort the steps by rising weight"
        )
        try expect(
            "[1490, 190000]",
            as: "[1490, 100000]",
            "warehouses[1].services[0].tariff.steps[1][1]: "
                + "100000 is below the charge of the step before; a heavier package costs no less"
        )
    }

    @Test func `is empty where something must be`() throws {
        let head = Document.full.prefix { $0 != "[" }
        #expect(head.hasSuffix(#""forced": "#))
        #expect(
            Document.fault(in: Self.minimal(lines: "[]", warehouses: "[]"))
                == "lines: is empty; at least one of the lines is needed"
        )
        #expect(
            Document.fault(in: Self.minimal(warehouses: "[]"))
                == "warehouses: is empty; at least one of the warehouses is needed"
        )
        try expect(
            "[[700, 110000], [1490, 190000]]",
            as: "[]",
            "warehouses[1].services[0].tariff.steps: is empty; at least one of steps is needed"
        )
        #expect(Document.fault(in: Self.minimal()) == nil)
    }

    @Test func `has more than fits an order`() {
        let lines = Array(repeating: Self.line, count: 501).joined(separator: ",")

        #expect(
            Document.fault(in: Self.minimal(lines: "[\(lines)]"))
                == "lines: has 501 elements; at most 500 of the lines are allowed"
        )
    }

    @Test func `has days too far apart, or sums that overflow`() throws {
        try expect(
            #""eta": 4"#,
            as: #""eta": 20781"#,
            "warehouses[1].services[0].eta: day 20781 is years after day 1, the first arrival; "
                + "count the days of all services from one date"
        )
        let tooMuch =
            "the worst costs or weights are too large to add up in 64 bits; "
            + "check the units of quantities, weights and rates"
        let many = try Document.changing(#""qty": 20"#, to: #""qty": 1000000"#)
        #expect(
            Document.fault(in: many.replacing(#""rate": 91"#, with: #""rate": 91000000000"#))
                == "warehouses[0].services[0]: \(tooMuch)"
        )
        #expect(
            Document.fault(
                in: many.replacing(#""backorder": 900000"#, with: #""backorder": 90000000000000"#)
            ) == "the document: \(tooMuch)"
        )
    }

    /// What the solver finds in a problem that no file can hold, and in plans.
    @Test func `has a place for each of the solver's faults`() throws {
        let problem = try Document.instance(Document.full).problem
        let places: [(SplitProblem.Place, String)] = [
            (.problem, "the document"), (.line(1), "lines[1]"), (.warehouse(1), "warehouses[1]"),
            (.stock(warehouse: 1, entry: 0), "warehouses[1].stock[0]"),
            (.service(warehouse: 0, service: 1), "warehouses[0].services[1]"),
            (.policy, "policy"), (.budget, "the budget"), (.assignment(3), "plan[3]"),
        ]
        for (place, path) in places {
            let fault = SplitInstanceFault(.outOfBounds(place, field: "a number"), in: problem)
            #expect(
                fault.description
                    == "\(path): a number is out of bounds; "
                    + "costs and quantities are 0 or more, and below the limits of an order"
            )
        }
        #expect(
            SplitInstanceFault(.badIndex(.policy, field: "forced"), in: problem).description
                == "policy: forced names something that is not there, or the same thing twice; "
                + "give each index once, counted from 0"
        )
        #expect(
            SplitInstanceFault(.unlawful(.split(line: 1)), in: problem).description
                == "plan: line 1 may not be split; change the plan, or the policy it breaks"
        )
    }

    private static let line = """
        {"id": "VALVE-3IN", "qty": 1, "weight": 1, "dim": 1, "class": 70, "group": 0,
         "backorder": 0, "noSplit": 0, "minQty": 0, "lot": 0}
        """

    /// An instance with nothing in stock, which is lawful.
    private static func minimal(
        lines: String = "[\(line)]",
        warehouses: String = #"[{"id": "DAL", "fixed": 0, "stock": [], "services": []}]"#
    ) -> String {
        """
        {"schema": "alloc-instance/1", "id": "nothing",
         "policy": {"completeness": "complete", "objective": "lex"},
         "lines": \(lines), "warehouses": \(warehouses)}
        """
    }
}
