internal import AllocationModel
internal import Foundation
internal import Freight
internal import ShippingCalendar
internal import StockLedger

extension SiteDesk {
    /// Proves the ledger against its own journal; reads all of it, while bids wait.
    func audit(at now: Timestamp) async throws -> AuditOutcome {
        let findings = try await ledger.read(at: now) { try $0.audit() }
        return AuditOutcome(
            findings: findings.map { AuditFinding(kind: $0.kind.rawValue, text: $0.description) }
        )
    }

    /// What an operator checks first when something is wrong.
    func examine(inFull: Bool, at now: Timestamp) async -> [Diagnosis] {
        var found = await readiness(at: now)
        found.append(await engine(at: now))
        found.append(await clock(at: now))
        found.append(await doubts(at: now))
        found.append(await overrides(at: now))
        found.append(await leased(at: now))
        found.append(await inbound(at: now))
        if let dropFolder { found.append(dropped(into: dropFolder)) }
        found += await setUp(at: now)
        if let rater { found.append(await diagnosis(of: rater, at: now)) }
        if inFull { found.append(await soundness(at: now)) }
        return found
    }

    /// Whether the agent can do its work: the ledger reads, and the disk has space.
    func readiness(at now: Timestamp) async -> [Diagnosis] {
        [
            await diagnosis(of: "ledger") {
                let site = try await ledger.read(at: now) { try $0.site() }
                return Diagnosis("ledger", .fine, "\(site.warehouse), \(site.name)")
            },
            await diagnosis(of: "disk") {
                if try await ledger.isDiskFull() {
                    return Diagnosis(
                        "disk",
                        .fault,
                        "is full: every vote is no, and stock cannot be changed",
                        hint: "free some space; the agent notices by itself"
                    )
                }
                return spaceLeft()
            },
        ]
    }

    private func diagnosis(
        of subject: String,
        _ work: () async throws -> Diagnosis
    ) async -> Diagnosis {
        do {
            return try await work()
        } catch let fault as LedgerFault {
            return Diagnosis(subject, .fault, fault.description, hint: fault.hint)
        } catch {
            return Diagnosis(subject, .fault, "\(error)", hint: "see the agent's log")
        }
    }

    private func spaceLeft() -> Diagnosis {
        guard !ledger.path.isEmpty else { return Diagnosis("disk", .fine, "is not used") }
        let folder = URL(fileURLWithPath: ledger.path).deletingLastPathComponent().path
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: folder)
        guard let free = (attributes?[.systemFreeSize] as? NSNumber)?.int64Value else {
            return Diagnosis("disk", .warning, "the space left on it cannot be found out")
        }
        let log = ledger.logBytes / 1_048_576
        let text = "\(free / 1_048_576) MiB free, write-ahead log \(log) MiB"
        if free < ConsoleLimits.freeBytesWanted {
            return Diagnosis(
                "disk",
                .warning,
                text,
                hint: "free some space before votes have to be no"
            )
        }
        return Diagnosis("disk", .fine, text)
    }

    /// Whether files that were dropped have been put aside, and are nobody's care yet.
    private func dropped(into folder: String) -> Diagnosis {
        let failed = folder + "/failed"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: failed)) ?? []
        let count = names.count { $0.lowercased().hasSuffix(".csv") }
        guard count > 0 else { return Diagnosis("drop folder", .fine, "no file was put aside") }
        return Diagnosis(
            "drop folder",
            .warning,
            count == 1
                ? "one file in \(failed) was not imported"
                : "\(count) files in \(failed) were not imported",
            hint: "see the reports beside them; put mended files into \(folder), and clear these"
        )
    }

    private func engine(at now: Timestamp) async -> Diagnosis {
        await diagnosis(of: "sqlite") {
            guard !ledger.path.isEmpty else {
                return Diagnosis("sqlite", .fine, "in memory, for as long as this runs")
            }
            let engine = try await ledger.read(at: now) { try $0.engine() }
            guard engine.isDurable && engine.isExclusive else {
                return Diagnosis(
                    "sqlite",
                    .fault,
                    "\(engine.version) does not sync each commit, or lets others at the file",
                    hint: "open the ledger with this program alone"
                )
            }
            return Diagnosis(
                "sqlite",
                .fine,
                "\(engine.version), each commit synced; one connection, so no WAL-reset bug"
            )
        }
    }

    /// The wall clock against the journal, which never runs ahead of it by itself.
    private func clock(at now: Timestamp) async -> Diagnosis {
        await diagnosis(of: "clock") {
            let (site, last) = try await ledger.read(at: now) { books in
                (try books.site(), try books.reservations(limit: 1).first?.changed)
            }
            let offset = site.timeZone.offset(at: now).components.seconds / 60
            let text =
                "\(now.iso8601), \(site.timeZone) is UTC\(offset < 0 ? "" : "+")\(offset) min"
            if let last, last.milliseconds > now.milliseconds {
                return Diagnosis(
                    "clock",
                    .warning,
                    text + "; the journal has an entry of \(last.iso8601)",
                    hint: "the clock was set back: see that it is synchronised"
                )
            }
            return Diagnosis("clock", .fine, text)
        }
    }

    private func doubts(at now: Timestamp) async -> Diagnosis {
        await diagnosis(of: "in doubt") {
            let (all, old) = try await ledger.read(at: now) { books in
                let before = Timestamp(
                    milliseconds: now.milliseconds - ConsoleLimits.doubtMilliseconds
                )
                return (try books.inDoubt().count, try books.inDoubt(votedBefore: before).count)
            }
            guard old > 0 else {
                return Diagnosis(
                    "in doubt",
                    .fine,
                    all == 0 ? "nothing" : "\(all), all of them new"
                )
            }
            return Diagnosis(
                "in doubt",
                .warning,
                "\(all), and \(old) for longer than"
                    + " \(ConsoleLimits.doubtMilliseconds / 60_000) minutes",
                hint: "see that the coordinator runs; its units stay set aside until it answers"
            )
        }
    }

    private func overrides(at now: Timestamp) async -> Diagnosis {
        await diagnosis(of: "forced") {
            let (all, conflicts) = try await conflicts(at: now)
            guard conflicts > 0 else {
                return Diagnosis("forced", .fine, all == 0 ? "nothing" : "\(all), none in conflict")
            }
            return Diagnosis(
                "forced",
                .warning,
                "\(conflicts) of \(all) reservations were decided otherwise than they were forced",
                hint:
                    "see ‘holdfast-agent hold forced’; mend it with the office, then ‘hold settle’ it"
            )
        }
    }

    /// Whether receipts are overdue: what is promised of them has no day.
    private func inbound(at now: Timestamp) async -> Diagnosis {
        await diagnosis(of: "inbound") {
            let (open, overdue) = try await ledger.read(at: now) { try $0.inboundCounts() }
            guard overdue == 0 else {
                return Diagnosis(
                    "inbound",
                    .warning,
                    "\(overdue) receipts are overdue: nobody is promised anything of them",
                    hint: "‘holdfast-agent inbound receive’ what has come, and say a new day of "
                        + "the rest with ‘inbound change’"
                )
            }
            return Diagnosis("inbound", .fine, open == 0 ? "nothing" : "\(open) receipts")
        }
    }

    private func leased(at now: Timestamp) async -> Diagnosis {
        await diagnosis(of: "leased") {
            let (units, conflicts, unsettled) = try await ledger.read(at: now) {
                try $0.leaseCounts()
            }
            guard conflicts == 0 else {
                return Diagnosis(
                    "leased",
                    .warning,
                    "orders had drawn on \(conflicts) leases that were written off",
                    hint: "see ‘holdfast-agent lease list’; mend it with the office, then "
                        + "‘lease settle’ it"
                )
            }
            guard unsettled == 0 else {
                return Diagnosis(
                    "leased",
                    .warning,
                    "the coordinator has lost what it drew on \(unsettled) leases",
                    hint: "ask the office which orders it promised; ‘lease revoke’ frees the rest"
                )
            }
            return Diagnosis("leased", .fine, units == 0 ? "nothing" : "\(units) units")
        }
    }

    /// What must be there before a bid can be made.
    private func setUp(at now: Timestamp) async -> [Diagnosis] {
        [
            await diagnosis(of: "stock") {
                let isEmpty = try await ledger.read(at: now) { try $0.list(limit: 1).isEmpty }
                return isEmpty
                    ? Diagnosis(
                        "stock",
                        .warning,
                        "no SKU is kept",
                        hint: "holdfast-agent stock import FILE"
                    )
                    : Diagnosis("stock", .fine, "there is some")
            },
            await diagnosis(of: "rates") {
                let services = try await ledger.read(at: now) {
                    try $0.services()
                }
                return services.isEmpty
                    ? Diagnosis(
                        "rates",
                        .warning,
                        "none count today, so nothing can be bid",
                        hint: "holdfast-agent rates import --help"
                    )
                    : Diagnosis("rates", .fine, services.joined(separator: ", "))
            },
            await diagnosis(of: "calendar") {
                let departure = try await ledger.read(at: now) { books in
                    try books.calendar().departure(at: now)
                }
                guard let departure else {
                    return Diagnosis(
                        "calendar",
                        .warning,
                        "no day of the coming year is a shipping day",
                        hint: "holdfast-agent cutoff set --day weekdays --time 14:30"
                    )
                }
                return Diagnosis(
                    "calendar",
                    .fine,
                    "what comes in by \(departure.cutoffDate) \(departure.cutoff) leaves on"
                        + " \(departure.leaves)"
                )
            },
        ]
    }

    private func soundness(at now: Timestamp) async -> Diagnosis {
        await diagnosis(of: "audit") {
            let outcome = try await audit(at: now)
            guard let first = outcome.findings.first else {
                return Diagnosis("audit", .fine, "the stock is what the journal says")
            }
            let more = outcome.findings.count > 1 ? ", and \(outcome.findings.count - 1) more" : ""
            return outcome.isDamaged
                ? Diagnosis(
                    "audit",
                    .fault,
                    first.text + more,
                    hint: "stop the agent, keep the file as it is, restore the last backup"
                )
                : Diagnosis(
                    "audit",
                    .warning,
                    first.text + more,
                    hint: "see hold list for whom to tell, then count again"
                )
        }
    }
}

extension SiteDesk {
    /// What the ledger counts, for monitoring; of a ledger that cannot be read, only that.
    func measures(at now: Timestamp) async -> [Measure] {
        let counted = try? await ledger.read(at: now) { books in
            let doubts = try books.reservations(in: [.voted], limit: 1)
            return Counted(
                doubts: try books.inDoubt().count,
                oldestDoubt: doubts.first.map { now.milliseconds - $0.changed.milliseconds } ?? 0,
                holds: try books.reservations(in: [.held]).count,
                services: try books.services().count,
                overrides: try books.overrideCounts(),
                leases: try books.leaseCounts(),
                shipmentsUntold: try books.shipmentsUntold(),
                entry: books.mark.entry
            )
        }
        guard let counted else {
            return [Measure("holdfast_ledger_up", .gauge, 0, help: Self.ledgerUpHelp)]
        }
        let isFull = (try? await ledger.isDiskFull()) ?? false
        return [
            Measure("holdfast_ledger_up", .gauge, 1, help: Self.ledgerUpHelp),
            Measure(
                "holdfast_ledger_batches_total",
                .counter,
                counted.entry,
                help: "Transactions written to the ledger since it was made."
            ),
            Measure(
                "holdfast_ledger_log_bytes",
                .gauge,
                ledger.logBytes,
                help: "Bytes of the write-ahead log."
            ),
            Measure(
                "holdfast_disk_full",
                .gauge,
                isFull ? 1 : 0,
                help: "Whether votes are no for want of space."
            ),
            Self.measure(ofOpen: counted.holds, "held"),
            Self.measure(ofOpen: counted.doubts, "voted"),
            Measure(
                "holdfast_in_doubt_oldest_seconds",
                .gauge,
                max(0, counted.oldestDoubt) / 1000,
                help: "How long the oldest vote has waited for the coordinator's word."
            ),
            Measure(
                "holdfast_rate_cards",
                .gauge,
                Int64(counted.services),
                help: "Carrier services that count today."
            ),
        ] + Self.measures(of: counted.overrides) + Self.measures(ofLeases: counted.leases)
            + [
                Measure(
                    "holdfast_shipments_untold",
                    .gauge,
                    counted.shipmentsUntold,
                    help: "Shipments that the coordinator does not have in its log yet."
                )
            ] + (rater.map(Self.measures) ?? [])
    }

    private static func measure(ofOpen count: Int, _ status: String) -> Measure {
        Measure(
            "holdfast_reservations",
            .gauge,
            Int64(count),
            help: "Reservations without an outcome, by status.",
            label: Measure.Label("status", status)
        )
    }

    private static func measures(
        ofLeases leases: (units: Int64, conflicts: Int64, unsettled: Int64)
    ) -> [Measure] {
        [
            Measure(
                "holdfast_leased_units",
                .gauge,
                leases.units,
                help: "Units set aside for orders that come while the site is cut off."
            ),
            Measure(
                "holdfast_lease_conflicts",
                .gauge,
                leases.conflicts,
                help: "Leases written off when orders had drawn on them, until settled."
            ),
            Measure(
                "holdfast_leases_unsettled",
                .gauge,
                leases.unsettled,
                help: "Leases of which the coordinator has lost what it drew."
            ),
        ]
    }

    private static func measures(of overrides: (all: Int64, conflicts: Int64)) -> [Measure] {
        [
            Measure(
                "holdfast_overrides",
                .gauge,
                overrides.all,
                help: "Reservations in doubt that a site manager has forced."
            ),
            Measure(
                "holdfast_override_conflicts",
                .gauge,
                overrides.conflicts,
                help: "Those of them whose order was decided otherwise, until settled."
            ),
        ]
    }

    private static let ledgerUpHelp = "Whether the ledger can be read."

    private struct Counted: Sendable {
        let doubts: Int
        let oldestDoubt: Int64
        let holds: Int
        let services: Int
        let overrides: (all: Int64, conflicts: Int64)
        let leases: (units: Int64, conflicts: Int64, unsettled: Int64)
        let shipmentsUntold: Int64
        let entry: Int64
    }
}
