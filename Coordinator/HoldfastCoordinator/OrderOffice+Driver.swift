import AllocationCoordinator
import AllocationModel
import DecisionLog
import ServiceLifecycle
import StorefrontAPI

extension OrderOffice {
    /// Returns the office that the HTTP asks, with the driver behind it.
    static func serving(
        driver: CoordinatorDriver,
        shopify: ShopifyDesk,
        measures: Measures,
        log: DecisionLog,
        whatIf: WhatIfDesk,
        rules: RuleDesk
    ) -> OrderOffice {
        OrderOffice(
            submit: { order in await measures.timing(order) { await driver.submit($0) } },
            record: { try await driver.record(of: $0) },
            list: {
                try await driver.records(status: $0.status, limit: $0.limit, before: $0.before)
            },
            backorders: { query in
                try await driver.backorders(query)
                    .map { ListedBackorder(waiting: $0.waiting, order: $0.order, dates: $0.dates) }
            },
            explanation: { try await whatIf.explanation(of: $0) },
            replay: { try await whatIf.replay(of: $0) },
            cancel: { await driver.cancel($0) },
            resource: { await driver.resource($0, $1, isPreview: $2) },
            change: { await driver.change($0, $1, $2, isPreview: $3) },
            availability: { sku, destination in
                guard driver.standings().contains(where: { $0.state == .active }) else {
                    return .unavailable(
                        reason: "no warehouse's agent is in session",
                        retryAfterSeconds: 2
                    )
                }
                return .sites(
                    await driver.availability(of: sku, to: destination, in: .usd)
                )
            },
            quote: { await driver.quote($0) },
            standings: { driver.standings() },
            acceptWebhook: { await shopify.accept($0, $1) },
            carrierRates: { headers, body in
                await shopify.rates(headers, body) { await driver.quote($0) }
            },
            readiness: { readiness(of: driver) },
            audit: {
                let audit = try await driver.audit()
                return LogAudit(
                    findings: audit.findings,
                    conflicts: audit.conflicts,
                    leaseConflicts: audit.leaseConflicts
                )
            },
            metricsText: { measures.text() },
            scorecard: { try await whatIf.scorecard($0) },
            rules: rules.office,
            alerts: .serving(log),
            events: .serving(log)
        )
    }

    private static func readiness(of driver: CoordinatorDriver) -> [ReadinessCheck] {
        let standings = driver.standings()
        let active = standings.filter { $0.state == .active }.count
        return [
            ReadinessCheck(
                name: "decision-log",
                isPassing: driver.isReady,
                detail: driver.isReady ? "writable" : driver.obstacle
            ),
            ReadinessCheck(
                name: "agents",
                isPassing: active > 0,
                detail: "\(active) of \(standings.count) in session"
            ),
        ]
    }
}

extension EventOffice {
    /// Returns the office that the HTTP asks, with the log behind it.
    static func serving(_ log: DecisionLog) -> EventOffice {
        EventOffice(
            last: { try await log.lastEvent() },
            knows: { try await log.knows($0) },
            next: { after, patience in
                // Before it looks, so that nothing comes between.
                let news = log.news()
                let limit = StorefrontLimits.eventsPerReadMaximum
                let found = try await log.events(after: after, limit: limit)
                guard found.isEmpty else { return found }
                await cancelWhenGracefulShutdown {
                    await withTaskGroup { group in
                        group.addTask { for await _ in news { break } }
                        group.addTask { try? await Task.sleep(for: patience) }
                        await group.next()
                        group.cancelAll()
                    }
                }
                // Else a reader would keep the coordinator from ending.
                guard !Task.isShuttingDownGracefully, !Task.isCancelled else { return nil }
                return try await log.events(after: after, limit: limit)
            }
        )
    }
}

extension AlertOffice {
    /// Returns the office that the HTTP asks, with the log behind it.
    static func serving(_ log: DecisionLog) -> AlertOffice {
        AlertOffice(
            list: { try await log.alerts(in: $0, limit: $1, before: $2) },
            take: { step, number, remark in
                switch step {
                case .acknowledge: try await log.take(.acknowledge, of: number, remark: remark)
                case .resolve: try await log.take(.resolve, of: number, remark: remark)
                }
            },
            redeliver: { number in
                guard try await log.alert(number) != nil else { return nil }
                return try await log.redeliver(number, at: wallClock())
            },
            now: wallClock
        )
    }
}
