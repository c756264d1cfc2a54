import AllocationModel
import Foundation
import ShippingCalendar
import StockLedger
import Testing

@testable import SiteConsole

struct `Site listings` {
    @Test func `page through the stock by rising SKU`() async throws {
        let site = try TestSite()
        for (sku, onHand) in [("PUMP-2HP", 4), ("BOLT-M8", 24), ("VALVE-3IN", 12)] {
            try site.stock(SKU(trusted: sku), Int64(onHand))
        }

        let first = try await site.page(after: nil, limit: 2)
        let second = try await site.page(after: first.next, limit: 2)

        #expect(first.rows.map(\.sku) == ["BOLT-M8", "PUMP-2HP"])
        #expect(first.next == "PUMP-2HP")
        #expect(second.rows.map(\.sku) == ["VALVE-3IN"])
        #expect(second.next == nil)
    }

    @Test func `show what is short of what is promised`() async throws {
        let site = try TestSite()
        try site.stock(valve, 12)
        try site.stock("PUMP-2HP", 4)
        try site.reserve(1, valve, 10)
        _ = await site.ask(.countStock(sku: valve, lot: nil, counted: 7))

        let page = try await site.page(ListFilter(condition: .short), after: nil, limit: 10)

        #expect(page.rows.map(\.sku) == [valve])
        #expect(page.rows.first?.shortfall == 3)
        #expect(page.rows.first?.held == 10)
    }

    @Test func `show each lot, first to expire first`() async throws {
        let site = try TestSite()
        try site.stockLot("L-2", of: "SEAL-KIT", 30, expires: "2026-09-01")
        try site.ledger.performAndWait(at: monday) { books in
            try books.setLot("L-1", of: "SEAL-KIT", expires: CivilDate(parsing: "2026-06-01"))
            try books.count("SEAL-KIT", lot: "L-1", counted: 10, who: "ana")
        }

        let page = try await site.page(ListFilter(text: "seal"), after: nil, limit: 10)

        #expect(page.rows.first?.onHand == 40)
        #expect(page.rows.first?.lots.map(\.lot) == ["L-1", "L-2"])
        #expect(page.rows.first?.lots.map(\.onHand) == [10, 30])
    }

    @Test func `tell who changed a SKU, why, and what it came to`() async throws {
        let site = try TestSite()
        try site.stock(valve, 12)
        _ = await site.ask(
            .adjustStock(sku: valve, lot: nil, by: -3, reason: "dropped by the forklift"),
            at: monday.adding(seconds: 60)
        )
        try site.reserve(1, valve, 4)

        let reply = await site.ask(.showHistory(sku: valve, limit: 2))

        guard case .history(let rows) = reply else {
            Issue.record("\(reply)")
            return
        }
        #expect(rows.map(\.kind) == ["hold", "adjust"])
        #expect(rows.map(\.onHand) == [9, 9])
        #expect(rows.map(\.held) == [4, 0])
        #expect(rows.last?.who == "ana")
        #expect(rows.last?.reason == "dropped by the forklift")
        #expect(rows.last?.at == "2026-03-02T15:01:00.000Z")
        #expect(rows.first?.order == "order-1")
    }

    @Test func `have no history of a SKU that is not kept`() async throws {
        let site = try TestSite()

        let fault = try await site.fault(.showHistory(sku: valve, limit: 2))

        #expect(fault.message == "no SKU ‘VALVE-3IN’ is kept here")
    }
}

struct `Site calendar commands` {
    @Test func `set cutoffs that the next bid goes by`() async throws {
        let site = try TestSite()
        let afternoon = try TimeOfDay(parsing: "14:30")

        #expect(
            await site.ask(.setCutoff(days: [.monday, .friday], service: nil, time: afternoon))
                == .done
        )
        #expect(
            await site.ask(
                .setCutoff(
                    days: [.monday],
                    service: "ups-ground",
                    time: try .init(parsing: "16:00")
                )
            ) == .done
        )

        #expect(
            await site.ask(.listCutoffs)
                == .cutoffs([
                    CutoffRow(weekday: .monday, service: nil, time: afternoon),
                    CutoffRow(weekday: .friday, service: nil, time: afternoon),
                    CutoffRow(
                        weekday: .monday,
                        service: "ups-ground",
                        time: try .init(parsing: "16:00")
                    ),
                ])
        )
        let departure = try site.ledger.readAndWait(at: monday) {
            try $0.calendar().departure(at: monday)
        }
        #expect(departure?.leaves == CivilDate(year: 2026, month: 3, day: 2))
    }

    @Test func `take a cutoff away once, and say so the second time`() async throws {
        let site = try TestSite()
        _ = await site.ask(
            .setCutoff(days: [.saturday], service: nil, time: try .init(parsing: "11:00"))
        )

        #expect(await site.ask(.removeCutoff(days: [.saturday], service: nil)) == .done)

        let fault = try await site.fault(.removeCutoff(days: [.saturday], service: nil))
        #expect(fault.description == "there is no cutoff by default on sat; see cutoff list")
    }

    @Test func `add, list and remove holidays`() async throws {
        let site = try TestSite()
        let day = try CivilDate(parsing: "2026-11-26")

        #expect(await site.ask(.addHoliday(date: day, name: "Thanksgiving")) == .done)
        #expect(
            await site.ask(.listHolidays)
                == .holidays([HolidayRow(date: day, name: "Thanksgiving", cutoff: nil)])
        )
        #expect(await site.ask(.removeHoliday(date: day)) == .done)

        let fault = try await site.fault(.removeHoliday(date: day))
        #expect(fault.message == "2026-11-26 is no holiday")
    }

    @Test func `refuse a holiday without a name`() async throws {
        let site = try TestSite()

        let fault = try await site.fault(
            .addHoliday(date: try CivilDate(parsing: "2026-11-26"), name: "")
        )

        #expect(fault.description == "name is empty")
    }
}

struct `Calendar commands` {
    private static let file = """
        BEGIN:VCALENDAR
        BEGIN:VEVENT
        SUMMARY:Thanksgiving
        DTSTART;VALUE=DATE:20241128
        RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH
        END:VEVENT
        BEGIN:VEVENT
        SUMMARY:Inventory
        DTSTART;VALUE=DATE:20260303
        END:VEVENT
        END:VCALENDAR
        """

    private func day(_ text: String) throws -> CivilDate { try CivilDate(parsing: text) }

    private func open(_ site: TestSite) async throws {
        let reply = await site.ask(
            .setCutoff(
                days: Weekday.allCases.filter { $0 < .saturday },
                service: nil,
                time: try TimeOfDay(parsing: "15:00")
            )
        )
        #expect(reply == .done)
    }

    @Test func `import a calendar file from today through the end of next year`() async throws {
        let site = try TestSite()
        let rows = [
            HolidayRow(date: try day("2026-03-03"), name: "Inventory", cutoff: nil),
            HolidayRow(date: try day("2026-11-26"), name: "Thanksgiving", cutoff: nil),
            HolidayRow(date: try day("2027-11-25"), name: "Thanksgiving", cutoff: nil),
        ]

        let dry = SiteCommand.importHolidays(calendar: Self.file, through: nil, isDryRun: true)
        #expect(await site.ask(dry) == .holidays(rows))
        #expect(await site.ask(.listHolidays) == .holidays([]))

        let real = SiteCommand.importHolidays(calendar: Self.file, through: nil, isDryRun: false)
        #expect(await site.ask(real) == .holidays(rows))
        #expect(await site.ask(.listHolidays) == .holidays(rows))
        // What is there stays as it is.
        #expect(await site.ask(real) == .holidays([]))
    }

    @Test func `refuse a calendar file with the line at fault, and add nothing`() async throws {
        let site = try TestSite()
        let broken = Self.file.replacing("FREQ=YEARLY", with: "FREQ=WEEKLY")

        let fault = try await site.fault(
            .importHolidays(calendar: broken, through: nil, isDryRun: false)
        )
        #expect(fault.kind == .badInput)
        #expect(fault.details.first?.hasPrefix("line 5") == true)
        #expect(await site.ask(.listHolidays) == .holidays([]))
    }

    @Test func `show each day with its cutoff, or why nothing leaves`() async throws {
        let site = try TestSite()
        try await open(site)
        let noon = try TimeOfDay(parsing: "12:00")
        for command in [
            SiteCommand.addHoliday(date: try day("2026-03-03"), name: "Inventory"),
            .addHoliday(date: try day("2026-03-06"), name: "Roof repairs", cutoff: noon),
        ] { #expect(await site.ask(command) == .done) }

        let reply = await site.ask(.showCalendar(from: nil, days: 6, service: nil))
        guard case .calendar(let rows) = reply else {
            Issue.record("no calendar")
            return
        }
        #expect(rows.map(\.date.description).first == "2026-03-02")
        #expect(rows.map(\.ships) == [true, false, true, true, true, false])
        #expect(
            rows.map { $0.cutoff?.description } == ["15:00", nil, "15:00", "15:00", "12:00", nil]
        )
        #expect(rows.map(\.remark) == [nil, "closed", nil, nil, "half-day", "no-cutoff"])
        #expect(rows.map(\.holiday) == [nil, "Inventory", nil, nil, "Roof repairs", nil])
    }

    @Test func `refuse a preview that is too long, or of a service nobody knows`() async throws {
        let site = try TestSite()

        for days in [0, 101] {
            let fault = try await site.fault(.showCalendar(from: nil, days: days, service: nil))
            #expect(fault.description == "a preview shows 1 to 100 days")
        }
        let fault = try await site.fault(.showCalendar(from: nil, days: 7, service: "grund"))
        #expect(fault.description.contains("‘grund’, which has no rates"))
    }
}

struct `Rate card commands` {
    private func files(
        rates: String = "weight_lb,2,3\n1,9.10,9.80\n2,10.00,10.90\n",
        fuel: Int64 = 1850,
        handling: String = "2.50",
        deliveryAreas: String? = nil,
        maximumLength: Int64 = 108
    ) -> RateCardFiles {
        RateCardFiles(
            service: "ups-ground",
            carrier: "UPS",
            level: .ground,
            chart: "dest_zip,zone\n750-754,2\n755-799,3\n",
            rates: rates,
            deliveryAreas: deliveryAreas,
            terms: RateCardFiles.Terms(
                lengthInchesMaximum: maximumLength,
                fuelBasisPoints: fuel,
                residentialSurcharge: "6.45",
                handling: handling,
                transitDays: 3,
                transitDaysByZone: ["2": 1]
            )
        )
    }

    @Test func `enter a card that the next bid goes by`() async throws {
        let site = try TestSite()

        #expect(await site.ask(.importRates(files())) == .ratesImported(version: 1))
        #expect(await site.ask(.importRates(files(fuel: 2000))) == .ratesImported(version: 2))

        guard case .rates(let rows) = await site.ask(.listRates) else {
            Issue.record("no list")
            return
        }
        #expect(rows.map(\.version) == [2, 1])
        #expect(rows.map(\.isInForce) == [true, false])
        #expect(rows.map(\.fuelBasisPoints) == [2000, 1850])
        #expect(rows.first?.effective == CivilDate(year: 2026, month: 3, day: 2))
        #expect(rows.first?.residentialSurcharge == "6.45")
    }

    @Test func `refuse a file with the lines at fault, and enter nothing`() async throws {
        let site = try TestSite()

        let fault = try await site.fault(
            .importRates(files(rates: "weight_lb,2,3\n1,9.10,cheap\n2,10.00,x\n"))
        )

        #expect(fault.kind == .badInput)
        #expect(fault.details.count == 2)
        #expect(fault.details.first?.hasPrefix("line 2") == true)
        #expect(await site.ask(.listRates) == .rates([]))
    }

    @Test func `refuse delivery areas by the file, the line and the field`() async throws {
        let site = try TestSite()
        let areas = """
            dest_zip,commercial,residential
            7500,3.95,5.55
            75001,,5.55
            750,1,-2
            """

        let fault = try await site.fault(.importRates(files(deliveryAreas: areas)))
        let chart = try await site.fault(.importRates(files(deliveryAreas: "dest_zip,zone\n7,2\n")))
        let other = try await site.fault(
            .importRates(files(deliveryAreas: "dest_zip,zone\n750,2\n"))
        )

        #expect(fault.message == "3 things in the delivery areas are wrong")
        #expect(fault.hint == "nothing was changed; mend the delivery areas and import again")
        #expect(
            fault.details == [
                "line 2, dest_zip: ‘7500’ is no destination; write 750 or 750-754, 99501 or "
                    + "99501-99524, or CA, with leading zeros",
                "line 3, commercial: ‘’ is not an amount of money; write an amount "
                    + "such as 104.95",
                "line 4, residential: ‘-2.00’ is no surcharge of a package; write 0 to 10000.00",
            ]
        )
        #expect(chart.message == "one line of the delivery areas is wrong")
        #expect(other.hint == "begin it with dest_zip,commercial,residential")
        #expect(await site.ask(.listRates) == .rates([]))
    }

    @Test func `refuse limits of a package that are none`() async throws {
        let site = try TestSite()

        let fault = try await site.fault(.importRates(files(maximumLength: 0)))

        #expect(fault.kind == .badInput)
        #expect(
            fault.description.contains("0 in long, and 165 in with the girth, are no limits"),
            "\(fault.description)"
        )
        #expect(fault.hint == "write --max-length 108 --max-girth 165, at most 400")
    }

    private func classFile(
        service: String = "saia-ltl",
        accessorials: [String: String] = ["residential": "85.00"]
    ) -> LTLRateFile {
        LTLRateFile(
            service: service,
            carrier: "Saia",
            level: .ground,
            rates: "dest_zip,class,mc,l5c,m5c\n750-754,70,57.00,23.46,20.39\n",
            terms: LTLRateFile.Terms(
                discountBasisPoints: 6200,
                floor: "95.00",
                fuelBasisPoints: 2850,
                accessorials: accessorials,
                transitDays: 3
            )
        )
    }

    @Test func `enter a class tariff beside the parcel cards`() async throws {
        let site = try TestSite()
        #expect(await site.ask(.importRates(files())) == .ratesImported(version: 1))

        #expect(await site.ask(.importLTLRates(classFile())) == .ratesImported(version: 1))
        #expect(await site.ask(.importLTLRates(classFile())) == .ratesImported(version: 2))

        guard case .rates(let rows) = await site.ask(.listRates) else {
            Issue.record("no list")
            return
        }
        #expect(rows.map(\.mode) == ["parcel", "ltl", "ltl"])
        #expect(rows.map(\.isInForce) == [true, true, false])
        #expect(rows.last?.discountBasisPoints == 6200)
        #expect(rows.last?.residentialSurcharge == "85.00")
    }

    @Test func `keep one code to one service, whatever it travels by`() async throws {
        let site = try TestSite()
        #expect(await site.ask(.importRates(files())) == .ratesImported(version: 1))
        #expect(await site.ask(.importLTLRates(classFile())) == .ratesImported(version: 1))

        let fault = try await site.fault(.importLTLRates(classFile(service: "ups-ground")))
        #expect(fault.description.contains("the code that a parcel service has"))
        let strange = try await site.fault(
            .importLTLRates(classFile(accessorials: ["helicopter": "1.00"]))
        )
        #expect(strange.description.contains("‘helicopter’ is not an accessorial"))
    }

    @Test func `refuse a surcharge that is no amount of money`() async throws {
        let site = try TestSite()

        let fault = try await site.fault(.importRates(files(handling: "2,50")))

        #expect(fault.kind == .badInput)
        #expect(fault.message == "‘2,50’ is not an amount of money")
    }
}

extension TestSite {
    func page(
        _ filter: ListFilter = ListFilter(),
        after: SKU?,
        limit: Int
    ) async throws -> StockPage {
        let reply = await ask(.listStock(filter: filter, after: after, limit: limit))
        guard case .stock(let page) = reply else { throw Unexpected(description: "\(reply)") }
        return page
    }
}
