import AllocationModel
import Freight
import LiveRating
import RaterStub
import Testing

struct `EasyPost's shapes` {
    private func adapter(box: String? = nil) throws -> EasyPostRates {
        EasyPostRates(
            services: [
                "ups-ground": try EasyPostRates.Service(parsing: "UPS/Ground"),
                "ups-2day": try EasyPostRates.Service(parsing: "UPS/2ndDayAir"),
            ],
            box: try box.map { try EasyPostRates.Box(parsing: $0) }
        )
    }

    private func usd(_ cents: Int64) -> Result<Money, RaterFailure> {
        .success(Money(minorUnits: cents, currency: .usd))
    }

    @Test func `ask for one package in ounces, from ZIP to ZIP, and tell of nobody`() throws {
        let body = try adapter()
            .body(
                for: RatedPackage(
                    origin: RatedPackage.Place(country: .us, postalCode: "75201"),
                    destination: RatedPackage.Place(
                        country: .us,
                        region: "NJ",
                        postalCode: "07102-1234"
                    ),
                    isResidential: true,
                    pounds: 15
                )
            )
        #expect(
            String(decoding: body, as: UTF8.self)
                == #"{"shipment":{"to_address":{"zip":"07102","state":"NJ","country":"US","#
                + #""residential":true},"from_address":{"zip":"75201","country":"US"},"#
                + #""parcel":{"weight":240}}}"#
        )
        let boxed = try adapter(box: "12x9x6")
            .body(
                for: RatedPackage(
                    origin: RatedPackage.Place(country: .us, postalCode: "75201"),
                    destination: RatedPackage.Place(country: .us, postalCode: "75001"),
                    isResidential: false,
                    pounds: 1
                )
            )
        #expect(
            String(decoding: boxed, as: UTF8.self)
                .hasSuffix(#""parcel":{"weight":16,"length":12,"width":9,"height":6}}}"#)
        )
        // Where the size is known it goes before the usual box, with what the package weighs.
        let sized = try adapter(box: "12x9x6")
            .body(
                for: RatedPackage(
                    origin: RatedPackage.Place(country: .us, postalCode: "75201"),
                    destination: RatedPackage.Place(country: .us, postalCode: "75001"),
                    isResidential: false,
                    pounds: 9,
                    box: PackageBox(inches: [60, 6, 6], weight: Weight(grams: 3176))
                )
            )
        #expect(
            String(decoding: sized, as: UTF8.self)
                .hasSuffix(#""parcel":{"weight":112,"length":60,"width":6,"height":6}}}"#)
        )
    }

    @Test func `give the price of each service that a card is for, and of no other`() throws {
        let prices = try adapter().prices(in: Array(RaterStub.answer("12.40").utf8)).get()
        #expect(prices == ["ups-ground": usd(1240)])
    }

    private static func rate(
        _ amount: String,
        currency: String = #""USD""#,
        carrier: String = "UPS",
        service: String = "Ground"
    ) -> String {
        #"{"carrier":"\#(carrier)","service":"\#(service)","#
            + #""rate":\#(amount),"currency":\#(currency)}"#
    }

    /// What an answer says of the ground service, and what that comes to.
    private static let rates: [(rates: [String], expected: Result<Int64, RaterFailure>?)] = [
        ([rate(#""5.93""#)], .success(593)),
        ([rate(#""5.9""#)], .success(590)),
        ([rate("5.93")], .success(593)),
        ([rate(#""-5.93""#)], .failure(.absurd)),
        ([rate(#""0.00""#)], .failure(.absurd)),
        ([rate(#""10000.01""#)], .failure(.absurd)),
        ([rate(#""99999999999999999999""#)], .failure(.absurd)),
        ([rate(#""5.934""#)], .failure(.absurd)),
        ([rate(#""5,93""#)], .failure(.malformed)),
        ([rate(#""1e3""#)], .failure(.malformed)),
        ([rate(#""""#)], .failure(.malformed)),
        ([rate("null")], .failure(.malformed)),
        ([rate(#""5.93""#, currency: "null")], .failure(.malformed)),
        ([rate(#""5.93""#, currency: #""US""#)], .failure(.malformed)),
        // Two contracts with one carrier: the lower of what can be.
        ([rate(#""7.10""#), rate(#""6.10""#), rate(#""0.00""#)], .success(610)),
        // Another carrier's, and in other letters.
        ([rate(#""5.93""#, carrier: "FedEx")], nil),
        ([rate(#""5.93""#, service: "GROUND")], nil),
        ([], nil),
    ]

    @Test func `take amounts as decimals and refuse what no package costs`() throws {
        for (rates, expected) in Self.rates {
            let body = #"{"rates":[\#(rates.joined(separator: ","))]}"#
            let prices = try adapter().prices(in: Array(body.utf8)).get()
            let price = prices["ups-ground"]?.map(\.minorUnits)
            #expect(price == expected, "\(rates)")
        }
    }

    @Test func `are refused whole where they are no answer`() throws {
        for text in [
            "", "{", "null", "[]", "{}", #"{"rates": null}"#, #"{"rates": {}}"#,
            #"{"rates": [1]}"#, #"{"rates": [{"service": "Ground"}]}"#,
            #"{"rates": [], "rates": []}"#, #"{"rates": []} tail"#,
            #"{"error": {"code": "APIKEY.INACTIVE"}}"#,
            String(repeating: "[", count: 100_000),
        ] {
            #expect(try adapter().prices(in: Array(text.utf8)) == .failure(.malformed), "\(text)")
        }
        #expect(try adapter().prices(in: [0xFF, 0xFE, 0x00]) == .failure(.malformed))
    }

    @Test func `are named by carrier and service, and boxes by three sides`() throws {
        for text in ["", "UPS", "UPS/", "/Ground", "UPS/Ground/2"] {
            #expect(throws: ParseError.self) { try EasyPostRates.Service(parsing: text) }
        }
        for text in ["", "12", "12x9", "12x9x", "12x9x0", "12x9x109", "12x9x6x1", "ax9x6"] {
            #expect(throws: ParseError.self) { try EasyPostRates.Box(parsing: text) }
        }
    }
}

struct `Rate cache` {
    private func package(_ pounds: Int) -> RatedPackage {
        let place = RatedPackage.Place(country: .us, postalCode: "75201")
        return RatedPackage(
            origin: place,
            destination: place,
            isResidential: false,
            pounds: pounds
        )
    }

    @Test func `believes a price until its time is over`() {
        var cache = RateCache(age: .seconds(60))
        cache.keep(["ground": .failure(.absurd)], of: package(1), at: .seconds(5))
        #expect(cache.prices(of: package(1), at: .seconds(64)) != nil)
        #expect(cache.prices(of: package(1), at: .seconds(65)) == nil)
        #expect(cache.prices(of: package(2), at: .seconds(5)) == nil)
    }

    @Test func `keeps nothing where nothing is to be kept`() {
        var cache = RateCache(age: .zero)
        cache.keep([:], of: package(1), at: .zero)
        #expect(cache.count == 0)
    }

    @Test func `forgets the older half when it is full`() {
        var cache = RateCache(age: .seconds(60), capacity: 4)
        for pounds in 1...4 { cache.keep([:], of: package(pounds), at: .zero) }
        // The oldest is said again, and so is young.
        cache.keep([:], of: package(1), at: .zero)
        cache.keep([:], of: package(5), at: .zero)
        let kept = (1...5).filter { cache.prices(of: package($0), at: .zero) != nil }
        #expect(kept == [1, 4, 5])
    }
}
