package import AllocationModel

/// Which zone a destination is in, seen from one warehouse, by one service.
///
/// As carriers publish it: ranges of three-digit ZIP prefixes, with single ZIP
/// codes that differ from their prefix, and whole countries. What no row names
/// is not served.
package struct ZoneChart: Hashable, Sendable {
    /// Where a row applies.
    package enum Area: Hashable, Sendable {
        /// ZIP codes by their first three digits, 0 to 999.
        case prefixes(ClosedRange<Int>)
        /// ZIP codes in full, 0 to 99999; they come before their prefix.
        case codes(ClosedRange<Int>)
        /// Everywhere in a country that no other row names.
        case country(Country)
    }

    /// One row of the chart.
    package struct Row: Hashable, Sendable {
        package let area: Area
        /// Nil where the carrier does not serve the area by this service.
        package let zone: Zone?
        /// Carrier days on the way, where the chart knows better than the card.
        package let transitDays: Int?

        package init(_ area: Area, zone: Zone?, transitDays: Int? = nil) {
            self.area = area
            self.zone = zone
            self.transitDays = transitDays
        }
    }

    package let rows: [Row]
    /// Index in `rows` by prefix; `unnamed` where none names it.
    private let rowByPrefix: [Int32]
    /// Rising, apart.
    private let exceptions: [Exception]
    private let rowByCountry: [String: Int32]

    private struct Exception: Hashable {
        let codes: ClosedRange<Int>
        let row: Int32
    }

    private static let unnamed: Int32 = -1

    /// Two rows that put one destination in two zones are refused: only a person knows which holds.
    ///
    /// - Throws: `ChartFault` naming the first row, by index, that cannot stand.
    package init(_ rows: [Row]) throws(ChartFault) {
        var builder = Builder(rows: rows)
        for index in rows.indices { try builder.add(index) }
        self.rows = rows
        rowByPrefix = builder.rowByPrefix
        exceptions = try builder.sortedExceptions()
        rowByCountry = builder.rowByCountry
    }

    /// Returns the row that decides for a destination, by index, or nil where none does.
    ///
    /// - Complexity: A search among the exceptions; allocates nothing.
    package func row(for destination: Destination) -> Int? {
        if let code = ZIPCode.number(of: destination) {
            if let exception = exception(for: code) { return Int(exception.row) }
            let index = rowByPrefix[code / 100]
            if index != Self.unnamed { return Int(index) }
        }
        return rowByCountry[destination.country.code].map(Int.init)
    }

    private func exception(for code: Int) -> Exception? {
        var low = 0
        var high = exceptions.count
        while low < high {
            let middle = (low + high) / 2
            if exceptions[middle].codes.upperBound < code {
                low = middle + 1
            } else {
                high = middle
            }
        }
        guard low < exceptions.count, exceptions[low].codes.contains(code) else { return nil }
        return exceptions[low]
    }
}

/// Why a zone chart cannot stand: the row's index and what is wrong with it.
package struct ChartFault: Error, Hashable, Sendable {
    package let row: Int
    /// The earlier row it contradicts, where that is what is wrong.
    package let otherRow: Int?
    package let message: String
}

extension ZoneChart {
    private struct Builder {
        let rows: [Row]
        var rowByPrefix = [Int32](repeating: ZoneChart.unnamed, count: 1000)
        var exceptions: [Exception] = []
        var rowByCountry: [String: Int32] = [:]

        mutating func add(_ index: Int) throws(ChartFault) {
            guard index < Limits.zoneRowsMaximum else {
                throw fault(index, "is beyond the \(Limits.zoneRowsMaximum) rows a chart may have")
            }
            if let days = rows[index].transitDays,
                !(0...Limits.transitDaysMaximum).contains(days)
            {
                throw fault(
                    index,
                    "has \(days) transit days; 0 to \(Limits.transitDaysMaximum) are"
                )
            }
            switch rows[index].area {
            case .prefixes(let prefixes): try add(prefixes, index)
            case .codes(let codes):
                guard codes.lowerBound >= 0 && codes.upperBound <= 99_999 else {
                    throw fault(index, "is not a range of ZIP codes; write 99501 or 99501-99524")
                }
                exceptions.append(Exception(codes: codes, row: Int32(index)))
            case .country(let country):
                if let other = rowByCountry[country.code] {
                    throw fault(index, "names a country a second time", other: other)
                }
                rowByCountry[country.code] = Int32(index)
            }
        }

        private mutating func add(_ prefixes: ClosedRange<Int>, _ index: Int) throws(ChartFault) {
            guard prefixes.lowerBound >= 0 && prefixes.upperBound <= 999 else {
                throw fault(index, "is not a range of ZIP prefixes; write 750 or 750-754")
            }
            for prefix in prefixes {
                let other = rowByPrefix[prefix]
                if other != ZoneChart.unnamed {
                    throw fault(index, "names a ZIP prefix a second time", other: other)
                }
                rowByPrefix[prefix] = Int32(index)
            }
        }

        func sortedExceptions() throws(ChartFault) -> [Exception] {
            let sorted = exceptions.sorted { $0.codes.lowerBound < $1.codes.lowerBound }
            for (lower, upper) in zip(sorted, sorted.dropFirst())
            where lower.codes.upperBound >= upper.codes.lowerBound {
                let later = max(lower.row, upper.row)
                let earlier = min(lower.row, upper.row)
                throw fault(Int(later), "names a ZIP code a second time", other: earlier)
            }
            return sorted
        }

        private func fault(_ index: Int, _ message: String, other: Int32? = nil) -> ChartFault {
            ChartFault(row: index, otherRow: other.map(Int.init), message: message)
        }
    }
}

/// Five digits of the United States' postal service, as a number.
enum ZIPCode {
    /// Countries by ISO 3166 that the postal service counts as its own.
    private static let countries: [String] = ["US", "PR", "VI", "GU", "AS", "MP"]

    /// Returns the five digits of a destination's ZIP code, or nil where it has none.
    static func number(of destination: Destination) -> Int? {
        guard countries.contains(destination.country.code) else { return nil }
        let digits = destination.postalCode.utf8.prefix(5)
        guard digits.count == 5 else { return nil }
        var number = 0
        for digit in digits {
            guard (48...57).contains(digit) else { return nil }
            number = number * 10 + Int(digit - 48)
        }
        return number
    }
}
