package import AllocationModel

/// Until when an order must be in to leave that day, by weekday and carrier service.
///
/// A weekday without a cutoff is not a shipping day. A service's own cutoff
/// takes the place of the default one on the weekdays that it names.
package struct Cutoffs: Hashable, Sendable {
    /// One row, as a site manager sets it.
    package struct Entry: Hashable, Sendable {
        package let weekday: Weekday
        /// The service code in the rate card; nil for the default.
        package let service: String?
        package let time: TimeOfDay

        package init(_ weekday: Weekday, service: String? = nil, _ time: TimeOfDay) {
            self.weekday = weekday
            self.service = service
            self.time = time
        }
    }

    /// Monday first.
    private var byWeekday: [TimeOfDay?]
    private var byService: [String: [TimeOfDay?]] = [:]

    /// Of two entries for one weekday and service, the later counts.
    package init(_ entries: [Entry]) {
        var defaults = Self.none
        for entry in entries where entry.service == nil {
            defaults[entry.weekday.rawValue - 1] = entry.time
        }
        byWeekday = defaults
        for entry in entries {
            guard let service = entry.service else { continue }
            byService[service, default: defaults][entry.weekday.rawValue - 1] = entry.time
        }
    }

    /// Sets one default cutoff on each of `days`.
    package init(at time: TimeOfDay, on days: Weekdays = .mondayToFriday) {
        self.init(days.days.map { Entry($0, time) })
    }

    /// Returns the cutoff of a service on a weekday, or nil where that is no shipping day for it.
    package func time(on weekday: Weekday, for service: String?) -> TimeOfDay? {
        week(for: service)[weekday.rawValue - 1]
    }

    /// The cutoffs of a service, Monday first.
    func week(for service: String?) -> [TimeOfDay?] {
        guard let service else { return byWeekday }
        return byService[service] ?? byWeekday
    }

    private static let none = [TimeOfDay?](repeating: nil, count: 7)
}
