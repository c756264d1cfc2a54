/// What a customer asked for: lines of SKU and quantity, to one destination.
///
/// The client makes the id and keeps it across retries, so that the same order
/// sent twice is one order.
package struct Order: Hashable, Sendable {
    package typealias ID = Identifier<Order>

    package let id: ID
    package let lines: [Line]
    package let destination: Destination
    package let serviceLevel: ServiceLevel
    package let completeness: Completeness
    package let currency: Currency
    /// What it says of itself for the office's rules.
    package let terms: OrderTerms

    /// A line asks for nothing only where it was cancelled; one of its place stays.
    ///
    /// - Precondition: 1 to `Limits.orderLinesMaximum` lines, one of a positive quantity.
    package init(
        id: ID,
        lines: [Line],
        destination: Destination,
        serviceLevel: ServiceLevel = .ground,
        completeness: Completeness = .complete,
        currency: Currency = .usd,
        terms: OrderTerms = OrderTerms()
    ) {
        precondition(
            !lines.isEmpty && lines.count <= Limits.orderLinesMaximum,
            "an order has 1 to \(Limits.orderLinesMaximum) lines"
        )
        precondition(
            lines.contains { !$0.quantity.isZero },
            "an order asks for something"
        )
        self.id = id
        self.lines = lines
        self.destination = destination
        self.serviceLevel = serviceLevel
        self.completeness = completeness
        self.currency = currency
        self.terms = terms
    }

    /// One SKU of an order, in a quantity.
    ///
    /// Elsewhere a line is named by its index in `lines`.
    package struct Line: Hashable, Sendable {
        /// The client's own name of the line, given back in every answer.
        package let id: Identifier<Line>
        package let sku: SKU
        package let quantity: Quantity
        /// What the order itself asks of the lots; rules and the SKU directory may ask for more.
        package let lots: LotNeeds

        package init(
            id: Identifier<Line>,
            sku: SKU,
            quantity: Quantity,
            lots: LotNeeds = .none
        ) {
            self.id = id
            self.sku = sku
            self.quantity = quantity
            self.lots = lots
        }
    }

    /// Returns how `other`, which came under the same id, differs; nil where it is the same order.
    package func difference(from other: Order) -> Difference? {
        if lines.map(\.sku) != other.lines.map(\.sku)
            || lines.map(\.quantity) != other.lines.map(\.quantity)
        {
            return .lines
        }
        if destination.withoutDates != other.destination.withoutDates { return .destination }
        let (delivery, otherDelivery) = (destination.delivery, other.destination.delivery)
        if (delivery.by, delivery.byTime) != (otherDelivery.by, otherDelivery.byTime) {
            return .deliverBy
        }
        let first = (delivery.notBefore, delivery.notBeforeTime)
        if first != (otherDelivery.notBefore, otherDelivery.notBeforeTime) { return .notBefore }
        if serviceLevel != other.serviceLevel { return .serviceLevel }
        if completeness != other.completeness { return .completeness }
        if currency != other.currency { return .currency }
        // An order that was rebuilt from what its sites hold says nothing of itself.
        let needs = (lines.map(\.lots), other.lines.map(\.lots))
        if needs.0 != needs.1 && needs.1.contains(where: { $0 != .none }) { return .lines }
        if terms != other.terms && other.terms != OrderTerms() { return .terms }
        return nil
    }

    /// The field in which a retry changed its mind.
    package enum Difference: String, Hashable, Sendable {
        case lines
        /// Where to, when it takes goods in, and what it needs for that.
        case destination
        case deliverBy
        case notBefore
        case serviceLevel
        case completeness
        case currency
        /// Customer, value, payment, type, urgency, requested day or tags.
        case terms
    }
}

/// How fast the customer was told; a service at least as fast may carry the order.
package enum ServiceLevel: Int, CaseIterable, Hashable, Comparable, Sendable {
    case ground = 0
    case threeDay
    case twoDay
    case nextDay

    /// The word used in JSON, CSV and on the command line.
    package var word: String {
        switch self {
        case .ground: "ground"
        case .threeDay: "three-day"
        case .twoDay: "two-day"
        case .nextDay: "next-day"
        }
    }

    /// Reads the word used in JSON, CSV and on the command line.
    package init(parsing text: String) throws(ParseError) {
        guard let level = Self.allCases.first(where: { $0.word == text.lowercased() }) else {
            throw ParseError(
                "‘\(text)’ is not a service level; write ground, three-day, two-day or next-day"
            )
        }
        self = level
    }

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// How much of an order must be found before it is accepted.
package enum Completeness: String, CaseIterable, Hashable, Sendable {
    /// Every line in full, or the order is refused.
    case complete
    /// Each line in full or not at all; what is not becomes a backorder.
    case lineComplete
    /// As much as there is; the rest becomes a backorder.
    case partial

    /// Reads the word used in JSON and on the command line.
    package init(parsing text: String) throws(ParseError) {
        guard let value = Self(rawValue: text) else {
            throw ParseError(
                "‘\(text)’ is not a completeness; write complete, lineComplete or partial"
            )
        }
        self = value
    }
}

/// Where an order goes, as far as freight and calendars care.
///
/// Name and street stay with the storefront: no site needs them to bid.
package struct Destination: Hashable, Sendable {
    package let country: Country
    /// As the country writes it, upper case, without outer spaces; for the US 5 or 9 digits.
    package let postalCode: String
    /// State or province code where the country has them, else empty.
    package let region: String
    package let isResidential: Bool
    /// Whether it is a box in a post office, where the street would be.
    package let isPostOfficeBox: Bool
    /// What it needs of a freight carrier beside the way.
    package let accessorials: Set<Accessorial>
    /// When it takes goods in.
    package let delivery: DeliveryTerms

    package init(
        country: Country,
        postalCode: String,
        region: String = "",
        isResidential: Bool = false,
        isPostOfficeBox: Bool = false,
        accessorials: Set<Accessorial> = [],
        delivery: DeliveryTerms = .any
    ) {
        self.country = country
        self.postalCode = postalCode
        self.region = region
        self.isResidential = isResidential
        self.isPostOfficeBox = isPostOfficeBox
        self.accessorials = accessorials
        self.delivery = delivery
    }

    /// Returns the same place, which takes goods in however soon or late.
    package var withoutDates: Destination {
        Destination(
            country: country,
            postalCode: postalCode,
            region: region,
            isResidential: isResidential,
            isPostOfficeBox: isPostOfficeBox,
            accessorials: accessorials,
            delivery: delivery.withoutDates
        )
    }

    /// Returns the same place, which takes goods in from the first to the last day of another.
    ///
    /// - Throws: `ParseError` where nothing could arrive there on the last day.
    package func withDates(of other: Destination) throws(ParseError) -> Destination {
        Destination(
            country: country,
            postalCode: postalCode,
            region: region,
            isResidential: isResidential,
            isPostOfficeBox: isPostOfficeBox,
            accessorials: accessorials,
            delivery: try delivery.withDates(of: other.delivery)
        )
    }

    /// Reads a destination that came from outside.
    ///
    /// - Throws: `ParseError` where the postal code cannot be one of the country.
    package init(
        country: Country,
        parsingPostalCode text: String,
        region: String = "",
        isResidential: Bool = false,
        isPostOfficeBox: Bool = false,
        accessorials: Set<Accessorial> = [],
        delivery: DeliveryTerms = .any
    ) throws(ParseError) {
        let code = text.uppercased().drop { $0 == " " }
        let trimmed = String(code.reversed().drop { $0 == " " }.reversed())
        guard trimmed.utf8.count <= 16 else {
            throw ParseError("‘\(text)’ is too long for a postal code")
        }
        guard
            trimmed.utf8.allSatisfy({
                (48...57).contains($0) || (65...90).contains($0) || $0 == 45 || $0 == 32
            })
        else { throw ParseError("‘\(text)’ is not a postal code; use digits and letters") }
        if country.code == "US" {
            let digits = trimmed.utf8.filter { (48...57).contains($0) }.count
            let isZIP = trimmed.utf8.count == 5 && digits == 5
            let bytes = Array(trimmed.utf8)
            let isZIPPlus4 = bytes.count == 10 && bytes[5] == 45 && digits == 9
            guard isZIP || isZIPPlus4 else {
                throw ParseError("‘\(text)’ is not a US ZIP code; write 75001 or 75001-1234")
            }
        }
        self.init(
            country: country,
            postalCode: trimmed,
            region: region,
            isResidential: isResidential,
            isPostOfficeBox: isPostOfficeBox,
            accessorials: accessorials,
            delivery: delivery
        )
    }
}

/// A country by its ISO 3166-1 alpha-2 code.
package struct Country: Hashable, Sendable, CustomStringConvertible {
    package let code: String

    package static let us = Country(trusted: "US")

    private init(trusted code: String) {
        self.code = code
    }

    /// Reads a country code that came from outside.
    package init(parsing text: String) throws(ParseError) {
        guard Self.codes.contains(text) else {
            throw ParseError("‘\(text)’ is not a country; give its ISO 3166 code, such as US")
        }
        code = text
    }

    package var description: String { code }

    // ISO 3166-1, officially assigned alpha-2 codes of 2026-01; XK is in use for Kosovo.
    private static let codes: Set<String> = Set(
        """
        AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO \
        BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ \
        DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP \
        GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG \
        KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML \
        MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE \
        PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL \
        SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM \
        US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW
        """
        .split(separator: " ").map(String.init)
    )
}
