import AllocationModel
import Freight
import Testing

@testable import StockLedger

struct `Rate cards on disk` {
    @Test func `come back as they were imported`() throws {
        let ledger = try makeLedger()
        let source = try ltlSource()

        try ledger.performAndWait(at: monday) { _ = try $0.importLTLRates(source) }

        let read = try ledger.readAndWait(at: monday) { try $0.ltlRateCardVersions() }
        #expect(read.map(\.source) == [source])
        #expect(read.first?.source.terms.accessorials.count == 2)
    }

    @Test func `come back with the addresses, sizes and areas that they name`() throws {
        let ledger = try makeLedger()
        let source = RateCardSource(
            service: "usps",
            carrier: "USPS",
            level: .threeDay,
            effective: try CivilDate(parsing: "2026-01-01"),
            terms: try ParcelRateCard.Terms(
                currency: .usd,
                size: ParcelSize(checkingLength: 108, girth: 130),
                oversize: [
                    OversizeCharge(
                        checking: Money(minorUnits: 2675, currency: .usd),
                        over: .init(pounds: 50, length: 48)
                    ),
                    OversizeCharge(
                        checking: Money(minorUnits: 12_000, currency: .usd),
                        over: .init(girth: 130)
                    ),
                ],
                addressKinds: [.military, .postOfficeBox],
                flight: .cargo,
                transitDaysDefault: 3
            ),
            rates: "weight_lb,2,3,4,5,6,7,8,9\n1,9,9,9,9,9,9,9,9\n",
            deliveryAreas: "dest_zip,commercial,residential\n995-999,3.95,5.55\n"
        )

        try ledger.performAndWait(at: monday) { _ = try $0.importRates(source) }

        let read = try ledger.readAndWait(at: monday) { try $0.rateCardVersions() }
        #expect(read.map(\.source) == [source])
        let cards = try ledger.readAndWait(at: monday) { try $0.rateCards() }
        #expect(cards.map(\.terms.addressKinds) == [[.military, .postOfficeBox]])
        #expect(cards.map(\.terms.size?.girthInchesMaximum) == [130])
        #expect(cards.map(\.deliveryAreas.surcharges.count) == [1])
        #expect(cards.map(\.flight) == [.cargo])
    }

    @Test func `of trucks come back as they were imported, and keep a code of their own`() throws {
        let ledger = try makeLedger()
        let source = FTLRateCardSource(
            service: "schneider-ftl",
            carrier: "Schneider",
            level: .twoDay,
            effective: try CivilDate(parsing: "2026-01-01"),
            terms: try FTLRateCard.Terms(
                currency: .usd,
                weightMaximum: Weight(pounds: 48_000),
                palletsMaximum: 24,
                trucksMaximum: 3,
                fuelBasisPoints: 1800,
                fuelPerMile: Money(minorUnits: 42, currency: .usd),
                accessorials: [.limitedAccess: Money(minorUnits: 11_000, currency: .usd)],
                handling: Money(minorUnits: 2500, currency: .usd),
                circuityPercent: 121,
                transitDays: 2,
                milesPerDay: 450
            ),
            rates: "dest_zip,per_mile,minimum,flat\n750-759,2.75,950,\n100,,,4200\n"
        )

        try ledger.performAndWait(at: monday) { books in
            #expect(try books.importFTLRates(source) == 1)
            #expect(try books.importFTLRates(source) == 2)
            _ = try books.importLTLRates(ltlSource())
        }

        let read = try ledger.readAndWait(at: monday) { try $0.ftlRateCardVersions() }
        #expect(read.map(\.version) == [2, 1])
        #expect(read.map(\.source) == [source, source])
        let cards = try ledger.readAndWait(at: monday) { try $0.ftlRateCards() }
        #expect(cards.map(\.rates.lanes.count) == [2])
        let taken = FTLRateCardSource(
            service: "saia-ltl",
            carrier: source.carrier,
            level: source.level,
            effective: source.effective,
            terms: source.terms,
            rates: source.rates
        )
        let error = #expect(throws: StockRefusal.self) {
            try ledger.performAndWait(at: monday) { _ = try $0.importFTLRates(taken) }
        }
        #expect(
            error?.description.contains("is ‘saia-ltl’, the code that an LTL service has")
                == true,
            "\(error?.description ?? "")"
        )
    }

    @Test(arguments: ["26.75:pounds=50", "2675", "2675:pounds", "2675:", "0:pounds=50"])
    func `are refused by name where an oversize charge cannot be read`(stored: String) throws {
        let ledger = try makeLedger()
        try ledger.execute(
            """
            INSERT INTO rate_card (service, version, effective, carrier, level, divisor,
                packages_maximum, fuel_basis_points, residential_surcharge, handling, transit_days,
                rates, oversize)
            VALUES ('ups-ground', 3, 0, 'UPS', 'ground', 139, 5, 0, 0, 0, 2,
                'weight_lb,2
            1,9.99', '\(stored)')
            """
        )

        #expect(throws: ParseError.self) {
            try ledger.readAndWait(at: monday) { _ = try $0.rateCards() }
        }
    }

    @Test(arguments: ["liftgate", "liftgate:", "liftgate:62.50", "liftgate:1:2", "residential:1,"])
    func `are refused by name where a charge of theirs cannot be read`(stored: String) throws {
        let ledger = try makeLedger()
        try ledger.execute(
            """
            INSERT INTO ltl_rate_card (service, version, effective, carrier, level,
                discount_basis_points, floor, fuel_basis_points, accessorials, handling,
                weight_maximum, transit_days, rates)
            VALUES ('saia-ltl', 3, 0, 'Saia', 'ground', 0, 0, 0, '\(stored)', 0, 1000, 2,
                'dest_zip,class,mc,l5c
            750,70,57.00,23.46')
            """
        )

        for read in [
            { (books: Books) in _ = try books.ltlRateCards() },
            { (books: Books) in _ = try books.ltlRateCardVersions() },
        ] {
            let error = #expect(throws: ParseError.self) {
                try ledger.readAndWait(at: monday) { try read($0) }
            }
            let text = "\(error.map { "\($0)" } ?? "")"
            #expect(text.contains("version 3 of ‘saia-ltl’ has ‘"), "\(text)")
            #expect(text.contains("among its accessorials"), "\(text)")
        }
    }

    @Test func `are refused by name where the days of a zone cannot be read`() throws {
        let ledger = try makeLedger()
        try ledger.execute(
            """
            INSERT INTO rate_card (service, version, effective, carrier, level, divisor,
                packages_maximum, fuel_basis_points, residential_surcharge, handling, transit_days,
                transit_days_by_zone, rates)
            VALUES ('ground', 1, 0, 'UPS', 'ground', 139, 200, 0, 0, 0, 5, '2:one', 'weight_lb,2
            1,9.99')
            """
        )

        let error = #expect(throws: ParseError.self) {
            try ledger.readAndWait(at: monday) { try $0.rateCards() }
        }

        #expect(
            error?.description
                == "version 1 of ‘ground’ has ‘2:one’ among its transit_days_by_zone; "
                + "import the card again"
        )
    }

    private func ltlSource() throws -> LTLRateCardSource {
        LTLRateCardSource(
            service: "saia-ltl",
            carrier: "Saia",
            level: .ground,
            effective: try CivilDate(parsing: "2026-01-01"),
            terms: try LTLRateCard.Terms(
                currency: .usd,
                accessorials: [
                    .residential: Money(minorUnits: 8500, currency: .usd),
                    .liftgate: Money(minorUnits: 6250, currency: .usd),
                ],
                transitDays: 2
            ),
            rates: "dest_zip,class,mc,l5c\n750,70,57.00,23.46\n"
        )
    }
}
