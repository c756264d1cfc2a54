import AllocationModel
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import Synchronization

/// Tells of each request how it was answered.
struct Observation: RouterMiddleware {
    typealias Context = BasicRequestContext

    let didAnswer: @Sendable (AnsweredRequest) -> Void

    func handle(
        _ request: Request,
        context: BasicRequestContext,
        next: @concurrent (Request, BasicRequestContext) async throws -> Response
    ) async throws -> Response {
        let clock = ContinuousClock()
        let start = clock.now
        let response = try await next(request, context)
        let isKnown = StorefrontAPI.knownMethods.contains(request.method)
        let route = context.endpointPath ?? "unknown"
        didAnswer(
            AnsweredRequest(
                method: isKnown ? request.method.rawValue : "OTHER",
                route: route == "NotFound" ? "unknown" : route,
                status: response.status.code,
                duration: clock.now - start,
                id: context.requestName
            )
        )
        return response
    }
}

/// Turns everything thrown into problem details, and names the request in the answer.
struct ProblemAnswers: RouterMiddleware {
    typealias Context = BasicRequestContext

    func handle(
        _ request: Request,
        context: BasicRequestContext,
        next: @concurrent (Request, BasicRequestContext) async throws -> Response
    ) async throws -> Response {
        var response: Response
        do {
            response = try await next(request, context)
        } catch let error as CancellationError {
            throw error
        } catch let problem as Problem {
            response = problem.response(request: context.requestName)
        } catch let error as HTTPError where error.status == .notFound {
            response = Self.unknownPath(request).response(request: context.requestName)
        } catch {
            // The error may hold what is nobody's business; the log has it, the answer does not.
            context.logger.error("could not answer", metadata: ["error": "\(error)"])
            response = Self.internalError.response(request: context.requestName)
        }
        response.headers[.requestID] = context.requestName
        return response
    }

    private static func unknownPath(_ request: Request) -> Problem {
        Problem(
            .unknownPath,
            "Nothing answers at ‘\(request.uri.path.prefix(128))’.",
            hint: "GET /openapi.yaml describes every address."
        )
    }

    private static let internalError = Problem(
        .internalError,
        "The request failed for a reason that lies here.",
        hint: """
            Send the same request again: an order's id keeps it from being placed twice. If it \
            fails again, give the operator the ‘instance’ of this answer.
            """
    )
}

/// Bounds how many requests are being answered at once.
final class Admission: Sendable {
    private let maximum: Int
    private let count = Mutex(0)

    init(maximum: Int) {
        self.maximum = maximum
    }

    /// Answers by `body`, or throws a problem with code `overloaded`.
    func admit(_ body: () async throws -> Response) async throws -> Response {
        let isAdmitted = count.withLock { count in
            guard count < maximum else { return false }
            count += 1
            return true
        }
        guard isAdmitted else {
            throw Problem(
                .overloaded,
                "\(maximum) requests are being answered already.",
                hint: "Nothing was done. Send the same request again in a moment.",
                retryAfterSeconds: StorefrontLimits.overloadRetryAfterSeconds
            )
        }
        defer { count.withLock { $0 -= 1 } }
        return try await body()
    }
}

extension BasicRequestContext {
    /// Names the request in the log.
    ///
    /// Hummingbird keeps the name in the logger's metadata, and `id` traps where
    /// a log handler drops it.
    fileprivate var requestName: String {
        logger[metadataKey: "hb.request.id"].map { "\($0)" } ?? "unnamed"
    }
}

extension Problem {
    /// Returns the problem as an answer, where `request` names the request in the log.
    func response(request: String) -> Response {
        var response = Response(
            document(request: request),
            status: HTTPResponse.Status(code: code.status),
            type: "application/problem+json"
        )
        if let retryAfterSeconds { response.headers[.retryAfter] = String(retryAfterSeconds) }
        if !allowedMethods.isEmpty {
            response.headers[.allow] = allowedMethods.joined(separator: ", ")
        }
        return response
    }
}

extension Response {
    /// Makes an answer of a JSON document.
    init(
        _ document: JSONValue,
        status: HTTPResponse.Status = .ok,
        type: String = "application/json"
    ) {
        self.init(
            status: status,
            headers: [.contentType: type],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: document.bytes))
        )
    }

    /// Makes an answer of text.
    init(
        text: String,
        status: HTTPResponse.Status = .ok,
        type: String = "text/plain; charset=utf-8"
    ) {
        self.init(
            status: status,
            headers: [.contentType: type],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text))
        )
    }
}

extension HTTPField.Name {
    // Names that are tokens by RFC 9110 make a name; these are.
    static let requestID = HTTPField.Name("X-Request-Id") ?? .server
    static let idempotencyKey = HTTPField.Name("Idempotency-Key") ?? .ifMatch
}
