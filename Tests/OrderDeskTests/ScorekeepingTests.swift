import AllocationModel
import AllocationProtocol
import OrderDesk
import Testing

struct `A scorecard` {
    private let valves = Example.valves.sorted { $0.key < $1.key }
        .map { Example.bid($0.key, $0.value) }

    /// A decided order that took so long, after so many attempts.
    private func add(
        _ id: Order.ID,
        _ quantity: Quantity,
        _ completeness: Completeness = .complete,
        milliseconds: Int64 = 40,
        attempts: Int = 1,
        day: Int64 = 0,
        by customer: Customer? = nil,
        to keeping: inout Scorekeeping
    ) throws {
        let past = try PastOrder(Example.order(id, quantity, completeness), from: valves)
        let received = Example.instant(day * 86_400_000)
        keeping.add(
            OrderRecord(
                order: past.record.order,
                outcome: past.record.outcome,
                receivedAt: received,
                decidedAt: Timestamp(milliseconds: received.milliseconds + milliseconds),
                transaction: nil,
                isSettled: true
            ),
            from: Evidence(
                bids: [],
                silent: [],
                unreachable: [],
                attempts: attempts,
                nodes: 1,
                solverVersion: 1,
                customer: customer
            )
        )
    }

    @Test func `counts what ships, what is split, and what was short of what was offered`() throws {
        var keeping = Scorekeeping(by: .day)
        try add("1", 5, to: &keeping)
        // From Dallas and Reno, for 20.00.
        try add("2", 20, to: &keeping)
        try add("3", 99, to: &keeping)
        // All three ship 35, for 45.00; a site had offered more than it could reserve.
        try add("4", 40, .partial, attempts: 2, to: &keeping)
        try add("5", 40, .partial, attempts: 1, to: &keeping)
        // Rebuilt: nothing is known of how it was decided.
        try add("6", 5, attempts: 0, to: &keeping)

        let total = keeping.scorecard.total
        #expect([total.orders, total.shipped, total.split, total.shortOfOffered] == [5, 4, 3, 1])
        #expect(total.splitThousandths == 750)
        #expect(total.splitFreight.map(\.total.decimal) == ["110.00"])
        #expect(total.splitFreight.map(\.perOrder.decimal) == ["36.67"])
        #expect(total.meetsSplit == false)
        #expect(total.meetsFreight == false)
    }

    @Test func `takes times by their nearest rank`() throws {
        var keeping = Scorekeeping(by: .day)
        for count in 1...20 {
            try add(
                Order.ID(trusted: "\(count)"),
                5,
                milliseconds: Int64(count) * 100,
                to: &keeping
            )
        }

        #expect(keeping.scorecard.total.medianMilliseconds == 1000)
        #expect(keeping.scorecard.total.percentile95Milliseconds == 1900)
        #expect(keeping.scorecard.total.meetsTime == true)
        let empty = Scorekeeping(by: .day).scorecard
        #expect(empty.total.medianMilliseconds == nil)
        #expect(empty.total.meetsTime == nil)
        #expect(empty.groups == [])
    }

    @Test func `puts orders together by day, by every site that ships, and by segment`() throws {
        let gold = Customer(id: "ACME-7", segment: "gold")
        let names = { (grouping: Scorecard.Grouping) in
            var keeping = Scorekeeping(by: grouping)
            try add("1", 5, to: &keeping)
            try add("2", 20, day: 1, by: gold, to: &keeping)
            try add("3", 99, day: 1, to: &keeping)
            return keeping.scorecard.groups.map { "\($0.name) \($0.orders)" }
        }

        #expect(try names(.day) == ["2026-03-02 1", "2026-03-03 2"])
        #expect(try names(.site) == ["DAL 2", "RNO 1"])
        #expect(try names(.segment) == ["gold 1", "guest 2"])
    }

    @Test func `says how long books did not agree`() {
        func alert(_ kind: Alert.Kind, minutes: Int64?) -> Alert {
            Alert(
                number: 1,
                subject: Alert.Subject(kind, "DAL 7"),
                detail: "",
                state: minutes == nil ? .open : .resolved,
                openedAt: Example.monday,
                seenAt: Example.monday,
                timesSeen: 1,
                acknowledged: nil,
                resolved: minutes.map {
                    Alert.Remark(who: "ana", comment: "", at: Example.instant($0 * 60_000))
                }
            )
        }
        var keeping = Scorekeeping(by: .site)
        keeping.add(alert(.overrideConflict, minutes: 20))
        keeping.add(alert(.historyLost, minutes: 50))
        keeping.add(alert(.historyLost, minutes: nil))
        keeping.add(alert(.backorder, minutes: 999))

        let scorecard = keeping.scorecard
        #expect(scorecard.total.discrepancies == 2)
        #expect(scorecard.total.discrepancySeconds == 2100)
        #expect(scorecard.total.meetsDiscrepancy == false)
        #expect(scorecard.groups.map(\.name) == ["DAL"])
    }
}
