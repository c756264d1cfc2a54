internal import AllocationModel
internal import Freight
internal import ShippingCalendar
internal import StockLedger

/// When what is to be picked must leave, by the calendars and cards of one reading of the ledger.
struct PickTimes {
    private let calendar: SiteCalendar
    private let carriers: CarrierCalendars
    private let cards: RateCards
    private let now: Timestamp

    init(_ books: Books) throws {
        calendar = try books.calendar()
        carriers = try books.carrierCalendars()
        cards = try books.rateCards(on: books.today())
        now = books.now
    }

    /// Returns the service's cutoff on a day that has one.
    func cutoff(of service: String?, on day: CivilDate) -> TimeOfDay? {
        calendar.shippingDays(
            from: day,
            days: 1,
            service: service.map(cardCode),
            carrier: service.flatMap { carrier(of: $0) },
            lead: LeadTime.none
        )
        .first?
        .cutoff
    }

    /// Whether the day's cutoff has passed, or the day where it has none.
    func hasPassed(_ day: CivilDate, of service: String?) -> Bool {
        let time = cutoff(of: service, on: day)
        let end =
            time.map { calendar.timeZone.instant(of: day, at: $0) }
            ?? calendar.timeZone.instant(of: day.adding(days: 1), at: .midnight)
        return now >= end
    }

    /// Returns the last day of leaving on which an order still arrives by the day that it must.
    ///
    /// Nil where it need not arrive by any, or the site no longer knows how long the way is.
    func lastDay(for order: Order?, by service: String?) -> CivilDate? {
        guard let order, let service, let day = order.destination.delivery.by,
            let transitDays = transitDays(of: cardCode(service), for: order)
        else { return nil }
        return calendar.lastCutoff(
            toArriveBy: day,
            service: cardCode(service),
            transitDays: transitDays,
            carrier: carrier(of: service) ?? .mondayToFriday,
            to: order.destination.delivery
        )?
        .date
    }

    private func transitDays(of code: String, for order: Order) -> Int? {
        if let card = cards.parcel.first(where: { $0.service == code }),
            case .offered(let offer) = card.tariff(to: order.destination)
        {
            return offer.transitDays
        }
        if let card = cards.ltl.first(where: { $0.service == code }),
            case .offered(let offer) = card.tariff(to: order.destination, carrying: [.class70])
        {
            return offer.transitDays
        }
        return nil
    }

    private func carrier(of service: String) -> CarrierCalendar? {
        let code = cardCode(service)
        let name =
            cards.parcel.first { $0.service == code }?.carrier
            ?? cards.ltl.first { $0.service == code }?.carrier
            ?? cards.ftl.first { $0.service == code }?.carrier
        return name.map { carriers.calendar(of: code, by: $0) }
    }

    /// The card's service of one of those that it is offered as: `ltl` of `ltl+hazmat`.
    private func cardCode(_ service: String) -> String { Bid.Service.cardCode(of: service) }
}
