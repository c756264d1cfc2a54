import AllocationModel
import NIOCore
import NIOPosix
import Synchronization

@testable import AlertDelivery

/// What these tests tell of.
enum Example {
    /// 2026-03-02T15:00:00Z.
    static let monday = Timestamp(milliseconds: 1_772_463_600_000)

    static func message(
        _ detail: String = "order 4711 waits for 12 x VALVE-3IN",
        event: Alert.Event = .opened
    ) -> AlertMessage {
        AlertMessage(
            Alert.Delivery(
                number: 9,
                event: event,
                channel: .webhook,
                state: .waiting,
                tries: 0,
                note: ""
            ),
            of: Alert(
                number: 7,
                subject: Alert.Subject(.backorder, "4711"),
                detail: detail,
                state: event == .opened ? .open : .resolved,
                openedAt: monday,
                seenAt: monday,
                timesSeen: 1,
                acknowledged: nil,
                resolved: event == .opened
                    ? nil : Alert.Remark(who: "ana", comment: "it came", at: monday)
            ),
            from: "office.main"
        )
    }
}

/// A receiver on loopback: it hears bytes and answers them as a test says.
final class Receiver: Sendable {
    private let channel: any Channel
    private let notes: Notes

    var port: Int { channel.localAddress?.port ?? 0 }
    /// All that each connection has said, in the order in which they came.
    var conversations: [String] { notes.said.withLock { $0 } }

    /// Opens it; `greeting` is said to whoever connects, `answer` is given all that was said so far.
    init(
        greeting: String = "",
        answer: @escaping @Sendable (String) -> String?
    ) async throws {
        let notes = Notes()
        self.notes = notes
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        Ear(greeting: greeting, answer: answer, notes: notes)
                    )
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    func close() async throws { try await channel.close() }

    private final class Notes: Sendable {
        let said = Mutex<[String]>([])

        func open() -> Int {
            said.withLock { said in
                said.append("")
                return said.count - 1
            }
        }

        func add(_ text: String, to conversation: Int) {
            said.withLock { $0[conversation] += text }
        }
    }

    private final class Ear: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let greeting: String
        private let answer: @Sendable (String) -> String?
        private let notes: Notes
        private var said = ""
        private var conversation = 0

        init(
            greeting: String,
            answer: @escaping @Sendable (String) -> String?,
            notes: Notes
        ) {
            self.greeting = greeting
            self.answer = answer
            self.notes = notes
        }

        func channelActive(context: ChannelHandlerContext) {
            conversation = notes.open()
            guard !greeting.isEmpty else { return }
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: greeting)), promise: nil)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let text = String(buffer: unwrapInboundIn(data))
            said += text
            notes.add(text, to: conversation)
            guard let words = answer(said) else { return }
            // A connection may carry another request.
            said = ""
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: words)), promise: nil)
        }
    }
}
