import AllocationModel
import BuyerRules
import Foundation

/// Orders of the office, by what matters to a rule.
enum Fixture {
    /// 2026-03-04, a Wednesday.
    static let day = CivilDate(daysSinceEpoch: 20_516)

    static func facts(
        segment: String? = nil,
        contract: String = "",
        customer: Customer.ID = "ACME-7",
        company: String = "",
        tags: [String] = [],
        type: OrderType? = nil,
        urgency: Urgency = .normal,
        payment: PaymentMethod? = nil,
        value: String? = nil,
        to country: String = "US",
        region: String = "TX",
        sku: SKU = "VALVE-3IN",
        profile: SKUProfile? = nil,
        requestedBy: CivilDate? = nil,
        currency: Currency = .usd,
        on day: CivilDate = Fixture.day
    ) throws -> BuyerFacts {
        let known = segment.map {
            Customer(id: customer, company: company, segment: $0, contract: contract, tags: tags)
        }
        let terms = OrderTerms(
            customer: known?.id,
            value: try value.map { try Money(parsing: $0, in: currency) },
            payment: payment,
            type: type,
            urgency: urgency,
            requestedBy: requestedBy
        )
        let order = Order(
            id: "4711",
            lines: [Order.Line(id: "1", sku: sku, quantity: 20)],
            destination: Destination(
                country: try Country(parsing: country),
                postalCode: "75001",
                region: region
            ),
            currency: currency,
            terms: terms
        )
        return BuyerFacts(
            order: order,
            customer: known,
            profiles: [profile],
            day: day
        )
    }

    static func compiled(_ text: String) throws -> CompiledRules {
        let (set, faults) = RuleSet.reading(text)
        guard let set else { throw Unreadable(faults: faults) }
        return CompiledRules(set)
    }

    struct Unreadable: Error {
        let faults: [RuleFault]
    }

    /// A file of `Examples`, found from here.
    static func example(_ path: String) throws -> String {
        let top = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(contentsOf: top.appending(path: "Examples/" + path), encoding: .utf8)
    }

    static func usd(_ text: String) throws -> Money { try Money(parsing: text, in: .usd) }
}

extension CompiledRules {
    /// Returns the effects on an order, with the rules they come from.
    func says(_ facts: BuyerFacts) -> [Said] {
        policy(for: facts).effects.map { Said($0.rule, $0.effect) }
    }
}

/// An effect and the rule it comes from.
struct Said: Equatable {
    let rule: String
    let effect: RuleEffect

    init(_ rule: String, _ effect: RuleEffect) {
        self.rule = rule
        self.effect = effect
    }
}
