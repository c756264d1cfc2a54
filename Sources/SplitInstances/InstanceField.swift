internal import AllocationModel

/// A place in an instance's document, and what stands there.
///
/// Every reading throws a fault that names the place.
struct InstanceField {
    private let place: String
    /// Nil where the object above has no such key.
    let value: JSONValue?

    private init(place: String, value: JSONValue?) {
        self.place = place
        self.value = value
    }

    /// The whole document.
    init(_ document: JSONValue) {
        self.init(place: "", value: document)
    }

    var path: String { place.isEmpty ? "the document" : place }

    /// The value of that key, which may be missing.
    subscript(key: String) -> InstanceField {
        let isWord = key.utf8.allSatisfy { isLetter($0) }
        let step = isWord ? (place.isEmpty ? key : "." + key) : "[\(quoted(key))]"
        return InstanceField(place: place + step, value: value?[key])
    }

    /// Whether it is left out or null.
    var isAbsent: Bool { value == nil || value == .null }

    func fault(_ detail: String, hint: String) -> SplitInstanceFault {
        .field(path: path, detail: detail, hint: hint)
    }

    private func mismatch(_ wanted: String, hint: String) -> SplitInstanceFault {
        guard let value else { return fault("is missing", hint: hint) }
        return fault("is \(value.kind) and not \(wanted)", hint: hint)
    }

    // Objects and arrays.

    /// Reads an object and refuses a key that means nothing: it may be one that was misspelt.
    @discardableResult
    func object(
        _ noun: String,
        of keys: [String]? = nil
    ) throws(SplitInstanceFault) -> [JSONMember] {
        guard case .object(let members) = value else {
            throw mismatch("an object", hint: "\(noun) is an object")
        }
        guard let keys else { return members }
        if let stranger = members.first(where: { !keys.contains($0.name) }) {
            throw self[String(stranger.name.prefix(40))]
                .fault(
                    "is no key of \(noun)",
                    hint: "the keys are \(keys.joined(separator: ", "))"
                )
        }
        return members
    }

    /// Reads an array of so many elements.
    func array(
        of noun: String,
        _ counts: ClosedRange<Int>
    ) throws(SplitInstanceFault) -> [InstanceField] {
        guard case .array(let elements) = value else {
            throw mismatch("an array", hint: "write an array of \(noun), as [...]")
        }
        guard elements.count >= counts.lowerBound else {
            throw fault("is empty", hint: "at least one of \(noun) is needed")
        }
        guard elements.count <= counts.upperBound else {
            throw fault(
                "has \(elements.count) elements",
                hint: "at most \(counts.upperBound) of \(noun) are allowed"
            )
        }
        return elements.enumerated()
            .map { InstanceField(place: "\(place)[\($0.offset)]", value: $0.element) }
    }

    /// Reads an array of exactly two elements.
    func pair(of form: String) throws(SplitInstanceFault) -> (InstanceField, InstanceField) {
        guard case .array(let elements) = value else {
            throw mismatch("an array", hint: "write \(form)")
        }
        guard elements.count == 2 else {
            throw fault("has \(elements.count) and not 2 elements", hint: "write \(form)")
        }
        return (
            InstanceField(place: "\(place)[0]", value: elements[0]),
            InstanceField(place: "\(place)[1]", value: elements[1])
        )
    }

    // Numbers.

    /// Reads a whole number within the bounds of what it counts.
    func integer(_ amount: InstanceAmount) throws(SplitInstanceFault) -> Int64 {
        guard case .number(let number) = value else {
            throw mismatch("a number", hint: amount.hint)
        }
        let integer: Int64
        do throws(ParseError) {
            integer = try number.integer()
        } catch {
            // The parser's remedy is general; the field's says what belongs here.
            let detail = error.description.prefix { $0 != ";" }
            let isFraction = error.description.contains("whole number")
            throw fault(
                String(detail) + (isFraction ? " and not a whole number" : ""),
                hint: isFraction ? amount.hint : amount.upperHint
            )
        }
        guard integer >= amount.range.lowerBound else {
            let isNegative = integer < 0 && amount.range.lowerBound >= 0
            throw fault(
                "\(integer) is \(isNegative ? "negative" : "less than \(amount.range.lowerBound)")",
                hint: amount.hint
            )
        }
        guard integer <= amount.range.upperBound else {
            throw fault(
                "\(integer) is more than \(amount.range.upperBound)",
                hint: amount.upperHint
            )
        }
        return integer
    }

    /// Reads a cost.
    func cost(_ noun: String = "a cost") throws(SplitInstanceFault) -> Cost {
        Cost(try integer(InstanceAmount(noun, 0...Limits.costMaximum)))
    }

    /// Reads the index of one of `count` things, counted from 0.
    func index(of noun: String, below count: Int) throws(SplitInstanceFault) -> Int {
        let end = Int64(count)
        let hint = "the \(count) \(noun)s are counted from 0 to \(count - 1)"
        let any = InstanceAmount(
            "an index of a \(noun)",
            Int64.min...Int64.max,
            hint: hint
        )
        let index = try integer(any)
        guard (0..<end).contains(index) else {
            throw fault("\(index) names no \(noun)", hint: hint)
        }
        return Int(index)
    }

    /// Reads 0 or 1.
    func flag(_ meaning: String) throws(SplitInstanceFault) -> Bool {
        try integer(InstanceAmount(meaning, 0...1, hint: "write 1 if \(meaning), else 0")) == 1
    }

    // Words.

    /// Reads a name that can be shown on one line.
    func name() throws(SplitInstanceFault) -> String {
        guard case .string(let text) = value else {
            throw mismatch("a string", hint: "write a name in double quotes")
        }
        return try checked(text)
    }

    /// Reads a name that may be written as an integer: a lot's.
    func lotName() throws(SplitInstanceFault) -> String {
        guard case .number(let number) = value, number.isIntegerLiteral else { return try name() }
        return try checked(number.text)
    }

    private func checked(_ text: String) throws(SplitInstanceFault) -> String {
        do throws(ParseError) {
            return try Identifier<Never>(parsing: text).rawValue
        } catch {
            let parts = error.description.split(separator: "; ", maxSplits: 1)
            throw fault(
                String(parts[0]),
                hint: parts.count > 1 ? String(parts[1]) : "give another name"
            )
        }
    }

    /// Reads one of a few words.
    func word<Value>(_ words: [(String, Value)]) throws(SplitInstanceFault) -> Value {
        let hint = "write \(words.map(\.0).joined(separator: " or "))"
        guard case .string(let text) = value else {
            throw mismatch("a string", hint: hint)
        }
        guard let found = words.first(where: { $0.0 == text }) else {
            throw fault("\(quoted(text)) is not known", hint: hint)
        }
        return found.1
    }

    /// Reads a freight class, written as an integer or, for 77.5 and 92.5, a string.
    func freightClass() throws(SplitInstanceFault) -> FreightClass {
        let text: String
        switch value {
        case .number(let number): text = number.text
        case .string(let string): text = string
        case .null, .boolean, .array, .object, nil:
            throw mismatch("a freight class", hint: Self.classHint)
        }
        return try Self.freightClass(text, at: self)
    }

    /// Reads the freight class that a key is named after.
    static func freightClass(
        _ text: String,
        at field: InstanceField
    ) throws(SplitInstanceFault) -> FreightClass {
        do throws(ParseError) {
            return try FreightClass(parsing: text)
        } catch {
            throw field.fault("\(field.quoted(text)) is not a freight class", hint: classHint)
        }
    }

    private static let classHint = "the eighteen classes run from 50 to 500, as 85 or \"77.5\""

    /// A word of the document, with what could disturb a terminal escaped, and not at any length.
    private func quoted(_ text: String) -> String {
        JSONValue.string(String(text.prefix(40))).text
    }

    private func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }
}

/// What a number counts, with its bounds.
struct InstanceAmount {
    let range: ClosedRange<Int64>
    /// What belongs there.
    let hint: String
    /// What belongs there, for a number above the bounds.
    let upperHint: String

    init(_ noun: String, _ range: ClosedRange<Int64>, hint: String? = nil) {
        self.range = range
        self.hint = hint ?? "\(noun) is \(range.lowerBound) or more"
        upperHint = hint ?? "\(noun) is at most \(range.upperBound)"
    }

    static let quantity = InstanceAmount("a quantity", 1...Limits.quantityMaximum)
    static let minimumQuantity = InstanceAmount("a least quantity", 0...Limits.quantityMaximum)
    static let multiple = InstanceAmount("a multiple", 1...Limits.quantityMaximum)
    static let stock = InstanceAmount("stock", 0...Limits.quantityMaximum)
    static let unitWeight = InstanceAmount("a unit's weight", 0...Limits.unitWeightMaximum)
    static let group = InstanceAmount("a segregation group", 0...Limits.quantityMaximum)
    static let breakWeight = InstanceAmount("a break's weight", 0...InstanceLimits.weightMaximum)
    static let loadMaximum = InstanceAmount("the most weight", 0...InstanceLimits.weightMaximum)
    static let capacity = InstanceAmount("a capacity", 1...InstanceLimits.weightMaximum)
    static let rateWeight = InstanceAmount("a rate's weight", 1...Limits.rateWeightMaximum)
    static let chargeUnit = InstanceAmount("a unit of charges", 1...Limits.chargeUnitMaximum)
    static let pieces = InstanceAmount("the most pieces", 1...Limits.quantityMaximum)
    static let count = InstanceAmount(
        "a most number",
        1...Limits.quantityMaximum,
        hint: "write a number of 1 or more, or null for any number"
    )
    /// The solver bounds days by their span.
    static let day = InstanceAmount(
        "a day",
        Int64.min...Int64.max,
        hint: "write a whole number of days"
    )
}

/// The bounds of an instance beside those of the model.
enum InstanceLimits {
    /// What a shipment, truck or package may hold: the most the solver adds weights up to.
    static let weightMaximum: Int64 = 1 << 60
}
