internal import AllocationModel

/// A site and how it could ship to the customer, whatever it holds.
struct DrawnSite {
    let name: String
    let fixedCost: Cost
    let services: [Service]

    struct Service {
        let kind: CarrierService
        let etaDay: Int64
        let handling: Cost
        let tariff: Tariff
    }

    /// Draws the site of a city; `name` tells it from others there.
    init(
        in city: City,
        called name: String,
        for order: DrawnOrder,
        services count: Int,
        by dice: inout Dice
    ) {
        self.name = name
        let features = order.family.features
        let lane = Lane(
            miles: city.place.nearby(within: 40, by: &dice).roadMiles(to: order.customer),
            bargain: dice.whole(920...1100),
            isJobSite: order.isJobSite,
            freightClasses: order.freightClasses
        )
        fixedCost = Cost(dice.any(of: [60_000, 80_000, 100_000, 150_000] as [Int64]))
        // Days until a parcel handed over now leaves: its cutoff is past, or it is a weekend.
        let daysToLeave = dice.any(of: [0: 72, 1: 22, 2: 6] as KeyValuePairs<Int64, Int64>)
        services = CarrierService.menu(of: count, by: &dice)
            .map { kind in
                let isTabulated = features.contains(.rateTables) && dice.chance(60)
                let packing: Int64 = features.contains(.lineConditions) ? 30_000 : 0
                return Service(
                    kind: kind,
                    etaDay: daysToLeave + kind.transitDays(over: lane.miles),
                    handling: Cost(dice.whole(kind.handling) + packing),
                    tariff: lane.tariff(of: kind, isTabulated: isTabulated, by: &dice)
                )
            }
    }

    /// Draws so many sites in as many cities as there are.
    static func several(
        _ count: Int,
        for order: DrawnOrder,
        services: Int,
        by dice: inout Dice
    ) -> [DrawnSite] {
        let cities = dice.shuffled(City.all)
        return (0..<count)
            .map { index in
                let city = cities[index % cities.count]
                let round = index / cities.count
                return DrawnSite(
                    in: city,
                    called: round == 0 ? city.code : "\(city.code)\(round + 1)",
                    for: order,
                    services: services,
                    by: &dice
                )
            }
    }

    /// Whether any of its services brings `line` by a day.
    func delivers(_ line: DrawnLine, by day: Int64) -> Bool {
        services.contains { $0.kind.carries(line) && $0.etaDay <= day }
    }
}
