import AllocationModel
import StockLedger
import Testing

@testable import SiteConsole

struct `Rate quotes` {
    // 12 valves of 450 g are 5.4 kg, 11.9 lb: the step of 150 lb. Fuel is 10 percent of the price
    // and the residence.
    @Test func `show what each service charges, line by line, the cheapest first`() async throws {
        let site = try await quotingSite()

        let report = try await site.quote(
            QuoteRequest(
                postalCode: "75001",
                isResidential: true,
                goods: [QuoteRequest.Goods(sku: valve, quantity: 12)]
            )
        )

        #expect(report.currency == "USD")
        #expect(report.services.map(\.offer?.billableGrams) == [5400, nil, 5400])
        #expect(report.services.map(\.service) == ["ups-ground", "saia-ltl", "ups-air"])
        let ground = try #require(report.services[0].offer)
        #expect(
            ground.charges.map { "\($0.kind), \($0.text): \($0.amount)" } == [
                "packages, 1 package of 12 lb, billed as 150 lb, zone 2: 20.00",
                "residential, residence: 4.00", "fuel, fuel 10 %: 2.40",
            ]
        )
        #expect([ground.freight, ground.handling, ground.total] == ["26.40", "1.50", "27.90"])
        #expect(ground.zone == "2")
        let ltl = try #require(report.services[1].offer)
        #expect(
            ltl.charges.map { "\($0.text): \($0.amount)" } == [
                "minimum charge: 57.00", "discount 40 %: -22.80", "residential: 85.00",
            ]
        )
        #expect(ltl.total == "119.20")
    }

    // Six in a carton of 20 x 20 x 20 in: it weighs 27 lb and is billed as 57.6, 4352 g each.
    @Test func `show what heavy and large packages cost more, in cartons or not`() async throws {
        let site = try await quotingSite()
        try site.ledger.performAndWait(at: monday) { books in
            try books.setCatalogEntry(
                CatalogEntry(
                    sku: "FLANGE",
                    unitWeight: Weight(grams: 2041),
                    carton: Carton(
                        units: 6,
                        dimensions: Dimensions(length: 508, width: 508, height: 508)
                    )
                )
            )
        }
        let taken = await site.ask(
            .importRates(
                try files(
                    "ups-ground",
                    price: "20.00",
                    oversize: [
                        RateCardFiles.Oversize(amount: "26.75", over: "pounds=50,width=19"),
                        RateCardFiles.Oversize(amount: "5", over: "pounds=4"),
                    ]
                )
            )
        )
        #expect(taken == .ratesImported(version: 2))
        let ground = { (quantity: Int64) in
            let report = try await site.quote(
                QuoteRequest(
                    postalCode: "75001",
                    goods: [QuoteRequest.Goods(sku: "FLANGE", quantity: quantity)]
                )
            )
            return try #require(report.services.first { $0.service == "ups-ground" }?.offer)
        }

        let packed = try await ground(12)
        // 26.75 and 10 percent are 29.43 a carton, 4.91 for each of six.
        #expect(
            packed.charges.map { "\($0.kind), \($0.text): \($0.amount)" } == [
                "packages, 1 package of 116 lb, billed as 150 lb, zone 2: 20.00",
                "fuel, fuel 10 %: 2.00", "oversize, oversize, 12 x FLANGE: 58.92",
            ]
        )
        #expect([packed.freight, packed.total] == ["80.92", "82.42"])
        let loose = try await ground(5)
        #expect(loose.charges.last?.text == "oversize, 5 x FLANGE")
        #expect(loose.charges.last?.amount == "27.50")
        let fault = try await site.fault(
            .importRates(
                try files(
                    "ups-ground",
                    price: "20.00",
                    oversize: [RateCardFiles.Oversize(amount: "5", over: "depth=4")]
                )
            )
        )
        #expect(fault.message.contains("‘depth=4’ is no bound"), "\(fault.message)")
    }

    @Test func `say of each service whether it delivers to a post office box`() async throws {
        let site = try await quotingSite()
        _ = await site.ask(
            .importRates(try files("usps", price: "30.00", addressKinds: ["po-box"]))
        )

        let report = try await site.quote(
            QuoteRequest(
                postalCode: "75001",
                isPostOfficeBox: true,
                goods: [QuoteRequest.Goods(sku: valve, quantity: 12)]
            )
        )

        #expect(report.services.map(\.service) == ["usps", "saia-ltl", "ups-air", "ups-ground"])
        #expect(
            report.services.map(\.decline) == [
                nil, "does not deliver to post office boxes",
                "does not deliver to post office boxes", "does not deliver to post office boxes",
            ]
        )
        let fault = try await site.fault(
            .importRates(try files("usps", price: "30.00", addressKinds: ["apo"]))
        )
        #expect(
            fault.description
                == "‘apo’ is not a kind of address; write one of street, po-box, military"
        )
    }

    // (20.00 + 4.00 + 5.55) and 10 percent fuel of it, 2.955, up to 2.96.
    @Test func `show what a delivery area costs more as a line of its own`() async throws {
        let site = try await quotingSite()
        let areas = "dest_zip,commercial,residential\n75001,3.95,5.55\n"
        _ = await site.ask(
            .importRates(try files("ups-ground", price: "20.00", deliveryAreas: areas))
        )
        let goods = [QuoteRequest.Goods(sku: valve, quantity: 12)]

        let remote = try await site.quote(
            QuoteRequest(postalCode: "75001", isResidential: true, goods: goods)
        )
        let near = try await site.quote(
            QuoteRequest(postalCode: "75002", isResidential: true, goods: goods)
        )

        #expect(
            remote.services.first?.offer?.charges.map { "\($0.kind), \($0.text): \($0.amount)" }
                == [
                    "packages, 1 package of 12 lb, billed as 150 lb, zone 2: 20.00",
                    "residential, residence: 4.00", "deliveryArea, delivery area: 5.55",
                    "fuel, fuel 10 %: 2.96",
                ]
        )
        #expect(remote.services.first?.offer?.freight == "32.51")
        #expect(near.services.first?.offer?.freight == "26.40")
    }

    @Test func `say which service takes nothing so large`() async throws {
        let site = try await quotingSite()
        let rail = CatalogEntry(
            sku: "RAIL-10FT",
            unitWeight: Weight(grams: 4500),
            dimensions: Dimensions(length: 3048, width: 50, height: 50)
        )
        try site.ledger.performAndWait(at: monday) { try $0.setCatalogEntry(rail) }

        let report = try await site.quote(
            QuoteRequest(
                postalCode: "75001",
                goods: [QuoteRequest.Goods(sku: rail.sku, quantity: 1)]
            )
        )

        #expect(report.services.map(\.service) == ["saia-ltl", "ups-air", "ups-ground"])
        #expect(
            report.services.dropFirst().map(\.decline)
                == Array(
                    repeating:
                        "one RAIL-10FT is larger than 108 in long, or 165 in with its girth",
                    count: 2
                )
        )
    }

    @Test func `refuse what may not ride together, and say what may not fly`() async throws {
        let site = try await quotingSite()
        _ = await site.ask(.importRates(try files("ups-air", price: "200.00", flight: "cargo")))
        let goods = [
            ("GASOLINE", Hazmat(number: 1203, packingGroup: .two)),
            ("CHLORINE", Hazmat(number: 1017, packingGroup: nil)),
        ]
        try site.ledger.performAndWait(at: monday) { books in
            for (code, hazmat) in goods {
                try books.setCatalogEntry(
                    CatalogEntry(
                        sku: SKU(trusted: code),
                        unitWeight: Weight(grams: 900),
                        hazmat: hazmat
                    )
                )
            }
        }
        let request = { (skus: [SKU]) in
            QuoteRequest(
                postalCode: "75001",
                goods: skus.map { QuoteRequest.Goods(sku: $0, quantity: 1) }
            )
        }

        let report = try await site.quote(request(["CHLORINE"]))
        let fault = try await site.fault(.quoteRates(request(["GASOLINE", "CHLORINE"])))

        #expect(report.goods.map(\.unNumber) == ["UN1017"])
        #expect(
            report.services.first { $0.service == "ups-air" }?.decline
                == "flies, and CHLORINE (UN1017) may not (49 CFR 172.101)"
        )
        #expect(
            fault.message
                == "GASOLINE (UN1203) and CHLORINE (UN1017) may not ride together (49 CFR 177.848)"
        )
        #expect(fault.hint == "quote them one by one")
    }

    // Monday 09:00, cutoff 14:30, two days on the way by UPS and by Saia.
    @Test func `say until when an order may be in to arrive by a day, and that it is too late`()
        async throws
    {
        let site = try await quotingSite()
        let request = { (by: String, receiving: [Weekday], notBefore: String?) in
            QuoteRequest(
                postalCode: "75001",
                goods: [QuoteRequest.Goods(sku: valve, quantity: 1)],
                receiving: receiving,
                notBefore: try notBefore.map { try CivilDate(parsing: $0) },
                deliverBy: try CivilDate(parsing: by)
            )
        }

        let friday = try await site.quote(request("2026-03-06", [], nil))
        let monday = try await site.quote(request("2026-03-09", [.monday], "2026-03-09"))
        let tuesday = try await site.quote(request("2026-03-03", [], nil))

        let offer = try #require(friday.services.first?.offer)
        #expect(offer.arrives.description == "2026-03-04")
        #expect(offer.lastCutoffDate?.description == "2026-03-04")
        #expect(offer.lastCutoff == (try TimeOfDay(parsing: "14:30")))
        let waiting = try #require(monday.services.first?.offer)
        #expect(waiting.leaves.description == "2026-03-02")
        #expect(waiting.arrives.description == "2026-03-09")
        #expect(waiting.lastCutoffDate?.description == "2026-03-05")
        #expect(
            Set(tuesday.services.map(\.decline)) == [
                "would arrive on 2026-03-04; an order had to be in by 2026-02-27 14:30"
            ]
        )
    }

    // Monday 09:00, two days on the way: what may come on Wednesday at nine comes too early for ten.
    @Test func `go by the time of the first day`() async throws {
        let site = try await quotingSite()
        let weekdays = Weekday.allCases.filter { $0 < .saturday }
        let set = CarrierCommand.setDays(
            service: "ups-ground",
            pickup: weekdays,
            transit: weekdays,
            deliveryOnly: [],
            hours: try HoursOfDay(parsing: "09:00-12:00")
        )
        #expect(await site.ask(.carriers(set)) == .done)
        for (time, arrives, from) in [
            (nil, "2026-03-04", nil), ("09:00", "2026-03-04", "09:00"),
            ("10:00", "2026-03-05", "09:00"),
        ] as [(String?, String, String?)] {
            let report = try await site.quote(
                QuoteRequest(
                    postalCode: "75001",
                    goods: [QuoteRequest.Goods(sku: valve, quantity: 1)],
                    notBefore: try CivilDate(parsing: "2026-03-04"),
                    notBeforeTime: try time.map { try TimeOfDay(parsing: $0) }
                )
            )
            let offer = try #require(
                report.services.first { $0.service == "ups-ground" }?.offer
            )
            #expect(offer.arrives.description == arrives)
            #expect(offer.arrivesFrom?.description == from)
        }
    }

    // Monday 09:00, two days on the way: Wednesday, at any hour or between nine and noon.
    @Test func `go by the hours of carrier and destination`() async throws {
        let site = try await quotingSite()
        let wednesday = try CivilDate(parsing: "2026-03-04")
        let ground = { (hours: String?, time: String?) in
            let request = QuoteRequest(
                postalCode: "75001",
                goods: [QuoteRequest.Goods(sku: valve, quantity: 1)],
                deliverBy: wednesday,
                deliverByTime: try time.map { try TimeOfDay(parsing: $0) },
                receivingHours: try hours.map { try HoursOfDay(parsing: $0) }
            )
            let report = try await site.quote(request)
            return try #require(report.services.first { $0.service == "ups-ground" })
        }

        let unknown = try await ground(nil, "12:00")
        let weekdays = Weekday.allCases.filter { $0 < .saturday }
        let set = CarrierCommand.setDays(
            service: "ups-ground",
            pickup: weekdays,
            transit: weekdays,
            deliveryOnly: [],
            hours: try HoursOfDay(parsing: "09:00-12:00")
        )
        #expect(await site.ask(.carriers(set)) == .done)
        let known = try await ground(nil, "12:00")
        let earlier = try await ground(nil, "11:59")
        let closed = try await ground("10:00-15:00", nil)
        let open = try await ground("08:00-15:00", nil)
        let never = try await ground("12:00-15:00", nil)
        #expect(never.decline?.hasPrefix("delivers at no hour") == true)

        let late = "would arrive on 2026-03-05; an order had to be in by 2026-02-27 14:30"
        #expect(
            [unknown, known, earlier, closed, open].map(\.decline) == [late, nil, late, late, nil]
        )
        #expect(known.offer?.arrives == wednesday)
        #expect(known.offer?.arrivesBy?.description == "12:00")
        #expect(known.offer?.lastCutoffDate?.description == "2026-03-02")
        #expect(open.offer?.arrivesBy?.description == "12:00")
        guard case .carriers(let rows) = await site.ask(.carriers(.list)) else {
            Issue.record("no list")
            return
        }
        #expect(rows.map { $0.hours?.description } == [nil, "09:00-12:00", nil])
    }

    // Monday 09:00. UPS picks ground up on Thursdays, and moves nothing on Friday the 6th.
    @Test func `go by the carrier's own days and holidays, as the calendar does`() async throws {
        let site = try await quotingSite()
        let friday = try CivilDate(parsing: "2026-03-06")
        let commands: [CarrierCommand] = [
            .setDays(
                service: "ups-ground",
                pickup: [.thursday],
                transit: [.monday, .tuesday, .wednesday, .thursday, .friday],
                deliveryOnly: []
            ),
            .addHoliday(carrier: "UPS", date: friday, name: "Founders' Day"),
        ]
        for command in commands { #expect(await site.ask(.carriers(command)) == .done) }

        let report = try await site.quote(
            QuoteRequest(
                postalCode: "75001",
                goods: [QuoteRequest.Goods(sku: valve, quantity: 1)]
            )
        )
        let ground = try #require(report.services.first { $0.service == "ups-ground" }?.offer)
        #expect(ground.leaves.description == "2026-03-05")
        // Two days on the way: Monday and Tuesday.
        #expect(ground.arrives.description == "2026-03-10")
        guard
            case .calendar(let days) = await site.ask(
                .showCalendar(from: nil, days: 5, service: "ups-ground")
            )
        else {
            Issue.record("no calendar")
            return
        }
        #expect(days.map(\.ships) == [false, false, false, true, false])
        #expect(days.map(\.remark) == ["no-pickup", "no-pickup", "no-pickup", nil, "no-pickup"])
        guard case .carriers(let rows) = await site.ask(.carriers(.list)) else {
            Issue.record("no list")
            return
        }
        #expect(rows.map(\.service) == ["ups-air", "ups-ground", "saia-ltl"])
        #expect(rows.map(\.isUsual) == [true, false, true])
        #expect(rows.map(\.nextHoliday) == [friday, friday, nil])
        #expect(
            await site.ask(.carriers(.listHolidays(carrier: nil)))
                == .carrierHolidays([
                    CarrierHolidayRow(carrier: "UPS", date: friday, name: "Founders' Day")
                ])
        )
    }

    @Test func `of carriers are refused where no rates name them`() async throws {
        let site = try await quotingSite()
        let date = try CivilDate(parsing: "2026-12-25")
        for (command, words) in [
            (
                .addHoliday(carrier: "FedEx", date: date, name: "Christmas"),
                "‘FedEx’, of which there are no rates"
            ),
            (.clearDays(service: "ups-ground"), "‘ups-ground’ has no days of its own"),
            (
                .setDays(service: "ups-grnd", pickup: [.monday], transit: [], deliveryOnly: []),
                "‘ups-grnd’, which has no rates"
            ),
            (
                .setDays(service: "ups-air", pickup: [.monday], transit: [], deliveryOnly: []),
                "transit has no day"
            ),
            (.removeHoliday(carrier: "UPS", date: date), "is no holiday of ‘UPS’"),
        ] as [(CarrierCommand, String)] {
            let fault = try await site.fault(.carriers(command))
            #expect(fault.description.contains(words), "\(fault.description)")
        }
        let calendar = """
            BEGIN:VCALENDAR
            BEGIN:VEVENT
            SUMMARY:Christmas
            DTSTART;VALUE=DATE:20261225
            END:VEVENT
            END:VCALENDAR
            """
        let christmas = CarrierHolidayRow(carrier: "UPS", date: date, name: "Christmas")
        for isDryRun in [true, false] {
            let reply = await site.ask(
                .carriers(
                    .importHolidays(
                        carrier: "UPS",
                        calendar: calendar,
                        through: nil,
                        isDryRun: isDryRun
                    )
                )
            )
            #expect(reply == .carrierHolidays([christmas]))
        }
        let listed = await site.ask(.carriers(.listHolidays(carrier: "UPS")))
        #expect(listed == .carrierHolidays([christmas]))
        #expect(await site.ask(.carriers(.removeHoliday(carrier: "UPS", date: date))) == .done)
    }

    // Monday 09:00; the cutoff is at 14:30, and cutting takes two working days and an hour.
    @Test func `wait for the slowest of the goods, and say by when an order must be in`()
        async throws
    {
        let site = try await quotingSite()
        let cable = CatalogEntry(
            sku: "CABLE",
            unitWeight: Weight(grams: 900),
            handling: "cut-to-length"
        )
        try site.ledger.performAndWait(at: monday) { try $0.setCatalogEntry(cable) }
        let cutting = LeadTimeCommand.set(handling: "Cut-to-length", days: 2, minutes: 60)
        #expect(await site.ask(.leadTimes(cutting)) == .done)
        let goods = { (skus: [SKU]) in
            QuoteRequest(
                postalCode: "75001",
                goods: skus.map { QuoteRequest.Goods(sku: $0, quantity: 1) }
            )
        }

        let quick = try await site.quote(goods([valve]))
        let slow = try await site.quote(goods([valve, cable.sku]))

        #expect(quick.services.first?.offer?.leaves == (try CivilDate(parsing: "2026-03-02")))
        let offer = try #require(slow.services.first?.offer)
        #expect(offer.leaves == (try CivilDate(parsing: "2026-03-04")))
        #expect(offer.cutoffDate == (try CivilDate(parsing: "2026-03-02")))
        #expect(offer.cutoff == (try TimeOfDay(parsing: "13:30")))
        #expect(slow.goods.map(\.handling) == ["", "cut-to-length"])
        #expect(slow.goods.map(\.leadDays) == [0, 2])
        guard case .leadTimes(let rows) = await site.ask(.leadTimes(.list)) else {
            Issue.record("no list")
            return
        }
        #expect(
            rows == [
                LeadTimeRow(handling: nil, isUsual: true, days: 0, minutes: 0, skus: 1),
                LeadTimeRow(
                    handling: "cut-to-length",
                    isUsual: false,
                    days: 2,
                    minutes: 60,
                    skus: 1
                ),
            ]
        )
        guard
            case .calendar(let days) = await site.ask(
                .showCalendar(from: nil, days: 3, service: nil, handling: "cut-to-length")
            )
        else {
            Issue.record("no calendar")
            return
        }
        #expect(
            days.map(\.orderByDate)
                == ["2026-02-26", "2026-02-27", "2026-03-02"].map { try? CivilDate(parsing: $0) }
        )
        #expect(Set(days.map(\.orderByTime)) == [try TimeOfDay(parsing: "13:30")])
        let fault = try await site.fault(.leadTimes(.set(handling: "x y", days: 1, minutes: 0)))
        #expect(fault.hint == "write one word such as cut-to-length")
        let unset = try await site.fault(.leadTimes(.remove(handling: "kitting")))
        #expect(unset.hint == "see lead list")
    }

    // 40 pumps of 500 lb, four to a pallet, are 20 000 lb on ten pallets: half a truck.
    @Test func `price whole trucks, and say what does not fit on them`() async throws {
        let site = try await quotingSite()
        let pump = CatalogEntry(
            sku: "PUMP-2HP",
            unitWeight: Weight(pounds: 500),
            unitsPerPallet: 4
        )
        try site.ledger.performAndWait(at: monday) { books in
            try books.setCatalogEntry(pump)
            try books.setCatalogEntry(CatalogEntry(sku: "PLATE", unitWeight: .zero))
            let foam = CatalogEntry(
                sku: "FOAM",
                unitWeight: Weight(pounds: 10),
                unitsPerPallet: 20
            )
            try books.setCatalogEntry(foam)
        }
        let reply = await site.ask(.importFTLRates(try truckload()))
        #expect(reply == .ratesImported(version: 1))
        let trucks = { (sku: SKU, quantity: Int64) in
            let request = QuoteRequest(
                postalCode: "75001",
                goods: [QuoteRequest.Goods(sku: sku, quantity: quantity)]
            )
            return try await site.quote(request).services.first { $0.service == "schneider-ftl" }
        }

        // Dallas to Dallas: the minimum of 650.00 and 18 percent fuel.
        let one = try #require(try await trucks(pump.sku, 40)?.offer)
        #expect(
            one.charges.map { "\($0.kind), \($0.text): \($0.amount)" }
                == ["minimum, minimum charge: 650.00", "fuel, fuel 18 %: 117.00"]
        )
        #expect([one.freight, one.handling, one.total] == ["767.00", "25.00", "792.00"])
        #expect(one.arrives == (try CivilDate(parsing: "2026-03-03")))
        // 90 pumps are 45 000 lb: two trucks.
        #expect(try await trucks(pump.sku, 90)?.offer?.freight == "1534.00")
        // 521 of foam are 27 pallets and 5210 lb: two trucks by the pallets alone.
        #expect(try await trucks("FOAM", 520)?.offer?.freight == "767.00")
        #expect(try await trucks("FOAM", 521)?.offer?.freight == "1534.00")
        #expect(
            try await trucks("FOAM", 1060)?.decline
                == "is 53 pallets, and 2 trucks carry at most 52"
        )
        #expect(
            try await trucks(pump.sku, 177)?.decline
                == "weighs 88501 lb, and 2 trucks carry at most 88000"
        )
        #expect(
            try await trucks("PLATE", 1)?.decline
                == "goes by weight, and PLATE has none; import it with a weight"
        )
    }

    @Test func `leave on the next day with room where a day is full`() async throws {
        let site = try await quotingSite()
        let today = try CivilDate(parsing: "2026-03-02")
        _ = await site.ask(.setCapacity(days: [.monday], orders: 1, lines: nil, grams: nil))
        try site.reserve(1, valve, 1, leaving: today)

        let report = try await site.quote(
            QuoteRequest(
                postalCode: "75001",
                goods: [QuoteRequest.Goods(sku: valve, quantity: 1)]
            )
        )

        #expect(report.services.map { $0.offer?.leaves } == [1, 1, 1].map(today.adding(days:)))
    }

    @Test func `show when it leaves and arrives`() async throws {
        let site = try await quotingSite()
        let request = QuoteRequest(
            postalCode: "75001",
            goods: [QuoteRequest.Goods(sku: valve, quantity: 1)]
        )

        // 09:00 of a Monday in Dallas, then after its cutoff.
        let before = try await site.quote(request).services[0].offer
        let after = try await site.quote(request, at: monday.adding(seconds: 8 * 3600))
            .services[0].offer

        #expect(
            before.map { "\($0.leaves) \($0.arrives) \($0.cutoff)" }
                == "2026-03-02 2026-03-04 14:30"
        )
        #expect(after.map { "\($0.leaves) \($0.arrives)" } == "2026-03-03 2026-03-05")
    }

    @Test func `price another day by its cards, from its morning on`() async throws {
        let site = try await quotingSite()
        _ = await site.ask(
            .importRates(try files("ups-ground", price: "30.00", effective: "2026-06-01"))
        )
        let goods = [QuoteRequest.Goods(sku: valve, quantity: 12)]

        let now = try await site.quote(QuoteRequest(postalCode: "75001", goods: goods))
        let june = try await site.quote(
            QuoteRequest(
                postalCode: "75001",
                goods: goods,
                on: try CivilDate(parsing: "2026-06-01")
            )
        )

        let ground = [now, june].map { $0.services.first { $0.service == "ups-ground" }?.offer }
        #expect(ground.map { $0?.freight } == ["22.00", "33.00"])
        #expect(ground.map { $0?.leaves.description } == ["2026-03-02", "2026-06-01"])
    }

    @Test func `say why a service cannot carry the goods`() async throws {
        let site = try await quotingSite()
        try site.stock("ANVIL", 1)
        try site.ledger.performAndWait(at: monday) { books in
            try books.setCatalogEntry(
                CatalogEntry(sku: "ANVIL", unitWeight: Weight(pounds: 200), freightClass: .class50)
            )
        }

        let far = try await site.quote(
            QuoteRequest(
                postalCode: "99501",
                goods: [QuoteRequest.Goods(sku: valve, quantity: 1)]
            )
        )
        let heavy = try await site.quote(
            QuoteRequest(
                postalCode: "75001",
                goods: [QuoteRequest.Goods(sku: "ANVIL", quantity: 1)]
            )
        )
        let many = try await site.quote(
            QuoteRequest(
                postalCode: "75001",
                goods: [QuoteRequest.Goods(sku: valve, quantity: 50_000)]
            )
        )

        #expect(
            far.services.map(\.decline) == [
                "does not reach 99501 (US)", "does not reach 99501 (US)",
                "does not reach 99501 (US)",
            ]
        )
        #expect(
            heavy.services.map(\.decline) == [
                "has no rate for 750-754",
                "one ANVIL is billed as 200 lb, and a package has at most 150 lb",
                "one ANVIL is billed as 200 lb, and a package has at most 150 lb",
            ]
        )
        #expect(
            many.services.map(\.decline) == [
                "weighs more than the 45000 lb of one shipment", "is more than 200 packages",
                "is more than 200 packages",
            ]
        )
    }

    @Test func `add what is asked of the driver besides`() async throws {
        let site = try await quotingSite()

        let report = try await site.quote(
            QuoteRequest(
                postalCode: "75001",
                goods: [QuoteRequest.Goods(sku: valve, quantity: 1)],
                accessorials: ["liftgate"]
            )
        )

        let ltl = report.services.first { $0.service == "saia-ltl" }?.offer
        #expect(ltl?.charges.last?.text == "liftgate")
        #expect(ltl?.freight == "96.70")
    }

    @Test func `refuse what means nothing, and say what would`() async throws {
        let site = try await quotingSite()
        try site.stock("BOLT-M8", 24, multiple: 12)
        let fault = {
            (code: String, country: String?, sku: SKU, quantity: Int64, extra: [String]) in
            try await site.fault(
                .quoteRates(
                    QuoteRequest(
                        postalCode: code,
                        country: country,
                        goods: [QuoteRequest.Goods(sku: sku, quantity: quantity)],
                        accessorials: extra
                    )
                )
            )
            .description
        }

        #expect(
            try await fault("7500", nil, valve, 1, [])
                == "‘7500’ is not a US ZIP code; write 75001 or 75001-1234"
        )
        #expect(try await fault("75001", "USA", valve, 1, []).contains("‘USA’ is not a country"))
        #expect(
            try await fault("75001", nil, "VALVE-4IN", 1, [])
                == "no SKU ‘VALVE-4IN’ is kept here; did you mean ‘VALVE-3IN’?"
        )
        #expect(
            try await fault("75001", nil, "BOLT-M8", 5, [])
                == "BOLT-M8 is kept in multiples of 12; the nearest are 12 and 12"
        )
        #expect(
            try await fault("75001", nil, valve, 0, []) == "quantity is 0; ask for one unit or more"
        )
        #expect(
            try await fault("75001", nil, valve, -1, []).contains("cannot be negative")
        )
        #expect(
            try await fault("75001", nil, valve, 1, ["lift"])
                .contains("‘lift’ is not an accessorial")
        )
    }

    @Test func `refuse goods whose weight no sum holds`() async throws {
        let site = try await quotingSite()
        try site.ledger.performAndWait(at: monday) { books in
            try books.setCatalogEntry(
                CatalogEntry(
                    sku: "SHIP",
                    unitWeight: Weight(grams: AllocationModel::Limits.unitWeightMaximum)
                )
            )
        }
        let goods = (0..<500)
            .map { _ in
                QuoteRequest.Goods(sku: "SHIP", quantity: AllocationModel::Limits.quantityMaximum)
            }

        let fault = try await site.fault(
            .quoteRates(QuoteRequest(postalCode: "75001", goods: goods))
        )

        #expect(fault.message == "the goods weigh more than any ship carries")
    }
}

struct `A rate card on show` {
    @Test func `has its rules, zones, prices and versions`() async throws {
        let site = try await quotingSite()
        _ = await site.ask(
            .importRates(try files("ups-ground", price: "30.00", effective: "2026-06-01"))
        )

        let report = try await site.card(.showRates(service: "ups-ground", on: nil, to: nil))
        let june = try await site.card(
            .showRates(service: "ups-ground", on: try CivilDate(parsing: "2026-06-01"), to: nil)
        )

        #expect(report.card.version == 1)
        #expect(report.versions.map(\.version) == [2, 1])
        #expect(report.versions.map(\.isInForce) == [false, true])
        let parcel = try #require(report.parcel)
        #expect(parcel.divisor == 139)
        #expect(
            parcel.zones == [
                RateCardReport.Zone(zone: "2", destinations: ["750-754"], transitDays: [2]),
                RateCardReport.Zone(zone: "5", destinations: ["070-089"], transitDays: [2]),
            ]
        )
        #expect(
            parcel.rates == [
                RateCardReport.Rate(pounds: 1, prices: ["2": "9.99", "5": "12.05"]),
                RateCardReport.Rate(pounds: 150, prices: ["2": "20.00", "5": "118.75"]),
            ]
        )
        #expect(june.card.version == 2)
        #expect(june.parcel?.rates.last?.prices["2"] == "30.00")
    }

    @Test func `shows how large a unit may be, and the areas that cost more`() async throws {
        let site = try await quotingSite()
        let areas = """
            dest_zip,commercial,residential
            070-071,9.00,16.00
            75001,3.95,5.55
            75003-75005,3.95,5.55
            """
        _ = await site.ask(
            .importRates(try files("ups-ground", price: "20.00", deliveryAreas: areas))
        )

        let all = try await site.card(.showRates(service: "ups-ground", on: nil, to: nil))
        let one = try await site.card(.showRates(service: "ups-ground", on: nil, to: "75004"))
        let near = try await site.card(.showRates(service: "ups-ground", on: nil, to: "75002"))

        #expect(all.parcel?.lengthInchesMaximum == 108)
        #expect(all.parcel?.girthInchesMaximum == 165)
        let dallas = RateCardReport.DeliveryArea(
            commercial: "3.95",
            residential: "5.55",
            destinations: ["75001", "75003-75005"]
        )
        #expect(all.parcel?.deliveryAreas.first == dallas)
        #expect(all.parcel?.deliveryAreas.map(\.residential) == ["5.55", "16.00"])
        #expect(one.parcel?.deliveryAreas == [dallas])
        #expect(near.parcel?.deliveryAreas == [])
    }

    @Test func `shows the prices to one destination alone`() async throws {
        let site = try await quotingSite()

        let parcel = try await site.card(.showRates(service: "ups-ground", on: nil, to: "07001"))
        let ltl = try await site.card(.showRates(service: "saia-ltl", on: nil, to: "75001"))
        let fault = try await site.fault(.showRates(service: "saia-ltl", on: nil, to: "99501"))

        #expect(parcel.parcel?.zones.map(\.zone) == ["5"])
        #expect(parcel.parcel?.rates.first?.prices == ["5": "12.05"])
        #expect(ltl.ltl?.breaks == [0, 500, 1000])
        #expect(
            ltl.ltl?.lanes == [
                RateCardReport.Lane(
                    destination: "750-754",
                    minimum: "57.00",
                    transitDays: 2,
                    classes: [
                        RateCardReport.ClassPrices(
                            freightClass: "70",
                            prices: ["23.46", "20.39", "14.36"]
                        )
                    ]
                )
            ]
        )
        #expect(ltl.ltl?.accessorials == ["liftgate": "62.50", "residential": "85.00"])
        #expect(ltl.ltl?.poundsMaximum == 45_000)
        #expect(fault.message == "‘saia-ltl’ does not reach 99501")
    }

    @Test func `shows what a truck carries and costs`() async throws {
        let site = try await quotingSite()
        _ = await site.ask(.importFTLRates(try truckload()))

        let card = try await site.card(.showRates(service: "schneider-ftl", on: nil, to: "10001"))

        #expect(card.card.mode == "ftl")
        #expect(card.transitDays == nil)
        #expect(card.ftl?.poundsMaximum == 44_000)
        #expect(card.ftl?.palletsMaximum == 26)
        #expect(card.ftl?.circuityPercent == 118)
        #expect(
            card.ftl?.lanes == [
                RateCardReport.TruckLane(
                    destination: "100-119",
                    perMile: nil,
                    minimum: nil,
                    flat: "4200.00",
                    miles: nil,
                    transitDays: 4
                )
            ]
        )
    }

    @Test func `is refused for a service or a day that has none`() async throws {
        let site = try await quotingSite()

        let service = try await site.fault(.showRates(service: "ups", on: nil, to: nil))
        let day = try await site.fault(
            .showRates(service: "ups-ground", on: try CivilDate(parsing: "2020-01-01"), to: nil)
        )

        #expect(service.hint == "known are ups-air, ups-ground, saia-ltl")
        #expect(day.message == "no version of ‘ups-ground’ counts on 2020-01-01")
        #expect(day.hint == "the first counts from 2026-01-01 on")
    }
}

/// Dallas with two parcel services and one by the hundredweight.
private func quotingSite() async throws -> TestSite {
    let site = try TestSite()
    try site.stock(valve, 12)
    let commands: [SiteCommand] = [
        .setCutoff(
            days: [.monday, .tuesday, .wednesday, .thursday, .friday],
            service: nil,
            time: try TimeOfDay(parsing: "14:30")
        ),
        .importRates(try files("ups-ground", price: "20.00")),
        .importRates(try files("ups-air", price: "200.00")),
        .importLTLRates(
            LTLRateFile(
                service: "saia-ltl",
                carrier: "Saia",
                level: .ground,
                effective: try CivilDate(parsing: "2026-01-01"),
                rates: """
                    dest_zip,class,mc,l5c,m5c,m1m
                    750-754,70,57.00,23.46,20.39,14.36
                    """,
                terms: LTLRateFile.Terms(
                    discountBasisPoints: 4000,
                    accessorials: ["residential": "85", "liftgate": "62.50"],
                    transitDays: 2
                )
            )
        ),
    ]
    for command in commands {
        if case .failed(let fault) = await site.ask(command) { throw fault }
    }
    return site
}

private func truckload() throws -> FTLRateFile {
    FTLRateFile(
        service: "schneider-ftl",
        carrier: "Schneider",
        level: .ground,
        effective: try CivilDate(parsing: "2026-01-01"),
        rates: """
            dest_zip,per_mile,minimum,flat,transit_days
            750-759,2.75,650,,
            100-119,,,4200,4
            """,
        terms: FTLRateFile.Terms(trucksMaximum: 2, fuelBasisPoints: 1800, handling: "25.00")
    )
}

private func files(
    _ service: String,
    price: String,
    effective: String = "2026-01-01",
    addressKinds: [String] = [],
    flight: String? = nil,
    deliveryAreas: String? = nil,
    oversize: [RateCardFiles.Oversize] = []
) throws -> RateCardFiles {
    RateCardFiles(
        service: service,
        carrier: "UPS",
        level: .ground,
        effective: try CivilDate(parsing: effective),
        chart: "dest_zip,zone\n750-754,2\n070-089,5\n",
        rates: "weight_lb,2,5\n1,9.99,12.05\n150,\(price),118.75\n",
        deliveryAreas: deliveryAreas,
        terms: RateCardFiles.Terms(
            oversize: oversize,
            fuelBasisPoints: 1000,
            residentialSurcharge: "4.00",
            handling: "1.50",
            addressKinds: addressKinds,
            flight: flight,
            transitDays: 2
        )
    )
}

extension TestSite {
    fileprivate func quote(
        _ request: QuoteRequest,
        at now: Timestamp = monday
    ) async throws -> QuoteReport {
        let reply = await ask(.quoteRates(request), at: now)
        guard case .quoted(let report) = reply else { throw Unexpected(description: "\(reply)") }
        return report
    }

    fileprivate func card(_ command: SiteCommand) async throws -> RateCardReport {
        let reply = await ask(command)
        guard case .rateCard(let report) = reply else { throw Unexpected(description: "\(reply)") }
        return report
    }
}
