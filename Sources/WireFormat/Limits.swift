import AllocationModel

extension Limits {
    /// Minutes a clock shows in a day.
    static let minutesOfDay: ClosedRange<Int64> = 0...1439
    /// A day either way: more than any zone is from UTC, and than its clock is ever changed by.
    static let utcOffsetMinutes: ClosedRange<Int64> = -1440...1440
    /// Days from a cutoff to the leaving that it is for: pick and pack, within a year.
    static let cutoffDaysBefore: ClosedRange<Int64> = 0...366
    /// 0001-01-01 to 9999-12-31, the days that `CivilDate` can name.
    static let daysSinceEpoch: ClosedRange<Int64> = -719_162...2_932_896
    /// Bytes of a zone, a carrier, a region: what a person reads at a glance.
    static let textBytesMaximum = 64
    /// Certificates of one lot: heat, pressure, material and origin fit several times.
    static let certificatesMaximum = 32
    /// Declines of one bid: each line, each service it offers, and as many again that it does not.
    static let declinesMaximum = 1024
    /// Weight breaks of one class tariff: CzarLite and its kin have at most ten.
    static let tariffBreaksMaximum = 32
    /// Tariffs of one message: as many as a full batch of bids can have services.
    static let tariffsMaximum = batchRequestsMaximum * bidServicesMaximum
    /// Shipments of one plan: each warehouse by each of its services, and then some.
    static let shipmentsMaximum = 16_384
    /// Units of one line that all bids together offer: so many fill every tier of every site.
    static let quantityOfferedMaximum =
        quantityMaximum * Int64(bidTiersMaximum * warehousesMaximum)
    /// Minor units in a plan: what adds up a thousand amounts may exceed each.
    static let planMoneyMaximum = moneyMinorUnitsMaximum * 1000
    /// Transactions one list may name: a site that has more in doubt could never attach.
    static let transactionsMaximum = 65_536
    /// Reservations of one page of a report or a restoration; ours has `ProtocolLimits.pageMaximum`.
    static let rulingsMaximum = 256
    /// Overrides one message may tell of; the rest come with the next.
    static let overridesMaximum = 100
    /// Shipments one message may tell of; the rest come with the next.
    static let shipmentsToldMaximum = 100
    /// Refused picks one message may tell of; the rest come with the next.
    static let refusalsMaximum = 100
    /// Counts one message may tell of; the rest come with the next.
    static let countsMaximum = 100
    /// Leases one message may tell of; the rest come with the next.
    static let leasesMaximum = 100
    /// Draws of one order on one site's leases: as many as may be open there.
    static let drawsMaximum = 1000
    /// Countries that one service goes to: there are fewer.
    static let countriesMaximum = 300
    /// Numbers of ranges of ZIP prefixes: no more ranges lie apart among a thousand.
    static let prefixesMaximum = 1000
    /// Days until goods leave or arrive: beyond any calendar's horizon.
    static let standingDaysMaximum: Int64 = 3660
    /// Bytes of a reason or of who gave it: a line on paper.
    static let reasonBytesMaximum = 500
    /// Messages within one message: twenty bytes each of the largest, so none is mostly husks.
    static let entriesMaximum = 400_000
    /// Grams that one load or one offer may weigh: ten million tonnes, far above any truth.
    static let loadWeightMaximum: Int64 = 10_000_000_000_000
    /// Packages or trucks in one shipment.
    static let piecesMaximum: Int64 = 1_000_000_000
    /// Groups of goods that may not ride together: 49 CFR 177.848 has under thirty.
    static let segregationGroupMaximum: Int64 = 65_535
    /// Milliseconds since 1970 that a day of `daysSinceEpoch` has.
    static let instantMilliseconds: ClosedRange<Int64> =
        daysSinceEpoch.lowerBound * 86_400_000...daysSinceEpoch.upperBound * 86_400_000
    /// Milliseconds a request may live: a day, after which any round is long over.
    static let remainingMillisecondsMaximum: Int64 = 86_400_000
}
