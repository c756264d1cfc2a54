internal import AllocationModel
internal import Foundation

/// A mail on its way to a relay: what to say next, given what the relay said.
///
/// RFC 5321, without extensions: a pure machine, which the connection drives.
struct SMTPDialogue {
    let sender: String
    let recipients: [String]
    /// What this end calls itself.
    let host: String
    /// The mail as RFC 5322 has it, lines by CRLF.
    let mail: String

    private(set) var state = State.greeting

    enum State: Hashable {
        case greeting
        case hello
        case sender
        /// The recipient with this index is named.
        case recipient(Int)
        case data
        case mail
        case over(SendingResult)
    }

    init(from sender: String, to recipients: [String], as host: String, mail: String) {
        self.sender = sender
        self.recipients = recipients
        self.host = host
        self.mail = mail
    }

    /// Takes a whole reply, and returns what to say; nil where all is said.
    mutating func hear(_ code: Int, _ text: String) -> String? {
        switch state {
        case .greeting where code == 220: return say(.hello, "EHLO \(host)")
        case .hello where code == 250: return say(.sender, "MAIL FROM:<\(sender)>")
        case .sender where code == 250: return say(.recipient(0), "RCPT TO:<\(recipients[0])>")
        case .recipient(let index) where code == 250 || code == 251:
            let next = index + 1
            return next < recipients.count
                ? say(.recipient(next), "RCPT TO:<\(recipients[next])>") : say(.data, "DATA")
        case .data where code == 354: return say(.mail, Self.stuffed(mail) + ".")
        case .mail where code == 250: return say(.over(.done("\(code) \(text)")), "QUIT")
        case .over: return nil
        case .greeting, .hello, .sender, .recipient, .data, .mail:
            // What begins with 5 is for good, all else for now.
            let said = "the relay said \(code) \(text)"
            return say(.over(code / 100 == 5 ? .refused(said) : .failed(said)), "QUIT")
        }
    }

    private mutating func say(_ next: State, _ words: String) -> String {
        state = next
        return words + "\r\n"
    }

    /// A line that begins with a dot gets another: a dot alone ends the mail.
    static func stuffed(_ mail: String) -> String {
        mail.components(separatedBy: "\r\n").map { $0.hasPrefix(".") ? "." + $0 : $0 }
            .joined(separator: "\r\n")
    }

    /// Returns the code and the words of a line, and whether the reply goes on.
    static func reply(from line: String) -> (code: Int, text: String, goesOn: Bool)? {
        guard line.count >= 3, let code = Int(line.prefix(3)), (200..<600).contains(code) else {
            return nil
        }
        let rest = line.dropFirst(3)
        guard rest.isEmpty || rest.hasPrefix(" ") || rest.hasPrefix("-") else { return nil }
        return (code, String(rest.dropFirst()), rest.hasPrefix("-"))
    }
}

/// A mail as RFC 5322 has it.
enum MailText {
    /// Returns the mail with lines by CRLF, all of it ASCII and no line over 78 characters of text.
    static func mail(
        _ message: AlertMessage,
        from sender: String,
        to recipients: [String],
        at now: Timestamp
    ) -> String {
        let text = message.text
        let isPlain =
            text.utf8.allSatisfy { $0 < 128 }
            && text.split(separator: "\n", omittingEmptySubsequences: false)
                .allSatisfy { $0.utf8.count <= 998 }
        let headers = [
            "From: Holdfast <\(sender)>", "To: \(recipients.joined(separator: ", "))",
            "Subject: \(header(message.headline))", "Date: \(date(now))",
            "Message-ID: <\(message.id)@holdfast.internal>", "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: \(isPlain ? "7bit" : "base64")",
        ]
        let body = isPlain ? text.replacing("\n", with: "\r\n") : base64(Data(text.utf8)) + "\r\n"
        return headers.joined(separator: "\r\n") + "\r\n\r\n" + body
    }

    /// A header's words: as they are where they are ASCII, else by RFC 2047, in parts of a line each.
    static func header(_ text: String) -> String {
        let line = text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }
        let plain = String(String.UnicodeScalarView(line))
        if plain.utf8.allSatisfy({ $0 < 128 }) && plain.utf8.count <= 900 { return plain }
        var words: [String] = []
        var part = ""
        for character in plain {
            if (part + String(character)).utf8.count > 42 {
                words.append(part)
                part = ""
            }
            part.append(character)
        }
        words.append(part)
        return words.map { "=?utf-8?B?\(Data($0.utf8).base64EncodedString())?=" }
            .joined(separator: "\r\n ")
    }

    /// As RFC 5322 writes it, in UTC: `Mon, 02 Mar 2026 15:00:00 +0000`.
    static func date(_ now: Timestamp) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss '+0000'"
        return formatter.string(from: Date(timeIntervalSince1970: Double(now.milliseconds) / 1000))
    }

    private static func base64(_ data: Data) -> String {
        data.base64EncodedString(
            options: [.lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed]
        )
    }
}
