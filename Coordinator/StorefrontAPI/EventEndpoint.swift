import AllocationModel
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Synchronization

/// Tells of events as they happen, as server-sent events (WHATWG HTML, section 9.2).
///
/// A reader holds a number and nothing else here, so a slow one costs no memory; who was away asks
/// for what came after the last that he has seen.
struct EventEndpoint: Sendable {
    let office: EventOffice
    private let readers = EventReaders()

    init(office: EventOffice) {
        self.office = office
    }

    var endpoint: Endpoint { Endpoint(.get, "/v1/events", needsAdmission: false, answer) }

    @Sendable private func answer(
        _ request: Request,
        _ context: BasicRequestContext
    ) async throws -> Response {
        let query = try Query(of: request, known: ["after"])
        let asked = try query.parsed("after", by: Place.init(parsing:))
        // What a browser sends when it comes back knows better than the address it was given.
        let after = try await number(of: try Self.lastSeen(request) ?? asked)
        guard let seat = readers.seat() else {
            throw Problem(
                .overloaded,
                "\(StorefrontLimits.eventReadersMaximum) readers of events are connected already.",
                hint: "Close one of them, or try again later: nothing is lost, ask for what comes "
                    + "after the last event that you have seen.",
                retryAfterSeconds: StorefrontLimits.overloadRetryAfterSeconds
            )
        }
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-store",
            ],
            body: ResponseBody { [office] writer in
                defer { withExtendedLifetime(seat) {} }
                // At once, so that the other side knows that it is connected.
                try await writer.write(ByteBuffer(string: ":\n\n"))
                var seen = after
                while let events = try await office.next(
                    seen,
                    .seconds(StorefrontLimits.eventsSilenceSeconds)
                ) {
                    let text = events.isEmpty ? ":\n\n" : events.map(\.text).joined()
                    try await writer.write(ByteBuffer(string: text))
                    seen = events.last?.mark.number ?? seen
                }
                try await writer.finish(nil)
            }
        )
    }

    /// Where a reader begins.
    private enum Place {
        /// With the first event that there is.
        case start
        case mark(OfficeEvent.Mark)

        init(parsing text: String) throws(ParseError) {
            self = text == "0" ? .start : .mark(try OfficeEvent.Mark(parsing: text))
        }
    }

    private static func lastSeen(_ request: Request) throws(Problem) -> Place? {
        let text = HTTPField.Name("Last-Event-ID").flatMap { request.headers[$0] }
        guard let text, !text.isEmpty else { return nil }
        do throws(ParseError) {
            return try Place(parsing: text)
        } catch {
            throw Query.problem("Last-Event-ID: \(error).")
        }
    }

    /// Returns the number after which to begin: now, where nobody says.
    private func number(of place: Place?) async throws -> Int64 {
        switch place {
        case nil: return try await office.last()
        case .start: return 0
        case .mark(let mark):
            guard try await office.knows(mark) else {
                throw Problem(
                    .unknownEvent,
                    "The event ‘\(mark)’ was not told here, so nobody knows what came after it.",
                    hint: "The log was put back or rebuilt: read the orders again, and then the "
                        + "events without ‘after’ and Last-Event-ID."
                )
            }
            return mark.number
        }
    }
}

extension OfficeEvent {
    /// The event as it is sent; no field of it can break a line.
    fileprivate var text: String {
        let json = String(decoding: document.bytes, as: UTF8.self)
        return "id: \(mark)\nevent: \(kind.rawValue)\ndata: \(json)\n\n"
    }

    private var document: JSONValue {
        var order: String?
        var alert: Int64?
        switch subject {
        case .order(let id): order = id.rawValue
        case .alert(let number): alert = number
        }
        return [
            "id": .string("\(mark)"), "kind": .string(kind.rawValue),
            "order": .text(order), "warehouse": .text(warehouse?.rawValue),
            "alert": alert.map { .integer($0) } ?? .null,
        ]
    }
}

/// Bounds how many read events at once.
final class EventReaders: Sendable {
    private let count = Mutex(0)

    /// A place among them, given back when nobody holds it any more.
    final class Seat: Sendable {
        private let readers: EventReaders

        fileprivate init(of readers: EventReaders) {
            self.readers = readers
        }

        deinit {
            readers.count.withLock { $0 -= 1 }
        }
    }

    func seat() -> Seat? {
        let isFree = count.withLock { count in
            guard count < StorefrontLimits.eventReadersMaximum else { return false }
            count += 1
            return true
        }
        return isFree ? Seat(of: self) : nil
    }
}
