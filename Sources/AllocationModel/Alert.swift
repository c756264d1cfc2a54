/// A way to reach a person.
package enum AlertChannel: String, CaseIterable, Hashable, Sendable {
    case sms
    case mail
    case webhook
    case log
}

/// Something that a person should know of, from when it was seen until it is over.
///
/// One subject has at most one alert that is not resolved: seen again, it is counted.
package struct Alert: Hashable, Sendable {
    /// From 1, by age.
    package let number: Int64
    package let subject: Subject
    package let detail: String
    package let state: State
    package let openedAt: Timestamp
    /// When it was last seen to be so, and how often in all.
    package let seenAt: Timestamp
    package let timesSeen: Int64
    /// Who has taken it up.
    package let acknowledged: Remark?
    /// Who or what has ended it.
    package let resolved: Remark?
    /// What was sent of it, to whom.
    package let deliveries: [Delivery]

    package init(
        number: Int64,
        subject: Subject,
        detail: String,
        state: State,
        openedAt: Timestamp,
        seenAt: Timestamp,
        timesSeen: Int64,
        acknowledged: Remark?,
        resolved: Remark?,
        deliveries: [Delivery] = []
    ) {
        self.number = number
        self.subject = subject
        self.detail = detail
        self.state = state
        self.openedAt = openedAt
        self.seenAt = seenAt
        self.timesSeen = timesSeen
        self.acknowledged = acknowledged
        self.resolved = resolved
        self.deliveries = deliveries
    }

    /// What an alert is about: of one kind and name there is at most one that is not over.
    package struct Subject: Hashable, Sendable {
        package let kind: Kind
        /// An order, a site, or a site and a SKU: `DAL VALVE-3IN`.
        package let name: String

        package init(_ kind: Kind, _ name: String) {
            self.kind = kind
            self.name = name
        }
    }

    /// What can be the matter.
    package enum Kind: String, CaseIterable, Hashable, Sendable {
        /// A site has less of a SKU left than the directory's reorder point.
        case belowReorderPoint = "below-reorder-point"
        /// Part of an order waits for stock.
        case backorder
        /// What waits of an order is expected later than its customer was told, or has no day now.
        case backorderSlipped = "backorder-slipped"
        /// A site is to ship today and has not acknowledged the order.
        case promiseAtRisk = "promise-at-risk"
        /// A site should have shipped its part of an order by a cutoff, and has not said so.
        case missedCutoff = "missed-cutoff"
        /// An order arrives later than its service agreement says.
        case slaMissed = "sla-missed"
        case siteSilent = "site-silent"
        /// An order that a storefront has sent cannot be decided.
        case orderStuck = "order-stuck"
        /// A site has voted and not acknowledged the decision: it may be in doubt.
        case holdInDoubt = "hold-in-doubt"
        /// A site manager has forced what was decided otherwise.
        case overrideConflict = "override-conflict"
        /// A site has shipped its part of an order that is cancelled.
        case shippedCancelled = "shipped-cancelled"
        /// A count at a site found other than what was recorded.
        case stockDrift = "stock-drift"
        /// A site cannot pick a part of an order, and nothing else ships in its place yet.
        case pickRefused = "pick-refused"
        /// A lease was written off that orders had drawn on.
        case leaseConflict = "lease-conflict"
        /// A site has lost history: its stock must be counted.
        case historyLost = "history-lost"
        /// Two agents answer under one site's name.
        case duplicateSite = "duplicate-site"
        /// A rule asks that people hear of the order.
        case orderPlaced = "order-placed"
        /// A rule asks that people hear of the order, and it could not be filled.
        case orderRefused = "order-refused"

        /// Whether there is nothing to be done about it: it is told, and over.
        package var isNews: Bool { self == .orderPlaced }
    }

    /// How far it has come.
    ///
    /// Next: any later one.
    package enum State: String, CaseIterable, Hashable, Sendable {
        case open
        case acknowledged
        case resolved
    }

    /// Who did something, when, and what they said of it.
    package struct Remark: Hashable, Sendable {
        package let who: String
        package let comment: String
        package let at: Timestamp

        package init(who: String, comment: String, at: Timestamp) {
            self.who = who
            self.comment = comment
            self.at = at
        }
    }

    /// What is told of an alert.
    package enum Event: String, CaseIterable, Hashable, Sendable {
        case opened
        case resolved
    }

    /// One message, to be told by one channel.
    package struct Delivery: Hashable, Sendable {
        package let number: Int64
        package let event: Event
        package let channel: AlertChannel
        package let state: State
        package let tries: Int64
        /// What the channel said last.
        package let note: String

        package init(
            number: Int64,
            event: Event,
            channel: AlertChannel,
            state: State,
            tries: Int64,
            note: String
        ) {
            self.number = number
            self.event = event
            self.channel = channel
            self.state = state
            self.tries = tries
            self.note = note
        }

        /// How far it has come.
        package enum State: String, CaseIterable, Hashable, Sendable {
            case waiting
            case done
            /// Given up: a person may have it sent again.
            case dead
        }
    }
}

/// Something that was seen, and begins or ends an alert.
package enum AlertSign: Hashable, Sendable {
    /// It is so; `channels` are to hear of it beside the office's own.
    case raised(Alert.Subject, String, channels: [AlertChannel] = [])
    /// It is so no more.
    case cleared(Alert.Subject, String)

    /// What it is about.
    package var subject: Alert.Subject {
        switch self {
        case .raised(let subject, _, _), .cleared(let subject, _): subject
        }
    }
}
