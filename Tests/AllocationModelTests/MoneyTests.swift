import AllocationModel
import SeededGenerator
import Testing

struct `Amount of money` {
    private let yen = try? Currency(parsing: "JPY")
    private let dinar = try? Currency(parsing: "KWD")

    @Test func `reads and writes a decimal of the currency's places`() throws {
        let yen = try #require(yen)
        let dinar = try #require(dinar)
        let cases: [(text: String, currency: Currency, minorUnits: Int64, decimal: String)] = [
            ("104.95", .usd, 10_495, "104.95"),
            ("104.9", .usd, 10_490, "104.90"),
            ("104", .usd, 10_400, "104.00"),
            ("104.9500", .usd, 10_495, "104.95"),
            ("0", .usd, 0, "0.00"),
            ("0.05", .usd, 5, "0.05"),
            ("-0.05", .usd, -5, "-0.05"),
            ("-0", .usd, 0, "0.00"),
            ("007.10", .usd, 710, "7.10"),
            ("10000000000.00", .usd, 1_000_000_000_000, "10000000000.00"),
            ("-10000000000.00", .usd, -1_000_000_000_000, "-10000000000.00"),
            ("1200", yen, 1200, "1200"),
            ("1200.00", yen, 1200, "1200"),
            ("-3", yen, -3, "-3"),
            ("1.234", dinar, 1234, "1.234"),
            ("1.2", dinar, 1200, "1.200"),
            ("-0.001", dinar, -1, "-0.001"),
        ]
        for (text, currency, minorUnits, decimal) in cases {
            let money = try Money(parsing: text, in: currency)

            #expect(money.minorUnits == minorUnits, "\(text) \(currency)")
            #expect(money.decimal == decimal, "\(text) \(currency)")
            #expect(money.description == "\(decimal) \(currency.code)")
        }
    }

    @Test func `refuses what is not a plain decimal`() throws {
        let refused = [
            "", "-", ".", ".5", "5.", "1.2.3", "1,000", "1 000", " 1", "1 ", "+1", "--1", "1e3",
            "0x10", "$5", "1.-5", "١٢", "１２", "1\u{0}", "NaN", "∞",
        ]
        for text in refused {
            #expect(throws: ParseError.self, "\(text)") { try Money(parsing: text, in: .usd) }
        }
    }

    @Test func `refuses decimals the currency does not have instead of rounding them`() throws {
        let yen = try #require(yen)
        let dinar = try #require(dinar)
        for (text, currency) in [("1.005", .usd), ("0.1", yen), ("0.0001", dinar)] {
            #expect(throws: ParseError.self, "\(text) \(currency)") {
                try Money(parsing: text, in: currency)
            }
        }
    }

    @Test func `refuses an amount beyond the limit in either direction`() {
        for text in [
            "10000000000.01", "-10000000000.01", "99999999999999999999", "9223372036854775808",
        ] {
            #expect(throws: ParseError.self, "\(text)") { try Money(parsing: text, in: .usd) }
        }
    }

    @Test func `reads back whatever it writes`() throws {
        let yen = try #require(yen)
        let dinar = try #require(dinar)
        var generator = SeededGenerator(seed: 4711)
        for currency in [.usd, yen, dinar] {
            for _ in 0..<2000 {
                let shift = Int64.random(in: 0...12, using: &generator)
                let bound = (0..<shift).reduce(Int64(1)) { product, _ in product * 10 }
                let amount = Int64.random(in: -bound...bound, using: &generator)
                let money = Money(minorUnits: amount, currency: currency)

                #expect(try Money(parsing: money.decimal, in: currency) == money)
            }
        }
    }

    @Test func `adds and subtracts within one currency`() {
        let freight = Money(minorUnits: 4120, currency: .usd)
        let handling = Money(minorUnits: 6375, currency: .usd)

        #expect((freight + handling).decimal == "104.95")
        #expect((freight - handling).decimal == "-22.55")
        #expect(Money.zero(.usd) + freight == freight)
    }

    @Test func `does not add two currencies`() async {
        await #expect(processExitsWith: .failure) {
            let yen = try Currency(parsing: "JPY")
            _ = Money.zero(.usd) + Money.zero(yen)
        }
        await #expect(processExitsWith: .failure) {
            let yen = try Currency(parsing: "JPY")
            _ = Money.zero(.usd) - Money.zero(yen)
        }
    }
}

struct `Cost in ten-thousandths` {
    @Test func `is ten thousand to the currency unit whatever its minor unit`() throws {
        let yen = try Currency(parsing: "JPY")
        let dinar = try Currency(parsing: "KWD")

        #expect(try Money(parsing: "12.34", in: .usd).cost == Cost(123_400))
        #expect(try Money(parsing: "12", in: yen).cost == Cost(120_000))
        #expect(try Money(parsing: "12.345", in: dinar).cost == Cost(123_450))
    }

    @Test func `rounds a part of a minor unit up`() throws {
        let yen = try Currency(parsing: "JPY")
        let dinar = try Currency(parsing: "KWD")
        let cases: [(cost: Int64, currency: Currency, minorUnits: Int64)] = [
            (0, .usd, 0), (1, .usd, 1), (99, .usd, 1), (100, .usd, 1), (101, .usd, 2),
            (-1, .usd, 0), (-100, .usd, -1), (-101, .usd, -1), (-200, .usd, -2),
            (1, yen, 1), (9999, yen, 1), (10_000, yen, 1), (10_001, yen, 2), (-9999, yen, 0),
            (9, dinar, 1), (10, dinar, 1), (11, dinar, 2), (-11, dinar, -1),
        ]
        for (cost, currency, minorUnits) in cases {
            #expect(
                Cost(cost).money(in: currency).minorUnits == minorUnits,
                "\(cost) \(currency)"
            )
        }
    }

    @Test func `loses nothing on the way from money and back`() throws {
        let currencies = [
            Currency.usd, try Currency(parsing: "JPY"), try Currency(parsing: "KWD"),
        ]
        var generator = SeededGenerator(seed: 1)
        for currency in currencies {
            for _ in 0..<1000 {
                let amount = Int64.random(
                    in: -Limits.moneyMinorUnitsMaximum...Limits.moneyMinorUnitsMaximum,
                    using: &generator
                )
                let money = Money(minorUnits: amount, currency: currency)

                #expect(money.cost.money(in: currency) == money)
            }
        }
    }

    @Test func `is never undercharged and by less than a minor unit overcharged`() {
        var generator = SeededGenerator(seed: 2)
        for _ in 0..<2000 {
            let cost = Cost(.random(in: -1_000_000...1_000_000, using: &generator))
            let charged = cost.money(in: .usd).cost

            #expect(cost <= charged)
            #expect(charged - cost < Cost(100))
        }
    }

    @Test func `adds, subtracts, multiplies and compares as its number does`() {
        var sum = Cost(4120)
        sum += Cost(6375)

        #expect(sum == Cost(10_495))
        #expect(Cost(4120) - Cost(6375) == Cost(-2255))
        #expect(Cost(4120) * 3 == Cost(12_360))
        #expect(Cost(-1) < .zero)
    }
}

struct `Currency code` {
    @Test func `knows how many decimals a currency has`() throws {
        for (code, exponent) in [
            ("USD", 2), ("EUR", 2), ("CAD", 2), ("MXN", 2), ("JPY", 0), ("KRW", 0), ("CLP", 0),
            ("ISK", 0), ("UGX", 0), ("VND", 0), ("XAF", 0), ("BHD", 3), ("IQD", 3), ("JOD", 3),
            ("KWD", 3), ("LYD", 3), ("OMR", 3), ("TND", 3), ("XCG", 2), ("ZWG", 2),
        ] {
            let currency = try Currency(parsing: code)

            #expect(currency.exponent == exponent, "\(code)")
            #expect(currency.description == code)
        }
        #expect(try Currency(parsing: "USD") == .usd)
    }

    @Test func `refuses what is not an active ISO 4217 code`() {
        for code in [
            "", "usd", "US", "USDD", "XTS", "XAU", "DEM", "HRK", "BGN", "ANG", "$", " USD",
        ] {
            #expect(throws: ParseError.self, "\(code)") { try Currency(parsing: code) }
        }
    }

    // List one of 2026-01, without metals, funds, units of account and the two for tests.
    @Test func `accepts as many codes as ISO 4217 has for money in use`() {
        let letters = (65...90).map { String(UnicodeScalar(UInt8($0))) }
        var accepted = 0
        for first in letters {
            for second in letters {
                for third in letters where (try? Currency(parsing: first + second + third)) != nil {
                    accepted += 1
                }
            }
        }

        #expect(accepted == 155)
    }
}
