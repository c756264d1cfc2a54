import AllocationModel
import Testing

struct `Destination of an order` {
    private func destination(_ postalCode: String, in country: Country = .us) throws -> Destination
    {
        try Destination(country: country, parsingPostalCode: postalCode)
    }

    @Test func `takes a US ZIP code of five or nine digits`() throws {
        for (text, code) in [
            ("75001", "75001"), ("75001-1234", "75001-1234"), (" 75001 ", "75001"),
            ("00501", "00501"),
        ] {
            #expect(try destination(text).postalCode == code)
        }
    }

    @Test func `refuses any other ZIP code`() {
        for text in [
            "", "7500", "750011", "75001-", "75001-123", "75001-12345", "750011234",
            "7500-11234", "75001 1234", "7500A", "ABCDE", "-75001", "75-01", "７５００１", "75001\n",
            "75001-12-4",
        ] {
            #expect(throws: ParseError.self, "\(text)") { try destination(text) }
        }
    }

    @Test func `takes other countries' codes in upper case`() throws {
        let canada = try Country(parsing: "CA")
        let ireland = try Country(parsing: "IE")

        #expect(try destination("k1a 0b1", in: canada).postalCode == "K1A 0B1")
        // Countries without postal codes leave theirs empty.
        #expect(try destination("", in: ireland).postalCode.isEmpty)
        #expect(throws: ParseError.self) { try destination("K1A_0B1", in: canada) }
        #expect(throws: ParseError.self) { try destination("12345678901234567", in: canada) }
        #expect(throws: ParseError.self) { try destination("Ж1А", in: canada) }
    }
}

struct `Country code` {
    @Test func `accepts the 249 codes of ISO 3166-1 and Kosovo`() {
        let letters = (65...90).map { String(UnicodeScalar(UInt8($0))) }
        let accepted = letters.flatMap { first in letters.map { first + $0 } }
            .filter { (try? Country(parsing: $0)) != nil }

        #expect(accepted.count == 250)
    }

    @Test func `refuses any other`() throws {
        for code in ["", "us", "U", "USA", "XX", "ZZ", "UK", "EU", "AN", "SU", " US"] {
            #expect(throws: ParseError.self, "\(code)") { try Country(parsing: code) }
        }
        #expect(try Country(parsing: "US") == .us)
        #expect(Country.us.description == "US")
    }
}

struct `Submitted order` {
    private static let destination = Destination(country: .us, postalCode: "75001")

    private func order(
        _ id: Order.ID = "4711",
        sku: SKU = "VALVE-3IN",
        quantity: Quantity = 20,
        line: Identifier<Order.Line> = "1",
        to postalCode: String = "75001",
        by level: ServiceLevel = .ground,
        completeness: Completeness = .complete,
        currency: Currency = .usd,
        needs: Set<Accessorial> = [],
        delivery: DeliveryTerms = .any
    ) -> Order {
        Order(
            id: id,
            lines: [Order.Line(id: line, sku: sku, quantity: quantity)],
            destination: Destination(
                country: .us,
                postalCode: postalCode,
                accessorials: needs,
                delivery: delivery
            ),
            serviceLevel: level,
            completeness: completeness,
            currency: currency
        )
    }

    @Test func `is the same order when nothing that matters changed`() {
        #expect(order().difference(from: order()) == nil)
        #expect(order().difference(from: order(line: "first")) == nil)
    }

    @Test func `names the first field in which a retry changed its mind`() throws {
        let yen = try Currency(parsing: "JPY")

        #expect(order().difference(from: order(sku: "VALVE-4IN")) == .lines)
        #expect(order().difference(from: order(quantity: 21)) == .lines)
        #expect(order().difference(from: order(to: "89501")) == .destination)
        #expect(order().difference(from: order(needs: [.liftgate])) == .destination)
        #expect(order().difference(from: order(by: .nextDay)) == .serviceLevel)
        #expect(order().difference(from: order(completeness: .partial)) == .completeness)
        #expect(order().difference(from: order(currency: yen)) == .currency)
        #expect(order().difference(from: order(quantity: 21, to: "89501", by: .nextDay)) == .lines)
    }

    @Test func `names the day by which, and from which, a retry wants it otherwise`() throws {
        let day = try CivilDate(parsing: "2026-03-06")
        let by = order(delivery: try DeliveryTerms(checkingReceiving: .everyDay, by: day))
        let from = order(delivery: try DeliveryTerms(notBefore: day))
        let weekdays = order(delivery: try DeliveryTerms(checkingReceiving: .mondayToFriday))

        #expect(order().difference(from: by) == .deliverBy)
        #expect(order().difference(from: from) == .notBefore)
        #expect(order().difference(from: weekdays) == .destination)
        #expect(by.difference(from: by) == nil)

        let noon = order(
            delivery: try DeliveryTerms(
                checkingReceiving: .everyDay,
                by: day,
                byTime: TimeOfDay(parsing: "12:00")
            )
        )
        let morning = order(
            delivery: try DeliveryTerms(
                checkingReceiving: .everyDay,
                hours: HoursOfDay(parsing: "07:00-11:00")
            )
        )
        #expect(by.difference(from: noon) == .deliverBy)
        let late = order(
            delivery: try DeliveryTerms(
                checkingReceiving: .everyDay,
                notBefore: day,
                notBeforeTime: TimeOfDay(parsing: "13:00")
            )
        )
        #expect(from.difference(from: late) == .notBefore)
        #expect(order().difference(from: morning) == .destination)
    }

    @Test func `says no hours and no time of delivery that could not be`() throws {
        let day = try CivilDate(parsing: "2026-03-06")
        let noon = try TimeOfDay(parsing: "12:00")
        for text in ["07:00", "15:00-07:00", "07:00-07:00", "07:00-24:00", "7-15", "", "-"] {
            #expect(throws: ParseError.self, "\(text)") { try HoursOfDay(parsing: text) }
        }
        #expect(try HoursOfDay(parsing: "7:00-15:00").description == "07:00-15:00")
        for text in ["2026-03-06T25:00", "2026-03-06T12:00Z", "2026-03-06 12:00", "12:00", ""] {
            #expect(throws: ParseError.self, "\(text)") {
                try DeliveryTerms.moment(parsing: text)
            }
        }
        let deadline = try DeliveryTerms.moment(parsing: "2026-03-06T12:00")
        #expect(deadline.day == day && deadline.time == noon)
        #expect(try DeliveryTerms.moment(parsing: "2026-03-06").time == nil)
        #expect(throws: ParseError.self) {
            try DeliveryTerms(checkingReceiving: .everyDay, byTime: noon)
        }
        #expect(throws: ParseError.self) {
            try DeliveryTerms(checkingReceiving: .everyDay, notBeforeTime: noon)
        }
        // Nobody is there any more, and nothing is both from one o'clock on and by noon.
        let closed = try HoursOfDay(parsing: "07:00-12:00")
        #expect(throws: ParseError.self) {
            try DeliveryTerms(
                checkingReceiving: .everyDay,
                hours: closed,
                notBefore: day,
                notBeforeTime: noon
            )
        }
        #expect(throws: ParseError.self) {
            try DeliveryTerms(
                checkingReceiving: .everyDay,
                notBefore: day,
                notBeforeTime: TimeOfDay(parsing: "13:00"),
                by: day,
                byTime: noon
            )
        }
        #expect(throws: ParseError.self) {
            try DeliveryTerms(
                checkingReceiving: .everyDay,
                hours: HoursOfDay(parsing: "12:00-15:00"),
                by: day,
                byTime: noon
            )
        }
    }

    // A site of before such times bids by days alone, and one that knows them says from when.
    @Test func `takes nothing on its first day that does not say that it comes late enough`()
        throws
    {
        let day = try CivilDate(parsing: "2026-03-06")
        let terms = try DeliveryTerms(
            checkingReceiving: .everyDay,
            notBefore: day,
            notBeforeTime: TimeOfDay(parsing: "13:00")
        )
        func bid(_ arrives: CivilDate, from hour: String?) throws -> Bid {
            Bid(
                warehouse: "DAL",
                offers: [],
                services: [
                    Bid.Service(
                        code: "ups-ground",
                        carrier: "UPS",
                        level: .ground,
                        tariff: .fullTruckload(
                            FTLTariff(flat: .zero, capacity: 1, trucksMaximum: 1)
                        ),
                        leaves: day,
                        arrives: arrives,
                        arrivesFrom: try hour.map { try TimeOfDay(parsing: $0) },
                        cutoff: .endOfDay
                    )
                ]
            )
        }
        for (arrives, hour, isTaken) in [
            (day, nil, false), (day, "12:59", false), (day, "13:00", true),
            (day.adding(days: 1), nil, true), (day.adding(days: -1), "13:00", false),
        ] as [(CivilDate, String?, Bool)] {
            let found = try bid(arrives, from: hour)
            let kept = terms.kept(by: found)
            #expect((kept == found) == isTaken, "\(arrives) \(hour ?? "")")
            #expect(
                isTaken || kept.declines == [Decline(.service("ups-ground"), .noWorkingDay)]
            )
        }
    }

    @Test func `has at least one line that asks for something`() async {
        await #expect(processExitsWith: .failure) {
            _ = Order(id: "4711", lines: [], destination: Self.destination)
        }
        await #expect(processExitsWith: .failure) {
            _ = Order(
                id: "4711",
                lines: [Order.Line(id: "1", sku: "VALVE-3IN", quantity: 0)],
                destination: Self.destination
            )
        }
    }

    @Test func `has no more lines than the limit`() async {
        let line = Order.Line(id: "1", sku: "VALVE-3IN", quantity: 1)
        let lines = Array(repeating: line, count: Limits.orderLinesMaximum)

        #expect(
            Order(id: "4711", lines: lines, destination: Self.destination).lines.count == 500
        )
        await #expect(processExitsWith: .failure) {
            let line = Order.Line(id: "1", sku: "VALVE-3IN", quantity: 1)
            let lines = Array(repeating: line, count: Limits.orderLinesMaximum + 1)
            _ = Order(id: "4711", lines: lines, destination: Self.destination)
        }
    }
}

struct `Service level` {
    @Test func `reads its own word and no other`() throws {
        #expect(
            ServiceLevel.allCases.map(\.word) == ["ground", "three-day", "two-day", "next-day"]
        )
        for level in ServiceLevel.allCases {
            #expect(try ServiceLevel(parsing: level.word) == level)
            #expect(try ServiceLevel(parsing: level.word.uppercased()) == level)
        }
        for text in ["", "twoDay", "overnight", "ground ", "2"] {
            #expect(throws: ParseError.self, "\(text)") { try ServiceLevel(parsing: text) }
        }
    }

    @Test func `rises with speed`() {
        #expect(ServiceLevel.allCases.sorted() == [.ground, .threeDay, .twoDay, .nextDay])
    }
}

struct `Completeness of an order` {
    @Test func `reads its own word and no other`() throws {
        for (word, value): (String, Completeness) in [
            ("complete", .complete), ("lineComplete", .lineComplete), ("partial", .partial),
        ] {
            #expect(try Completeness(parsing: word) == value)
        }
        for text in ["", "Complete", "line-complete", "all"] {
            #expect(throws: ParseError.self, "\(text)") { try Completeness(parsing: text) }
        }
    }
}

struct `Bid offer` {
    @Test func `offers what its tiers hold together`() {
        let tiers = [Bid.Tier(quantity: 8), Bid.Tier(quantity: 4, scarcityCost: Cost(500))]
        let offer = Bid.Offer(
            line: 0,
            tiers: tiers,
            unitWeight: Weight(grams: 900),
            unitBillableWeight: Weight(grams: 1200)
        )

        #expect(offer.quantity == 12)
    }
}

struct `Order outcome` {
    private func shipment(from warehouse: Warehouse.ID, by service: String) -> Plan.Shipment {
        let line = Plan.ShipmentLine(line: 0, sku: "VALVE-3IN", quantity: 8)
        let day = CivilDate(daysSinceEpoch: 20_516)
        return Plan.Shipment(
            warehouse: warehouse,
            service: service,
            carrier: "UPS",
            lines: [line],
            freight: .zero(.usd),
            handling: .zero(.usd),
            leaves: day,
            arrives: day
        )
    }

    private func plan(backorders: [Plan.Backorder] = []) -> Plan {
        Plan(
            order: "4711",
            shipments: [
                shipment(from: "DAL", by: "ups-2day"), shipment(from: "DAL", by: "ups-ground"),
                shipment(from: "RNO", by: "ups-ground"),
            ],
            backorders: backorders,
            cost: .zero(.usd),
            bound: .zero(.usd),
            isProved: true
        )
    }

    @Test func `is backordered where units are missing that were accepted`() {
        let missing = Plan.Backorder(line: 0, sku: "VALVE-3IN", quantity: 4)

        #expect(OrderOutcome.confirmed(plan()).status == .confirmed)
        #expect(OrderOutcome.confirmed(plan(backorders: [missing])).status == .backordered)
        #expect(OrderOutcome.cancelled(plan(backorders: [missing])).status == .cancelled)
        #expect(OrderOutcome.refused([]).status == .refused)
    }

    @Test func `has a plan unless it is refused`() {
        #expect(OrderOutcome.confirmed(plan()).plan == plan())
        #expect(OrderOutcome.cancelled(plan()).plan == plan())
        #expect(OrderOutcome.refused([]).plan == nil)
    }

    @Test func `names each warehouse of its plan once`() {
        #expect(plan().warehouses == ["DAL", "RNO"])
    }

    @Test func `is pending until it is decided`() {
        let order = Order(
            id: "4711",
            lines: [Order.Line(id: "1", sku: "VALVE-3IN", quantity: 8)],
            destination: Destination(country: .us, postalCode: "75001")
        )
        let record = OrderRecord(
            order: order,
            outcome: nil,
            receivedAt: Timestamp(milliseconds: 0),
            decidedAt: nil,
            transaction: nil,
            isSettled: false
        )

        #expect(record.status == .pending)
    }
}
