package import AllocationModel
internal import Foundation
package import Hummingbird

/// The HTTP side of the local socket: one route, through which every command goes.
///
/// Not for the network: whoever reaches it may do anything. The socket's mode
/// lets the agent's own user in and nobody else.
package enum CommandRouter {
    package typealias Context = BasicRequestContext

    /// The route of every command.
    package static let commandsPath = "/commands"
    /// Answers whenever somebody listens.
    package static let probePath = "/livez"

    /// Returns the routes; `now` is the wall clock, asked for each command.
    package static func router(
        for desk: SiteDesk,
        now: @escaping @Sendable () -> Timestamp
    ) -> Router<Context> {
        let router = Router(context: Context.self)
        router.get(RouterPath(probePath)) { _, _ in HTTPResponse.Status.noContent }
        router.post(RouterPath(commandsPath)) { request, _ in
            let (status, reply) = await answer(request, desk: desk, now: now)
            return try response(status, reply)
        }
        return router
    }

    private static func answer(
        _ request: Request,
        desk: SiteDesk,
        now: @Sendable () -> Timestamp
    ) async -> (HTTPResponse.Status, SiteReply) {
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: ConsoleLimits.commandBytesMaximum)
        } catch {
            let fault = SiteFault(
                .badInput,
                "the command is larger than \(ConsoleLimits.commandBytesMaximum) bytes",
                hint: "send a file in pieces"
            )
            return (.contentTooLarge, .failed(fault))
        }
        do throws(ParseError) {
            let asked = try SiteJSON.read(SiteRequest.self, from: Data(body.readableBytesView))
            let reply = await desk.carryOut(asked.command, now: now(), who: asked.who)
            return (status(of: reply), reply)
        } catch {
            // A newer command line than agent is the likeliest reason.
            let fault = SiteFault(
                .badInput,
                "the agent does not understand the command: \(error)",
                hint: "restart the agent after an upgrade"
            )
            return (.badRequest, .failed(fault))
        }
    }

    private static func status(of reply: SiteReply) -> HTTPResponse.Status {
        guard case .failed(let fault) = reply else { return .ok }
        return switch fault.kind {
        case .refused: .conflict
        case .badInput, .keyTaken: .unprocessableContent
        case .busy, .unavailable: .serviceUnavailable
        case .storageFailed: .internalServerError
        }
    }

    private static func response(
        _ status: HTTPResponse.Status,
        _ reply: SiteReply
    ) throws -> Response {
        Response(
            status: status,
            headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: try SiteJSON.bytes(of: reply)))
        )
    }
}
