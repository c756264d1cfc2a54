import AllocationCoordinator
import AllocationModel
import FrontDoor
import StorefrontAPI
import Synchronization

/// What the coordinator measures, and its text for Prometheus.
final class Measures: Sendable {
    private let driver: CoordinatorDriver
    private let door: FrontDoor?
    private let state = Mutex(State())

    private struct State {
        var requests: [RequestKey: MetricHistogram] = [:]
        var orders: [String: Int64] = [:]
        var placing = MetricHistogram()
    }

    private struct RequestKey: Hashable, Comparable {
        let route: String
        let method: String
        let status: Int

        static func < (left: Self, right: Self) -> Bool {
            (left.route, left.method, left.status) < (right.route, right.method, right.status)
        }
    }

    init(driver: CoordinatorDriver, door: FrontDoor?) {
        self.driver = driver
        self.door = door
    }

    /// Counts a request that was answered.
    func note(_ request: AnsweredRequest) {
        let key = RequestKey(
            route: request.route,
            method: request.method,
            status: request.status
        )
        state.withLock { $0.requests[key, default: MetricHistogram()].observe(request.duration) }
    }

    /// Places an order and counts how long that took and what came of it.
    func timing(
        _ order: Order,
        _ submit: (Order) async -> Submission
    ) async -> Submission {
        let start = ContinuousClock.now
        let submission = await submit(order)
        let duration = ContinuousClock.now - start
        let outcome =
            switch submission {
            case .placed(let record): record.status.rawValue
            case .alreadyPlaced: "repeated"
            case .alreadyPlacedDifferently: "changed"
            case .unavailable: "unavailable"
            }
        state.withLock { state in
            state.orders[outcome, default: 0] += 1
            state.placing.observe(duration)
        }
        return submission
    }

    /// Returns all that is measured, in Prometheus's text format.
    func text() -> String {
        MetricsText.render(
            orderFamilies() + workFamilies() + doorFamilies() + [agentFamily(), requestFamily()]
        )
    }

    private func orderFamilies() -> [MetricFamily] {
        let (orders, placing) = state.withLock { ($0.orders, $0.placing) }
        let byOutcome = orders.sorted { $0.key < $1.key }
        return [
            MetricFamily(
                "holdfast_orders_total",
                help: "Orders answered, by outcome.",
                .counter(
                    byOutcome.map { MetricSample([MetricLabel("outcome", $0)], .count($1)) }
                )
            ),
            MetricFamily(
                "holdfast_order_seconds",
                help: "From submission to answer.",
                .histogram([MetricHistogramSample([], placing)])
            ),
            MetricFamily(
                "holdfast_orders_under_way",
                help: "Orders submitted and not yet settled.",
                .gauge([MetricSample([], .count(Int64(driver.ordersUnderWay)))])
            ),
        ]
    }

    private func workFamilies() -> [MetricFamily] {
        let counters = driver.counters
        let rows: [(String, String, Int)] = [
            ("log_appends", "Transactions of the decision log: one sync each.", counters.appends),
            ("log_records", "Records written by them.", counters.records),
            ("agent_messages", "Messages exchanged with agents.", counters.messages),
            ("agent_requests", "Requests carried by them.", counters.requests),
            ("agent_sent_bytes", "Bytes sent to agents.", counters.bytesSent),
            ("agent_received_bytes", "Bytes received from agents.", counters.bytesReceived),
            ("agent_failures", "Messages that were not answered.", counters.failures),
            ("agent_misfits", "Answers that did not fit their requests.", counters.misfits),
            ("amnesias", "Sites that had lost history they had told of.", counters.amnesias),
            (
                "duplicate_identities", "Times two agents answered under one name.",
                counters.duplicates
            ),
            (
                "follow_ups", "Times an order was sourced again because stock had come.",
                counters.followUps
            ),
            (
                "refused_picks", "Picks that sites have refused: damaged, or not found.",
                counters.refusedPicks
            ),
            (
                "missed_cutoffs", "Parts of orders that should have left by a cutoff.",
                counters.missedCutoffs
            ),
            ("leases", "Leases that sites have granted.", counters.leasesGranted),
            (
                "lease_conflicts", "Those written off when orders had drawn on them.",
                counters.leaseConflicts
            ),
            ("overrides", "Reservations that site managers have forced.", counters.overrides),
            (
                "override_conflicts", "Those of them that were decided otherwise.",
                counters.overrideConflicts
            ),
            ("shipments", "Parts of orders that sites have shipped.", counters.shipments),
            (
                "shipped_before_cancelled", "Cancelled orders that a site had shipped.",
                counters.shippedBeforeCancelled
            ),
        ]
        return rows.map { name, help, count in
            MetricFamily(
                "holdfast_\(name)_total",
                help: help,
                .counter([MetricSample([], .count(Int64(count)))])
            )
        }
    }

    private func doorFamilies() -> [MetricFamily] {
        guard let counters = door?.counters else { return [] }
        return [
            MetricFamily(
                "holdfast_door_connections",
                help: "Connections at the front door, let through or not yet.",
                .gauge([MetricSample([], .count(Int64(counters.connections)))])
            ),
            MetricFamily(
                "holdfast_door_opened_total",
                help: "Sites' lines opened.",
                .counter([MetricSample([], .count(Int64(counters.opened)))])
            ),
            MetricFamily(
                "holdfast_door_cut_total",
                help: "Sites' lines cut because their key was revoked.",
                .counter([MetricSample([], .count(Int64(counters.cut)))])
            ),
            MetricFamily(
                "holdfast_door_refused_total",
                help: "Connections not let through, by why.",
                .counter(
                    Refusal.allCases.map { refusal in
                        MetricSample(
                            [MetricLabel("why", refusal.rawValue)],
                            .count(Int64(counters.refused[refusal] ?? 0))
                        )
                    }
                )
            ),
        ]
    }

    private func agentFamily() -> MetricFamily {
        MetricFamily(
            "holdfast_agent_active",
            help: "Whether the agent is in session.",
            .gauge(
                driver.standings()
                    .map { standing in
                        MetricSample(
                            [MetricLabel("warehouse", standing.warehouse.rawValue)],
                            .count(standing.state == .active ? 1 : 0)
                        )
                    }
            )
        )
    }

    private func requestFamily() -> MetricFamily {
        let requests = state.withLock { $0.requests }.sorted { $0.key < $1.key }
        return MetricFamily(
            "http_server_request_duration_seconds",
            help: "HTTP requests answered.",
            .histogram(
                requests.map { key, histogram in
                    MetricHistogramSample(
                        [
                            MetricLabel("http_route", key.route),
                            MetricLabel("http_request_method", key.method),
                            MetricLabel("http_response_status_code", String(key.status)),
                        ],
                        histogram
                    )
                }
            )
        )
    }
}
