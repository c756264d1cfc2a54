package import AllocationModel
package import Freight

/// What a rater has said of packages a while ago.
///
/// Pure: time comes in, on a clock that only runs forward. When it is full the
/// older half is forgotten.
package struct RateCache: Sendable {
    package typealias Prices = [String: Result<Money, RaterFailure>]

    private let age: Duration
    private let capacity: Int
    private var entries: [RatedPackage: Entry] = [:]
    private var noted: UInt64 = 0

    private struct Entry {
        let prices: Prices
        let at: Duration
        let number: UInt64
    }

    /// Makes an empty one that believes a price for `age`, and keeps so many.
    ///
    /// - Precondition: `capacity` is at least 2.
    package init(age: Duration, capacity: Int = Limits.raterAnswersKeptMaximum) {
        precondition(capacity >= 2, "a cache has room")
        self.age = age
        self.capacity = capacity
    }

    package var count: Int { entries.count }

    /// Returns what was said of a package, unless that is too long ago.
    package func prices(of package: RatedPackage, at now: Duration) -> Prices? {
        guard let entry = entries[package], now < entry.at + age else { return nil }
        return entry.prices
    }

    /// Keeps what was said of a package at `now`.
    package mutating func keep(_ prices: Prices, of package: RatedPackage, at now: Duration) {
        guard age > .zero else { return }
        if entries[package] == nil, entries.count >= capacity {
            let numbers = entries.values.map(\.number).sorted()
            let median = numbers[numbers.count / 2]
            entries = entries.filter { $0.value.number >= median }
        }
        noted += 1
        entries[package] = Entry(prices: prices, at: now, number: noted)
    }
}
