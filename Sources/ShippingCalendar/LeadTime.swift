package import AllocationModel

/// What pick and pack take before goods can leave: whole working days, and hours before a cutoff.
///
/// With 1 day and 3 hours, what is to leave on Wednesday must be in on Tuesday by
/// three hours before Tuesday's cutoff, at the earliest by midnight.
package struct LeadTime: Hashable, Comparable, Sendable {
    /// Working days of the site.
    package let days: Int
    /// Minutes that the order must be in before the cutoff.
    package let minutes: Int

    /// No time at all: whatever is in by the cutoff leaves that day.
    package static let none = LeadTime(trusted: 0, 0)

    private init(trusted days: Int, _ minutes: Int) {
        self.days = days
        self.minutes = minutes
    }

    /// Checks a lead time that came from outside.
    package init(checkingDays days: Int, minutes: Int = 0) throws(ParseError) {
        guard (0...Limits.leadDaysMaximum).contains(days) else {
            throw ParseError(
                "a lead time is 0 to \(Limits.leadDaysMaximum) working days, not \(days)"
            )
        }
        guard (0...Limits.leadMinutesMaximum).contains(minutes) else {
            throw ParseError(
                "a lead time is 0 to \(Limits.leadMinutesMaximum / 60) hours before the cutoff; "
                    + "give whole days for more"
            )
        }
        self.init(trusted: days, minutes)
    }

    /// The slower comes last: a working day more is more than any hours.
    package static func < (left: Self, right: Self) -> Bool {
        (left.days, left.minutes) < (right.days, right.minutes)
    }

    /// Returns by when an order must be in on a day with this cutoff.
    func deadline(before cutoff: TimeOfDay) -> TimeOfDay {
        let minute = max(0, cutoff.minutesSinceMidnight - minutes)
        return TimeOfDay(hour: minute / 60, minute: minute % 60) ?? cutoff
    }
}

/// What pick and pack take by handling class, and where nothing else is said.
package struct LeadTimes: Hashable, Sendable {
    /// Of SKUs without a class, and of classes that are not named.
    package let usual: LeadTime
    /// By handling class.
    package let byClass: [String: LeadTime]

    package init(usual: LeadTime = .none, byClass: [String: LeadTime] = [:]) {
        self.usual = usual
        self.byClass = byClass
    }

    /// Returns what goods of a class take; an empty class is none.
    package func time(for handling: String) -> LeadTime {
        byClass[handling] ?? usual
    }

    /// Returns what goods take that leave together: as long as the slowest of them.
    package func time(forAll classes: some Sequence<String>) -> LeadTime {
        classes.map(time).max() ?? usual
    }

    /// What the slowest goods of the site take.
    package var slowest: LeadTime {
        max(usual, byClass.values.max() ?? .none)
    }
}
