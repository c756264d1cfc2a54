package import AllocationModel

extension Limits {
    /// Years whose clock changes are tabulated: every order and every promise falls in them.
    package static let timeZoneYears = 2000..<2100
    /// Days ahead in which a leaving or an arriving day is looked for: a year, and 29 February.
    package static let calendarHorizonDays = 366
    /// Days of one closure: a plant that is shut for the summer.
    package static let closureDaysMaximum = 62
    /// Days of one preview: a quarter, and what is left of its first week.
    package static let previewDaysMaximum = 100
    /// Working days of pick and pack: longer ones are made to order, not allocated.
    package static let leadDaysMaximum = 60
    /// Minutes of pick and pack before a cutoff: less than a day, which is counted as one.
    package static let leadMinutesMaximum = 23 * 60
    /// Grams that one order's part is counted as at most: a million tonnes, so that days can be summed.
    package static let loadGramsMaximum: Int64 = 1_000_000_000_000
    /// Orders or lines of a day's capacity at most: more than any site picks.
    package static let capacityCountMaximum: Int64 = 1_000_000
}
