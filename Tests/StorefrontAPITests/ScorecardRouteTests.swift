import AllocationModel
import HTTPTypes
import Testing

@testable import StorefrontAPI

struct `The API's scorecard` {
    @Test func `gives each measure beside its target`() async throws {
        let answer = try await send(.get, "/v1/scorecard")

        let total = answer.json["total"]
        #expect(answer.status == 200)
        // Three of seven are split; one of eight is short: both to the thousandth.
        #expect(total?["splitThousandths"] == 429)
        #expect(total?["shortThousandths"] == 125)
        #expect(
            total?["splitFreight"] == [
                ["currency": "USD", "total": "100.00", "perOrder": "33.33"]
            ]
        )
        #expect(
            total?["met"] == [
                "split": false, "time": false, "short": false, "freight": false,
                "discrepancy": nil,
            ]
        )
        #expect(answer.json["targets"]?["splitFreight"] == "12.00")
    }

    @Test func `is for the days and the grouping that were meant`() async throws {
        let seen = Seen<ScorecardQuery>()
        var office = OrderOffice.example
        // 2026-03-02.
        office.alerts.now = { Timestamp(milliseconds: 1_772_463_600_000) }
        office.scorecard = { query in
            seen.add(query)
            return Example.scorecard
        }

        for query in ["", "?until=2026-02-10&by=site", "?since=2026-03-02&by=segment"] {
            #expect(try await send(.get, "/v1/scorecard\(query)", to: office).status == 200)
        }

        let asked = seen.values.map { "\($0.days.lowerBound) \($0.days.upperBound) \($0.grouping)" }
        #expect(
            asked == [
                "2026-02-03 2026-03-02 day", "2026-01-14 2026-02-10 site",
                "2026-03-02 2026-03-02 segment",
            ]
        )
        for query in ["since=2026-03-05", "by=week", "until=tomorrow", "site=DAL"] {
            let answer = try await send(.get, "/v1/scorecard?\(query)", to: office)
            #expect(answer.isProblem(.invalidQuery), "\(query)")
        }
    }
}
