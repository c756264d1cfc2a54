import AllocationModel
import BuyerRules

/// How long a policy takes among many rules and customers.
struct RuleTimes {
    let rules: Int
    let customers: Int
    let compiling: Duration
    /// By rising time, one for each order.
    let policies: [Duration]
    /// The most rules that any order looked at.
    let examinedMaximum: Int

    /// Draws an office like a distributor's, and asks for the policy of `orders` of its orders.
    ///
    /// Half of the rules are for one contract or customer each, a quarter for a
    /// segment and a SKU, the rest for tags; every order has five lines.
    init(rules count: Int, customers: Int, orders: Int) throws {
        rules = count
        self.customers = customers
        let directory = (0..<customers).map { Self.customer($0) }
        let set = RuleSet(rules: (0..<count).map { Self.rule($0) })
        let clock = ContinuousClock()
        var compiled = CompiledRules(RuleSet())
        compiling = clock.measure { compiled = CompiledRules(set) }
        var times: [Duration] = []
        var examined = 0
        for number in 0..<orders {
            let facts = try Self.facts(number, of: directory[number * 7919 % customers])
            let time = clock.measure {
                examined = max(examined, compiled.answer(for: facts).rulesExamined)
            }
            times.append(time)
        }
        policies = times.sorted()
        examinedMaximum = examined
    }

    private static func customer(_ number: Int) -> Customer {
        Customer(
            id: Identifier(trusted: "K-\(number)"),
            company: "Company \(number / 3)",
            segment: "Segment \(number % 20)",
            contract: number % 10 == 0 ? "C-\(number / 10)" : "",
            tags: ["T-\(number % 500)", "T-\(number % 499)"]
        )
    }

    private static func rule(_ number: Int) -> Rule {
        var condition = RuleCondition()
        switch number % 4 {
        case 0: condition.words = [.contract: ["c-\(number)"]]
        case 1: condition.words = [.customer: ["k-\(number)"], .payment: ["terms"]]
        case 2:
            condition.words = [
                .segment: ["segment \(number % 20)"], .sku: ["sku-\(number % 5000)"],
            ]
        default: condition.words = [.tag: ["t-\(number % 500)"], .type: ["recurring"]]
        }
        return Rule(
            name: "\(number)",
            condition: condition,
            effects: [.leadTimeDays(number % 9 + 1), .shipments(2), .force(["DAL", "RNO"])],
            soft: [.leadTimeDays, .force]
        )
    }

    private static func facts(_ number: Int, of customer: Customer) throws -> BuyerFacts {
        let lines = (0..<5)
            .map {
                Order.Line(
                    id: Identifier(trusted: "\($0)"),
                    sku: SKU(trusted: "SKU-\((number * 5 + $0) % 5000)"),
                    quantity: 10
                )
            }
        return BuyerFacts(
            order: Order(
                id: Identifier(trusted: "\(number)"),
                lines: lines,
                destination: Destination(country: .us, postalCode: "75001", region: "TX"),
                terms: OrderTerms(customer: customer.id, payment: .terms, type: .recurring)
            ),
            customer: customer,
            profiles: lines.map { _ in nil },
            day: CivilDate(daysSinceEpoch: 20_516)
        )
    }

    var lines: [String] {
        let median = policies[policies.count / 2]
        let late = policies[policies.count * 99 / 100]
        return [
            "\(rules) rules, \(customers) customers, \(policies.count) orders of 5 lines",
            "  compiled in \(compiling)",
            "  policy: median \(median), 99 of 100 within \(late), longest \(policies.last ?? .zero)",
            "  rules examined for an order: at most \(examinedMaximum)",
        ]
    }
}
