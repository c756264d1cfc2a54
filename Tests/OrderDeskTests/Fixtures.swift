import AllocationModel
import AllocationProtocol
import OrderDesk

/// The office, its warehouses and what they sell: what the tests here speak of.
enum Example {
    static let office = Coordinator.ID(trusted: "office")
    static let atlanta = Warehouse.ID(trusted: "ATL")
    static let dallas = Warehouse.ID(trusted: "DAL")
    static let newark = Warehouse.ID(trusted: "EWR")
    static let reno = Warehouse.ID(trusted: "RNO")
    static let seattle = Warehouse.ID(trusted: "SEA")
    static let warehouses = [atlanta, dallas, newark, reno, seattle]
    static let skus: [SKU] = ["HOSE-1IN", "VALVE-3IN"]
    static let destination = Destination(country: .us, postalCode: "75001")
    /// 2026-03-02T15:00:00Z, a Monday morning in Dallas.
    static let monday = Timestamp(milliseconds: 1_772_463_600_000)

    static func instant(_ milliseconds: Int64) -> Timestamp {
        Timestamp(milliseconds: monday.milliseconds + milliseconds)
    }

    // The README's order: Dallas has 8 valves, Reno 12, Newark 15 and is far.

    static let valves: [Warehouse.ID: Quantity] = [dallas: 8, reno: 12, newark: 15]
    static let centsPerPackage: [Warehouse.ID: Int64] = [dallas: 900, reno: 1100, newark: 2500]

    static func order(
        _ id: Order.ID = "4711",
        _ quantity: Quantity = 20,
        _ completeness: Completeness = .complete
    ) -> Order {
        Order(
            id: id,
            lines: [Order.Line(id: "1", sku: "VALVE-3IN", quantity: quantity)],
            destination: destination,
            completeness: completeness
        )
    }

    /// A bid of so many valves, at one price for a package of any weight.
    static func bid(
        _ warehouse: Warehouse.ID,
        _ valves: Quantity,
        daysLater: Int = 0
    ) -> Bid {
        guard !valves.isZero, let monday = CivilDate(year: 2026, month: 3, day: 2),
            let cutoff = TimeOfDay(hour: 14, minute: 0)
        else {
            return Bid(
                warehouse: warehouse,
                offers: [],
                services: [],
                declines: [Decline(.line(0), .noStock)]
            )
        }
        let charge = Money(minorUnits: centsPerPackage[warehouse] ?? 5000, currency: .usd).cost
        let tariff = ParcelTableTariff(
            steps: [ParcelTableTariff.Step(weightMaximum: 70_000, charge: charge)],
            packagesMaximum: 9
        )
        return Bid(
            warehouse: warehouse,
            offers: [
                Bid.Offer(
                    line: 0,
                    tiers: [Bid.Tier(quantity: valves)],
                    unitWeight: Weight(grams: 450),
                    unitBillableWeight: Weight(grams: 450)
                )
            ],
            services: [
                Bid.Service(
                    code: "ups-ground",
                    carrier: "UPS",
                    level: .ground,
                    tariff: .parcelTable(tariff),
                    leaves: monday.adding(days: daysLater),
                    arrives: monday.adding(days: 2 + daysLater),
                    cutoff: cutoff
                )
            ]
        )
    }
}
