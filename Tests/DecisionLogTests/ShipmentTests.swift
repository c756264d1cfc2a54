import AllocationModel
import AllocationProtocol
import DecisionLog
import Testing

struct `Shipments in the decision log` {
    private func shipped(
        _ counter: Int64,
        _ warehouse: Warehouse.ID,
        at milliseconds: Int64 = 7
    ) -> LogEntry { .shipped(shipment(counter, warehouse, at: milliseconds)) }

    private func shipment(
        _ counter: Int64,
        _ warehouse: Warehouse.ID,
        at milliseconds: Int64 = 7
    ) -> SiteShipment {
        SiteShipment(
            warehouse: warehouse,
            report: ShipmentReport(
                transaction: transaction(counter),
                who: "ana",
                at: Timestamp(milliseconds: milliseconds)
            )
        )
    }

    @Test func `are kept with their orders, which have shipped in part and then in full`()
        async throws
    {
        let folder = try LogFolder()
        try await folder.using { log in
            _ = try await log.append([confirmed("4711", 1)])
            #expect(try await log.append([shipped(1, reno)]) == [true])
            #expect(
                try await log.append([shipped(1, reno, at: 8)]) == [false],
                "told again, it is no news"
            )
            #expect(try await log.order("4711")?.status == .partlyShipped)
        }

        try await folder.using { log in
            #expect(try await log.order("4711")?.shipments == [shipment(1, reno)])
            #expect(try await log.openDecisions().map(\.shipments) == [[shipment(1, reno)]])
            _ = try await log.append([shipped(1, dallas)])
            let order = try await log.order("4711")
            #expect(order?.status == .shipped)
            #expect(order?.shipments.map(\.warehouse) == [dallas, reno])
            #expect(try await log.audit() == [])
        }
    }

    @Test func `are listed and counted by what the orders have come to`() async throws {
        let folder = try LogFolder()
        try await folder.using { log in
            for counter in Int64(1)...4 {
                _ = try await log.append([
                    confirmed("471\(counter)", counter, isBackordered: counter == 3)
                ])
            }
            _ = try await log.append([
                refused("4715"), shipped(1, dallas), shipped(1, reno), shipped(2, dallas),
                shipped(3, dallas), shipped(3, reno),
            ])

            let counts = try await log.counts()
            #expect(counts == [.shipped: 1, .partlyShipped: 2, .confirmed: 1, .refused: 1])
            for (status, ids) in [
                (OrderStatus.shipped, ["4711"]), (.partlyShipped, ["4713", "4712"]),
                (.confirmed, ["4714"]), (.backordered, []), (.refused, ["4715"]),
            ] {
                let found = try await log.orders(status: status, limit: 9, before: nil)
                #expect(found.map(\.order.id.rawValue) == ids, "\(status)")
                #expect(found.allSatisfy { $0.status == status })
            }
        }
    }

    // Shipped is shipped, and cancelled is cancelled: both are known.
    @Test func `of a cancelled order leave it cancelled`() async throws {
        let folder = try LogFolder()
        try await folder.using { log in
            _ = try await log.append([confirmed("4711", 1), cancelled(1), shipped(1, dallas)])

            let order = try await log.order("4711")
            #expect(order?.status == .cancelled)
            #expect(order?.shipments.map(\.warehouse) == [dallas])
            #expect(try await log.openDecisions().map(\.isCancelled) == [true])
            #expect(try await log.counts() == [.cancelled: 1])
        }
    }

    @Test func `are told again to a site that must be restored, with how the goods were to leave`()
        async throws
    {
        let folder = try LogFolder()
        try await folder.using { log in
            _ = try await log.append([confirmed("4711", 1), confirmed("4712", 2)])
            _ = try await log.append([shipped(2, dallas)])

            let shares = try await log.shares(of: dallas, after: nil, limit: 9)
            #expect(shares.map(\.shipment) == [nil, shipment(2, dallas)])
            #expect(shares.map(\.outcome) == [[0xC0], [0xC0]])
            #expect(shares.map(\.warehouse) == [dallas, dallas])
            let others = try await log.shares(of: reno, after: nil, limit: 9)
            #expect(others.map(\.shipment) == [nil, nil])
        }
    }

    @Test func `are refused of whoever has no share in a decision, all or none`() async throws {
        let folder = try LogFolder()
        try await folder.using { log in
            _ = try await log.append([confirmed("4711", 1)])
            for wrong in [shipped(9, dallas), shipped(1, "EWR")] {
                await #expect(throws: (any Error).self) {
                    _ = try await log.append([shipped(1, dallas), wrong])
                }
            }
            #expect(try await log.order("4711")?.shipments == [])
        }
    }

    @Test func `stay as they are`() async throws {
        let folder = try LogFolder()
        try await folder.using { log in
            _ = try await log.append([confirmed("4711", 1), shipped(1, dallas)])
        }

        #expect(try folder.objection(to: "DELETE FROM shipment") == "a shipment is never deleted")
        #expect(
            try folder.objection(to: "UPDATE shipment SET at = 0") == "a shipment is never changed"
        )
    }
}
