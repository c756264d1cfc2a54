import AllocationCoordinator
import AllocationModel
import AllocationProtocol
import DatabaseThread
import DecisionLog
import OrderDesk
import StorefrontAPI

/// Solves decided orders again: to explain them, to prove them, to try other rules on them.
///
/// On a thread of its own, one question at a time, so that orders under way are not kept waiting.
final class WhatIfDesk: Sendable {
    private let driver: CoordinatorDriver
    private let log: DecisionLog
    private let policy: SourcingPolicy
    private let thread = DatabaseThread(name: "what-if", workWaitingMaximum: 64)
    private let clock = ContinuousClock()

    /// How long one explanation looks for answers; what is left then is counted as unasked.
    private static let explanationPatience = Duration.seconds(10)
    /// How long one request tries a draft; the client asks again for the orders that are left.
    private static let trialPatience = Duration.seconds(10)

    /// Orders read at once: some megabytes of bids.
    private static let scorecardPage = 200
    /// Alerts that a scorecard looks at: the newest.
    private static let alertsMaximum = 10_000

    init(driver: CoordinatorDriver, log: DecisionLog, policy: SourcingPolicy) {
        self.driver = driver
        self.log = log
        self.policy = policy
    }

    /// Returns why an order was decided as it was; nil where that is not on record.
    func explanation(of id: Order.ID) async throws -> Explanation? {
        guard let decision = try await driver.decision(on: id) else { return nil }
        let ruling = try await ruling(on: decision)
        let (policy, clock) = (policy, clock)
        return try await apart {
            let deadline = clock.now.advanced(by: Self.explanationPatience)
            return Explaining.explain(
                decision.record,
                from: decision.evidence,
                under: policy,
                by: ruling,
                isCancelled: { clock.now >= deadline }
            )
        }
    }

    /// Solves an order again as it was solved; nil where what it was solved from is not on record.
    func replay(of id: Order.ID) async throws -> Replay? {
        guard let decision = try await driver.decision(on: id),
            Replaying.isPossible(from: decision.evidence)
        else { return nil }
        let ruling = try await ruling(on: decision)
        let policy = policy
        return try await apart {
            Replaying.replay(
                decision.record,
                from: decision.evidence,
                under: policy,
                by: ruling
            )
        }
    }

    /// Adds up how well the orders of some days were filled.
    func scorecard(_ query: ScorecardQuery) async throws -> Scorecard {
        var keeping = Scorekeeping(by: query.grouping)
        var before: Order.ID?
        reading: while true {
            let page = try await driver.decisions(limit: Self.scorecardPage, before: before)
            for decision in page {
                let day = decision.record.receivedAt.utcDay
                // The log is by the order of decisions, which is nearly that of receipt.
                if day.adding(days: 1) < query.days.lowerBound { break reading }
                if query.days.contains(day) {
                    keeping.add(decision.record, from: decision.evidence)
                }
            }
            guard page.count == Self.scorecardPage, let last = page.last else { break }
            before = last.record.order.id
        }
        for alert in try await log.alerts(in: [.resolved], limit: Self.alertsMaximum)
        where (alert.resolved?.at.utcDay).map(query.days.contains) == true {
            keeping.add(alert)
        }
        return keeping.scorecard
    }

    /// Does work on the thread of this desk; where too much waits for it, says so.
    private func apart<Value: Sendable>(
        _ work: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        do {
            return try await thread.run(work)
        } catch is DatabaseThread.Refusal {
            throw Problem(
                .overloaded,
                "Too many orders are being solved again.",
                hint: "Ask again in a while; orders are decided all the same.",
                retryAfterSeconds: StorefrontLimits.overloadRetryAfterSeconds
            )
        }
    }

    private func ruling(on decision: CoordinatorDriver.Decision) async throws -> BuyerRuling {
        try await RuleDesk.rules(ofVersion: decision.evidence.rulesVersion, in: log)?
            .ruling(on: decision.record, as: decision.evidence) ?? .none
    }

    /// Solves orders again under a draft.
    func trials(
        of orders: RuleTryout.Orders,
        under draft: OfficeRules
    ) async throws -> RuleTryoutAnswer {
        let deadline = clock.now.advanced(by: Self.trialPatience)
        var results: [RuleTryoutAnswer.Result] = []
        switch orders {
        case .last(let count, let before):
            let found = try await driver.decisions(limit: count, before: before)
            for decision in found {
                guard clock.now < deadline else { break }
                results.append(try await trial(of: decision, under: draft))
            }
            return .tried(results, isComplete: results.count == found.count && found.count < count)
        case .named(let ids):
            for id in ids {
                guard clock.now < deadline else { break }
                guard let decision = try await driver.decision(on: id) else {
                    results.append(.unknown(id))
                    continue
                }
                results.append(try await trial(of: decision, under: draft))
            }
            return .tried(results, isComplete: results.count == ids.count)
        }
    }

    private func trial(
        of decision: CoordinatorDriver.Decision,
        under draft: OfficeRules
    ) async throws -> RuleTryoutAnswer.Result {
        guard Replaying.isPossible(from: decision.evidence) else {
            return .withoutEvidence(decision.record.order.id)
        }
        let policy = policy
        return try await apart {
            .trial(
                Replaying.trial(
                    of: decision.record,
                    from: decision.evidence,
                    under: policy,
                    by: draft.ruling(onPast: decision.record, as: decision.evidence)
                )
            )
        }
    }
}
