import AlertDelivery
import AllocationModel
import Configuration
import Foundation

/// What `alerts` says: who is told, and when something counts as late.
struct AlertSettings: Sendable {
    /// The channels that tell of every alert.
    let channels: [AlertChannel]
    /// A site out of session for longer than this is silent.
    let siteSilentAfter: Duration
    /// An order that a site has not acknowledged, or that waits to be decided, for longer lags.
    let orderLagsAfter: Duration
    let webhook: WebhookChannel?
    let mail: MailChannel?
    let textMessages: TextMessageChannel?

    init(_ keys: KeyReader) throws {
        siteSilentAfter = .seconds(
            try keys.int("alerts.siteSilentAfterSeconds", default: 60, in: 5...86_400)
        )
        orderLagsAfter = .seconds(
            try keys.int("alerts.orderLagsAfterSeconds", default: 120, in: 5...86_400)
        )
        webhook = try Self.webhook(keys)
        mail = try Self.mail(keys)
        textMessages = try Self.textMessages(keys)
        channels = try Self.channels(keys)
        for channel in channels where !has(channel) {
            throw SettingsFault(
                "alerts.channels names \(channel.rawValue), which is not set up; "
                    + "say where to in alerts.\(channel.rawValue)"
            )
        }
    }

    /// Whether there is somebody to tell by this channel.
    func has(_ channel: AlertChannel) -> Bool {
        switch channel {
        case .log: true
        case .webhook: webhook != nil
        case .mail: mail != nil
        case .sms: textMessages != nil
        }
    }

    private static func channels(_ keys: KeyReader) throws -> [AlertChannel] {
        let words = try keys.strings("alerts.channels")
        return try words.map { word in
            guard let channel = AlertChannel(rawValue: word) else {
                let known = AlertChannel.allCases.map(\.rawValue).joined(separator: ", ")
                throw SettingsFault("alerts.channels names ‘\(word)’; choose from \(known)")
            }
            return channel
        }
    }

    private static func webhook(_ keys: KeyReader) throws -> WebhookChannel? {
        let url = keys.string("alerts.webhook.url", default: "")
        guard !url.isEmpty else { return nil }
        guard let secret = try keys.secrets("alerts.webhook.secret").first else {
            throw SettingsFault(
                "alerts.webhook.secretFile is missing; name a file with a line made by: "
                    + "echo whsec_$(openssl rand -base64 32)"
            )
        }
        return try naming("alerts.webhook") {
            try WebhookChannel(url: try address(url), secret: secret)
        }
    }

    private static func mail(_ keys: KeyReader) throws -> MailChannel? {
        let relay = keys.string("alerts.mail.relay", default: "")
        guard !relay.isEmpty else { return nil }
        guard let address = DoorSettings.Address(relay) else {
            throw SettingsFault(
                "alerts.mail.relay is ‘\(relay)’; write a host and a port, as 127.0.0.1:25"
            )
        }
        let recipients = try keys.strings("alerts.mail.to")
        return try naming("alerts.mail") {
            try MailChannel(
                host: address.host,
                port: address.port,
                from: keys.string("alerts.mail.from", default: ""),
                to: recipients
            )
        }
    }

    private static func textMessages(_ keys: KeyReader) throws -> TextMessageChannel? {
        let url = keys.string("alerts.sms.url", default: "")
        guard !url.isEmpty else { return nil }
        let body = keys.string("alerts.sms.body", default: "")
        let recipients = try keys.strings("alerts.sms.to")
        let token = try keys.secrets("alerts.sms.token").first
        return try naming("alerts.sms") {
            try TextMessageChannel(
                url: try address(url),
                to: recipients,
                body: body.isEmpty ? nil : body,
                token: token
            )
        }
    }

    private static func address(_ url: String) throws -> String {
        let filled = url.replacing("{to}", with: "x").replacing("{text}", with: "x")
        guard let parts = URLComponents(string: filled),
            parts.scheme == "http" || parts.scheme == "https",
            parts.host?.isEmpty == false
        else { throw ParseError("‘\(url)’ is no address; write one as https://example.com/path") }
        return url
    }

    private static func naming<Channel>(
        _ key: String,
        _ make: () throws -> Channel
    ) throws -> Channel {
        do {
            return try make()
        } catch let fault as ParseError {
            throw SettingsFault("\(key): \(fault)")
        }
    }
}
