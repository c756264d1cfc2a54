extension Bid.Service {
    /// Where the tariff of a service was taken from.
    package enum Pricing: Hashable, Sendable {
        /// The site's rate card, which is all that it has for the service.
        case card
        /// A live rater, asked for this order or for one like it a moment before.
        case rater
        /// The card, because the live rater that the service has was of no use.
        case cardFor(RaterFailure)

        /// Why not by the rater; nil where it was, or where there is none.
        package var failure: RaterFailure? {
            switch self {
            case .card, .rater: nil
            case .cardFor(let failure): failure
            }
        }
    }
}

/// Why a live rater's answer was not used, and the rate card was.
package enum RaterFailure: String, CaseIterable, Error, Hashable, Sendable {
    /// No answer came in time.
    case late
    /// It could not be connected to, or broke off.
    case unreachable
    /// It answered with an error.
    case refused
    /// It answered what cannot be read, or too much of it.
    case malformed
    /// It has no price of the service.
    case notOffered
    /// Its price is in another currency than the card.
    case otherCurrency
    /// Its price is nothing, less than that, or more than any package costs.
    case absurd
    /// It is left alone for a while, after failures.
    case suspended
    /// It had not been asked, and there was no time to.
    case notAsked

    /// The rest of a sentence that begins with the rater.
    package var words: String {
        switch self {
        case .late: "did not answer in time"
        case .unreachable: "could not be reached"
        case .refused: "answered with an error"
        case .malformed: "answered what cannot be read"
        case .notOffered: "has no price of it"
        case .otherCurrency: "prices in another currency"
        case .absurd: "named a price that cannot be"
        case .suspended: "is left alone for a while, after failures"
        case .notAsked: "had not been asked"
        }
    }
}
