internal import Foundation
internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// A rater on loopback that replays EasyPost's answers, or misbehaves as a test says.
///
/// It speaks raw bytes, so that it can send what no HTTP library would.
package final class RaterStub: Sendable {
    /// What it does with a request.
    package enum Behaviour: Sendable, Equatable {
        /// Answers with a base and so many cents for each pound, by EasyPost's ground service.
        case prices(base: Int, perPound: Int)
        /// Answers with this body, and status.
        case body(String, status: Int = 200)
        /// Sends these bytes in the place of an answer, and closes.
        case raw(String)
        /// Reads and says nothing.
        case stalls
        /// Sends the beginning of an answer and then nothing more.
        case hangsMidway
        /// Sends the beginning of an answer and closes.
        case breaksOff
        /// Sends an answer that does not end.
        case floods
        /// Closes as soon as it is spoken to.
        case closes
    }

    private let channel: any Channel
    private let state: State

    private final class State: Sendable {
        let behaviour: Mutex<Behaviour>
        let requests = Mutex<[String]>([])
        let flooded = Mutex<Int>(0)

        init(_ behaviour: Behaviour) { self.behaviour = Mutex(behaviour) }
    }

    /// Opens it on a port of its own.
    package init(_ behaviour: Behaviour) async throws {
        let state = State(behaviour)
        self.state = state
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 256)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Ear(state))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    package var port: Int { channel.localAddress?.port ?? 0 }
    package var url: String { "http://127.0.0.1:\(port)/beta/rates" }

    /// Every request so far, head and body.
    package var requests: [String] { state.requests.withLock { $0 } }
    /// Bytes of answers without end that were sent.
    package var flooded: Int { state.flooded.withLock { $0 } }

    /// Behaves otherwise from the next request on.
    package func behave(_ behaviour: Behaviour) {
        state.behaviour.withLock { $0 = behaviour }
    }

    /// Listens no more.
    package func close() async throws { try await channel.close() }

    /// The body of an answer as EasyPost sends it, with one rate that the tests ask for.
    package static func answer(
        _ rate: String,
        carrier: String = "UPS",
        service: String = "Ground",
        currency: String = "USD"
    ) -> String {
        """
        {"rates": [
          {"id": "rate_1", "object": "Rate", "carrier": "USPS", "service": "Priority",
           "rate": "7.90", "currency": "USD", "list_rate": "9.10", "list_currency": "USD",
           "retail_rate": "10.40", "retail_currency": "USD", "delivery_days": 2,
           "delivery_date": null, "delivery_date_guaranteed": false, "est_delivery_days": 2,
           "carrier_account_id": "ca_1"},
          {"id": "rate_2", "object": "Rate", "carrier": "\(carrier)", "service": "\(service)",
           "rate": "\(rate)", "currency": "\(currency)", "list_rate": "99.00",
           "list_currency": "USD", "retail_rate": null, "retail_currency": null,
           "delivery_days": 3, "delivery_date": null, "delivery_date_guaranteed": false,
           "est_delivery_days": 3, "carrier_account_id": "ca_2"}],
         "messages": [{"carrier": "DHLExpress", "type": "rate_error",
                       "message": "to_address country must differ"}]}
        """
    }

    private final class Ear: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let state: State
        private var said = ""
        private var isFlooding = false

        init(_ state: State) { self.state = state }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            said += String(buffer: unwrapInboundIn(data))
            guard let end = said.range(of: "\r\n\r\n") else { return }
            let head = said[..<end.lowerBound].lowercased()
            let length =
                head.split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
                .flatMap { Int($0.dropFirst(15).drop { $0 == " " }) } ?? 0
            let body = said[end.upperBound...]
            guard body.utf8.count >= length else { return }
            let request = said
            // The connection may carry another one.
            said = ""
            state.requests.withLock { $0.append(request) }
            answer(context, body: String(body))
        }

        private func answer(_ context: ChannelHandlerContext, body: String) {
            switch state.behaviour.withLock({ $0 }) {
            case .prices(let base, let perPound):
                let pounds = Self.ounces(in: body) / 16
                let cents = base + pounds * perPound
                let rest = cents % 100
                let rate = "\(cents / 100).\(rest < 10 ? "0" : "")\(rest)"
                send(Self.response(RaterStub.answer(rate), status: 200), context)
            case .body(let text, let status): send(Self.response(text, status: status), context)
            case .raw(let text):
                send(text, context)
                context.close(promise: nil)
            case .stalls: break
            case .hangsMidway: send(Self.half, context)
            case .breaksOff:
                send(Self.half, context)
                context.close(promise: nil)
            case .floods:
                send("HTTP/1.1 200 OK\r\n\r\n{\"rates\":[", context)
                isFlooding = true
                flood(context)
            case .closes: context.close(promise: nil)
            }
        }

        func channelInactive(context: ChannelHandlerContext) { isFlooding = false }
        func channelWritabilityChanged(context: ChannelHandlerContext) { flood(context) }

        /// Sends as much as the other side takes.
        private func flood(_ context: ChannelHandlerContext) {
            while isFlooding && context.channel.isWritable {
                let piece = ByteBuffer(repeating: 0x20, count: 65_536)
                state.flooded.withLock { $0 += 65_536 }
                context.writeAndFlush(wrapOutboundOut(piece), promise: nil)
            }
        }

        private func send(_ text: String, _ context: ChannelHandlerContext) {
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
        }

        private static let half =
            "HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n{\"rates\": [{\"carrier\": \"UPS\","

        private static func response(_ body: String, status: Int) -> String {
            "HTTP/1.1 \(status) Whatever\r\ncontent-type: application/json\r\n"
                + "content-length: \(body.utf8.count)\r\n\r\n\(body)"
        }

        private static func ounces(in body: String) -> Int {
            guard let field = body.range(of: "\"weight\":") else { return 0 }
            return Int(body[field.upperBound...].prefix { $0.isNumber }) ?? 0
        }
    }
}
