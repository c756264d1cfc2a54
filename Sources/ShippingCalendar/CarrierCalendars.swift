package import AllocationModel

/// The calendars of a site's carriers: each service's days, and each carrier's holidays.
///
/// A service whose days nobody has set is picked up and moves Monday to Friday.
package struct CarrierCalendars: Hashable, Sendable {
    /// The days of one service.
    package struct Week: Hashable, Sendable {
        package let pickup: Weekdays
        /// The days that count as transit, and on which it delivers.
        package let transit: Weekdays
        /// Days on which it delivers what is due, and which do not count as transit otherwise.
        package let deliveryOnly: Weekdays
        /// Between which hours it delivers, by the destination's clock; nil where nobody knows.
        package let hours: HoursOfDay?

        /// Monday to Friday.
        package static let usual = Week()

        package init(
            pickup: Weekdays = .mondayToFriday,
            transit: Weekdays = .mondayToFriday,
            deliveryOnly: Weekdays = .none,
            hours: HoursOfDay? = nil
        ) {
            self.pickup = pickup
            self.transit = transit
            self.deliveryOnly = deliveryOnly
            self.hours = hours
        }
    }

    /// A day on which a carrier neither picks up nor moves.
    package struct Holiday: Hashable, Sendable {
        package let date: CivilDate
        package let name: String

        package init(_ date: CivilDate, name: String) {
            self.date = date
            self.name = name
        }
    }

    /// By service.
    package let weeks: [String: Week]
    /// By carrier, by rising date.
    package let holidays: [String: [Holiday]]
    /// Made once: each carrier's holidays with the usual week.
    private let byCarrier: [String: CarrierCalendar]

    /// Every carrier Monday to Friday, without holidays.
    package static let usual = CarrierCalendars()

    package init(weeks: [String: Week] = [:], holidays: [String: [Holiday]] = [:]) {
        self.weeks = weeks
        self.holidays = holidays.mapValues { $0.sorted { $0.date < $1.date } }
        byCarrier = holidays.mapValues { CarrierCalendar(holidays: $0.map(\.date)) }
    }

    /// Returns the calendar of one service of a carrier.
    package func calendar(of service: String, by carrier: String) -> CarrierCalendar {
        let calendar = byCarrier[carrier] ?? .mondayToFriday
        guard let week = weeks[service] else { return calendar }
        return calendar.on(week)
    }
}
