/// An ISO 4217 currency.
package struct Currency: Hashable, Sendable, CustomStringConvertible {
    package let code: String
    /// Decimal places of the minor unit: 2 for USD, 0 for JPY.
    package let exponent: Int

    package static let usd = Currency(code: "USD", exponent: 2)

    private init(code: String, exponent: Int) {
        self.code = code
        self.exponent = exponent
    }

    /// Reads a currency code that came from outside.
    package init(parsing text: String) throws(ParseError) {
        guard Self.codes.contains(text) else {
            throw ParseError(
                "‘\(text)’ is not a currency in use; give an ISO 4217 code such as USD"
            )
        }
        code = text
        exponent =
            if Self.withoutMinorUnit.contains(text) {
                0
            } else if Self
                .withThousandths.contains(text)
            { 3 } else { 2 }
    }

    package var description: String { code }

    private static func words(_ text: String) -> Set<String> {
        Set(text.split(separator: " ").map(String.init))
    }
    // ISO 4217, active codes of 2026-01.
    private static let withoutMinorUnit = words(
        "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
    )
    private static let withThousandths = words("BHD IQD JOD KWD LYD OMR TND")
    private static let codes = withoutMinorUnit.union(withThousandths)
        .union(
            words(
                """
                AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD \
                CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS \
                GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP \
                LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK \
                NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS \
                SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST \
                XCD XCG YER ZAR ZMW ZWG
                """
            )
        )
}

/// An exact amount in a currency's minor unit: cents, for most.
///
/// Written as a decimal string (`104.95`) wherever it leaves the program. Never
/// a floating-point number.
package struct Money: Hashable, Sendable, CustomStringConvertible {
    package let minorUnits: Int64
    package let currency: Currency

    package init(minorUnits: Int64, currency: Currency) {
        self.minorUnits = minorUnits
        self.currency = currency
    }

    /// Returns no money at all, in `currency`.
    package static func zero(_ currency: Currency) -> Money {
        Money(minorUnits: 0, currency: currency)
    }

    /// Reads a decimal such as `104.95`: no sign but a leading minus, no grouping, no exponent.
    ///
    /// More decimals than the currency has are refused, not rounded.
    package init(parsing text: String, in currency: Currency) throws(ParseError) {
        let hint = "write an amount such as 104.95"
        var digits = Substring(text)
        let isNegative = digits.first == "-"
        if isNegative { digits = digits.dropFirst() }
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, let whole = parts.first, !whole.isEmpty,
            parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } })
        else { throw ParseError("‘\(text)’ is not an amount of money; \(hint)") }
        let decimals = parts.count == 2 ? parts[1] : ""
        guard parts.count == 1 || !decimals.isEmpty else {
            throw ParseError("‘\(text)’ is not an amount of money; \(hint)")
        }
        let significant = decimals.reversed().drop { $0 == "0" }.count
        guard significant <= currency.exponent else {
            throw ParseError(
                "‘\(text)’ has more decimals than \(currency.code), which has \(currency.exponent)"
            )
        }
        let padded =
            String(decimals.prefix(currency.exponent))
            + String(repeating: "0", count: max(0, currency.exponent - decimals.count))
        guard whole.count + padded.count <= 15, let amount = Int64(whole + padded),
            amount <= Limits.moneyMinorUnitsMaximum
        else { throw ParseError("‘\(text)’ is larger than any amount allowed here") }
        minorUnits = isNegative ? -amount : amount
        self.currency = currency
    }

    /// The amount as a decimal string without the currency: `104.95`.
    package var decimal: String {
        let magnitude = minorUnits.magnitude
        let sign = minorUnits < 0 ? "-" : ""
        guard currency.exponent > 0 else { return sign + String(magnitude) }
        let scale = (0..<currency.exponent).reduce(UInt64(1)) { product, _ in product * 10 }
        let rest = String(magnitude % scale)
        let zeros = String(repeating: "0", count: currency.exponent - rest.count)
        return "\(sign)\(magnitude / scale).\(zeros)\(rest)"
    }

    package var description: String { "\(decimal) \(currency.code)" }

    /// The same amount in the solver's unit.
    package var cost: Cost {
        Cost(minorUnits * Cost.perMinorUnit(of: currency))
    }

    /// - Precondition: both are of one currency; a round is, and the boundary refuses mixtures.
    package static func + (left: Money, right: Money) -> Money {
        precondition(left.currency == right.currency, "amounts of two currencies do not add")
        return Money(
            minorUnits: left.minorUnits + right.minorUnits,
            currency: left.currency
        )
    }

    /// - Precondition: both are of one currency; a round is, and the boundary refuses mixtures.
    package static func - (left: Money, right: Money) -> Money {
        precondition(left.currency == right.currency, "amounts of two currencies do not subtract")
        return Money(
            minorUnits: left.minorUnits - right.minorUnits,
            currency: left.currency
        )
    }
}

/// A cost in ten-thousandths of the round's currency unit: what tariffs and the solver count in.
///
/// Finer than a cent, so that a rate per gram is a whole number; whole cents
/// again wherever it leaves the solver.
package struct Cost: Hashable, Comparable, Sendable {
    package let tenThousandths: Int64

    package static let zero = Cost(0)

    package init(_ tenThousandths: Int64) {
        self.tenThousandths = tenThousandths
    }

    /// How many ten-thousandths make one minor unit: 100 for USD.
    package static func perMinorUnit(of currency: Currency) -> Int64 {
        switch currency.exponent {
        case 0: 10_000
        case 3: 10
        default: 100
        }
    }

    /// Returns the amount in `currency`, a part of a minor unit rounded up.
    ///
    /// A tariff made by `Freight` gives whole minor units and loses nothing here.
    package func money(in currency: Currency) -> Money {
        let scale = Self.perMinorUnit(of: currency)
        let quotient = tenThousandths / scale
        let hasRest = tenThousandths % scale > 0
        return Money(minorUnits: quotient + (hasRest ? 1 : 0), currency: currency)
    }

    package static func < (left: Self, right: Self) -> Bool {
        left.tenThousandths < right.tenThousandths
    }
    package static func + (left: Self, right: Self) -> Self {
        Cost(left.tenThousandths + right.tenThousandths)
    }
    package static func - (left: Self, right: Self) -> Self {
        Cost(left.tenThousandths - right.tenThousandths)
    }
    package static func * (left: Self, right: Int64) -> Self {
        Cost(left.tenThousandths * right)
    }
    package static func += (left: inout Self, right: Self) {
        left = left + right
    }
}
