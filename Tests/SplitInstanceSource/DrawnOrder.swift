internal import AllocationModel

/// What is ordered, for where and for when.
struct DrawnOrder {
    let family: InstanceFamily
    let lines: [DrawnLine]
    let customer: Place
    let isJobSite: Bool
    let dueDay: Int64

    init(of family: InstanceFamily, lines count: Int, by dice: inout Dice) {
        self.family = family
        customer = dice.any(of: City.all).place.nearby(within: 90, by: &dice)
        isJobSite = dice.chance(25)
        let dueDay = dice.any(of: [3, 4, 5, 5, 6, 7, 8] as [Int64])
        let profile = dice.any(
            of: [.maintenance: 40, .project: 25, .mixed: 35] as KeyValuePairs<OrderProfile, Int64>
        )
        lines = (0..<count)
            .map { _ in
                DrawnLine(of: profile, dueOn: dueDay, with: family.features, by: &dice)
            }
        self.dueDay = dueDay
    }

    /// The classes that occur, each once.
    var freightClasses: [FreightClass] {
        FreightClass.allCases.filter { entry in lines.contains { $0.freightClass == entry } }
    }

    var segregationGroups: Int { Set(lines.map(\.goods.segregationGroup)).count }
}
