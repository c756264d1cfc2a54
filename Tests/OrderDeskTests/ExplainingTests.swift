import AllocationModel
import AllocationProtocol
import OrderDesk
import Testing

struct `Explaining a decision` {
    private func decide(_ quantity: Quantity = 20) throws -> (OrderRecord, Evidence) {
        var bench = Bench()
        let order = Example.order("4711", quantity)
        let solved = bench.solve(bench.bid(bench.submit(order)))
        let decided = solved.records.isEmpty ? bench.vote(solved) : solved
        guard case .placed(let record)? = decided.submissions.first else {
            throw ParseError("is not placed")
        }
        switch decided.records.first?.content {
        case .confirmed(let confirmation): return (record, confirmation.evidence)
        case .refused(_, let evidence): return (record, evidence)
        case .resourced, .cancelled, .ended, nil: throw ParseError("is not decided")
        }
    }

    @Test func `says why two sites ship and why the third does not`() throws {
        let (record, evidence) = try decide()
        let explanation = Explaining.explain(record, from: evidence, under: SourcingPolicy())

        #expect(explanation.record == record)
        #expect(explanation.attempts == 1)
        #expect(explanation.sites.map(\.warehouse) == ["DAL", "EWR", "RNO"])
        // 9.00 from Dallas and 11.00 from Reno. Without Dallas, Reno and Newark cost 36.00;
        // without Reno, Dallas and Newark cost 34.00, which is also the runner-up.
        let usd = { Money(minorUnits: $0, currency: .usd) }
        #expect(
            explanation.sites.map(\.verdict) == [
                .used(withoutIt: .costs(usd(1600))), .dearer(by: usd(1400)),
                .used(withoutIt: .costs(usd(1400))),
            ]
        )
        #expect(explanation.runnerUp?.warehouses == ["DAL", "EWR"])
        #expect(explanation.runnerUp?.cost == usd(3400))
    }

    @Test func `explains a decision the same way each time`() throws {
        let (record, evidence) = try decide()
        let first = Explaining.explain(record, from: evidence, under: SourcingPolicy())
        #expect(first == Explaining.explain(record, from: evidence, under: SourcingPolicy()))
    }

    @Test func `says that a site is the only one, and names those that were away`() throws {
        let (record, evidence) = try decide(35)
        let partial = Evidence(
            bids: evidence.bids,
            silent: ["SEA"],
            unreachable: ["ATL"],
            attempts: 3,
            nodes: evidence.nodes,
            solverVersion: evidence.solverVersion
        )
        let explanation = Explaining.explain(record, from: partial, under: SourcingPolicy())
        #expect(explanation.sites.map(\.warehouse) == ["ATL", "DAL", "EWR", "RNO", "SEA"])
        #expect(
            explanation.sites.map(\.verdict) == [
                .unreachable, .used(withoutIt: .impossible), .used(withoutIt: .impossible),
                .used(withoutIt: .impossible), .silent,
            ]
        )
        #expect(explanation.runnerUp == nil)
        #expect(explanation.attempts == 3)
    }

    @Test func `explains a refusal by what was offered`() throws {
        let (record, evidence) = try decide(99)
        #expect(record.status == .refused)
        let explanation = Explaining.explain(record, from: evidence, under: SourcingPolicy())
        #expect(explanation.sites.map(\.verdict) == [.unlawful, .unlawful, .unlawful])
        #expect(explanation.runnerUp == nil)
    }
}
