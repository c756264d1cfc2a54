internal import AllocationModel

/// The page, as text.
struct SitePage {
    /// What led to it.
    enum State {
        case quiet
        case done(PageAction, count: Int?)
        /// What a calendar would add.
        case preview(PageForm, [HolidayRow])
        case refused(PageAction, PageForm, [PageFault])
    }

    let contents: PageContents
    let state: State

    var html: HTML {
        Self.document(
            title: "\(contents.warehouse) \(contents.name)",
            .list([
                header, notice, attention, picks, preview, cutoffs, holidays, capacity, rates,
                checks,
            ])
        )
    }

    static func document(title: String, _ body: HTML) -> HTML {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8"/>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <title>\(title) - Holdfast</title>
        <link rel="stylesheet" href="/style.css"/>
        </head>
        <body>
        \(body)</body>
        </html>

        """
    }

    private var header: HTML {
        """
        <header>
        <h1>\(contents.warehouse) \(contents.name)</h1>
        <p>\(contents.today.weekday) \(contents.today), \(contents.time) by the warehouse's \
        clock (\(contents.timeZone)).</p>
        <nav><a href="#attention">Attention</a> <a href="#picks">Picks</a> \
        <a href="#preview">Next 14 days</a> <a href="#cutoffs">Cutoffs</a> \
        <a href="#holidays">Holidays</a> <a href="#capacity">Capacity</a> \
        <a href="#rates">Rates</a></nav>
        </header>

        """
    }

    private var notice: HTML {
        guard case .done(let action, let count) = state else { return .empty }
        return "<p class=\"done\" role=\"status\">\(action.notice(count: count))</p>\n"
    }

    // What is to do.

    private var late: Int { contents.picks.rows.count { $0.isLate } }

    private func isDue(_ row: PickRow) -> Bool {
        row.isLate || row.leaves.map { $0 <= contents.today } ?? true
    }

    private var attention: HTML {
        var items: [HTML] = []
        if !contents.isOfficeHeard {
            items.append(
                """
                <li class="fault">The coordinator has not been heard for 15 seconds: no new \
                orders come. What is promised stays set aside. <em>See that the line to the \
                office works.</em></li>

                """
            )
        }
        let due = contents.picks.rows.filter(isDue)
        if !due.isEmpty {
            let more = contents.picks.isCutShort ? " or more" : ""
            items.append(
                """
                <li>\(due.count)\(more) \(due.count == 1 ? "order is" : "orders are") to leave \
                today\(late == 0 ? "" : ", and \(late) of them missed the day's cutoff"). \
                <a href="#picks">Picks</a></li>

                """
            )
        }
        let refused = contents.picks.rows.count { !$0.refused.isEmpty }
        if refused > 0 {
            items.append(
                """
                <li>\(refused) \(refused == 1 ? "pick is" : "picks are") refused, and wait for \
                the office to source \(refused == 1 ? "it" : "them") elsewhere.</li>

                """
            )
        }
        for check in contents.checks where check.grade != .fine {
            items.append(
                """
                <li class="\(check.grade.rawValue)"><strong>\(check.subject)</strong>: \
                \(check.text). <em>\(check.hint)</em></li>

                """
            )
        }
        let list: HTML =
            items.isEmpty
            ? "<p>Nothing needs attention.</p>\n" : "<ul>\n\(HTML.list(items))</ul>\n"
        return section("attention", "Needs attention", list)
    }

    private var picks: HTML {
        let due = contents.picks.rows.filter(isDue)
        let later = contents.picks.rows.filter { !isDue($0) }
        var body: HTML =
            due.isEmpty
            ? "<p>Nothing is left to pick for today.</p>\n" : pickTable(due)
        if !later.isEmpty { body = body + "<h3>For later days</h3>\n" + pickTable(later) }
        if contents.picks.isCutShort {
            body =
                body
                    + """
                    <p>There are more: <code>holdfast-agent pick list</code> shows them.</p>

                    """
        }
        return section("picks", "Picks", body)
    }

    private func pickTable(_ rows: [PickRow]) -> HTML {
        table(
            ["Order", "Take", "Service", "Leaves", "Until", "To"],
            rows.map { row in
                let goods = row.picks.map { pick in
                    let lot: HTML = pick.lot.map { ", lot \($0)" } ?? .empty
                    return "\(pick.quantity) x \(pick.sku)\(lot)<br/>" as HTML
                }
                let refused = row.refused.map { pick in
                    """
                    <span class="fault">\(pick.quantity) x \(pick.sku) refused: \
                    \(pick.reason.rawValue)</span><br/>
                    """ as HTML
                }
                return [
                    text(row.order), .list(goods + refused), text(row.service ?? ""),
                    row.isLate
                        ? "<span class=\"fault\">\(row.leaves?.description ?? "") late</span>"
                        : text(row.leaves?.description ?? ""),
                    text(row.cutoff?.description ?? ""), text(row.destination ?? ""),
                ]
            }
        )
    }

    private var preview: HTML {
        let services = contents.calendars.map { $0.service ?? "Any service" }
        let days = contents.calendars.first?.rows ?? []
        let rows = days.indices.map { index in
            let day = days[index]
            return [text("\(day.weekday.writtenText) \(day.date)")]
                + contents.calendars.map { calendar in
                    index < calendar.rows.count ? cell(calendar.rows[index]) : .empty
                } + [text(day.takenInWords)]
        }
        var body = table(["Day"] + services + ["Taken"], rows)
        if contents.services.count > contents.calendars.count && !contents.services.isEmpty {
            body =
                body
                    + """
                    <p>There are \(contents.services.count) services: \
                    <code>holdfast-agent calendar show --service NAME</code> shows the others.</p>

                    """
        }
        return section("preview", "The next 14 days", body)
    }

    private func cell(_ day: CalendarRow) -> HTML {
        let why = day.remarkInWords
        guard day.ships else { return "<span class=\"closed\">does not ship: \(why)</span>" }
        let cutoff = day.cutoff?.description ?? ""
        var orderBy = ""
        if let date = day.orderByDate, let time = day.orderByTime,
            date != day.date || time != day.cutoff
        {
            orderBy = ", order by \(date.weekday.writtenText) \(date) \(time)"
        }
        return """
            \(day.isFull ? "<span class=\"fault\">full</span>, " : .empty)until \
            \(cutoff)\(orderBy)\(why.isEmpty ? "" : " (\(why))")
            """
    }

    private var checks: HTML {
        let rows = contents.checks.map { check in
            [text(check.subject), text(check.grade.rawValue), text(check.text)]
        }
        let body = table(["What", "How", "Found"], rows)
        return """
            <section id="checks"><details><summary>All checks</summary>
            \(body)</details></section>

            """
    }

    private var rates: HTML {
        let rows = contents.rates.map { row in
            [
                text(row.service), text(row.carrier), text(row.level.writtenText), text(row.mode),
                "\(row.version)" as HTML, text(row.effective.description),
                text(percent(row.fuelBasisPoints)),
                text(row.discountBasisPoints.map(percent) ?? ""),
                text("\(row.residentialSurcharge) \(row.currency)"),
                text("\(row.handling) \(row.currency)"),
            ]
        }
        let body: HTML =
            rows.isEmpty
            ? """
            <p class="fault">No rates count today, so nothing can be bid: \
            <code>holdfast-agent rates import --help</code></p>

            """
            : table(
                [
                    "Service", "Carrier", "Level", "Kind", "Version", "Since", "Fuel", "Discount",
                    "Residence", "Handling",
                ],
                rows
            )
        return section(
            "rates",
            "Rates in force",
            body
                + """
                <p>Rates are changed with <code>holdfast-agent rates import</code>, and looked \
                into with <code>rates show</code>.</p>

                """
        )
    }

    private func percent(_ basisPoints: Int64) -> String {
        let rest = basisPoints % 100
        let decimals = rest == 0 ? "" : ".\(rest < 10 ? "0" : "")\(rest)"
        return "\(basisPoints / 100)\(decimals) %"
    }

    // Parts.

    func section(_ id: String, _ title: String, _ body: HTML) -> HTML {
        "<section id=\"\(id)\">\n<h2>\(title)</h2>\n\(body)</section>\n"
    }

    func text(_ text: String) -> HTML { "\(text)" }

    func table(_ heads: [String], _ rows: [[HTML]]) -> HTML {
        let head = HTML.list(heads.map { "<th>\($0)</th>" as HTML })
        let body = rows.map { row in
            "<tr>\(HTML.list(row.map { "<td>\($0)</td>" as HTML }))</tr>\n" as HTML
        }
        return """
            <div class="scroll"><table>
            <thead><tr>\(head)</tr></thead>
            <tbody>
            \(HTML.list(body))</tbody>
            </table></div>

            """
    }

    static let style = """
        body { font: 16px/1.45 system-ui, sans-serif; margin: 0 auto; max-width: 70rem;
            padding: 0 1rem 4rem; color: #1c2126; background: #fff; }
        header p { margin: 0.2rem 0; color: #555f69; }
        nav a { margin-right: 0.8rem; }
        h2 { margin: 2rem 0 0.5rem; border-bottom: 2px solid #d5dbe1; padding-bottom: 0.2rem; }
        h3 { margin: 1rem 0 0.3rem; }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; }
        th, td { text-align: left; vertical-align: top; padding: 0.3rem 0.8rem 0.3rem 0;
            border-bottom: 1px solid #e6eaee; }
        fieldset { border: 1px solid #d5dbe1; border-radius: 4px; margin: 0.8rem 0; }
        label { display: inline-block; margin: 0.2rem 0.9rem 0.2rem 0; }
        input, select, textarea, button { font: inherit; padding: 0.2rem 0.4rem; }
        textarea { width: 100%; box-sizing: border-box; }
        td form { display: inline; }
        td button { font-size: 0.85em; }
        .done { background: #e3f4e6; border-left: 4px solid #2c8a3e; padding: 0.6rem; }
        .faults { background: #fdeaea; border-left: 4px solid #b3261e; padding: 0.6rem; }
        .fault { color: #b3261e; font-weight: 600; }
        .warning { color: #8a5300; }
        .closed { color: #6b7580; }
        .wrong { outline: 2px solid #b3261e; }

        """
}
