import AllocationModel
import SiteConsole
import Testing

/// What a site manager asks of receipts, as the agent and its commands carry it out.
struct `What is on its way to a site` {
    private let order: Receipt.ID = "PO-1001"
    private let nextMonday = CivilDate(daysSinceEpoch: 20_521)

    private func announced() async throws -> TestSite {
        let site = try TestSite()
        try site.stock(valve, 8)
        let notice = InboundCommand.Notice(
            reference: order,
            sku: valve,
            quantity: 40,
            expected: nextMonday,
            origin: "Acme"
        )
        let reply = await site.ask(.inbound(.add(notice)))
        guard case .inbound = reply else { throw Unexpected(description: "\(reply)") }
        return site
    }

    private func rows(_ site: TestSite, at now: Timestamp = monday) async throws -> [InboundRow] {
        let reply = await site.ask(.inbound(.list(sku: nil, all: true, limit: 99)), at: now)
        guard case .inbound(let rows) = reply else { throw Unexpected(description: "\(reply)") }
        return rows
    }

    @Test func `is listed with what is still to come of it, and as overdue after its day`()
        async throws
    {
        let site = try await announced()
        let row = try #require(try await rows(site).first)
        #expect(row.open == 40 && row.status == "open" && !row.isOverdue && row.from == "Acme")
        let later = monday.adding(seconds: 8 * 86_400)
        #expect(try await rows(site, at: later).first?.isOverdue == true)
    }

    @Test func `is warned of once it is overdue`() async throws {
        let site = try await announced()
        func graded(at now: Timestamp) async throws -> Diagnosis? {
            let reply = await site.ask(.examine(inFull: false), at: now)
            guard case .examined(let found) = reply else {
                throw Unexpected(description: "\(reply)")
            }
            return found.first { $0.subject == "inbound" }
        }
        #expect(try await graded(at: monday)?.text == "1 receipts")
        let later = try await graded(at: monday.adding(seconds: 8 * 86_400))
        #expect(later?.grade == .warning)
    }

    @Test func `is received into stock, and says what is on hand then`() async throws {
        let site = try await announced()
        let delivery = InboundCommand.Delivery(reference: order, quantity: 25)
        let reply = await site.ask(.inbound(.receive(delivery)))
        guard case .received(let received) = reply else {
            throw Unexpected(description: "\(reply)")
        }
        #expect(received.map(\.units) == [25] && received.first?.receipt.open == 15)
        #expect(received.first?.change?.after == 33)
        #expect(try site.onHand(valve) == 33)
    }

    @Test func `says how it was changed, and by whom`() async throws {
        let site = try await announced()
        _ = await site.ask(
            .inbound(
                .change(
                    reference: order,
                    sku: nil,
                    expected: nextMonday.adding(days: 2),
                    quantity: nil,
                    reason: "strike"
                )
            )
        )
        let reply = await site.ask(.inbound(.history(reference: order, limit: 9)))
        guard case .inboundHistory(let history) = reply else {
            throw Unexpected(description: "\(reply)")
        }
        #expect(history.map(\.what) == ["add", "change"])
        #expect(history.last?.expectedBefore == nextMonday && history.last?.who == "ana")
    }

    @Test func `is what a dry run of a file leaves as it was`() async throws {
        let site = try await announced()
        let file = "reference,sku,quantity,expected\nPO-2,VALVE-3IN,4,2026-03-05\n"
        let dry = await site.ask(
            .inbound(.import(csv: file, isSnapshot: true, isDryRun: true))
        )
        guard case .inboundImported(let outcome) = dry else {
            throw Unexpected(description: "\(dry)")
        }
        #expect(outcome.added == 1 && outcome.removed == 1 && outcome.isDryRun)
        #expect(try await rows(site).map(\.reference) == [order])

        _ = await site.ask(.inbound(.import(csv: file, isSnapshot: true, isDryRun: false)))
        #expect(try await rows(site).map(\.status) == ["open", "removed"])
    }

    @Test func `is refused with what is wrong, and what to do`() async throws {
        let site = try await announced()
        let unknown = try await site.fault(.inbound(.receive(.init(reference: "PO-9"))))
        #expect(unknown.hint == "see ‘inbound list’")
        let mistyped = InboundCommand.Notice(
            reference: "PO-2",
            sku: "VALVE-3N",
            quantity: 1,
            expected: nextMonday
        )
        #expect(try await site.fault(.inbound(.add(mistyped))).hint.contains("VALVE-3IN"))
        let odd = InboundCommand.Notice(
            reference: "PO-2",
            sku: valve,
            quantity: 1,
            expected: nextMonday,
            kind: "gift"
        )
        #expect(try await site.fault(.inbound(.add(odd))).kind == .badInput)
        let file = try await site.fault(
            .inbound(.import(csv: "po,sku\n", isSnapshot: false, isDryRun: false))
        )
        #expect(file.details.first?.contains("‘quantity’") == true, "\(file)")
    }
}
