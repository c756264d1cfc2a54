package import AllocationModel

/// The all-day events of an iCalendar file, as the days on which a site does not ship.
///
/// Of RFC 5545 it reads: `VEVENT` with `SUMMARY`, all-day `DTSTART` and `DTEND`
/// or `DURATION` in days; `RRULE` of `FREQ=YEARLY` with `INTERVAL`, `COUNT`,
/// `UNTIL`, `BYMONTH`, `BYMONTHDAY` and `BYDAY` with an ordinal within the month;
/// `RDATE` and `EXDATE` of days; folded lines and escaped text. A transparent or
/// cancelled event is somebody's note and no closure. What else repeats is
/// refused, because a day that is silently missing is a broken promise.
package struct HolidayFile: Hashable, Sendable {
    /// By rising date; of two events on one day the earlier in the file names it.
    package let holidays: [SiteCalendar.Holiday]

    /// Reads the days from `range`; rules without an end go on to its last.
    ///
    /// - Throws: `RowReport` of all that is wrong, by line.
    package init(
        parsing text: String,
        in range: ClosedRange<CivilDate>
    ) throws(RowReport) {
        var report = RowReport()
        var names: [Int: String] = [:]
        var order: [Int] = []
        let lines = Self.unfolded(text)
        if lines.first.map({ $0.text.uppercased() != "BEGIN:VCALENDAR" }) ?? true {
            throw RowReport(
                RowFault(line: 1, "is not the begin of an iCalendar file; export one as .ics")
            )
        }
        var open: ICalendarEvent?
        for line in lines {
            switch line.text.uppercased() {
            case "BEGIN:VEVENT":
                open = ICalendarEvent(line: line.number)
            case "END:VEVENT":
                guard let event = open else { continue }
                open = nil
                for day in Self.days(of: event, in: range, into: &report)
                where names[day] == nil {
                    names[day] = event.name
                    order.append(day)
                }
            default:
                guard open != nil, let property = ICalendarProperty(line) else { continue }
                do {
                    try open?.take(property)
                } catch {
                    report.add(RowFault(line: line.number, field: property.name, error.description))
                }
            }
        }
        if let open {
            report.add(RowFault(line: open.line, "begins an event that does not end"))
        }
        try report.throwUnlessClean()
        holidays = order.sorted()
            .map { .init(CivilDate(daysSinceEpoch: $0), name: names[$0] ?? "") }
    }

    private static func days(
        of event: ICalendarEvent,
        in range: ClosedRange<CivilDate>,
        into report: inout RowReport
    ) -> [Int] {
        do {
            return try event.days(in: range)
        } catch {
            report.add(RowFault(line: event.line, error.description))
            return []
        }
    }

    /// A line of the file after continuation lines have been put back.
    struct Line {
        let number: Int
        var text: String
    }

    private static func unfolded(_ text: String) -> [Line] {
        var lines: [Line] = []
        let body = text.unicodeScalars.first == "\u{FEFF}" ? text.dropFirst() : text[...]
        for (index, line)
            in body.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .enumerated()
        {
            if let first = line.first, first == " " || first == "\t", !lines.isEmpty {
                lines[lines.count - 1].text += line.dropFirst()
            } else if !line.isEmpty {
                lines.append(Line(number: index + 1, text: String(line)))
            }
        }
        return lines
    }
}

/// `NAME;PARAMETER=VALUE:VALUE`.
struct ICalendarProperty {
    let name: String
    let parameters: String
    let value: String

    init?(_ line: HolidayFile.Line) {
        var isQuoted = false
        var colon: String.Index?
        for index in line.text.indices {
            if line.text[index] == "\"" { isQuoted.toggle() }
            if line.text[index] == ":" && !isQuoted {
                colon = index
                break
            }
        }
        guard let colon else { return nil }
        let head = line.text[..<colon].split(separator: ";", maxSplits: 1)
        guard let name = head.first else { return nil }
        self.name = name.uppercased()
        parameters = head.count > 1 ? head[1].uppercased() : ""
        value = String(line.text[line.text.index(after: colon)...])
    }
}

/// One event, as far as a calendar of days cares.
struct ICalendarEvent {
    let line: Int
    private(set) var name = ""
    private var start: CivilDate?
    private var length = 1
    private var end: CivilDate?
    private var rule: YearlyRule?
    private var added: [CivilDate] = []
    private var excluded: [CivilDate] = []
    private var isNoted = false

    init(line: Int) {
        self.line = line
    }

    mutating func take(_ property: ICalendarProperty) throws(ParseError) {
        switch property.name {
        case "SUMMARY": name = Self.unescaped(property.value)
        case "DTSTART": start = try Self.day(property)
        case "DTEND": end = try Self.day(property)
        case "DURATION": length = try Self.days(property.value)
        case "RRULE": rule = try YearlyRule(parsing: property.value)
        case "RDATE": added += try Self.dates(property)
        case "EXDATE": excluded += try Self.dates(property)
        case "TRANSP": isNoted = isNoted || property.value.uppercased() == "TRANSPARENT"
        case "STATUS": isNoted = isNoted || property.value.uppercased() == "CANCELLED"
        case "EXRULE":
            throw ParseError("is not read; list the days that are left out as EXDATE")
        default: break
        }
    }

    func days(in range: ClosedRange<CivilDate>) throws(ParseError) -> [Int] {
        guard let start else {
            throw ParseError("is an event without a first day; give DTSTART;VALUE=DATE")
        }
        let span = end.map { $0.daysSinceEpoch - start.daysSinceEpoch } ?? length
        guard (1...Limits.closureDaysMaximum).contains(span) else {
            throw ParseError("is an event of \(span) days; 1 to \(Limits.closureDaysMaximum) are")
        }
        if isNoted { return [] }
        guard !name.isEmpty else {
            throw ParseError("is an event without a SUMMARY; name the holiday")
        }
        let firsts = (rule?.days(from: start, through: range.upperBound) ?? [start]) + added
        let out = Set(excluded.map(\.daysSinceEpoch))
        let wanted = range.lowerBound.daysSinceEpoch...range.upperBound.daysSinceEpoch
        return firsts.map(\.daysSinceEpoch).filter { !out.contains($0) }
            .flatMap { first in (first..<first + span).filter { wanted.contains($0) } }
    }

    private static func day(_ property: ICalendarProperty) throws(ParseError) -> CivilDate {
        guard property.value.utf8.count == 8 else {
            throw ParseError(
                "‘\(property.value)’ is a time of day; give all-day events, as VALUE=DATE:20261126"
            )
        }
        return try day(property.value)
    }

    static func day(_ text: String) throws(ParseError) -> CivilDate {
        let digits = Array(text.utf8)
        guard digits.count == 8, digits.allSatisfy({ (48...57).contains($0) }),
            let number = Int(text),
            let day = CivilDate(year: number / 10_000, month: number / 100 % 100, day: number % 100)
        else { throw ParseError("‘\(text)’ is not a day; write 20261126") }
        return day
    }

    private static func dates(_ property: ICalendarProperty) throws(ParseError) -> [CivilDate] {
        var days: [CivilDate] = []
        for part in property.value.split(separator: ",") { days.append(try day(String(part))) }
        return days
    }

    /// Reads `P3D` or `P1W`.
    private static func days(_ text: String) throws(ParseError) -> Int {
        let body = text.uppercased().drop { $0 == "+" }
        guard body.first == "P", let unit = body.last, unit == "D" || unit == "W",
            let number = Int(body.dropFirst().dropLast()), (1...366).contains(number)
        else { throw ParseError("‘\(text)’ is not whole days; write P3D") }
        return unit == "W" ? number * 7 : number
    }

    private static func unescaped(_ text: String) -> String {
        var result = ""
        var isEscaped = false
        for character in text {
            if isEscaped {
                result.append(character == "n" || character == "N" ? " " : character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else {
                result.append(character)
            }
        }
        return result
    }
}
