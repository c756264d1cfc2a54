package import AllocationModel

extension Limits {
    /// Bytes of a rater's answer: some twenty times one with the prices of five carriers.
    package static let raterAnswerBytesMaximum = 262_144
    /// Packages that a rater is asked about at once: more wait for their turn.
    package static let raterCallsMaximum = 16
    /// Prices of packages that are kept: those of a thousand places.
    package static let raterAnswersKeptMaximum = 10_000
    /// Services of cards that a rater prices.
    package static let raterServicesMaximum = 64
    /// Milliseconds that a rater may take: longer than any sourcing round is worth waiting.
    package static let raterTimeoutMilliseconds: ClosedRange<Int64> = 10...30_000
    /// Seconds for which a price is believed: carriers change theirs by the day.
    package static let raterKeptSeconds: ClosedRange<Int64> = 0...86_400
}
