/// What a freight carrier does besides moving goods from dock to dock.
package enum Accessorial: String, CaseIterable, Hashable, Comparable, Sendable {
    case residential
    /// A job site, a school, a mine, a church: wherever a truck cannot come and go at will.
    case limitedAccess = "limited-access"
    case liftgate
    case inside
    case appointment
    case hazmat
    /// Of goods with a side of eight feet or more, or of so many feet as the name says.
    case excessiveLength = "excessive-length"
    case excessiveLength12 = "excessive-length-12"
    case excessiveLength16 = "excessive-length-16"
    case excessiveLength20 = "excessive-length-20"
    case excessiveLength28 = "excessive-length-28"

    /// Those that an order can ask for; what the others hang on is known without.
    ///
    /// By the bit that stands for them where they are kept and sent: only ever appended to.
    package static let askedFor: [Self] = [.limitedAccess, .liftgate, .inside, .appointment]

    /// Those that hang on the goods, with what their service is called by then.
    package static let ofGoods: [Self] = [.hazmat] + lengths.map(\.fee)

    /// From how many feet of the longest side on each length is asked for, by rising length.
    ///
    /// A shipment is asked for one of them: that of its longest goods.
    package static let lengths: [(fee: Self, feet: Int64)] = [
        (.excessiveLength, 8), (.excessiveLength12, 12), (.excessiveLength16, 16),
        (.excessiveLength20, 20), (.excessiveLength28, 28),
    ]

    /// Whether a parcel carrier needs no asking: its driver carries packages to any door.
    ///
    /// It neither carries them further in, nor calls before it comes.
    package var isMootForParcels: Bool { self == .limitedAccess || self == .liftgate }

    /// Reads the word used in commands and files.
    package init(parsing text: String) throws(ParseError) {
        guard let value = Self(rawValue: text.lowercased()) else {
            let words = Self.allCases.map(\.rawValue).joined(separator: ", ")
            throw ParseError("‘\(text)’ is not an accessorial; write one of \(words)")
        }
        self = value
    }

    /// Reads the word by which an order asks for one.
    package init(parsingAskedFor text: String) throws(ParseError) {
        guard let value = Self(rawValue: text), Self.askedFor.contains(value) else {
            let words = Self.askedFor.map(\.rawValue).joined(separator: ", ")
            throw ParseError("‘\(text)’ is nothing that an order asks for; write some of \(words)")
        }
        self = value
    }

    /// It, as part of a sentence.
    package var words: String {
        switch self {
        case .residential: "delivery to a residence"
        case .limitedAccess: "delivery where access is limited"
        case .liftgate: "a liftgate"
        case .inside: "delivery inside"
        case .appointment: "an appointment"
        case .hazmat: "hazardous materials"
        case .excessiveLength: "goods of excessive length"
        case .excessiveLength12: "goods of twelve feet"
        case .excessiveLength16: "goods of sixteen feet"
        case .excessiveLength20: "goods of twenty feet"
        case .excessiveLength28: "goods of twenty-eight feet"
        }
    }

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension Bid.Service {
    /// Returns the code of the service that a card offers for goods with fees: `ltl+hazmat`.
    package static func code(_ card: String, with fees: Set<Accessorial>) -> String {
        ([card] + Accessorial.ofGoods.filter(fees.contains).map(\.rawValue))
            .joined(separator: "+")
    }

    /// The code of the card that it is offered by: what rules name.
    package var cardCode: String { Self.cardCode(of: code) }

    /// Returns the code of the card that a service is offered by: `ltl` of `ltl+hazmat`.
    package static func cardCode(of service: String) -> String {
        var code = service[...]
        for fee in Accessorial.ofGoods.reversed() where code.hasSuffix("+\(fee.rawValue)") {
            code = code.dropLast(fee.rawValue.count + 1)
        }
        return String(code)
    }
}

extension Set<Accessorial> {
    /// Them as one shipment is asked for them: of several lengths the longest alone.
    package var ofOneShipment: Self {
        subtracting(Accessorial.lengths.map(\.fee).filter(contains).dropLast())
    }

    /// Whether a shipment that is asked for these is asked for enough to carry goods with `fees`.
    ///
    /// Who pays for the longest of the goods pays for all of them.
    package func covers(_ fees: Self) -> Bool {
        union(fees).ofOneShipment.subtracting(self).isEmpty
    }

    /// Those that an order can ask for, a bit for each.
    package var bits: Int {
        Accessorial.askedFor.enumerated()
            .reduce(0) { contains($1.element) ? $0 | 1 << $1.offset : $0 }
    }

    /// Reads the bits; nil where one stands for nothing.
    package init?(bits: Int) {
        guard (0..<1 << Accessorial.askedFor.count).contains(bits) else { return nil }
        self = Set(
            Accessorial.askedFor.enumerated().filter { bits & 1 << $0.offset != 0 }
                .map(\.element)
        )
    }
}
