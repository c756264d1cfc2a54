internal import AllocationModel

// The forms: each keeps what was written in it when it is refused.
extension SitePage {
    /// What was written in a form that is shown again; nothing in another.
    private func kept(_ action: PageAction) -> PageForm {
        switch state {
        case .refused(let refused, let form, _) where refused == action: form
        case .preview(let form, _) where action == .importHolidays: form
        case .quiet, .done, .preview, .refused: PageForm()
        }
    }

    private func faults(_ action: PageAction) -> [PageFault] {
        guard case .refused(let refused, _, let faults) = state, refused == action else {
            return []
        }
        return faults
    }

    /// What is wrong with a form, above it.
    private func complaint(_ actions: PageAction...) -> HTML {
        let items = actions.flatMap(faults)
            .map { fault in
                let details = fault.details.map { "<li>\($0)</li>\n" as HTML }
                let list: HTML =
                    details.isEmpty ? .empty : "\n<ul>\n\(HTML.list(details))</ul>\n"
                let hint = fault.hint.isEmpty ? "" : " - \(fault.hint)"
                return "<li>\(fault.message)\(hint)\(list)</li>\n" as HTML
            }
        guard !items.isEmpty else { return .empty }
        return """
            <div class="faults" role="alert"><p>Nothing was changed:</p>
            <ul>
            \(HTML.list(items))</ul></div>

            """
    }

    // Cutoffs.

    var cutoffs: HTML {
        let named = Set(contents.cutoffs.compactMap(\.service)).sorted()
        let lines: [String?] = [nil] + named
        let rows = lines.map { service in
            [text(service ?? "Every service")]
                + Weekday.allCases.map { day in
                    contents.cutoffs.first { $0.service == service && $0.weekday == day }
                        .map(cutoff) ?? text(service == nil ? "does not ship" : "")
                }
        }
        let heads = ["Service"] + Weekday.allCases.map(\.abbreviation)
        let form = kept(.setCutoff)
        return section(
            "cutoffs",
            "Cutoffs",
            complaint(.setCutoff, .removeCutoff) + table(heads, rows)
                + """
                <form method="post" action="/cutoffs"><fieldset><legend>Set a cutoff</legend>
                \(days(.setCutoff))
                <label>Service \(services(form["service"], named))</label>
                \(field(.setCutoff, "time", "Time", type: "time"))
                <button>Set</button>
                <p>An order that is in by then leaves on that day, by the warehouse's clock. \
                A weekday without a cutoff does not ship.</p>
                </fieldset></form>

                """
        )
    }

    private func cutoff(_ row: CutoffRow) -> HTML {
        """
        \(row.time) <form method="post" action="/cutoffs/remove">\
        \(hidden("day", row.weekday.abbreviation))\(hidden("service", row.service ?? ""))\
        <button title="Remove the cutoff of \(row.weekday)">Remove</button></form>
        """
    }

    private func services(_ chosen: String, _ named: [String]) -> HTML {
        let known = Set(contents.services + named + (chosen.isEmpty ? [] : [chosen])).sorted()
        let options = known.map { service in
            """
            <option value="\(service)"\(service == chosen ? " selected=\"selected\"" : .empty)>\
            \(service)</option>
            """ as HTML
        }
        return """
            <select name="service"><option value="">Every service</option>\
            \(HTML.list(options))</select>
            """
    }

    // Holidays.

    var holidays: HTML {
        let coming = contents.holidays.filter { $0.date >= contents.today }
        let past = contents.holidays.count - coming.count
        let rows = coming.map { row in
            [
                text("\(row.date.weekday.abbreviation) \(row.date)"), text(row.name),
                text(row.cutoff.map { "until \($0)" } ?? "closed"),
                """
                <form method="post" action="/holidays/remove">\
                \(hidden("date", row.date.description))\
                <button title="Remove \(row.name)">Remove</button></form>
                """ as HTML,
            ]
        }
        let list: HTML =
            rows.isEmpty
            ? "<p>No holiday is set from today on.</p>\n"
            : table(["Day", "Name", "Ships", ""], rows)
        let old: HTML =
            past == 0
            ? .empty : "<p>\(past) past: <code>holdfast-agent holiday list</code></p>\n"
        return section(
            "holidays",
            "Holidays and closures",
            complaint(.addHoliday, .importHolidays, .removeHoliday) + list + old + holidayForm
                + previewOfImport + importForm
        )
    }

    private var holidayForm: HTML {
        """
        <form method="post" action="/holidays"><fieldset><legend>Close, or ship for a part</legend>
        \(field(.addHoliday, "date", "Day", type: "date"))
        \(field(.addHoliday, "through", "Through (of several days)", type: "date"))
        \(field(.addHoliday, "name", "Name", type: "text"))
        \(field(.addHoliday, "cutoff", "Ships until (half day)", type: "time"))
        \(field(.addHoliday, "years", "For so many years", type: "number"))
        <button>Set</button>
        <p>Without a time the site does not ship. With years, the same days of each of them are \
        set: for days such as the fourth Thursday, import a calendar.</p>
        </fieldset></form>

        """
    }

    private var previewOfImport: HTML {
        guard case .preview(_, let rows) = state else { return .empty }
        guard !rows.isEmpty else {
            return "<p class=\"done\">The calendar has no day that is not set already.</p>\n"
        }
        let days = rows.map { [text("\($0.date.weekday.abbreviation) \($0.date)"), text($0.name)] }
        return """
            <div class="done" role="status"><p>The calendar would add \(rows.count); nothing was \
            changed yet:</p>
            \(table(["Day", "Name"], days))</div>

            """
    }

    private var importForm: HTML {
        let form = kept(.importHolidays)
        // A browser keeps no file that was chosen: what it held is kept as if it were pasted.
        let pasted = form["file"].isEmpty ? form["calendar"] : form["file"]
        return """
            <form method="post" action="/holidays/import" enctype="multipart/form-data">\
            <fieldset><legend>Import an iCalendar file</legend>
            <label>File <input type="file" name="file" accept=".ics,text/calendar"/></label>
            \(field(.importHolidays, "through", "Through", type: "date"))
            <p><label for="calendar">or paste it</label></p>
            <textarea id="calendar" name="calendar" rows="4"\(mark(.importHolidays, "calendar"))>
            \(pasted)</textarea>
            <button name="preview" value="yes">Show what it would add</button>
            <button>Import</button>
            <p>All-day events, with yearly rules. Without a day, to the end of next year. Days \
            that are set already stay as they are.</p>
            </fieldset></form>

            """
    }

    // Capacity.

    var capacity: HTML {
        let rows = contents.capacity.map { row in
            [
                text(row.weekday.abbreviation), text(row.capacity.orders.map(String.init) ?? "-"),
                text(row.capacity.lines.map(String.init) ?? "-"),
                text(row.capacity.grams.map { Kilograms(grams: $0).description } ?? "-"),
                """
                <form method="post" action="/capacity/clear">\
                \(hidden("day", row.weekday.abbreviation))<button>Clear</button></form>
                """ as HTML,
            ]
        }
        let list: HTML =
            rows.isEmpty
            ? "<p>Nothing bounds what can leave on a day.</p>\n"
            : table(["Day", "Orders", "Lines", "Kilograms", ""], rows)
        return section(
            "capacity",
            "Capacity",
            complaint(.setCapacity, .clearCapacity) + list
                + """
                <form method="post" action="/capacity"><fieldset><legend>Set what can leave on \
                one day</legend>
                \(days(.setCapacity))
                \(field(.setCapacity, "orders", "Orders", type: "number"))
                \(field(.setCapacity, "lines", "Lines", type: "number"))
                \(field(.setCapacity, "weight", "Kilograms", type: "text"))
                <button>Set</button>
                <p>A day is full as soon as one number is reached; what is left empty is not \
                bounded. What would go beyond leaves, and is promised, on the next day with \
                room.</p>
                </fieldset></form>

                """
        )
    }

    // Fields.

    private func mark(_ action: PageAction, _ name: String) -> HTML {
        faults(action).contains { $0.field == name }
            ? " class=\"wrong\" aria-invalid=\"true\"" : .empty
    }

    private func field(
        _ action: PageAction,
        _ name: String,
        _ label: String,
        type: String
    ) -> HTML {
        let value = kept(action)[name]
        // What a browser's own field for dates or numbers would not show is shown as text.
        let isWrong = faults(action).contains { $0.field == name }
        return """
            <label>\(label) <input type="\(isWrong ? "text" : type)" name="\(name)" \
            value="\(value)"\(mark(action, name))/></label>
            """
    }

    private func hidden(_ name: String, _ value: String) -> HTML {
        "<input type=\"hidden\" name=\"\(name)\" value=\"\(value)\"/>"
    }

    /// A box for each weekday; Monday to Friday are ticked where nobody has chosen.
    private func days(_ action: PageAction) -> HTML {
        let kept = kept(action)
        let isShownAgain = !faults(action).isEmpty
        let boxes = Weekday.allCases.map { day in
            let isTicked =
                isShownAgain
                ? kept.all("day").contains(day.abbreviation) : day < .saturday
            return """
                <label><input type="checkbox" name="day" value="\(day.abbreviation)"\
                \(isTicked ? " checked=\"checked\"" : .empty)/> \(day)</label>
                """ as HTML
        }
        return "<p\(mark(action, "day"))>\(HTML.list(boxes))</p>"
    }
}
