import AllocationModel
import ShippingCalendar
import Testing

struct `Shipping capacity` {
    private let tenOrders = ShippingCapacity(orders: 10)

    private func load(
        _ orders: Int64 = 1,
        lines: Int64 = 1,
        kilograms: Int64 = 1
    ) -> ShippingLoad {
        ShippingLoad(orders: orders, lines: lines, grams: kilograms * 1000)
    }

    @Test func `admits an order up to each of its bounds and none beyond`() {
        let capacity = ShippingCapacity(orders: 10, lines: 40, weight: Weight(grams: 90_000))
        let cases = [
            (load(9, lines: 39, kilograms: 89), load(), true),
            (load(10, lines: 10, kilograms: 10), load(), false),
            (load(5, lines: 38, kilograms: 10), load(lines: 2), true),
            (load(5, lines: 38, kilograms: 10), load(lines: 3), false),
            (load(5, lines: 10, kilograms: 80), load(kilograms: 10), true),
            (load(5, lines: 10, kilograms: 80), load(kilograms: 11), false),
        ]
        for (taken, order, isAdmitted) in cases {
            #expect(capacity.admits(order, beside: taken) == isAdmitted, "\(order) beside \(taken)")
        }
    }

    // Else an order that is larger than a whole day would never leave.
    @Test func `admits any one order on an empty day`() {
        let capacity = ShippingCapacity(lines: 5, weight: Weight(grams: 1000))
        let huge = load(lines: 80, kilograms: 4000)

        #expect(capacity.admits(huge, beside: .zero))
        #expect(!capacity.admits(huge, beside: load(kilograms: 0)))
        #expect(!capacity.admits(load(kilograms: 0), beside: huge))
    }

    @Test func `is reached by any of its bounds`() {
        let capacity = ShippingCapacity(orders: 10, lines: 40)

        #expect(!capacity.isReached(by: load(9, lines: 39, kilograms: 9000)))
        #expect(capacity.isReached(by: load(10, lines: 10)))
        #expect(capacity.isReached(by: load(3, lines: 41)))
        #expect(!ShippingCapacity().isReached(by: load(1000)))
    }

    @Test func `counts the lines of one SKU once, and no line of nothing`() {
        let load = ShippingLoad(ofOrderWith: [
            ("VALVE-3IN", 8, Weight(grams: 6800)), ("HOSE-1IN", 2, Weight(grams: 450)),
            ("VALVE-3IN", 1, Weight(grams: 6800)), ("PUMP-2HP", 0, Weight(grams: 31_000)),
        ])

        #expect(load == ShippingLoad(orders: 1, lines: 2, grams: 62_100))
    }

    @Test func `weighs the heaviest order that could be written without overflowing`() {
        let heaviest = Weight(grams: AllocationModel::Limits.unitWeightMaximum)
        let line = (SKU(trusted: "CRANE"), Quantity(1_000_000_000), heaviest)
        let load = ShippingLoad(ofOrderWith: Array(repeating: line, count: 500))

        #expect(load.grams == AllocationModel::Limits.loadGramsMaximum)
    }

    // From the calendar.

    private func book(_ taken: [(String, Int64)]) throws -> ShippingBook {
        ShippingBook(
            capacities: [.monday: tenOrders, .tuesday: tenOrders],
            taken: Dictionary(
                uniqueKeysWithValues: try taken.map { (try day($0.0), load($0.1)) }
            )
        )
    }

    @Test func `moves an order to the next working day that has room, and its cutoff`() throws {
        // Monday 2 March is full, Tuesday a holiday, Wednesday unbounded.
        let book = try book([("2026-03-02", 10)])
        let now = try utc("2026-03-02 15:00")
        let calendar = try dallas(holidays: ["2026-03-03"])

        let delivery = try #require(
            calendar.delivery(
                at: now,
                service: "ground",
                transitDays: 2,
                hasRoom: { book.admits(load(), on: $0) }
            )
        )

        #expect(delivery.departure.leaves == (try day("2026-03-04")))
        #expect(delivery.departure.cutoffDate == (try day("2026-03-04")))
        #expect(delivery.departure.cutoffInstant == (try utc("2026-03-04 20:00")))
        #expect(delivery.arrives == (try day("2026-03-06")))
    }

    @Test func `asks after each day by the service's own cutoffs`() throws {
        let book = try book([("2026-03-02", 10)])
        let calendar = SiteCalendar(
            timeZone: try zone("America/Chicago"),
            cutoffs: Cutoffs([
                .init(.monday, try clock("14:00")), .init(.tuesday, try clock("14:00")),
                .init(.monday, service: "weekly", try clock("14:00")),
            ])
        )
        let now = try utc("2026-03-02 15:00")

        let ground = calendar.departure(at: now, hasRoom: { book.admits(load(), on: $0) })
        #expect(ground?.leaves == (try day("2026-03-03")))
        let full = try self.book([("2026-03-02", 10), ("2026-03-03", 10), ("2026-03-09", 9)])
        let later = calendar.departure(at: now, hasRoom: { full.admits(load(), on: $0) })
        #expect(later?.leaves == (try day("2026-03-09")))
    }

    @Test func `keeps the lead time between the cutoff and the day with room`() throws {
        let book = try book([("2026-03-03", 10)])
        // Taken on Monday, it would leave on Tuesday, which is full.
        let departure = try dallas(leadDays: 1)
            .departure(
                at: try utc("2026-03-02 15:00"),
                hasRoom: { book.admits(load(), on: $0) }
            )

        #expect(departure?.leaves == (try day("2026-03-04")))
        #expect(departure?.cutoffDate == (try day("2026-03-03")))
    }

    @Test func `finds no day where none has room within a year`() throws {
        #expect(try dallas().departure(at: utc("2026-03-02 15:00"), hasRoom: { _ in false }) == nil)
    }

    @Test func `says of each day whether it is full`() throws {
        let book = try book([("2026-03-02", 10), ("2026-03-03", 9), ("2026-03-04", 900)])

        #expect(book.isFull(on: try day("2026-03-02")))
        #expect(!book.isFull(on: try day("2026-03-03")))
        #expect(!book.isFull(on: try day("2026-03-04")))
        #expect(book.taken(on: try day("2026-03-03")).orders == 9)
        #expect(book.taken(on: try day("2026-03-10")) == .zero)
        #expect(book.capacity(on: try day("2026-03-10")) == tenOrders)
    }
}
