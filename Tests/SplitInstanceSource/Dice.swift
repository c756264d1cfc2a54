internal import SeededGenerator

/// Chance in whole numbers: one seed, one sequence, on every machine.
///
/// Nothing here rounds a floating-point number, whose last bit is a platform's
/// own, and nothing relies on how the standard library draws from a range,
/// which it may change.
struct Dice {
    private var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    /// Returns any number of `range`, each as likely as another.
    mutating func whole(_ range: ClosedRange<Int64>) -> Int64 {
        let count = UInt64(range.upperBound - range.lowerBound) + 1
        return range.lowerBound + Int64(generator.next().multipliedFullWidth(by: count).high)
    }

    /// Returns true so many times in a hundred.
    mutating func chance(_ percent: Int64) -> Bool { whole(1...100) <= percent }

    /// Returns any of `choices`.
    ///
    /// - Precondition: There is at least one.
    mutating func any<Choice>(of choices: [Choice]) -> Choice {
        choices[Int(whole(0...Int64(choices.count - 1)))]
    }

    /// Returns one of `choices`, each as often as its weight says.
    mutating func any<Choice>(of choices: KeyValuePairs<Choice, Int64>) -> Choice {
        var rest = whole(0...choices.reduce(0) { $0 + $1.value } - 1)
        var position = choices.startIndex
        while rest >= choices[position].value {
            rest -= choices[position].value
            position += 1
        }
        return choices[position].key
    }

    /// Returns `choices` in any order.
    mutating func shuffled<Choice>(_ choices: [Choice]) -> [Choice] {
        var rest = choices
        return choices.map { _ in rest.remove(at: Int(whole(0...Int64(rest.count - 1)))) }
    }

    /// Returns so many thousandths of `amount`, rounded down.
    mutating func part(of amount: Int64, _ thousandths: ClosedRange<Int64>) -> Int64 {
        amount * whole(thousandths) / 1000
    }

    /// Returns so many thousandths of `amount`, rounded up as often as the fraction is large.
    mutating func roundedPart(of amount: Int64, _ thousandths: ClosedRange<Int64>) -> Int64 {
        (amount * whole(thousandths) + whole(0...999)) / 1000
    }

    /// Returns an amount that is as often half the median as twice it.
    mutating func amount(_ distribution: LogNormal) -> Int64 {
        let exponent = distribution.spread * deviation() / 1000
        return Int64(Int128(distribution.median) * exponential(ofMillionths: exponent) / one)
    }

    /// Returns millionths of a standard deviation: twelve even draws add up to nearly a normal one.
    private mutating func deviation() -> Int64 {
        (0..<12).reduce(0) { sum, _ in sum + whole(0...1_000_000) } - 6_000_000
    }

    /// What `exponential` counts in: fine enough that squaring ten times costs no visible digit.
    private let one: Int128 = 1_000_000_000_000

    /// Returns e to the power of `exponent`: a short series near zero, then squared ten times.
    private func exponential(ofMillionths exponent: Int64) -> Int128 {
        let small = Int128(exponent) * (one / 1_000_000) / 1024
        var power = one + small + small * small / (2 * one)
        power += small * small * small / (6 * one * one)
        for _ in 0..<10 { power = power * power / one }
        return power
    }
}

/// Amounts whose logarithm is normally distributed, as quantities and prices are.
struct LogNormal {
    let median: Int64
    /// The standard deviation of the natural logarithm, in thousandths.
    let spread: Int64
}
