package import AllocationModel

/// When to ask again.
///
/// No outcome depends on it: it decides only how soon the outcome is known.
package struct ProtocolTiming: Hashable, Sendable {
    /// How long a sourcing round waits for bids.
    package var bidDeadline: Duration
    /// How long an attempt waits for votes before it is given up.
    package var voteDeadline: Duration
    /// The first repetition of an unacknowledged decision; doubled each time.
    package var resendMinimum: Duration
    /// The longest pause between two repetitions.
    package var resendMaximum: Duration
    /// How long a voted reservation waits before its agent asks; doubled each time.
    package var inquiryMinimum: Duration
    /// The longest pause between two inquiries.
    package var inquiryMaximum: Duration
    /// How long a site keeps scarce units that it has offered from the bids on other orders.
    package var bidHold: Duration
    /// How long an order waits that lacks what others are being offered, before it asks for that.
    package var insistence: Duration
    /// How often sites are asked for stock that orders wait for; nil where nobody follows up.
    package var followUps: Duration?
    /// How long after its cutoff a part that has not left is missed; nil where nobody looks.
    package var missedCutoffs: Duration?

    /// For sites on one network: PROTOCOL's figures for a LAN.
    package static let local = ProtocolTiming(
        bidDeadline: .milliseconds(500),
        voteDeadline: .seconds(2),
        resendMinimum: .milliseconds(200),
        resendMaximum: .seconds(10),
        inquiryMinimum: .seconds(4),
        inquiryMaximum: .seconds(30)
    )

    package init(
        bidDeadline: Duration,
        voteDeadline: Duration,
        resendMinimum: Duration,
        resendMaximum: Duration,
        inquiryMinimum: Duration,
        inquiryMaximum: Duration,
        bidHold: Duration = .seconds(2),
        insistence: Duration = .milliseconds(250),
        followUps: Duration? = nil,
        missedCutoffs: Duration? = nil
    ) {
        self.bidDeadline = bidDeadline
        self.voteDeadline = voteDeadline
        self.resendMinimum = resendMinimum
        self.resendMaximum = resendMaximum
        self.inquiryMinimum = inquiryMinimum
        self.inquiryMaximum = inquiryMaximum
        self.bidHold = bidHold
        self.insistence = insistence
        self.followUps = followUps
        self.missedCutoffs = missedCutoffs
    }

    /// Returns the pause before repetition number `tries + 1` of a decision.
    ///
    /// Up to a quarter shorter than the doubled one, by the attempt and the try:
    /// what a restart sends at once is not repeated all at once.
    package func resendDelay(after tries: Int, of transaction: TransactionID) -> Duration {
        let pause = Self.doubled(resendMinimum, times: tries, atMost: resendMaximum)
        var mixed = UInt64(bitPattern: transaction.number) &+ UInt64(clamping: tries)
        // The finalizer of SplitMix64: neighbours end far apart.
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return pause - pause * Int((mixed ^ (mixed >> 31)) % 256) / 1024
    }

    /// Returns the pause before inquiry number `tries + 1`.
    package func inquiryDelay(after tries: Int) -> Duration {
        Self.doubled(inquiryMinimum, times: tries, atMost: inquiryMaximum)
    }

    private static func doubled(
        _ pause: Duration,
        times: Int,
        atMost maximum: Duration
    ) -> Duration {
        // Beyond thirty doublings any pause has long reached its maximum.
        min(maximum, pause * (1 << min(times, 30)))
    }
}
