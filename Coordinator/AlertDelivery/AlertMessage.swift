package import AllocationModel

/// What is told of an alert by one channel.
package struct AlertMessage: Hashable, Sendable {
    /// The same however often it is sent, so that whoever gets it twice can tell.
    package let id: String
    package let event: Alert.Event
    package let alert: Alert

    /// - Parameters:
    ///   - delivery: The message to be sent.
    ///   - alert: What it tells of.
    ///   - office: The coordinator's name: two offices may tell one receiver.
    package init(_ delivery: Alert.Delivery, of alert: Alert, from office: Coordinator.ID) {
        id = "alert-\(office.rawValue.replacing(".", with: "-"))-\(delivery.number)"
        event = delivery.event
        self.alert = alert
    }

    /// When it happened.
    package var at: Timestamp {
        switch event {
        case .opened: alert.openedAt
        case .resolved: alert.resolved?.at ?? alert.seenAt
        }
    }

    /// The message on one line, for a subject or a text message.
    package var headline: String {
        switch event {
        case .opened: "Holdfast: \(alert.detail)"
        case .resolved: "Holdfast, over: \(alert.detail)"
        }
    }

    /// The message for a person with time to read.
    package var text: String {
        var lines = [
            alert.detail, "", "\(alert.subject.kind.rawValue), \(event.rawValue) \(at.iso8601)",
        ]
        if let resolved = alert.resolved, event == .resolved {
            let who = resolved.who.isEmpty ? "" : "\(resolved.who): "
            if !resolved.comment.isEmpty { lines.append("\(who)\(resolved.comment)") }
        } else if !alert.subject.kind.isNews {
            lines += [
                "", "holdfast-coordinator alerts acknowledge \(alert.number)",
                "holdfast-coordinator alerts resolve \(alert.number) --comment \"...\"",
            ]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The message for a program, by Standard Webhooks 1.0.0.
    package var payload: JSONValue {
        [
            "type": .string("alert.\(event.rawValue)"), "timestamp": .string(at.iso8601),
            "data": [
                "number": .number(JSONNumber(alert.number)),
                "kind": .string(alert.subject.kind.rawValue),
                "subject": .string(alert.subject.name), "detail": .string(alert.detail),
                "openedAt": .string(alert.openedAt.iso8601),
                "resolvedAt": (alert.resolved?.at.iso8601).map { .string($0) } ?? .null,
                "resolution": (alert.resolved?.comment).map { .string($0) } ?? .null,
            ],
        ]
    }
}

/// What came of sending a message once.
package enum SendingResult: Hashable, Sendable {
    case done(String)
    /// It may go better later, not before so many seconds where the receiver says so.
    case failed(String, retryAfterSeconds: Int64? = nil)
    /// The receiver wants none of it.
    case refused(String)
}

/// When a message that failed is tried again.
package enum RetrySchedule {
    /// Seconds after each failure: the table of Standard Webhooks 1.0.0.
    package static let delays: [Int64] = [
        5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400,
    ]

    /// Returns when to try again after so many failures; nil where it is time to give up.
    ///
    /// A receiver that asks for more time gets it, a day at most.
    package static func next(
        afterFailures count: Int,
        at now: Timestamp,
        atLeast seconds: Int64 = 0
    ) -> Timestamp? {
        guard count >= 1, count <= delays.count else { return nil }
        let delay = min(86_400, max(delays[count - 1], seconds))
        return Timestamp(milliseconds: now.milliseconds + delay * 1000)
    }
}
