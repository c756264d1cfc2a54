import AllocationModel
import SiteConsole
import Testing

/// What a site manager asks of lots, as the agent and its commands carry it out.
struct `The lots of a site` {
    private let kit: SKU = "SEAL-KIT"

    private func makeSite() throws -> TestSite {
        let site = try TestSite()
        try site.stockLot("L-1", of: kit, 30, expires: "2026-03-05")
        return site
    }

    private func report(_ site: TestSite, _ command: LotCommand) async throws -> LotReport {
        let reply = await site.ask(.lots(command))
        guard case .lot(let report) = reply else { throw Unexpected(description: "\(reply)") }
        return report
    }

    private func rows(
        _ site: TestSite,
        _ query: LotQuery,
        at now: Timestamp = monday
    ) async throws -> [LotStateRow] {
        let reply = await site.ask(.lots(.list(query, limit: 99)), at: now)
        guard case .lots(let list) = reply else { throw Unexpected(description: "\(reply)") }
        return list.rows
    }

    @Test func `are listed with the days that they have left`() async throws {
        let site = try makeSite()
        let row = try #require(try await rows(site, LotQuery()).first)
        #expect(row.onHand == 30 && row.daysLeft == 3 && !row.isExpired)
        let later = monday.adding(seconds: 4 * 86_400)
        let expired = try await rows(site, LotQuery(isExpired: true), at: later)
        #expect(expired.map(\.daysLeft) == [-1])
        let none = try await rows(site, LotQuery(expiringWithinDays: 2))
        #expect(none.isEmpty)
    }

    @Test func `take a day and papers, and say who gave them`() async throws {
        let site = try makeSite()
        let day = CivilDate(daysSinceEpoch: 21_000)
        _ = try await report(
            site,
            .setExpiry(sku: kit, lot: "L-1", expires: day, reason: "retested")
        )
        let certified = try await report(
            site,
            .certify(
                sku: kit,
                lot: "L-1",
                certificates: ["COA"],
                isWithdrawn: false,
                reason: "papers came"
            )
        )
        #expect(certified.lot.expires == day && certified.lot.certificates == ["COA"])
        #expect(certified.history.map(\.lotChange) == ["certificates COA, before none"])

        let shown = try await report(site, .show(sku: kit, lot: "L-1", limit: 9))
        #expect(shown.history.map(\.kind) == ["certificates", "expiry", "count"])
        #expect(shown.history[1].lotChange == "expires \(day), before 2026-03-05")
        #expect(shown.history.prefix(2).map(\.who) == ["ana", "ana"])
    }

    @Test func `are barred and let out again, once for each time that it is a change`() async throws
    {
        let site = try makeSite()
        for _ in 0..<2 {
            let barred = try await report(
                site,
                .quarantine(sku: kit, lot: "L-1", reason: "recall")
            )
            #expect(barred.lot.isQuarantined && barred.available == 0)
        }
        let free = try await report(site, .release(sku: kit, lot: "L-1", reason: "checked"))
        #expect(!free.lot.isQuarantined && free.available == 30)
        let shown = try await report(site, .show(sku: kit, lot: "L-1", limit: 9))
        #expect(shown.history.map(\.kind) == ["clear", "quarantine", "count"])
    }

    @Test func `are refused with what to do`() async throws {
        let site = try makeSite()
        let unknown = try await site.fault(.lots(.show(sku: kit, lot: "L-9", limit: 1)))
        #expect(unknown.description == "SEAL-KIT has no lot ‘L-9’; import or count it first")
        let both = try await site.fault(
            .lots(.list(LotQuery(isExpired: true, isQuarantined: true), limit: 1))
        )
        #expect(both.kind == .badInput)
        let silent = try await site.fault(
            .lots(.setExpiry(sku: kit, lot: "L-1", expires: nil, reason: ""))
        )
        #expect(silent.message == "reason is empty")
    }
}
