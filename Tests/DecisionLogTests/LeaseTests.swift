import AllocationModel
import AllocationProtocol
import DecisionLog
import Testing

struct `Leases in the decision log` {
    private static let lease = Lease(
        id: LeaseID(high: 1, low: 2),
        sku: "VALVE-3IN",
        quantity: 12
    )
    private static let granted = LogEntry.lease(.granted(reno, lease))

    private static func drawing(_ units: Quantity) -> [ShareEntry] {
        [
            ShareEntry(
                warehouse: reno,
                mark: .empty,
                lines: [Reservation.Line(sku: "VALVE-3IN", quantity: units)],
                draws: [Lease.Draw(lease: lease.id, sku: "VALVE-3IN", quantity: units)]
            )
        ]
    }

    @Test func `keep what orders have drawn, with the decisions`() async throws {
        let folder = try LogFolder()
        try await folder.using { log in
            #expect(
                try await log.append([Self.granted, Self.granted]) == [true, false],
                "told again, it is no news"
            )
            _ = try await log.append([.siteMark(reno, HistoryMark(entry: 5, chain: 5))])
            _ = try await log.append([confirmed("4711", 1, shares: Self.drawing(8))])
        }

        try await folder.using { log in
            let drawn = Lease.Draw(lease: Self.lease.id, sku: "VALVE-3IN", quantity: 8)
            #expect(try await log.leases().map(\.drawn) == [8])
            let open = try await log.openDecisions()
            #expect(open.map(\.draws) == [[reno: [drawn]]])
            let shares = try await log.shares(of: reno, after: nil, limit: 9)
            #expect(shares.map(\.draws) == [[drawn]])
            #expect(try await log.audit() == [])
        }
    }

    @Test func `refuse a decision that draws more than is left`() async throws {
        let folder = try LogFolder()
        try await folder.using { log in
            _ = try await log.append([Self.granted])
            _ = try await log.append([confirmed("4711", 1, shares: Self.drawing(8))])
            await #expect(throws: (any Error).self) {
                _ = try await log.append([confirmed("4712", 2, shares: Self.drawing(5))])
            }
            #expect(try await log.order("4712") == nil, "neither half is written")
            _ = try await log.append([confirmed("4713", 3, shares: Self.drawing(4))])
        }
    }

    @Test func `are drawn on no more once they are closed, lost or written off`() async throws {
        let word = LeaseWriteOff(who: "ana", reason: "counter is full", at: monday)
        for ending: LogEntry in [
            .lease(.closed(reno, Self.lease, kept: .zero)),
            .lease(.writtenOff(reno, Self.lease, word, conflict: .zero)), .recovered,
        ] {
            let folder = try LogFolder()
            try await folder.using { log in
                _ = try await log.append([Self.granted, ending])
                await #expect(throws: (any Error).self) {
                    _ = try await log.append([confirmed("4711", 1, shares: Self.drawing(1))])
                }
                _ = try await log.append([Self.granted])
                #expect(try await log.leases().first?.state != .open, "it never opens again")
            }
        }
    }

    @Test func `close with what was drawn, and with nothing else`() async throws {
        let folder = try LogFolder()
        try await folder.using { log in
            _ = try await log.append([Self.granted])
            _ = try await log.append([confirmed("4711", 1, shares: Self.drawing(8))])
            await #expect(throws: (any Error).self) {
                _ = try await log.append([.lease(.closed(reno, Self.lease, kept: 7))])
            }
            _ = try await log.append([.lease(.closed(reno, Self.lease, kept: 8))])
            #expect(try await log.leases().map(\.state) == [.closed])
        }
    }

    @Test func `name who wrote one off that orders had drawn on`() async throws {
        let folder = try LogFolder()
        let word = LeaseWriteOff(who: "ana", reason: "counter is full", at: monday)
        try await folder.using { log in
            _ = try await log.append([Self.granted])
            _ = try await log.append([.lease(.writtenOff(reno, Self.lease, word, conflict: 3))])
            #expect(
                try await log.leaseConflicts() == [
                    "ana at RNO wrote off the lease of 12 VALVE-3IN, and orders had drawn 3 of it: "
                        + "counter is full"
                ]
            )
        }
    }

    @Test func `are held by the file itself`() async throws {
        let folder = try LogFolder()
        try await folder.using { log in
            _ = try await log.append([Self.granted])
            _ = try await log.append([confirmed("4711", 1, shares: Self.drawing(8))])
        }
        let sold = "INSERT INTO lease_draw SELECT id, 99, 1 FROM lease"
        for sql in [
            "DELETE FROM lease", "DELETE FROM lease_draw", "UPDATE lease_draw SET quantity = 1",
            "UPDATE lease SET quantity = 99", "UPDATE lease SET state = 'closed', kept = 0", sold,
        ] {
            #expect(try folder.objection(to: sql) != nil, "\(sql)")
        }
    }
}
