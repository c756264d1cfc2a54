package import Hummingbird
package import HummingbirdCore
package import Logging
import NIOCore

/// The coordinator's HTTP: orders in, answers and reasons out.
///
/// It decides nothing. It reads strictly, asks the office, and renders what it
/// says; what a client may rely on is in `OpenAPI.document`, and a test holds
/// routes, codes and fields to it.
package enum StorefrontAPI {
    /// Returns a router that answers every route of the API.
    ///
    /// `didAnswer` is called once for each request, for the access log and the metrics.
    package static func router(
        office: OrderOffice,
        didAnswer: @escaping @Sendable (AnsweredRequest) -> Void = { _ in }
    ) -> Router<BasicRequestContext> {
        let router = Router(
            context: BasicRequestContext.self,
            options: [.autoGenerateHeadEndpoints]
        )
        router.add(middleware: Observation(didAnswer: didAnswer))
        router.add(middleware: ProblemAnswers())
        let admission = Admission(maximum: StorefrontLimits.requestsMaximum)
        let endpoints = Endpoint.all(office: office)
        for endpoint in endpoints {
            router.on(endpoint.routerPath, method: endpoint.method) { request, context in
                // Whoever asks whether we are overloaded must be answered.
                guard endpoint.needsAdmission else {
                    return try await endpoint.answer(request, context)
                }
                return try await admission.admit { try await endpoint.answer(request, context) }
            }
        }
        refuseOtherMethods(of: endpoints, on: router)
        return router
    }

    /// Returns a server for `router`, to be run as a service; it drains on graceful shutdown.
    ///
    /// Binds the loopback address unless told otherwise: there are no API keys here.
    package static func application(
        router: Router<BasicRequestContext>,
        address: BindAddress = .hostname("127.0.0.1", port: 8480),
        serverName: String = "holdfast-coordinator",
        onServerRunning: @escaping @Sendable (BoundAddress) async -> Void = { _ in },
        logger: Logger
    ) -> Application<RouterResponder<BasicRequestContext>> {
        let connection = HTTP1Channel.Configuration(
            idleTimeout: .seconds(StorefrontLimits.connectionIdleSeconds)
        )
        return Application(
            router: router,
            server: .http1(configuration: connection),
            configuration: ApplicationConfiguration(address: address, serverName: serverName),
            onServerRunning: { channel in
                await onServerRunning(
                    BoundAddress(
                        port: channel.localAddress?.port,
                        path: channel.localAddress?.pathname
                    )
                )
            },
            logger: logger
        )
    }

    /// Hummingbird answers 404 to a known path with another method; RFC 9110 asks for 405.
    private static func refuseOtherMethods(
        of endpoints: [Endpoint],
        on router: Router<BasicRequestContext>
    ) {
        var seen: [String] = []
        for endpoint in endpoints where !seen.contains(endpoint.path) {
            seen.append(endpoint.path)
            let declared = endpoints.filter { $0.path == endpoint.path }.map(\.method.rawValue)
            let allowed = declared.contains("GET") ? declared + ["HEAD"] : declared
            for method in knownMethods where !allowed.contains(method.rawValue) {
                router.on(endpoint.routerPath, method: method) {
                    (request, _) throws -> Response in
                    throw Problem(
                        .methodNotAllowed,
                        "\(endpoint.path) does not answer to \(request.method.rawValue).",
                        hint: "Use \(allowed.joined(separator: " or ")).",
                        allowedMethods: allowed
                    )
                }
            }
        }
    }

    static let knownMethods: [HTTPRequest.Method] = [
        .get, .head, .post, .put, .patch, .delete, .options,
    ]
}

/// Where a server listens.
package struct BoundAddress: Hashable, Sendable {
    /// The port that was bound, of use where port 0 was asked for.
    package let port: Int?
    /// The path of a socket in the file system.
    package let path: String?
}

/// A request that was answered, as the access log and the metrics see it.
package struct AnsweredRequest: Hashable, Sendable {
    /// One of the known methods, or `OTHER`.
    package let method: String
    /// The route's template, `/v1/orders/{id}`, or `unknown`: never what the client made up.
    package let route: String
    package let status: Int
    package let duration: Duration
    /// Names the request in the log and in a problem's `instance`.
    package let id: String
}

/// One route: a method, a path, and how it is answered.
struct Endpoint: Sendable {
    typealias Answer = @Sendable (Request, BasicRequestContext) async throws -> Response

    let method: HTTPRequest.Method
    /// As the OpenAPI document writes it: `/v1/orders/{id}`.
    let path: String
    /// Whether it waits in line with the rest; health and metrics do not.
    let needsAdmission: Bool
    let answer: Answer

    var routerPath: RouterPath { RouterPath(path) }
}
