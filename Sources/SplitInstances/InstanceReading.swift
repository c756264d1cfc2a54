package import AllocationModel
internal import SplitSolver

extension SplitInstance {
    /// Reads an instance, all of `bytes`.
    ///
    /// - Throws: The first fault in the document, with its place.
    package init(parsing bytes: [UInt8]) throws(SplitInstanceFault) {
        let document: JSONValue
        do throws(JSONFault) {
            document = try JSONValue(parsing: bytes)
        } catch {
            throw .notJSON(error)
        }
        try self.init(document)
    }

    /// Reads an instance from a document.
    ///
    /// Whatever is accepted can be solved: bounds and sums are checked as the solver checks them.
    ///
    /// - Throws: The first fault, with its place.
    package init(_ document: JSONValue) throws(SplitInstanceFault) {
        let root = InstanceField(document)
        // Another schema has other keys, so it is asked for first.
        try root.object("an instance")
        try root["schema"].word([(Self.schema, ())])
        try root.object("an instance", of: Self.keys)
        let id = try root["id"].name()
        let units = try Units(root["units"])
        var reader = InstanceReader()
        try reader.readLines(root["lines"])
        try reader.readWarehouses(root["warehouses"])
        let policy = try SplitPolicy(root["policy"], warehouses: reader.warehouses.count)
        let problem = reader.problem
        try Self.check(problem, policy)
        self.init(id: id, units: units, problem: problem, policy: policy, names: reader.names)
    }

    static let schema = "alloc-instance/1"
    /// `seed` and `family` say how a generator made it; they are let be.
    private static let keys = [
        "schema", "id", "units", "policy", "lines", "warehouses", "seed", "family",
    ]

    /// Lets the solver check what only its arithmetic can tell: that no sum overflows.
    private static func check(
        _ problem: SplitProblem,
        _ policy: SplitPolicy
    ) throws(SplitInstanceFault) {
        do throws(SplitProblem.Fault) {
            _ = try SplitSolver.evaluate([], of: problem, under: policy)
        } catch .unlawful {
            // The problem is sound; it is only that shipping nothing is no plan for it.
        } catch {
            throw SplitInstanceFault(error, in: problem)
        }
    }
}

extension SplitInstance.Units {
    fileprivate init(_ field: InstanceField) throws(SplitInstanceFault) {
        guard field.value != nil else {
            self.init()
            return
        }
        try field.object("the units", of: ["currency", "weight"])
        var currency = Currency.usd
        if field["currency"].value != nil {
            let code = try field["currency"].name()
            do throws(ParseError) {
                currency = try Currency(parsing: code)
            } catch {
                throw field["currency"]
                    .fault(
                        "‘\(code)’ is not a currency in use",
                        hint: "give an ISO 4217 code such as USD"
                    )
            }
        }
        let weight =
            field["weight"].value == nil
            ? .tenthsOfPound
            : try field["weight"].word(Weight.allCases.map { ($0.rawValue, $0) })
        self.init(currency: currency, weight: weight)
    }
}

extension SplitPolicy {
    static let completenessWords: [(String, Completeness)] = [
        ("complete", .complete), ("lineComplete", .lineComplete), ("partial", .partial),
    ]
    static let objectiveWords: [(String, Objective)] = [
        ("weighted", .weighted), ("lex", .lexicographic),
    ]

    fileprivate init(_ field: InstanceField, warehouses: Int) throws(SplitInstanceFault) {
        try field.object(
            "a policy",
            of: [
                "completeness", "maxWarehouses", "maxShipments", "objective", "forced",
                "forbidden", "preferences",
            ]
        )
        self.init(
            completeness: try field["completeness"].word(Self.completenessWords),
            warehousesMaximum: try Self.maximum(field["maxWarehouses"]),
            shipmentsMaximum: try Self.maximum(field["maxShipments"]),
            objective: try field["objective"].word(Self.objectiveWords),
            forced: try Self.sites(field["forced"], warehouses),
            forbidden: try Self.sites(field["forbidden"], warehouses),
            preferences: try Self.preferences(field["preferences"], warehouses)
        )
    }

    private static func maximum(_ field: InstanceField) throws(SplitInstanceFault) -> Int? {
        field.isAbsent ? nil : Int(try field.integer(.count))
    }

    private static func sites(
        _ field: InstanceField,
        _ count: Int
    ) throws(SplitInstanceFault) -> [Int] {
        if field.value == nil { return [] }
        var sites = DistinctIndices(of: "warehouse", below: count)
        for element in try field.array(of: "warehouses", 0...count) {
            try sites.add(element)
        }
        return sites.indices
    }

    private static func preferences(
        _ field: InstanceField,
        _ count: Int
    ) throws(SplitInstanceFault) -> [Preference] {
        if field.value == nil { return [] }
        var sites = DistinctIndices(of: "warehouse", below: count)
        var preferences: [Preference] = []
        for element in try field.array(of: "preferences", 0...count) {
            let (site, cost) = try element.pair(of: "[warehouse, reluctance]")
            preferences.append(
                Preference(
                    warehouse: try sites.add(site),
                    reluctance: try cost.cost("a reluctance")
                )
            )
        }
        return preferences
    }
}

/// Indices read one after another, none of them twice.
struct DistinctIndices {
    private let noun: String
    private let end: Int
    private(set) var indices: [Int] = []

    init(of noun: String, below end: Int) {
        self.noun = noun
        self.end = end
    }

    /// Reads the next index.
    @discardableResult
    mutating func add(_ field: InstanceField) throws(SplitInstanceFault) -> Int {
        let index = try field.index(of: noun, below: end)
        guard !indices.contains(index) else {
            throw field.fault("\(noun) \(index) is named already", hint: "give each \(noun) once")
        }
        indices.append(index)
        return index
    }
}
