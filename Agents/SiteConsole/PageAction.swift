internal import AllocationModel

/// What one form of the page does, by the path that it is sent to.
enum PageAction: String, CaseIterable, Sendable {
    case setCutoff = "cutoffs"
    case removeCutoff = "cutoffs/remove"
    case addHoliday = "holidays"
    case importHolidays = "holidays/import"
    case removeHoliday = "holidays/remove"
    case setCapacity = "capacity"
    case clearCapacity = "capacity/clear"

    /// The part of the page in which its form stands.
    var section: String { String(rawValue.prefix { $0 != "/" }) }

    /// What is said once it is done; `count` is of days that were added.
    func notice(count: Int?) -> String {
        let bid = "It counts from the very next bid on."
        return switch self {
        case .setCutoff: "The cutoff is set. \(bid)"
        case .removeCutoff: "The cutoff is removed. \(bid)"
        case .addHoliday: "The holiday is set. \(bid)"
        case .importHolidays:
            switch count {
            case 1: "One holiday was added from the calendar. \(bid)"
            case let count?: "\(count) holidays were added from the calendar. \(bid)"
            case nil: "The calendar was read. \(bid)"
            }
        case .removeHoliday: "The holiday is removed: the day ships as its weekday does. \(bid)"
        case .setCapacity: "The capacity is set. \(bid)"
        case .clearCapacity: "Nothing bounds what can leave on the day. \(bid)"
        }
    }

    /// Returns the command that a form stands for, or adds to `faults` all that is wrong with it.
    func command(from form: PageForm, _ faults: inout [PageFault]) -> SiteCommand? {
        var fields = PageFields(form: form)
        let command = command(from: &fields)
        faults += fields.faults
        return fields.faults.isEmpty ? command : nil
    }

    private func command(from fields: inout PageFields) -> SiteCommand? {
        switch self {
        case .setCutoff:
            let days = fields.days()
            guard let time = fields.time("time", "Time", isNeeded: true) else { return nil }
            return .setCutoff(days: days, service: fields.service(), time: time)
        case .removeCutoff:
            return .removeCutoff(days: fields.days(), service: fields.service())
        case .addHoliday: return holiday(from: &fields)
        case .importHolidays:
            return .importHolidays(
                calendar: fields.calendar(),
                through: fields.date("through", "Through"),
                isDryRun: !fields.form["preview"].isEmpty
            )
        case .removeHoliday:
            return fields.date("date", "Day", isNeeded: true).map { .removeHoliday(date: $0) }
        case .setCapacity: return capacity(from: &fields)
        case .clearCapacity: return .clearCapacity(days: fields.days())
        }
    }

    private func holiday(from fields: inout PageFields) -> SiteCommand? {
        let date = fields.date("date", "Day", isNeeded: true)
        let through = fields.date("through", "Through")
        let years = fields.whole("years", "Years")
        let cutoff = fields.time("cutoff", "Ships until")
        let name = fields.form["name"]
        if name.isEmpty { fields.add("name", "Name", "is empty; say why the site is closed") }
        return date.map {
            .addHoliday(
                date: $0,
                name: name,
                cutoff: cutoff,
                through: through,
                years: years.map { Int(clamping: $0) }
            )
        }
    }

    private func capacity(from fields: inout PageFields) -> SiteCommand? {
        let days = fields.days()
        let orders = fields.whole("orders", "Orders")
        let lines = fields.whole("lines", "Lines")
        let weight = fields.parsed("weight", "Kilograms") { text throws(ParseError) in
            try Kilograms(parsing: text)
        }
        if ["orders", "lines", "weight"].allSatisfy({ fields.form[$0].isEmpty }) {
            fields.add(
                "orders",
                "Orders",
                "is empty, as are lines and kilograms; give one of them, or ‘Clear’ the day"
            )
        }
        return .setCapacity(days: days, orders: orders, lines: lines, grams: weight?.grams)
    }
}

/// What is wrong with one field of a form, and what to do.
struct PageFault: Hashable, Sendable {
    /// The field's name; empty where no single one is at fault.
    let field: String
    let message: String
    let hint: String
    /// Each thing that is wrong, where there are several: lines of a file.
    let details: [String]

    init(field: String = "", _ message: String, hint: String, details: [String] = []) {
        self.field = field
        self.message = message
        self.hint = hint
        self.details = details
    }

    init(_ fault: SiteFault) {
        self.init(fault.message, hint: fault.hint, details: fault.details)
    }
}

/// A form that is being read, and what was wrong so far.
struct PageFields {
    let form: PageForm
    private(set) var faults: [PageFault] = []

    init(form: PageForm) {
        self.form = form
    }

    /// Adds a fault: a sentence that goes on from the field's label, the remedy after a semicolon.
    mutating func add(_ field: String, _ label: String, _ sentence: String) {
        let fault = SiteFault(.badInput, sentence: sentence)
        faults.append(PageFault(field: field, "\(label) \(fault.message)", hint: fault.hint))
    }

    /// Reads a field that may be left empty.
    mutating func parsed<Value>(
        _ field: String,
        _ label: String,
        _ parse: (String) throws(ParseError) -> Value
    ) -> Value? {
        let text = form[field]
        guard !text.isEmpty else { return nil }
        do throws(ParseError) {
            return try parse(text)
        } catch {
            let fault = SiteFault(.badInput, sentence: error.description)
            faults.append(PageFault(field: field, "\(label): \(fault.message)", hint: fault.hint))
            return nil
        }
    }

    mutating func date(_ field: String, _ label: String, isNeeded: Bool = false) -> CivilDate? {
        if isNeeded && form[field].isEmpty {
            add(field, label, "is empty; give a day, as 2026-11-26")
        }
        return parsed(field, label) { text throws(ParseError) in try CivilDate(parsing: text) }
    }

    mutating func time(_ field: String, _ label: String, isNeeded: Bool = false) -> TimeOfDay? {
        if isNeeded && form[field].isEmpty {
            add(field, label, "is empty; give the warehouse's own time, as 14:30")
        }
        return parsed(field, label) { text throws(ParseError) in try TimeOfDay(parsing: text) }
    }

    mutating func whole(_ field: String, _ label: String) -> Int64? {
        parsed(field, label) { text throws(ParseError) in
            guard let number = Int64(text), number > 0 else {
                throw ParseError("‘\(text)’ is not a whole number from 1 on; write digits alone")
            }
            return number
        }
    }

    mutating func days() -> [Weekday] {
        var days: Set<Weekday> = []
        for text in form.all("day") {
            do throws(ParseError) {
                days.insert(try Weekday(parsing: text))
            } catch {
                add("day", "Days", "are not understood: \(error)")
            }
        }
        if form.all("day").isEmpty { add("day", "Days", "are none; tick at least one") }
        return Weekday.allCases.filter(days.contains)
    }

    func service() -> String? {
        let service = form["service"]
        return service.isEmpty ? nil : service
    }

    /// The file, or else what was pasted.
    mutating func calendar() -> String {
        let text = form["file"].isEmpty ? form["calendar"] : form["file"]
        if text.isEmpty {
            add("calendar", "Calendar", "is empty; choose an .ics file, or paste what it holds")
        }
        return text
    }
}
