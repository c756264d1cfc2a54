package import AllocationModel
internal import Foundation
internal import HTTPTypes
package import Hummingbird

/// The site manager's page: what needs attention, and the calendars to change.
///
/// Whoever reaches it may change them, so it belongs on loopback. It needs no
/// script. It is deaf to other pages in the manager's browser: they say where
/// they come from, and a name that was bent to this machine is not its own.
package enum PageRouter {
    package typealias Context = ObservationRouter.Context

    /// Adds the routes; `now` is the wall clock, asked for each request.
    package static func add(
        to router: Router<Context>,
        for desk: SiteDesk,
        now: @escaping @Sendable () -> Timestamp
    ) {
        router.get("/") { request, _ in
            await answer(request) {
                let contents = try await PageContents(of: desk, at: now())
                return page(SitePage(contents: contents, state: state(asked: request)))
            }
        }
        router.get("/style.css") { request, _ in
            await answer(request) {
                respond(.ok, SitePage.style, type: "text/css; charset=utf-8")
            }
        }
        for action in PageAction.allCases {
            let path = RouterPath("/" + action.rawValue)
            router.post(path) { request, _ in
                await answer(request) {
                    try await carryOut(action, request, desk: desk, now: now())
                }
            }
            // Whoever comes back to where a form was refused.
            router.get(path) { request, _ in
                await answer(request) { redirect(to: "/#\(action.section)") }
            }
        }
    }

    // Reading.

    /// What a redirect after a form says was done: a word that is known, and a number.
    private static func state(asked request: Request) -> SitePage.State {
        let query = request.uri.queryParameters
        guard let action = query["done"].flatMap({ PageAction(rawValue: String($0)) }) else {
            return .quiet
        }
        let count = query["count"].flatMap { Int(String($0)) }.flatMap { $0 >= 0 ? $0 : nil }
        return .done(action, count: count)
    }

    private static func form(in request: Request) async throws -> PageForm {
        let type = request.headers[.contentType] ?? ""
        let kind = type.prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces).lowercased()
        guard ["application/x-www-form-urlencoded", "multipart/form-data"].contains(kind) else {
            throw PageRefusal(
                .unsupportedMediaType,
                "That is no form of this page.",
                hint: "Open the page and send its form."
            )
        }
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: ConsoleLimits.pageFormBytesMaximum)
        } catch {
            throw PageRefusal(
                .contentTooLarge,
                "The form is larger than \(ConsoleLimits.pageFormBytesMaximum) bytes.",
                hint: "Take the years that count out of the calendar, and import those."
            )
        }
        let bytes = Data(body.readableBytesView)
        do throws(ParseError) {
            guard kind == "multipart/form-data" else { return try PageForm(urlEncoded: bytes) }
            return try PageForm(multipart: bytes, boundary: boundary(in: type))
        } catch {
            let fault = SiteFault(.badInput, sentence: error.description)
            throw PageRefusal(.badRequest, "Sorry: \(fault.message).", hint: fault.hint + ".")
        }
    }

    private static func boundary(in type: String) -> String {
        for part in type.split(separator: ";") {
            let text = part.trimmingCharacters(in: .whitespaces)
            guard text.lowercased().hasPrefix("boundary=") else { continue }
            return text.dropFirst(9).trimmingCharacters(in: CharacterSet(charactersIn: "\""))
        }
        return ""
    }

    // Answering.

    /// Carries a form out and sends the browser back, or shows it again with what is wrong.
    private static func carryOut(
        _ action: PageAction,
        _ request: Request,
        desk: SiteDesk,
        now: Timestamp
    ) async throws -> Response {
        let form = try await form(in: request)
        var faults: [PageFault] = []
        guard let command = action.command(from: form, &faults) else {
            return try await again(action, form, faults, .unprocessableContent, desk, now)
        }
        switch await desk.carryOut(command, now: now, who: "page") {
        case .failed(let fault):
            let status: HTTPResponse.Status =
                switch fault.kind {
                case .refused: .conflict
                case .badInput, .keyTaken: .unprocessableContent
                case .busy, .unavailable: .serviceUnavailable
                case .storageFailed: .internalServerError
                }
            return try await again(action, form, [PageFault(fault)], status, desk, now)
        case .holidays(let rows):
            if !form["preview"].isEmpty {
                let contents = try await PageContents(of: desk, at: now)
                return page(SitePage(contents: contents, state: .preview(form, rows)))
            }
            let path = "/?done=\(action.rawValue)&count=\(rows.count)#\(action.section)"
            return redirect(to: path)
        default:
            return redirect(to: "/?done=\(action.rawValue)#\(action.section)")
        }
    }

    private static func again(
        _ action: PageAction,
        _ form: PageForm,
        _ faults: [PageFault],
        _ status: HTTPResponse.Status,
        _ desk: SiteDesk,
        _ now: Timestamp
    ) async throws -> Response {
        let contents = try await PageContents(of: desk, at: now)
        return page(
            SitePage(contents: contents, state: .refused(action, form, faults)),
            status: status
        )
    }

    private static func answer(
        _ request: Request,
        _ work: () async throws -> Response
    ) async -> Response {
        do {
            guard ShipmentRouter.isThisMachine(request.head.authority ?? "") else {
                throw PageRefusal(
                    .misdirectedRequest,
                    "The request names another host than this machine.",
                    hint: "Open http://127.0.0.1 with the agent's port."
                )
            }
            guard request.method == .get || !LocalSender.isElsewhere(request) else {
                throw PageRefusal(
                    .forbidden,
                    "The form was sent by another page than this one; nothing was changed.",
                    hint: "Open this page by itself and send its form."
                )
            }
            return try await work()
        } catch let refusal as PageRefusal {
            return page(refusal)
        } catch let fault as SiteFault {
            return page(
                PageRefusal(
                    .serviceUnavailable,
                    "The ledger cannot be read: \(fault.message).",
                    hint: fault.hint
                )
            )
        } catch {
            return page(
                PageRefusal(
                    .internalServerError,
                    "The page failed for a reason that lies here.",
                    hint: "See the agent's log."
                )
            )
        }
    }

    private static func redirect(to path: String) -> Response {
        var response = respond(.seeOther, "", type: "text/plain; charset=utf-8")
        response.headers[.location] = path
        return response
    }

    private static func page(
        _ page: SitePage,
        status: HTTPResponse.Status = .ok
    ) -> Response {
        respond(status, page.html.markup, type: "text/html; charset=utf-8")
    }

    private static func page(_ refusal: PageRefusal) -> Response {
        respond(
            refusal.status,
            SitePage.document(title: "Not done", refusal.html).markup,
            type: "text/html; charset=utf-8"
        )
    }

    private static func respond(
        _ status: HTTPResponse.Status,
        _ text: String,
        type: String
    ) -> Response {
        var headers: HTTPFields = [
            .contentType: type, .cacheControl: "no-store", .xContentTypeOptions: "nosniff",
            .contentSecurityPolicy: "default-src 'none'; style-src 'self'; form-action 'self'; "
                + "frame-ancestors 'none'; base-uri 'none'",
        ]
        // Without a referrer at all, browsers leave out where a form comes from, too.
        for (name, value) in [("Referrer-Policy", "same-origin"), ("X-Frame-Options", "DENY")] {
            HTTPField.Name(name).map { headers[$0] = value }
        }
        return Response(
            status: status,
            headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(string: text))
        )
    }
}

/// Why a request to the page is not looked at.
struct PageRefusal: Error {
    let status: HTTPResponse.Status
    let message: String
    let hint: String

    init(_ status: HTTPResponse.Status, _ message: String, hint: String) {
        self.status = status
        self.message = message
        self.hint = hint
    }

    var html: HTML {
        """
        <h1>Not done</h1>
        <p class="fault">\(message)</p>
        <p>\(hint)</p>
        <p><a href="/">To the page</a></p>

        """
    }
}

/// Whether a request comes from a page of another site, as browsers say it.
enum LocalSender {
    /// Programs say nothing of it and count as here; no browser leaves both out of a form.
    ///
    /// Another port of this machine is another site.
    static func isElsewhere(_ request: Request) -> Bool {
        isElsewhere(
            site: HTTPField.Name("Sec-Fetch-Site").flatMap { request.headers[$0] },
            origin: request.headers[.origin],
            authority: request.head.authority ?? ""
        )
    }

    static func isElsewhere(site: String?, origin: String?, authority: String) -> Bool {
        if let site, !["same-origin", "none"].contains(site.lowercased()) { return true }
        guard let origin else { return false }
        return authority.isEmpty || origin.lowercased() != "http://" + authority.lowercased()
    }
}
