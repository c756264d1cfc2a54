internal import AllocationModel

/// What an order is for, which decides what is in it.
enum OrderProfile {
    /// Maintenance, repair and operations: many small things.
    case maintenance
    /// A building site: heavy things, and several times as many.
    case project
    case mixed

    /// How often each kind of goods is ordered.
    var goods: KeyValuePairs<Goods, Int64> {
        switch self {
        case .maintenance: [.small: 60, .medium: 28, .heavy: 6, .chemical: 6]
        case .project: [.small: 30, .medium: 30, .heavy: 32, .chemical: 8]
        case .mixed: [.small: 45, .medium: 30, .heavy: 15, .chemical: 10]
        }
    }
}

/// A kind of goods, by what it weighs, costs and travels as.
enum Goods {
    case small
    case medium
    case heavy
    /// May not fly, and shares no shipment with other goods.
    case chemical

    var name: String {
        switch self {
        case .small: "FITTING"
        case .medium: "VALVE"
        case .heavy: "PUMP"
        case .chemical: "SOLVENT"
        }
    }

    /// Tenths of a pound.
    var weight: LogNormal {
        switch self {
        case .small: LogNormal(median: 10, spread: 900)
        case .medium: LogNormal(median: 110, spread: 600)
        case .heavy: LogNormal(median: 995, spread: 600)
        case .chemical: LogNormal(median: 245, spread: 500)
        }
    }

    /// Ten-thousandths of a dollar.
    var price: LogNormal {
        switch self {
        case .small: LogNormal(median: 110_200, spread: 900)
        case .medium: LogNormal(median: 994_800, spread: 700)
        case .heavy: LogNormal(median: 5_445_700, spread: 700)
        case .chemical: LogNormal(median: 814_500, spread: 600)
        }
    }

    /// Hundredths of a unit.
    var quantity: LogNormal {
        switch self {
        case .small: LogNormal(median: 2450, spread: 1000)
        case .medium: LogNormal(median: 670, spread: 900)
        case .heavy: LogNormal(median: 246, spread: 800)
        case .chemical: LogNormal(median: 367, spread: 800)
        }
    }

    var freightClasses: [FreightClass] {
        switch self {
        case .small: [.class50, .class60, .class70, .class85]
        case .medium: [.class60, .class70, .class85, .class100, .class125]
        case .heavy: [.class50, .class60, .class70, .class85, .class100]
        case .chemical: [.class60, .class70, .class85]
        }
    }

    var segregationGroup: Int { self == .chemical ? 1 : 0 }
}

/// What a customer may ask of one line beyond its quantity.
enum LineCondition: Equatable {
    case none
    case noSplit
    case minimumQuantity(Int64)
    case singleLot

    /// Whether one site must be able to fill the whole line.
    var wantsOneSource: Bool { self == .noSplit || self == .singleLot }
}

/// One line as it is drawn, with what the problem itself does not show.
struct DrawnLine {
    let goods: Goods
    let quantity: Int64
    let condition: LineCondition
    let weight: Int64
    let billableWeight: Int64
    let freightClass: FreightClass
    /// Ten-thousandths of a dollar for one unit.
    let price: Int64
    /// Units in a box, where sites may keep boxes closed; else 1.
    let boxUnits: Int64
    /// The day after which a firm deadline forbids delivery, or nil.
    let lastDay: Int64?

    /// Draws a line of an order that is due on `dueDay`.
    init(
        of profile: OrderProfile,
        dueOn dueDay: Int64,
        with features: Set<InstanceFamily.Feature>,
        by dice: inout Dice
    ) {
        goods = dice.any(of: profile.goods)
        weight = max(1, dice.amount(goods.weight))
        let isBulky = dice.chance(30)
        billableWeight = isBulky ? dice.part(of: weight, 1050...2200) : weight
        freightClass = dice.any(of: goods.freightClasses)
        price = dice.amount(goods.price)
        var quantity = max(1, dice.amount(goods.quantity) / 100)
        if profile == .project { quantity = dice.part(of: quantity, 1000...3000) }
        quantity = min(quantity, 900)
        let condition =
            features.contains(.lineConditions)
            ? Self.condition(of: quantity, by: &dice) : LineCondition.none
        let comesInBoxes = features.contains(.boxes) && condition == .none && dice.chance(40)
        let boxes = [2, 4, 5, 6, 10, 12, 24].filter { $0 * 2 <= quantity }
        boxUnits = comesInBoxes && !boxes.isEmpty ? dice.any(of: boxes) : 1
        self.condition = condition
        self.quantity = quantity / boxUnits * boxUnits
        let isFirm = dice.chance(features.contains(.lineConditions) ? 25 : 12)
        lastDay = isFirm ? dueDay + dice.whole(0...2) : nil
    }

    private static func condition(of quantity: Int64, by dice: inout Dice) -> LineCondition {
        if dice.chance(10) && quantity > 1 { return .noSplit }
        if dice.chance(12) && quantity >= 8 {
            return .minimumQuantity(max(2, quantity / dice.whole(4...6)))
        }
        if dice.chance(8) && quantity > 1 { return .singleLot }
        return .none
    }

    /// Two dollars and three tenths of the price.
    var backorderCost: Cost { Cost(price * 3 / 10 + 20_000) }

    /// What each unit that comes so many days late counts: 1.2 % of the price a day.
    func latePenalty(days: Int64) -> Cost { Cost(max(1, price * 12 / 1000 * days)) }
}
