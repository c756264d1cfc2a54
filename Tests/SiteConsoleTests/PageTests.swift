import AllocationModel
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ShippingCalendar
import StockLedger
import Testing

@testable import SiteConsole

struct `Site page` {
    struct Answer {
        let status: Int
        let location: String?
        let text: String
        let headers: HTTPFields
    }

    private func send(
        _ method: HTTPRequest.Method,
        _ uri: String,
        _ body: String = "",
        headers: HTTPFields = [.contentType: "application/x-www-form-urlencoded"],
        to site: TestSite
    ) async throws -> Answer {
        let router = ObservationRouter.router(for: site.desk) { monday }
        PageRouter.add(to: router, for: site.desk) { monday }
        return try await Application(router: router)
            .test(.live) { client in
                try await client.execute(
                    uri: uri,
                    method: method,
                    headers: headers,
                    body: ByteBuffer(string: body)
                ) { response in
                    Answer(
                        status: response.status.code,
                        location: response.headers[.location],
                        text: String(buffer: response.body),
                        headers: response.headers
                    )
                }
            }
    }

    private func upload(
        _ fields: [(name: String, value: String)],
        to site: TestSite
    ) async throws -> Answer {
        let parts = fields.map {
            "--XX\r\nContent-Disposition: form-data; name=\"\($0.name)\"; filename=\"a;b.ics\"\r\n"
                + "Content-Type: text/calendar\r\n\r\n\($0.value)\r\n"
        }
        return try await send(
            .post,
            "/holidays/import",
            parts.joined() + "--XX--\r\n",
            headers: [.contentType: "multipart/form-data; boundary=XX"],
            to: site
        )
    }

    private static let calendar = """
        BEGIN:VCALENDAR
        BEGIN:VEVENT
        SUMMARY:Thanksgiving
        DTSTART;VALUE=DATE:20251127
        RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH
        END:VEVENT
        END:VCALENDAR
        """

    private func holidays(of site: TestSite) async throws -> [String] {
        guard case .holidays(let rows) = await site.ask(.listHolidays) else {
            throw Unexpected(description: "no list")
        }
        return rows.map { "\($0.date) \($0.name) \($0.cutoff?.description ?? "closed")" }
    }

    private func addRates(_ service: String, to site: TestSite) async throws {
        let files = RateCardFiles(
            service: service,
            carrier: "O'Hare & \"Sons\"",
            level: .ground,
            effective: try CivilDate(parsing: "2026-01-01"),
            chart: "dest_zip,zone\n750-754,2\n",
            rates: "weight_lb,2\n150,20.00\n",
            terms: RateCardFiles.Terms(fuelBasisPoints: 1850, transitDays: 2)
        )
        if case .failed(let fault) = await site.ask(.importRates(files)) { throw fault }
    }

    @Test func `sets a cutoff by its form, and shows what the coming days come to`() async throws {
        let site = try TestSite()

        let sent = try await send(.post, "/cutoffs", "day=mon&day=tue&time=14%3A30", to: site)
        #expect(sent.status == 303)
        #expect(sent.location == "/?done=cutoffs#cutoffs")
        guard case .cutoffs(let rows) = await site.ask(.listCutoffs) else {
            Issue.record("no list")
            return
        }
        #expect(rows.map(\.weekday) == [.monday, .tuesday])

        let page = try await send(.get, "/?done=cutoffs", to: site)
        #expect(page.status == 200)
        #expect(page.text.contains("The cutoff is set."))
        #expect(page.text.contains("<td>mon 2026-03-02</td><td>until 14:30</td>"))
        #expect(
            page.text.contains(
                "<td>wed 2026-03-04</td><td><span class=\"closed\">does not ship: "
                    + "the weekday has no cutoff</span></td>"
            )
        )
        #expect(fault(inMarkup: page.text) == nil)

        let removed = try await send(.post, "/cutoffs/remove", "day=mon&service=", to: site)
        #expect(removed.location == "/?done=cutoffs/remove#cutoffs")
        let again = try await send(.post, "/cutoffs/remove", "day=mon&service=", to: site)
        #expect(again.status == 409)
        #expect(again.text.contains("there is no cutoff by default on mon - see cutoff list"))
    }

    @Test func `closes several days, for several years, and opens one again`() async throws {
        let site = try TestSite()

        let body = "date=2026-12-24&through=2026-12-25&name=Christmas+%26+Eve&years=2"
        #expect(try await send(.post, "/holidays", body, to: site).status == 303)
        let half = "date=2028-02-29&name=Leap&cutoff=11%3A30&years=5"
        #expect(try await send(.post, "/holidays", half, to: site).status == 303)
        #expect(
            try await holidays(of: site) == [
                "2026-12-24 Christmas & Eve closed", "2026-12-25 Christmas & Eve closed",
                "2027-12-24 Christmas & Eve closed", "2027-12-25 Christmas & Eve closed",
                "2028-02-29 Leap 11:30", "2032-02-29 Leap 11:30",
            ]
        )
        let page = try await send(.get, "/", to: site)
        #expect(page.text.contains("<td>Christmas &amp; Eve</td><td>closed</td>"))

        let removed = try await send(.post, "/holidays/remove", "date=2026-12-24", to: site)
        #expect(removed.location == "/?done=holidays/remove#holidays")
        #expect(try await holidays(of: site).count == 5)
    }

    @Test func `imports a calendar that was chosen or pasted, and shows first what it would add`()
        async throws
    {
        let site = try TestSite()

        let preview = try await upload(
            [("file", Self.calendar), ("through", ""), ("calendar", ""), ("preview", "yes")],
            to: site
        )
        #expect(preview.status == 200)
        #expect(preview.text.contains("The calendar would add 2; nothing was changed yet"))
        #expect(preview.text.contains("RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH"))
        #expect(fault(inMarkup: preview.text) == nil)
        #expect(try await holidays(of: site) == [])

        let pasted = try await upload(
            [("file", ""), ("through", "2026-12-31"), ("calendar", Self.calendar)],
            to: site
        )
        #expect(pasted.location == "/?done=holidays/import&count=1#holidays")
        let chosen = try await upload([("file", Self.calendar), ("calendar", "old")], to: site)
        #expect(chosen.location == "/?done=holidays/import&count=1#holidays")
        #expect(
            try await holidays(of: site) == [
                "2026-11-26 Thanksgiving closed", "2027-11-25 Thanksgiving closed",
            ]
        )
        let page = try await send(.get, "/?done=holidays/import&count=1", to: site)
        #expect(page.text.contains("One holiday was added from the calendar."))
    }

    @Test func `lists every line that is wrong with a calendar, and keeps what was pasted`()
        async throws
    {
        let site = try TestSite()
        let broken = Self.calendar.replacing("FREQ=YEARLY", with: "FREQ=DAILY")

        let refused = try await upload([("file", broken), ("calendar", "")], to: site)

        #expect(refused.status == 422)
        #expect(refused.text.contains("<li>line "))
        #expect(refused.text.contains("RRULE:FREQ=DAILY"))
        #expect(fault(inMarkup: refused.text) == nil)
        #expect(try await holidays(of: site) == [])
    }

    @Test func `bounds what can leave, and lets it again`() async throws {
        let site = try TestSite()

        let body = "day=sat&orders=20&lines=&weight=12.5"
        #expect(try await send(.post, "/capacity", body, to: site).status == 303)
        let rows = [
            CapacityRow(
                weekday: .saturday,
                capacity: DayAmount(orders: 20, lines: nil, grams: 12_500)
            )
        ]
        #expect(await site.ask(.showCapacity) == .capacity(rows))
        #expect(
            try await send(.get, "/", to: site).text
                .contains("<td>sat</td><td>20</td><td>-</td><td>12.5</td>")
        )
        #expect(try await send(.post, "/capacity/clear", "day=sat", to: site).status == 303)
        #expect(await site.ask(.showCapacity) == .capacity([]))
    }

    @Test(arguments: [
        ("/cutoffs", "time=14%3A30", "Days are none - tick at least one", "value=\"14:30\""),
        ("/cutoffs", "day=mon&time=", "Time is empty - give", "value=\"mon\" checked"),
        ("/cutoffs", "day=mon&time=25%3A61", "Time: ", "name=\"time\" value=\"25:61\""),
        ("/cutoffs", "day=mon&time=9%3A0&service=%3Cb%3E", "Time: ", "<option value=\"&lt;b&gt;"),
        ("/cutoffs", "day=doomsday&time=14%3A30", "Days are not understood", "value=\"14:30\""),
        ("/holidays", "date=2026-13-01&name=X", "Day: ", "value=\"2026-13-01\""),
        ("/holidays", "date=&name=X", "Day is empty", "name=\"name\" value=\"X\""),
        ("/holidays", "date=2026-12-24&name=", "Name is empty", "value=\"2026-12-24\""),
        ("/holidays", "date=2026-12-24&name=X&years=0", "Years: ", "value=\"0\""),
        ("/holidays", "date=2026-12-24&name=X&years=26", "years are 26", "value=\"26\""),
        (
            "/holidays", "date=2026-12-24&name=X&through=2026-12-23",
            "through is 2026-12-23, which is before 2026-12-24", "value=\"2026-12-23\""
        ),
        (
            "/holidays", "date=2026-12-24&name=X&through=2028-12-23",
            "close 366 at most", "value=\"2028-12-23\""
        ),
        ("/capacity", "day=mon", "Orders is empty", "value=\"mon\" checked"),
        ("/capacity", "day=mon&orders=many", "Orders: ‘many’ is not", "value=\"many\""),
        ("/capacity", "day=mon&weight=1.2345", "Kilograms: ‘1.2345’", "value=\"1.2345\""),
        ("/capacity/clear", "day=mon", "no capacity is set on mon", "</html>"),
        ("/holidays/import", "calendar=", "Calendar is empty", "</html>"),
        (
            "/holidays/import", "calendar=BEGIN&through=2020-01-01",
            "through is 2020-01-01, which is past", "\nBEGIN</textarea>"
        ),
    ])
    func `says which field is wrong and what to do, keeps what was written, and changes nothing`(
        _ path: String,
        _ body: String,
        _ words: String,
        _ kept: String
    ) async throws {
        let site = try TestSite()

        let answer = try await send(.post, path, body, to: site)

        #expect([409, 422].contains(answer.status))
        #expect(answer.text.contains("Nothing was changed:"))
        #expect(answer.text.contains(words))
        #expect(answer.text.contains(kept))
        #expect(fault(inMarkup: answer.text) == nil)
        #expect(await site.ask(.listCutoffs) == .cutoffs([]))
        #expect(await site.ask(.listHolidays) == .holidays([]))
        #expect(await site.ask(.showCapacity) == .capacity([]))
    }

    // What any of these became a tag in would be somebody else's page.
    @Test func `shows hostile names as text`() async throws {
        let hostile = "<script>alert(\"x\")</script>&amp;'\u{202E}"
        let site = try TestSite()
        try site.stock(SKU(trusted: "<b>&"), 12)
        try site.ledger.performAndWait(at: monday) { books in
            let id = TransactionID(coordinator: office, epoch: 1, counter: 1)
            _ = try books.reserve(
                Reservation(
                    transaction: id,
                    order: Order.ID(trusted: hostile),
                    lines: [Reservation.Line(sku: SKU(trusted: "<b>&"), quantity: 2)]
                ),
                participants: [dallas],
                by: Carriage(service: hostile, leaves: CivilDate(parsing: "2026-03-02"))
            )
            try books.apply(.confirm, to: id)
        }
        try await addRates("<i>", to: site)
        for command in [
            SiteCommand.setCutoff(days: [.monday], service: hostile, time: .midnight),
            .addHoliday(date: try CivilDate(parsing: "2026-03-03"), name: hostile),
        ] { #expect(await site.ask(command) == .done) }

        for (method, path, body) in [
            (HTTPRequest.Method.get, "/", ""), (.get, "/?done=%3Cscript%3E&count=%3Cb%3E", ""),
            (.post, "/holidays", "date=%3Cscript%3E&name=%22%3E%3Cscript%3E%00%FF"),
            (.post, "/holidays", "date=%3Cscript%3E&name=%22%3E%3Cscript%3E%00%01"),
            (.post, "/cutoffs", "day=%3Cscript%3E&service=%22%3E%3Cscript%3E&time=%3Cscript%3E"),
            (.post, "/holidays/import", "calendar=%3C%2Ftextarea%3E%3Cscript%3E"),
        ] {
            let page = try await send(method, path, body, to: site)
            #expect(!page.text.contains("<script"), "\(path) \(body)")
            #expect(!page.text.contains("<b>") && !page.text.contains("<i>"))
            #expect(fault(inMarkup: page.text) == nil, "\(path) \(body)")
        }
        let page = try await send(.get, "/", to: site)
        #expect(page.text.contains("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;amp;"))
        #expect(page.text.contains("<td>O&#39;Hare &amp; &quot;Sons&quot;</td>"))
        #expect(page.text.contains("2 x &lt;b&gt;&amp;"))
    }

    @Test(arguments: [
        ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-site"),
        ("Origin", "https://evil.example"), ("Origin", "null"),
        ("Origin", "http://localhost:3000"), ("Origin", "https://localhost"),
    ])
    func `refuses a form that another page has sent`(
        _ name: String,
        _ value: String
    ) async throws {
        let site = try TestSite()
        var headers: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]
        headers[try #require(HTTPField.Name(name))] = value

        let answer = try await send(
            .post,
            "/holidays",
            "date=2026-12-24&name=Off",
            headers: headers,
            to: site
        )

        #expect(answer.status == 403)
        #expect(answer.text.contains("sent by another page"))
        #expect(try await holidays(of: site) == [])
    }

    @Test func `takes the forms that its own page sends, as browsers say it`() {
        let here = "127.0.0.1:8490"
        #expect(!LocalSender.isElsewhere(site: nil, origin: nil, authority: here))
        #expect(
            !LocalSender.isElsewhere(
                site: "same-origin",
                origin: "http://127.0.0.1:8490",
                authority: here
            )
        )
        #expect(!LocalSender.isElsewhere(site: "none", origin: nil, authority: here))
        #expect(LocalSender.isElsewhere(site: nil, origin: "http://127.0.0.1", authority: here))
        #expect(LocalSender.isElsewhere(site: nil, origin: "http://127.0.0.1:84", authority: ""))
    }

    @Test func `lets nobody frame it, run a script in it or keep it`() async throws {
        let page = try await send(.get, "/", to: try TestSite())

        let policy = page.headers[.contentSecurityPolicy]
        #expect(policy?.hasPrefix("default-src 'none'; style-src 'self'; form-action") == true)
        #expect(policy?.contains("frame-ancestors 'none'") == true)
        #expect(page.headers[.cacheControl] == "no-store")
        #expect(!page.text.contains("<script") && !page.text.contains(" style="))
        let style = try await send(.get, "/style.css", to: try TestSite())
        #expect(style.status == 200 && style.headers[.contentType]?.hasPrefix("text/css") == true)
    }

    @Test func `refuses what is no form of its own, and what is too large`() async throws {
        let site = try TestSite()

        let json = try await send(
            .post,
            "/holidays",
            "{}",
            headers: [.contentType: "application/json"],
            to: site
        )
        #expect(json.status == 415)
        let large = String(repeating: "a", count: ConsoleLimits.pageFormBytesMaximum + 1)
        #expect(try await send(.post, "/holidays", large, to: site).status == 413)
        let many = String(repeating: "day=mon&", count: 65)
        #expect(try await send(.post, "/cutoffs", many, to: site).status == 400)
        #expect(try await send(.get, "/holidays", to: site).location == "/#holidays")
    }

    @Test func `says first what needs attention`() async throws {
        let site = try TestSite()
        try site.stock(valve, 12)
        try site.reserve(1, valve, 8, leaving: try CivilDate(parsing: "2026-02-27"))
        try site.reserve(2, valve, 1, leaving: try CivilDate(parsing: "2026-03-05"))
        try site.ledger.performAndWait(at: monday) { books in
            for counter in Int64(1)...2 {
                _ = try books.apply(
                    .confirm,
                    to: TransactionID(coordinator: office, epoch: 1, counter: counter)
                )
            }
        }

        let page = try await send(.get, "/", to: site).text

        #expect(page.contains("The coordinator has not been heard for 15 seconds"))
        #expect(page.contains("1 order is to leave today, and 1 of them missed"))
        #expect(page.contains("<strong>rates</strong>: none count today"))
        let parts = page.components(separatedBy: "<h3>For later days</h3>")
        #expect(parts.count == 2)
        #expect(parts.first?.contains("<td>order-1</td>") == true)
        #expect(parts.last?.contains("<td>order-2</td>") == true)
    }

    @Test func `says that the ledger is closed where it is`() async throws {
        let site = try TestSite()
        try await site.ledger.close()

        let page = try await send(.get, "/", to: site)

        #expect(page.status == 503)
        #expect(page.text.contains("the ledger is closed"))
    }
}

struct `Page form` {
    @Test func `reads what a browser encodes`() throws {
        let form = try PageForm(urlEncoded: Data("a=1+2&b=%C3%A9%26%3d&day=mon&day=tue&&c".utf8))

        #expect(form["a"] == "1 2" && form["b"] == "é&=" && form["c"] == "")
        #expect(form.all("day") == ["mon", "tue"])
        #expect(form["missing"] == "" && form.all("missing") == [])
    }

    @Test(arguments: ["a=%", "a=%4", "a=%zz", "%ff=a", "a=%c3"])
    func `refuses what is encoded otherwise`(_ body: String) {
        #expect(throws: ParseError.self) { try PageForm(urlEncoded: Data(body.utf8)) }
    }

    @Test(arguments: [
        "", "--B", "--B\r\n", "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1",
        "--B\r\n\r\n1\r\n--B--", "--B\r\nContent-Disposition: form-data\r\n\r\n1\r\n--B--",
        "--C\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--C--",
    ])
    func `refuses parts that do not end or have no name`(_ body: String) {
        #expect(throws: ParseError.self) {
            try PageForm(multipart: Data(body.utf8), boundary: "B")
        }
    }

    @Test func `reads parts, empty ones too`() throws {
        let body =
            "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n"
            + "--B\r\ncontent-disposition: form-data; name=\"b\"; filename=\"x\"\r\n"
            + "Content-Type: text/plain\r\n\r\none\r\ntwo\r\n--B--\r\n"
        let form = try PageForm(multipart: Data(body.utf8), boundary: "B")

        #expect(form["a"] == "" && form.all("a") == [""])
        #expect(form["b"] == "one\r\ntwo")
    }
}

/// What makes a page no well-formed one: a tag that is not closed, a stray mark; nil where nothing does.
private func fault(inMarkup page: String) -> String? {
    var open: [Substring] = []
    var rest = page[...]
    while let mark = rest.firstIndex(where: { $0 == "<" || $0 == "&" }) {
        let place = rest[mark...].prefix(60)
        if rest[mark] == "&" {
            let entities = ["&amp;", "&lt;", "&gt;", "&quot;", "&#39;"]
            guard entities.contains(where: place.hasPrefix) else { return "stray & at \(place)" }
            rest = rest[rest.index(after: mark)...]
            continue
        }
        guard let end = rest[mark...].firstIndex(of: ">") else { return "no end: \(place)" }
        let tag = rest[rest.index(after: mark)..<end]
        rest = rest[rest.index(after: end)...]
        if tag.hasPrefix("!DOCTYPE") || tag.hasSuffix("/") { continue }
        let name = tag.drop { $0 == "/" }.prefix { $0.isLetter || $0.isNumber }
        if tag.hasPrefix("/") {
            guard open.popLast() == name else { return "\(tag) closes nothing" }
            continue
        }
        guard !name.isEmpty, tag.count(where: { $0 == "\"" }) % 2 == 0 else {
            return "no tag: \(place)"
        }
        open.append(name)
    }
    return open.isEmpty ? nil : "never closed: \(open)"
}
