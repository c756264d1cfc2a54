import AllocationModel
import Freight
import Testing

struct `Oversize charges` {
    /// Tenths of an inch, as a spreadsheet has them.
    private func box(_ length: Int64, _ width: Int64, _ height: Int64) throws -> Dimensions {
        try Dimensions(lengthInchTenths: length, widthInchTenths: width, heightInchTenths: height)
    }

    // UPS's published bounds: additional handling above 50 lb, 48 in or 30 in; large packages
    // above 96 in, or 130 in with the girth (2026 guide; the amounts are invented).
    private func card() throws -> ParcelRateCard {
        let plain = try dallasGround()
        return try ParcelRateCard(
            service: plain.service,
            carrier: plain.carrier,
            level: plain.level,
            terms: ParcelRateCard.Terms(
                currency: .usd,
                oversize: [
                    OversizeCharge(
                        checking: usd("26.75"),
                        over: OversizeCharge.Bounds(parsing: "pounds=50,length=48,width=30")
                    ),
                    OversizeCharge(
                        checking: usd("120.00"),
                        over: OversizeCharge.Bounds(parsing: "length=96,girth=130")
                    ),
                ],
                fuelBasisPoints: 1850,
                transitDaysDefault: 5
            ),
            chart: plain.chart,
            rates: plain.rates
        )
    }

    private func charge(_ pounds: Int64, _ dimensions: Dimensions?) throws -> Int64 {
        let entry = CatalogEntry(
            sku: "PUMP",
            unitWeight: Weight(pounds: pounds),
            dimensions: dimensions
        )
        return try card().looseBilling(of: ParcelGoods(entry, units: 1)).unitCharge
    }

    @Test func `are the dearest of those that a package is above, with fuel on it`() throws {
        // 26.75 x 1.185 is 31.69875, and 120 x 1.185 is 142.20.
        let cases: [(Int64, Dimensions?, Int64)] = [
            (50, nil, 0), (51, nil, 3170),
            (9, try box(480, 300, 40), 0), (9, try box(481, 300, 40), 3170),
            (9, try box(480, 301, 40), 3170), (9, try box(40, 301, 480), 3170),
            (9, try box(960, 80, 80), 3170), (9, try box(961, 80, 80), 14_220),
            // 48 + 2 x (30 + 11) is 130.
            (51, try box(480, 300, 110), 3170), (51, try box(480, 300, 115), 14_220),
        ]
        for (pounds, dimensions, expected) in cases {
            let found = try charge(pounds, dimensions)
            #expect(found == expected, "\(pounds) lb, \(String(describing: dimensions))")
        }
    }

    @Test func `are refused where they are for every package, or for nothing`() throws {
        for text in ["", "pounds", "pounds=", "pounds=50,pounds=60", "depth=4", "length=401"] {
            #expect(throws: ParseError.self, "\(text)") {
                try OversizeCharge(
                    checking: usd("26.75"),
                    over: OversizeCharge.Bounds(parsing: text)
                )
            }
        }
        let over = OversizeCharge.Bounds(pounds: 50)
        for amount in ["0", "10000.01"] {
            #expect(throws: ParseError.self) {
                try OversizeCharge(checking: usd(amount), over: over)
            }
        }
        #expect(throws: ParseError.self) { try OversizeCharge(checking: usd("1"), over: .init()) }
    }
}

struct `Cartons` {
    // A dozen in a carton of 20 x 16 x 10 in: 3200 in³ over 139 are 23.02 lb, and more than the
    // 12 x 1.5 lb that they weigh. One by itself is 8 x 6 x 5 in, 1.72 lb.
    private let flange = CatalogEntry(
        sku: "FLANGE",
        unitWeight: Weight(grams: 680),
        dimensions: Dimensions(length: 203, width: 152, height: 127),
        carton: Carton(units: 12, dimensions: Dimensions(length: 508, width: 406, height: 254))
    )

    private func grams(_ entry: CatalogEntry, _ units: Int64, heaviest: Int64) throws -> Int64 {
        try dallasGround().billing(of: ParcelGoods(entry, units: units), heaviest: heaviest)
            .unitBillableWeight.grams
    }

    @Test func `are what units are billed by, once there are enough to fill one`() throws {
        let loose = try dallasGround().looseBilling(of: ParcelGoods(flange, units: 1))
            .unitBillableWeight.grams
        let heaviest = Weight(pounds: 150).grams

        // 508 x 406 x 254 mm are 3196.9 in³: 22.999 lb, 10432.1 g, of which a twelfth is 869.4.
        #expect(try grams(flange, 12, heaviest: heaviest) == 870)
        #expect(try grams(flange, 500, heaviest: heaviest) == 870)
        #expect(try grams(flange, 11, heaviest: heaviest) == loose)
        #expect(loose == 781)
    }

    @Test func `are opened where the service does not take a full one`() throws {
        #expect(try grams(flange, 500, heaviest: 10_439) == 781)
        let long = CatalogEntry(
            sku: "TUBE",
            unitWeight: Weight(grams: 680),
            carton: Carton(units: 12, dimensions: Dimensions(length: 3000, width: 90, height: 90))
        )
        let plain = try dallasGround()
        let card = try ParcelRateCard(
            service: plain.service,
            carrier: plain.carrier,
            level: plain.level,
            terms: ParcelRateCard.Terms(
                currency: .usd,
                size: .standard,
                transitDaysDefault: 5
            ),
            chart: plain.chart,
            rates: plain.rates
        )
        let goods = ParcelGoods(long, units: 24)
        #expect(card.billing(of: goods, heaviest: 60_000) == card.looseBilling(of: goods))
    }

    @Test func `are as heavy as what is in them where nobody knows their size`() throws {
        let entry = CatalogEntry(
            sku: "FLANGE",
            unitWeight: flange.unitWeight,
            dimensions: flange.dimensions,
            carton: Carton(units: 12)
        )
        #expect(try grams(entry, 12, heaviest: 60_000) == 781)
    }

    @Test func `share what a heavy one is charged, up to the cent`() throws {
        let plain = try dallasGround()
        let card = try ParcelRateCard(
            service: plain.service,
            carrier: plain.carrier,
            level: plain.level,
            terms: ParcelRateCard.Terms(
                currency: .usd,
                oversize: [
                    OversizeCharge(checking: usd("26.75"), over: .init(pounds: 15))
                ],
                transitDaysDefault: 5
            ),
            chart: plain.chart,
            rates: plain.rates
        )
        // 12 x 680 g are 17.99 lb: 26.75 for twelve are 2.2292 each.
        let packed = card.billing(of: ParcelGoods(flange, units: 12), heaviest: 60_000)
        #expect(packed.unitCharge == 223)
        #expect(card.looseBilling(of: ParcelGoods(flange, units: 1)).unitCharge == 0)
    }
}
