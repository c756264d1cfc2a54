import AllocationModel
import Testing

@testable import StorefrontAPI

struct `Order text` {
    @Test func `says what has shipped, and what had when the order was cancelled`() {
        let part = Example.record(.confirmed(Example.plan), shippedBy: ["RNO"]).text
        #expect(part.hasPrefix("Order 4711 has shipped in part.\n"))
        #expect(part.contains("\n  Shipped 2026-03-04T15:05:05.006Z, by ana.\n"))
        let all = Example.record(.confirmed(Example.plan), shippedBy: ["DAL", "RNO"]).text
        #expect(all.hasPrefix("Order 4711 has shipped.\n"))
        let late = Example.record(.cancelled(Example.plan), shippedBy: ["RNO"]).text
        #expect(late.hasPrefix("Order 4711 is cancelled, and RNO had shipped: call it back.\n"))
    }

    @Test func `says who ships what, by whom, for how much, and when`() {
        #expect(
            Example.confirmed.text == """
                Order 4711 is confirmed in full.

                  20 x VALVE-3IN

                To 75001 US, ground, all or nothing.

                DAL ships 8 x VALVE-3IN by UPS (ups-ground).
                  Leaves Wed 2026-03-04, arrives Thu 2026-03-05.
                  Freight 41.20 USD, handling 2.50 USD.

                RNO ships 12 x VALVE-3IN by UPS (ups-ground).
                  Leaves Wed 2026-03-04, arrives Fri 2026-03-06.
                  Freight 58.75 USD, handling 2.50 USD.

                Total 104.95 USD. No lawful plan is cheaper.

                """
        )
    }

    @Test func `says by when it comes, and until when it may leave, where that is known`() throws {
        let day = try CivilDate(parsing: "2026-03-05")
        let shipment = try #require(Example.plan.shipments.first)
        let plan = Plan(
            order: Example.plan.order,
            shipments: [
                Plan.Shipment(
                    warehouse: shipment.warehouse,
                    service: shipment.service,
                    carrier: shipment.carrier,
                    lines: shipment.lines,
                    freight: shipment.freight,
                    handling: shipment.handling,
                    leaves: shipment.leaves,
                    arrives: shipment.arrives,
                    arrivesBy: try TimeOfDay(parsing: "12:00"),
                    leavesBy: LocalTime(date: shipment.leaves, time: .endOfDay, utcOffset: -360),
                    lastCutoff: LocalTime(date: day, time: .endOfDay, utcOffset: -360)
                )
            ],
            backorders: [],
            cost: Example.plan.cost,
            bound: Example.plan.bound,
            isProved: true
        )
        let record = Example.record(.confirmed(plan))
        #expect(
            record.text.contains(
                """
                  Leaves Wed 2026-03-04, arrives Thu 2026-03-05 by 12:00.
                  In time if it leaves by Thu 2026-03-05 23:59.

                """
            )
        )
        guard case .array(let told)? = record.document["plan"]?["shipments"] else {
            Issue.record("no shipments")
            return
        }
        #expect(told.first?["leavesBy"] == .string("2026-03-04T23:59-06:00"))
        #expect(told.first?["lastCutoff"] == .string("2026-03-05T23:59-06:00"))
    }

    @Test func `says what is on backorder, and how far from the best a plan may be`() {
        let text = Example.record(.confirmed(Example.backorderPlan), isSettled: false).text

        #expect(
            text.hasPrefix(
                "Order 4711 is confirmed, with a backorder. Not every warehouse has acknowledged yet."
            )
        )
        #expect(text.contains("12 x VALVE-3IN on backorder."))
        #expect(
            text.hasSuffix(
                "Total 43.70 USD. Not proved cheapest: another plan could save at most 3.70 USD.\n"
            )
        )
    }

    @Test func `says why an order is refused, and what to do`() {
        let text = Example.refused(.insufficientStock, available: 15).text

        #expect(text.hasPrefix("Order 4711 is refused; nothing is promised."))
        #expect(
            text.hasSuffix(
                """
                  VALVE-3IN: 20 wanted, 15 available at all warehouses together. Order 15, or with \
                completeness partial.

                """
            )
        )
    }

    @Test func `says that an order is open or cancelled`() {
        #expect(Example.pending.text.hasPrefix("Order 4711 is not decided yet."))
        #expect(
            Example.record(.cancelled(Example.plan)).text
                .hasPrefix("Order 4711 is cancelled; every unit goes back to stock.")
        )
    }

    @Test func `says why, and why not the others`() {
        let why = Example.explanation.text.components(after: "\nWhy\n")

        #expect(
            why == """

                  DAL is used; without it the order would cost 12.00 USD more.
                    offers 8 x VALVE-3IN
                    ups-ground by UPS leaves Wed 2026-03-04 if ordered by 14:30, arrives Fri 2026-03-06
                    declines VALVE-3IN: only 8 available to promise
                    declines ups-air: the rate card has no rate for zone 205

                  NWK is not used: the cheapest plan with it would cost 30.10 USD more.
                    offers 15 x VALVE-3IN
                    ups-ground by UPS leaves Wed 2026-03-04 if ordered by 14:30, arrives Fri 2026-03-06
                    declines ups-air: the rate card has no rate for zone 205

                  PHX is not used: it did not bid in time.

                  RNO is used; there is no lawful plan without it.
                    offers 12 x VALVE-3IN
                    ups-ground by UPS leaves Wed 2026-03-04 if ordered by 14:30, arrives Fri 2026-03-06
                    declines ups-air: the rate card has no rate for zone 205

                Next best would be DAL and NWK for 135.05 USD.

                Solved once; 412 nodes searched.

                """
        )
    }

    @Test func `has words of its own for every verdict, reason and refusal`() {
        let free = Example.money(0)
        let verdicts: [Explanation.Verdict] = [
            .used(withoutIt: .costs(free)), .used(withoutIt: .costs(Example.money(1))),
            .used(withoutIt: .impossible), .used(withoutIt: .undetermined), .silent, .unreachable,
            .offeredNothing, .dearer(by: free), .dearer(by: Example.money(1)), .undetermined,
            .unlawful,
        ]
        let reasons: [Decline.Reason] = [
            .unknownSKU, .noStock, .partialStock(available: 8), .notAMultiple(below: 12, above: 24),
            .notServed, .tooSlow, .noRate(zone: "8"), .otherCurrency("CAD"), .noWorkingDay,
            .tooHeavy, .noUsableLot, .dayFull(CivilDate(daysSinceEpoch: 20_514)),
            .addressNotReached(.postOfficeBox),
            .addressNotReached(.military), .tooLarge, .weightUnknown,
            .accessorialNotOffered(.liftgate),
            .forbiddenByAir,
            .tooLate(CivilDate(daysSinceEpoch: 20_514)), .offeredElsewhere(available: 8),
        ]
        let refusals: [LineRefusal.Reason] = [
            .unknownSKU, .notAMultiple(below: 12, above: 12), .notServed, .insufficientStock,
            .contended, .noLawfulPlan, .lotsUnfit, .addressNotReached(.postOfficeBox),
            .accessorialNotOffered(.inside),
            .tooLate(CivilDate(daysSinceEpoch: 20_514)),
        ]

        #expect(Set(verdicts.map(\.sentence)).count == verdicts.count)
        #expect(Set(reasons.map(\.words)).count == reasons.count)
        // One word, of two kinds of address.
        #expect(Set(reasons.map(\.word)).count == reasons.count - 1)
        #expect(Set(refusals.map(\.word)).count == refusals.count)
        let records = refusals.map { Example.refused($0) }
        #expect(Set(records.map(\.text)).count == refusals.count)
    }

    @Test func `names the day that is full, whether or not the service is offered for another`() {
        let decline = Decline(.service("ground"), .dayFull(CivilDate(daysSinceEpoch: 20_514)))

        #expect(
            decline.sentence(in: Example.order)
                == "does not ship by ground on Mon 2026-03-02: as much leaves that day as the "
                + "site can have leave"
        )
    }

    @Test func `names the lines that a service does not carry`() {
        let decline = Decline(.lines([0, 7], "ups-air"), .tooLarge)

        #expect(
            decline.sentence(in: Example.order)
                == "declines ups-air for VALVE-3IN, a line: a unit is larger than the service "
                + "carries"
        )
    }

    @Test func `survives a plan that names a line the order does not have`() {
        let stray = Decline(.line(7), .noStock)

        #expect(
            stray.sentence(in: Example.order) == "declines a line: nothing is available to promise"
        )
    }
}

extension String {
    /// Returns what follows the first `mark`.
    fileprivate func components(after mark: String) -> String {
        guard let range = firstRange(of: mark) else { return "" }
        return String(self[range.upperBound...])
    }

    @Test func `says what each rule cost, and with which stock it would be otherwise`() {
        let usd = Example.money
        let applied: [(String, Explanation.Rules.Cost?)] = [
            ("force: [DAL]", .difference(usd(12_00), days: -1, unitsShort: 0)),
            ("objective: fastest", .difference(usd(0), days: 0, unitsShort: 0)),
            ("shipments: 1", .difference(usd(-5_00), days: 2, unitsShort: 3)),
            ("no-air: yes", .nothing), ("alerts: [log]", nil),
            ("sla-hours: 48", .order(usd(99_00))), ("freight: 9.00", .undetermined),
        ]
        let explanation = Explanation(
            record: Example.confirmed,
            sites: [],
            runnerUp: nil,
            attempts: 1,
            nodes: 1,
            rules: Explanation.Rules(
                version: 3,
                applied: applied.map {
                    Explanation.Rules.Applied(rule: "gold", effect: $0.0, isSoft: false, cost: $0.1)
                },
                relaxed: []
            ),
            stockLevels: [
                Explanation.StockLevel(
                    warehouse: "DAL",
                    line: 0,
                    available: 8,
                    level: 20,
                    warehouses: ["DAL"],
                    difference: usd(-30_00)
                ),
                Explanation.StockLevel(
                    warehouse: "RNO",
                    line: 0,
                    available: 12,
                    level: 11,
                    warehouses: [],
                    difference: nil
                ),
            ],
            unasked: 2
        )

        #expect(
            explanation.text.contains(
                """
                Rules of version 3
                  force: [DAL]  (gold)
                    with it the order costs 12.00 USD more, arrives 1 day sooner
                  objective: fastest  (gold)
                    with it the order is placed otherwise, for the same money
                  shipments: 1  (gold)
                    with it the order costs 5.00 USD less, arrives 2 days later, leaves 3 units more short
                  no-air: yes  (gold)
                  alerts: [log]  (gold)
                  sla-hours: 48  (gold)
                    without it the order could be filled for 99.00 USD
                  freight: 9.00  (gold)
                    what it costs was not found in time

                With other stock
                  20 or more VALVE-3IN at DAL (it offered 8): DAL ships, for 30.00 USD less.
                  11 or fewer VALVE-3IN at RNO (it offered 12): no lawful plan.

                2 more questions were left unanswered for want of time.
                """
            ),
            "\(explanation.text)"
        )
        let rules = explanation.document["rules"]?["applied"]
        guard case .array(let costs)? = rules else {
            Issue.record("\(explanation.document)")
            return
        }
        #expect(
            costs.map { $0["cost"]?["verdict"] ?? nil } == [
                "binds", "binds", "binds", "nothing", nil, "refuses", "undetermined",
            ]
        )
        #expect(explanation.document["unasked"] == 2)
    }
}
