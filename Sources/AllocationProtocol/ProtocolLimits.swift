/// Bounds of the protocol, once, each with its reason.
package enum ProtocolLimits {
    /// Reservations of one page of a report or a restoration.
    ///
    /// A hundred of the largest orders, with every line and warehouse, are 6 MB.
    package static let pageMaximum = 100
    /// Transactions that one attachment names; the rest are asked about at later greetings.
    package static let attachmentMaximum = 60_000
    /// Transactions that a site asks about at once: each is answered by a message of its own.
    package static let inquiriesMaximum = 256
    /// Overrides that one message tells of: at a kilobyte each, a small part of a message.
    package static let overridesMaximum = 100
    /// Shipments that one message tells of: the rest come with the next heartbeat.
    package static let shipmentsMaximum = 100
    /// Refused picks that one message tells of: the rest come with the next heartbeat.
    package static let refusalsMaximum = 100
    /// Counts that one message tells of: the rest come with the next heartbeat.
    package static let countsMaximum = 100
    /// Leases that one message tells of; the rest come with the next.
    package static let leasesMaximum = 100
    /// Leases of one site that are open at once, as its ledger has it: more are not believed.
    package static let leasesOpenMaximum = 1000
}
