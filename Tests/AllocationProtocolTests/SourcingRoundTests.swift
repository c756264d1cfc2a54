import AllocationModel
import AllocationProtocol
import Testing

struct `Sourcing round` {
    private typealias Absence = SourcingRound.Absence
    private typealias Result = SourcingRound.Result

    private func round(
        asking sites: [Warehouse.ID] = ["RNO", "DAL"],
        without absent: [Warehouse.ID] = []
    ) -> SourcingRound {
        SourcingRound(
            id: RoundID(order: "4711", attempt: 1),
            asking: sites,
            without: absent
        )
    }

    @Test func `closes with the last bid it waited for, by rising warehouse`() {
        var round = round(without: ["EWR"])

        #expect(round.handle(.bid(Example.bid(from: "RNO"))) == nil)
        let result = round.handle(.bid(Example.bid(from: "DAL")))

        #expect(
            result
                == Result(
                    bids: [Example.bid(from: "DAL"), Example.bid(from: "RNO")],
                    absences: [Absence(warehouse: "EWR", reason: .unreachable)]
                )
        )
    }

    @Test func `does without a site whose link fails`() {
        var round = round()

        #expect(round.handle(.lost("DAL")) == nil)
        let result = round.handle(.bid(Example.bid(from: "RNO")))

        #expect(
            result
                == Result(
                    bids: [Example.bid(from: "RNO")],
                    absences: [Absence(warehouse: "DAL", reason: .unreachable)]
                )
        )
    }

    @Test func `does without a site that is silent when the time is over`() {
        var round = round(asking: ["RNO", "DAL", "EWR"], without: ["ATL"])
        _ = round.handle(.bid(Example.bid(from: "DAL")))

        let result = round.handle(.deadline)

        #expect(
            result
                == Result(
                    bids: [Example.bid(from: "DAL")],
                    absences: [
                        Absence(warehouse: "ATL", reason: .unreachable),
                        Absence(warehouse: "EWR", reason: .silent),
                        Absence(warehouse: "RNO", reason: .silent),
                    ]
                )
        )
    }

    @Test func `ignores a second bid and the bid of a site it did not ask`() {
        var round = round()

        #expect(round.handle(.bid(Example.bid(from: "DAL"))) == nil)
        #expect(round.handle(.bid(Example.bid(from: "DAL"))) == nil)
        #expect(round.handle(.bid(Example.bid(from: "EWR"))) == nil)
        #expect(round.handle(.lost("DAL")) == nil)
        #expect(round.handle(.lost("EWR")) == nil)
        #expect(round.handle(.bid(Example.bid(from: "RNO")))?.bids.count == 2)
    }

    @Test func `says its result once`() {
        var round = round()
        #expect(round.handle(.deadline) != nil)
        let closed = round

        #expect(round.handle(.deadline) == nil)
        #expect(round.handle(.bid(Example.bid(from: "DAL"))) == nil)
        #expect(round.handle(.lost("RNO")) == nil)
        #expect(round.closeIfNobodyIsAsked() == nil)
        #expect(round == closed)
    }

    @Test func `closes at once where nobody can be asked`() {
        var empty = round(asking: [], without: ["DAL"])
        var full = round()

        #expect(
            empty.closeIfNobodyIsAsked()
                == Result(
                    bids: [],
                    absences: [Absence(warehouse: "DAL", reason: .unreachable)]
                )
        )
        #expect(empty.closeIfNobodyIsAsked() == nil)
        #expect(full.closeIfNobodyIsAsked() == nil)
    }
}
