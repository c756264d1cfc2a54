internal import AllocationModel
internal import Freight
internal import LiveRating
internal import StockLedger

extension SiteDesk {
    /// Whether the live rater answers, by asking it for one price.
    func diagnosis(of rater: LiveRater, at now: Timestamp) async -> Diagnosis {
        let place: RatedPackage.Place
        let unknown: [String]
        do {
            (place, unknown) = try await ledger.read(at: now) { books in
                let site = try books.site()
                let codes = Set(try books.rateCards().map(\.service))
                return (
                    RatedPackage.Place(country: site.country, postalCode: site.postalCode),
                    rater.services.subtracting(codes).sorted()
                )
            }
        } catch {
            return Diagnosis("rater", .warning, "was not asked: the ledger cannot be read")
        }
        let hint = "the cards price meanwhile; see ‘rater’ in the configuration, and the log"
        let (answer, took) = await rater.probe(from: place)
        switch answer {
        case .failure(let failure):
            return Diagnosis("rater", .warning, "\(rater.place) \(failure.words)", hint: hint)
        case .success(let prices):
            guard unknown.isEmpty else {
                return Diagnosis(
                    "rater",
                    .warning,
                    "it is to price \(unknown.joined(separator: ", ")), of which there is no card",
                    hint: "import the card first, or correct ‘rater.services’"
                )
            }
            let missing = rater.services.filter { (try? prices[$0]?.get()) == nil }.sorted()
            guard missing.isEmpty else {
                return Diagnosis(
                    "rater",
                    .warning,
                    "\(rater.place) answers, and has no price of \(missing.joined(separator: ", "))",
                    hint: "see that ‘rater.services’ names carrier and service as the rater does"
                )
            }
            let words = rater.isSuspended ? ", after failures of late" : ""
            return Diagnosis(
                "rater",
                .fine,
                "\(rater.place) answers in \(Int(took / .milliseconds(1))) ms\(words)"
            )
        }
    }

    static func measures(of rater: LiveRater) -> [Measure] {
        let counters = rater.counters
        return [
            Measure(
                "holdfast_rater_suspended",
                .gauge,
                rater.isSuspended ? 1 : 0,
                help: "Whether the live rater is left alone, after failures."
            ),
            Measure(
                "holdfast_rater_suspensions_total",
                .counter,
                Int64(counters.opened),
                help: "Times that the live rater was found failing."
            ),
            Measure(
                "holdfast_rater_calls_total",
                .counter,
                Int64(counters.calls),
                help: "Requests to the live rater."
            ),
            Measure(
                "holdfast_rater_known_total",
                .counter,
                Int64(counters.known),
                help: "Packages whose price was known from a request before."
            ),
        ]
            + RaterFailure.allCases.map { failure in
                Measure(
                    "holdfast_rater_failures_total",
                    .counter,
                    Int64(counters.failed[failure] ?? 0),
                    help: "Requests to the live rater without a price, by why.",
                    label: Measure.Label("why", failure.rawValue)
                )
            }
    }
}
