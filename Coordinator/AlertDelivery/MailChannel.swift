package import AllocationModel
internal import NIOCore
internal import NIOPosix

/// Tells people by mail, through a relay on this machine or network.
///
/// TLS and signing towards the world are the relay's work.
package struct MailChannel: Sendable {
    private let host: String
    private let port: Int
    private let sender: String
    private let recipients: [String]

    /// How long a mail may take in all.
    private static let patience = Duration.seconds(30)
    /// Bytes of one line of a relay's: RFC 5321 allows 512.
    private static let lineBytesMaximum = 4096

    /// - Throws: `ParseError` where an address is none.
    package init(
        host: String,
        port: Int,
        from sender: String,
        to recipients: [String]
    ) throws(ParseError) {
        guard !recipients.isEmpty else { throw ParseError("nobody is named who is to be told") }
        for address in [sender] + recipients where !Self.isAddress(address) {
            throw ParseError(
                "‘\(address.prefix(64))’ is not a mail address; write one as ops@example.com"
            )
        }
        self.host = host
        self.port = port
        self.sender = sender
        self.recipients = recipients
    }

    private static func isAddress(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && text.utf8.count <= 254
            && text.utf8.allSatisfy { $0 > 32 && $0 < 127 && !"<>()[],;:\\\"".utf8.contains($0) }
    }

    /// Sends a message once, and returns what came of it.
    package func send(_ message: AlertMessage, at now: Timestamp) async -> SendingResult {
        let dialogue = SMTPDialogue(
            from: sender,
            to: recipients,
            as: "holdfast.internal",
            mail: MailText.mail(message, from: sender, to: recipients, at: now)
        )
        do {
            return try await withThrowingTaskGroup(of: SendingResult.self) { group in
                group.addTask { try await talk(dialogue) }
                group.addTask {
                    try await Task.sleep(for: Self.patience)
                    return .failed("the relay took longer than \(Self.patience)")
                }
                defer { group.cancelAll() }
                return try await group.next() ?? .failed("nothing was sent")
            }
        } catch {
            return .failed("\(error)")
        }
    }

    private func talk(_ opening: SMTPDialogue) async throws -> SendingResult {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.seconds(10))
            .connect(host: host, port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        ByteToMessageHandler(LineDecoder(bytesMaximum: Self.lineBytesMaximum))
                    )
                    return try NIOAsyncChannel<String, ByteBuffer>(
                        wrappingChannelSynchronously: channel
                    )
                }
            }
        return try await channel.executeThenClose { lines, outbound in
            var dialogue = opening
            for try await line in lines {
                guard let reply = SMTPDialogue.reply(from: line) else {
                    return .failed("the relay does not speak SMTP")
                }
                if reply.goesOn { continue }
                guard let words = dialogue.hear(reply.code, reply.text) else { break }
                try await outbound.write(ByteBuffer(string: words))
                if case .over(let result) = dialogue.state { return result }
            }
            if case .over(let result) = dialogue.state { return result }
            return .failed("the relay hung up")
        }
    }
}

/// Cuts what comes into lines.
private struct LineDecoder: ByteToMessageDecoder {
    typealias InboundOut = String

    let bytesMaximum: Int

    struct TooLong: Error, CustomStringConvertible {
        let description = "the relay's line does not end"
    }

    mutating func decode(
        context: ChannelHandlerContext,
        buffer: inout ByteBuffer
    ) throws -> DecodingState {
        guard let end = buffer.readableBytesView.firstIndex(of: 10) else {
            if buffer.readableBytes > bytesMaximum { throw TooLong() }
            return .needMoreData
        }
        let length = end - buffer.readableBytesView.startIndex + 1
        guard var line = buffer.readString(length: length) else { return .needMoreData }
        while line.last?.isNewline == true { line.removeLast() }
        context.fireChannelRead(wrapInboundOut(line))
        return .continue
    }

    mutating func decodeLast(
        context: ChannelHandlerContext,
        buffer: inout ByteBuffer,
        seenEOF: Bool
    ) throws -> DecodingState {
        try decode(context: context, buffer: &buffer)
    }
}
