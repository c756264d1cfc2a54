import AllocationModel
import Testing

struct `Order status` {
    @Test func `follows what has shipped, and never takes back a cancellation`() {
        let cases: [(OrderStatus, Int, Int, OrderStatus)] = [
            (.confirmed, 0, 2, .confirmed), (.confirmed, 1, 2, .partlyShipped),
            (.confirmed, 2, 2, .shipped), (.backordered, 0, 1, .backordered),
            (.backordered, 1, 1, .partlyShipped), (.cancelled, 1, 2, .cancelled),
            (.refused, 0, 0, .refused), (.pending, 0, 0, .pending),
        ]
        for (status, shipments, warehouses, expected) in cases {
            #expect(
                status.after(shipments: shipments, of: warehouses) == expected,
                "\(status), \(shipments) of \(warehouses)"
            )
        }
    }
}
