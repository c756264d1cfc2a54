import AllocationModel
import AllocationProtocol
import DecisionLog
import Testing

struct `Refused picks in the decision log` {
    private func refusal(
        _ counter: Int64,
        _ warehouse: Warehouse.ID,
        at milliseconds: Int64 = 7,
        lot: Lot.ID? = nil
    ) -> SitePickRefusal {
        SitePickRefusal(
            warehouse: warehouse,
            refusal: PickRefusal(
                transaction: transaction(counter),
                sku: "VALVE-3IN",
                lot: lot,
                quantity: 3,
                reason: .notFound,
                who: "kim",
                at: Timestamp(milliseconds: milliseconds)
            )
        )
    }

    @Test func `are kept with their orders, told again or not`() async throws {
        let folder = try LogFolder()
        let first = refusal(1, reno)
        let second = refusal(1, dallas, at: 9, lot: "L1")
        try await folder.using { log in
            _ = try await log.append([confirmed("4711", 1)])
            #expect(
                try await log.append([.pickRefused(first), .pickRefused(first)]) == [true, false],
                "told again, it is no news"
            )
            #expect(try await log.append([.pickRefused(second)]) == [true])
        }

        try await folder.using { log in
            let order = try await log.order("4711")
            #expect(order?.refusedPicks == [first, second])
            #expect(try await log.openPickRefusals(limit: 9) == ["4711": [first, second]])
            #expect(try await log.audit() == [])
        }
    }

    @Test func `are over once the site has shipped, or the order is cancelled`() async throws {
        let folder = try LogFolder()
        try await folder.using { log in
            let report = ShipmentReport(
                transaction: transaction(1),
                who: "ana",
                at: Timestamp(milliseconds: 8)
            )
            _ = try await log.append([
                confirmed("4711", 1), confirmed("4712", 2), .pickRefused(refusal(1, dallas)),
                .pickRefused(refusal(1, reno)), .pickRefused(refusal(2, dallas)),
                .shipped(SiteShipment(warehouse: dallas, report: report)), cancelled(2),
            ])

            #expect(try await log.openPickRefusals(limit: 9) == ["4711": [refusal(1, reno)]])
            #expect(try await log.order("4711")?.refusedPicks.count == 2, "and stay on record")
        }
    }

    @Test func `are of a site that shares the decision, and never changed`() async throws {
        let folder = try LogFolder()
        try await folder.using { log in
            _ = try await log.append([confirmed("4711", 1), .pickRefused(refusal(1, dallas))])
            await #expect(throws: (any Error).self) {
                _ = try await log.append([.pickRefused(refusal(1, "SEA"))])
            }
        }
        for sql in ["UPDATE pick_refusal SET quantity = 1", "DELETE FROM pick_refusal"] {
            #expect(throws: (any Error).self, "\(sql)") { try folder.execute(sql) }
        }
    }
}
