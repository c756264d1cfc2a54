import AllocationModel
import Hummingbird
import HummingbirdCore

/// Answers how well orders were filled.
func scorecard(_ request: Request, office: OrderOffice) async throws -> Response {
    let query = try Query(of: request, known: ["since", "until", "by"])
    let today = office.alerts.now().utcDay
    let until = try query.parsed("until", by: CivilDate.init(parsing:)) ?? today
    let since =
        try query.parsed("since", by: CivilDate.init(parsing:))
        ?? until.adding(days: -StorefrontLimits.scorecardDaysDefault)
    guard since <= until else {
        throw Query.problem("‘since’ is \(since) and ‘until’ is \(until), which is before it.")
    }
    let grouping =
        try query.parsed("by") { (text) throws(ParseError) in
            guard let grouping = Scorecard.Grouping(rawValue: text) else {
                let words = Scorecard.Grouping.allCases.map(\.rawValue).joined(separator: ", ")
                throw ParseError("‘\(text.prefix(64))’ is no grouping; write one of \(words)")
            }
            return grouping
        } ?? .day
    let scorecard = try await office.scorecard(
        ScorecardQuery(days: since...until, grouping: grouping)
    )
    return Response([
        "since": .string(since.description), "until": .string(until.description),
        "by": .string(grouping.rawValue),
        "groups": .array(scorecard.groups.map(\.document)), "total": scorecard.total.document,
        "targets": ScorecardTarget.document,
    ])
}

extension ScorecardTarget {
    fileprivate static var document: JSONValue {
        [
            "splitThousandths": .integer(Int64(splitThousandths)),
            "percentile95Milliseconds": .integer(milliseconds),
            "shortThousandths": .integer(Int64(shortThousandths)),
            "splitFreight": .string(Money(minorUnits: freightCents, currency: .usd).decimal),
            "discrepancySeconds": .integer(discrepancySeconds),
        ]
    }
}

extension Scorecard.Group {
    fileprivate var document: JSONValue {
        [
            "name": .string(name), "orders": .integer(Int64(orders)),
            "shipped": .integer(Int64(shipped)), "split": .integer(Int64(split)),
            "splitThousandths": .optional(splitThousandths.map { Int64($0) }),
            "medianMilliseconds": .optional(medianMilliseconds),
            "percentile95Milliseconds": .optional(percentile95Milliseconds),
            "shortOfOffered": .integer(Int64(shortOfOffered)),
            "shortThousandths": .optional(shortThousandths.map { Int64($0) }),
            "splitFreight": .array(splitFreight.map(\.document)),
            "discrepancies": .integer(Int64(discrepancies)),
            "discrepancySeconds": .optional(discrepancySeconds),
            "met": [
                "split": .optional(meetsSplit), "time": .optional(meetsTime),
                "short": .optional(meetsShort), "freight": .optional(meetsFreight),
                "discrepancy": .optional(meetsDiscrepancy),
            ],
        ]
    }
}

extension Scorecard.Freight {
    fileprivate var document: JSONValue {
        [
            "currency": .string(total.currency.code), "total": .string(total.decimal),
            "perOrder": .string(perOrder.decimal),
        ]
    }
}

extension JSONValue {
    fileprivate static func optional(_ number: Int64?) -> JSONValue {
        number.map { .integer($0) } ?? .null
    }

    fileprivate static func optional(_ flag: Bool?) -> JSONValue {
        flag.map { .boolean($0) } ?? .null
    }
}
