import AllocationModel

/// The ranges of single values from outside.
///
/// Each throws a fault that names the field and shows the value.
enum Check {
    static func number(
        _ value: Int64,
        in range: ClosedRange<Int64>,
        _ field: @autoclosure () -> String
    ) throws(DecodingFault) -> Int64 {
        guard range.contains(value) else {
            throw .unlawful(
                field: field(),
                why: "is \(value), not between \(range.lowerBound) and \(range.upperBound)"
            )
        }
        return value
    }

    /// A count or a number that only has to be one: nothing is added to it.
    static func natural(
        _ value: Int64,
        _ field: @autoclosure () -> String
    ) throws(DecodingFault) -> Int64 {
        try number(value, in: 0...Int64.max, field())
    }

    static func epoch(
        _ value: Int64,
        _ field: @autoclosure () -> String
    ) throws(DecodingFault) -> Int64 {
        try number(value, in: 0...TransactionID.epochMaximum, field())
    }

    static func cost(
        _ value: Int64,
        _ field: @autoclosure () -> String
    ) throws(DecodingFault) -> Cost {
        Cost(try number(value, in: 0...Limits.costMaximum, field()))
    }

    /// An amount of a plan, either way: a bound may lie below zero.
    static func money(
        _ value: Int64,
        in currency: Currency,
        _ field: @autoclosure () -> String
    ) throws(DecodingFault) -> Money {
        let maximum = Limits.planMoneyMaximum
        return Money(
            minorUnits: try number(value, in: -maximum...maximum, field()),
            currency: currency
        )
    }

    static func loadWeight(
        _ value: Int64,
        _ field: @autoclosure () -> String
    ) throws(DecodingFault) -> Int64 {
        try number(value, in: 0...Limits.loadWeightMaximum, field())
    }

    static func lineIndex(
        _ value: Int32,
        _ field: @autoclosure () -> String
    ) throws(DecodingFault) -> Int {
        Int(try number(Int64(value), in: 0...Int64(Limits.orderLinesMaximum - 1), field()))
    }

    static func minute(
        _ value: Int32,
        _ field: @autoclosure () -> String
    ) throws(DecodingFault) -> TimeOfDay {
        let minutes = Int(try number(Int64(value), in: Limits.minutesOfDay, field()))
        guard let time = TimeOfDay(minutes: minutes) else {
            throw .unlawful(field: field(), why: "is no time of day")
        }
        return time
    }

    static func utcOffset(
        _ value: Int32,
        _ field: @autoclosure () -> String
    ) throws(DecodingFault) -> Int {
        Int(try number(Int64(value), in: Limits.utcOffsetMinutes, field()))
    }

    /// Hours of a day that stand in two fields, both or none.
    static func hours(from: Int32?, until: Int32?) throws(DecodingFault) -> HoursOfDay? {
        guard from != nil || until != nil else { return nil }
        guard let from, let until else {
            throw .missing(from == nil ? "from_minute" : "until_minute")
        }
        let (first, last) = (try minute(from, "from_minute"), try minute(until, "until_minute"))
        return try parsed("until_minute") { () throws(ParseError) in
            try HoursOfDay(checking: first, until: last)
        }
    }

    static func date(
        _ value: Int32,
        _ field: @autoclosure () -> String
    ) throws(DecodingFault) -> CivilDate {
        CivilDate(
            daysSinceEpoch: Int(try number(Int64(value), in: Limits.daysSinceEpoch, field()))
        )
    }

    /// When something happened, by a clock that nobody need believe.
    static func instant(_ milliseconds: Int64) throws(DecodingFault) -> Timestamp {
        Timestamp(
            milliseconds: try number(
                milliseconds,
                in: Limits.instantMilliseconds,
                "at_milliseconds"
            )
        )
    }

    static func quantity(
        _ value: Int64,
        _ field: @autoclosure () -> String
    ) throws(DecodingFault) -> Quantity {
        try parsed(field()) { () throws(ParseError) in try Quantity(checking: value) }
    }

    static func sku(_ text: String, _ field: @autoclosure () -> String) throws(DecodingFault) -> SKU
    {
        try parsed(field()) { () throws(ParseError) in try SKU(parsing: text) }
    }

    static func name<Subject>(
        _ text: String,
        _ field: @autoclosure () -> String
    ) throws(DecodingFault) -> Identifier<Subject> {
        try parsed(field()) { () throws(ParseError) in try Identifier(parsing: text) }
    }

    static func currency(
        _ text: String,
        _ field: @autoclosure () -> String
    ) throws(DecodingFault) -> Currency {
        try parsed(field()) { () throws(ParseError) in try Currency(parsing: text) }
    }

    static func country(
        _ text: String,
        _ field: @autoclosure () -> String
    ) throws(DecodingFault) -> Country {
        try parsed(field()) { () throws(ParseError) in try Country(parsing: text) }
    }

    /// Words for people: they reach logs and pages, so control characters do not.
    static func text(
        _ text: String,
        _ field: @autoclosure () -> String,
        atMost maximum: Int = Limits.textBytesMaximum
    ) throws(DecodingFault) -> String {
        guard text.utf8.count <= maximum else {
            throw .unlawful(
                field: field(),
                why: "has \(text.utf8.count) bytes, more than \(maximum)"
            )
        }
        // The C0 and C1 controls and DEL; everything else at least prints as itself.
        let isClean = text.unicodeScalars.allSatisfy {
            $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value)
        }
        guard isClean else {
            throw .unlawful(field: field(), why: "contains a control character")
        }
        return text
    }

    /// Who did something, or why: a line on paper.
    static func words(
        _ text: String,
        _ field: @autoclosure () -> String
    ) throws(DecodingFault) -> String {
        guard !text.isEmpty else { throw .missing(field()) }
        return try Self.text(text, field(), atMost: Limits.reasonBytesMaximum)
    }

    /// Refuses a product above `maximum`, without computing it where it would overflow.
    static func product(
        _ factors: Int64...,
        atMost maximum: Int64,
        _ field: @autoclosure () -> String,
        _ why: String
    ) throws(DecodingFault) {
        var product: Int64 = 1
        for factor in factors {
            let (next, isOverflow) = product.multipliedReportingOverflow(by: factor)
            guard !isOverflow, next <= maximum else {
                throw .unlawful(field: field(), why: why)
            }
            product = next
        }
    }

    static func parsed<Value>(
        _ field: @autoclosure () -> String,
        _ parse: () throws(ParseError) -> Value
    ) throws(DecodingFault) -> Value {
        do {
            return try parse()
        } catch {
            throw .unlawful(field: field(), why: error.description)
        }
    }
}

extension TimeOfDay {
    /// Minutes after midnight, as the contract has them.
    var minute32: Int32 { Int32(clamping: minutesSinceMidnight) }
}
