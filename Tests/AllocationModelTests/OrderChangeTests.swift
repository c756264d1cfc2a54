import AllocationModel
import Testing

/// Three lines: 20 valves, 5 hoses, and 4 more hoses.
struct `A change of an order` {
    private static let order = Order(
        id: "4711",
        lines: [
            Order.Line(id: "1", sku: "VALVE-3IN", quantity: 20),
            Order.Line(id: "2", sku: "HOSE-1IN", quantity: 5),
            Order.Line(id: "3", sku: "HOSE-1IN", quantity: 4),
        ],
        destination: Destination(country: .us, postalCode: "75001")
    )
    private static let elsewhere = Destination(country: .us, postalCode: "10001")
    private static let nothing: [Quantity] = [0, 0, 0]

    private func lines(_ wanted: (String, Quantity?)...) -> OrderChange {
        OrderChange(
            quantities: wanted.map { OrderChange.LineQuantity(line: $0.0, quantity: $0.1) }
        )
    }

    private func fault(_ change: OrderChange, shipped: [Quantity] = nothing) -> OrderChange.Fault? {
        do throws(OrderChange.Fault) {
            _ = try Self.order.changed(by: change, shipped: shipped)
            return nil
        } catch {
            return error
        }
    }

    @Test func `takes the place of the quantities it names, and leaves the others`() throws {
        let order = try Self.order.changed(
            by: lines(("VALVE-3IN", 12), ("3", 0)),
            shipped: Self.nothing
        )
        #expect(order.lines.map(\.quantity) == [12, 5, 0])
        #expect(order.lines.map(\.id) == Self.order.lines.map(\.id))
        #expect(order.destination == Self.order.destination)
    }

    @Test func `cancels what of a line has not shipped, and not what has`() throws {
        let order = try Self.order.changed(by: lines(("1", nil)), shipped: [8, 0, 0])
        #expect(order.lines.map(\.quantity) == [8, 5, 4])
        #expect(fault(lines(("1", 7)), shipped: [8, 0, 0]) == .shipped(0, 8))
        #expect(fault(lines(("1", 8)), shipped: [8, 0, 0]) == nil)
    }

    @Test func `says which line it does not know, or which of several`() {
        #expect(fault(lines(("1", 3), ("PUMP", 2))) == .unknownLine(1))
        #expect(fault(lines(("HOSE-1IN", 2))) == .ambiguousLine(0, ["2", "3"]))
        #expect(fault(lines(("VALVE-3IN", 2), ("1", 3))) == .namedTwice(1, first: 0))
    }

    @Test func `is none where nothing is another, or nothing is left`() {
        #expect(fault(lines(("1", 20))) == .nothingChanged)
        #expect(fault(OrderChange()) == .nothingChanged)
        #expect(fault(OrderChange(destination: Self.order.destination)) == .nothingChanged)
        #expect(fault(lines(("1", 0), ("2", 0), ("3", 0))) == .nothingLeft)
        #expect(fault(lines(("1", 0), ("2", 0), ("3", 0)), shipped: [0, 0, 1]) == .shipped(2, 1))
    }

    @Test func `keeps the order's days at another address, where it gives none itself`() throws {
        let noon = try DeliveryTerms(
            checkingReceiving: .everyDay,
            by: CivilDate(year: 2026, month: 3, day: 6),
            byTime: TimeOfDay(hour: 12, minute: 0)
        )
        let order = Self.order.with(
            [20, 5, 4],
            to: Destination(country: .us, postalCode: "75001", delivery: noon)
        )
        func moved(_ delivery: DeliveryTerms, keepsDates: Bool) throws -> Order {
            try order.changed(
                by: OrderChange(
                    destination: Destination(
                        country: .us,
                        postalCode: "10001",
                        delivery: delivery
                    ),
                    keepsDates: keepsDates
                ),
                shipped: Self.nothing
            )
        }
        #expect(try moved(.any, keepsDates: true).destination.delivery == noon)
        #expect(try moved(.any, keepsDates: false).destination.delivery == .any)
        let afternoons = try DeliveryTerms(
            checkingReceiving: .everyDay,
            hours: HoursOfDay(parsing: "13:00-17:00")
        )
        #expect(throws: OrderChange.Fault.self) { try moved(afternoons, keepsDates: true) }
    }

    // Properties.

    @Test func `never asks for less than has shipped, and changes what it names alone`() throws {
        for seed in Int64(0)..<500 {
            let shipped = [Quantity(seed % 7), Quantity(seed % 3), Quantity(seed % 2)]
            let wanted = Quantity(seed * 7919 % 23)
            // Where the first line stays as it is, the second does not.
            let change = lines(("1", wanted), ("2", wanted == 20 ? 6 : 5))
            guard let order = try? Self.order.changed(by: change, shipped: shipped) else {
                #expect(wanted < shipped[0])
                continue
            }
            #expect(zip(order.lines, shipped).allSatisfy { $0.quantity >= $1 })
            #expect(order.lines[0].quantity == wanted && order.lines[2].quantity == 4)
        }
    }
}
