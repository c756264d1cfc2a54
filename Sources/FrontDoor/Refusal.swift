package import AllocationModel

/// Why a connection is not let through.
///
/// The word is told to whoever has shown a certificate of the office's, in the
/// answer's `Holdfast-Refusal`.
package enum Refusal: String, CaseIterable, Hashable, Sendable {
    // Of strangers.

    /// No TLS, no certificate, or one that the office's authority has not signed.
    case handshake
    /// Not through in time.
    case slow
    /// More connections than the limits allow.
    case crowded

    // Of those that have shown a certificate of the office's.

    /// Its key is on no list.
    case notEnrolled = "not-enrolled"
    /// Its key has been revoked.
    case revoked
    /// It asks to speak for another site.
    case otherSite = "other-site"
    /// The coordinator that runs does not know the site.
    case unknownSite = "unknown-site"
    /// What it asks is no line.
    case malformed
    /// The coordinator's own socket does not answer.
    case unavailable

    /// The status with which HTTP says it.
    var status: String {
        switch self {
        case .handshake, .notEnrolled, .revoked, .otherSite: "403 Forbidden"
        case .slow: "408 Request Timeout"
        case .crowded: "429 Too Many Requests"
        case .malformed: "400 Bad Request"
        case .unknownSite, .unavailable: "503 Service Unavailable"
        }
    }

    /// What to do about it, for the site's log.
    package var hint: String {
        switch self {
        case .handshake:
            "see that the identity is of this office, and that this machine's clock is right"
        case .slow: "the road to the office is slow, or something between holds it up"
        case .crowded: "something here connects again and again; see what else runs"
        case .notEnrolled: "ask the office to enrol this site, and install what it gives"
        case .revoked: "the office has shut this key out; ask it for a new identity"
        case .otherSite: "the identity is another site's; install this site's own"
        case .unknownSite: "ask the office to name this site in its configuration and restart"
        case .malformed: "agent and office do not fit; upgrade the older"
        case .unavailable: "the office's coordinator is starting or stopping"
        }
    }

    /// Whether it says that somebody tries what it may not, and so is an alert.
    package var isAlarming: Bool {
        switch self {
        case .notEnrolled, .revoked, .otherSite: true
        case .handshake, .slow, .crowded, .unknownSite, .malformed, .unavailable: false
        }
    }

    /// The answer with its refusal, as HTTP.
    var answer: String {
        "HTTP/1.1 \(status)\r\nConnection: close\r\nContent-Length: 0\r\n"
            + "\(Self.header): \(rawValue)\r\n\r\n"
    }

    private static let header = "Holdfast-Refusal"

    /// Returns the refusal that an answer's head names.
    static func told(by head: String) -> Self? {
        for line in head.split(separator: "\r\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == header.lowercased() else { continue }
            return Self(rawValue: String(parts[1].drop { $0 == " " }))
        }
        return nil
    }
}

/// A refusal with its circumstances.
struct Turned: Error, Hashable {
    let refusal: Refusal
    let detail: String
    /// Whose, where that is known in spite of the refusal.
    let warehouse: Warehouse.ID?

    init(_ refusal: Refusal, _ detail: String, of warehouse: Warehouse.ID? = nil) {
        self.refusal = refusal
        self.detail = detail
        self.warehouse = warehouse
    }
}

/// What an operator should be able to read of a front door or a tunnel.
package enum DoorNotice: Hashable, Sendable {
    /// A site's line is open.
    case opened(Warehouse.ID, line: String, address: String, key: KeyFingerprint)
    /// Somebody was not let through; `repeated` more of the kind went unsaid before.
    case refused(
        Refusal,
        address: String,
        warehouse: Warehouse.ID?,
        detail: String,
        repeated: Int
    )
    /// A site's open lines were cut, because its key is no longer enrolled.
    case cut(Warehouse.ID, lines: Int)
}
