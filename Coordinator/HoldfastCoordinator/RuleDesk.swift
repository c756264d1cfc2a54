import AllocationCoordinator
import AllocationModel
import BuyerRules
import DecisionLog
import OrderDesk
import StorefrontAPI

/// Publishes rules and imports directories: written down first, then in force for the next order.
///
/// One change at a time, so that what is in force last is what was written last.
actor RuleDesk {
    private let log: DecisionLog
    private let driver: CoordinatorDriver
    private let warehouses: [Warehouse.ID]
    private let now: @Sendable () -> Timestamp
    private let whatIf: WhatIfDesk
    /// The draft that was tried last: a client tries one on many pages of orders.
    private var draft: (text: String, rules: OfficeRules)?
    /// The change that is under way, which the next one waits for.
    private var last: Task<Void, Never>?

    init(
        log: DecisionLog,
        driver: CoordinatorDriver,
        whatIf: WhatIfDesk,
        warehouses: [Warehouse.ID],
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.whatIf = whatIf
        self.log = log
        self.driver = driver
        self.warehouses = warehouses
        self.now = now
    }

    /// Returns the rules in force and the directories, as the log has them.
    static func rules(in log: DecisionLog) async throws -> OfficeRules {
        let published = try await log.rulesInForce()
        let directories = try await log.directories()
        return OfficeRules(
            version: published?.version ?? 0,
            rules: try compiled(published),
            customers: Dictionary(uniqueKeysWithValues: directories.customers.map { ($0.id, $0) }),
            profiles: Dictionary(uniqueKeysWithValues: directories.profiles.map { ($0.sku, $0) })
        )
    }

    /// Returns one version of the rules, without directories; nil where there is none such.
    static func rules(ofVersion version: Int64, in log: DecisionLog) async throws -> OfficeRules? {
        guard version > 0 else { return OfficeRules.none }
        guard let published = try await log.rules(ofVersion: version) else { return nil }
        return OfficeRules(version: version, rules: try compiled(published))
    }

    private static func compiled(_ published: PublishedRules?) throws -> CompiledRules {
        guard let published else { return CompiledRules(RuleSet()) }
        let (set, faults) = RuleSet.reading(published.text)
        guard let set else { throw UnreadableRules(version: published.version, faults: faults) }
        return CompiledRules(set)
    }

    /// Published rules that this program cannot read.
    struct UnreadableRules: Error, CustomStringConvertible {
        let version: Int64
        let faults: [RuleFault]

        var description: String {
            "the rules of version \(version) in the decision log cannot be read: "
                + (faults.first.map { "\($0)" } ?? "")
        }
    }

    // What the HTTP asks.

    nonisolated var office: RuleOffice {
        RuleOffice(
            versions: { [log] in
                let versions = try await log.ruleVersions(limit: Self.versionsMaximum)
                return versions.map { Self.shown($0, isInForce: $0 == versions.first) }
            },
            version: { [log] number in
                let newest = try await log.rulesInForce()
                return try await log.rules(ofVersion: number)
                    .map { Self.shown($0, isInForce: $0 == newest) }
            },
            check: { [self] in try await findings(in: $0).map(Self.shown) },
            tryOut: { [self] in try await tryOut($0) },
            publish: { [self] publication in try await inTurn { try await $0.publish(publication) }
            },
            importDirectory: { [self] kind, bytes, isReplacing in
                try await inTurn { try await $0.take(kind, bytes, replacingAll: isReplacing) }
            }
        )
    }

    /// Versions that are listed: a year of daily changes.
    private static let versionsMaximum = 400

    /// Does one change after another, though each has to wait for the log.
    private func inTurn<Value: Sendable>(
        _ change: @escaping @Sendable (RuleDesk) async throws -> Value
    ) async throws -> Value {
        let before = last
        let task = Task { [self] in
            await before?.value
            return try await change(self)
        }
        last = Task { _ = try? await task.value }
        return try await task.value
    }

    private func findings(in text: String) async throws -> [RuleFault] {
        let (set, faults) = RuleSet.reading(text)
        guard let set else { return faults }
        let directories = try await log.directories()
        let vocabulary = RuleVocabulary(
            warehouses: warehouses,
            // A directory that was never imported says nothing about names.
            customers: directories.customers.isEmpty ? nil : directories.customers,
            profiles: directories.profiles.isEmpty ? nil : directories.profiles
        )
        return set.faults(knowing: vocabulary, on: now().utcDay)
    }

    private func tryOut(_ tryout: RuleTryout) async throws -> RuleTryoutAnswer {
        if draft?.text != tryout.text {
            let findings = try await findings(in: tryout.text).map(Self.shown).filter(\.isError)
            guard findings.isEmpty else { return .faulty(findings) }
            let (set, faults) = RuleSet.reading(tryout.text)
            guard let set else { return .faulty(faults.map(Self.shown)) }
            let known = try await Self.rules(in: log)
            let rules = OfficeRules(
                version: 0,
                rules: CompiledRules(set),
                customers: known.customers,
                profiles: known.profiles
            )
            draft = (tryout.text, rules)
        }
        return try await whatIf.trials(of: tryout.orders, under: draft?.rules ?? .none)
    }

    private func publish(_ publication: RulePublication) async throws -> RulePublicationAnswer {
        let text: String
        var restored: Int64?
        switch publication.source {
        case .text(let given): text = given
        case .version(let number):
            guard let older = try await log.rules(ofVersion: number) else { return .unknownVersion }
            text = older.text
            restored = number
        }
        let findings = try await findings(in: text).map(Self.shown)
        if findings.contains(where: \.isError) { return .faulty(findings.filter(\.isError)) }
        let published = try await log.publishRules(
            text,
            comment: publication.comment,
            by: publication.publishedBy,
            at: now(),
            restoring: restored
        )
        driver.adopt(try await Self.rules(in: log))
        return .published(Self.shown(published, isInForce: true), warnings: findings)
    }

    private func take(
        _ kind: DirectoryKind,
        _ bytes: [UInt8],
        replacingAll isReplacing: Bool
    ) async throws -> DirectoryAnswer {
        let count: Int
        do {
            switch kind {
            case .customers:
                let customers = try DirectoryReading.customers(from: bytes)
                try await log.importCustomers(customers, replacingAll: isReplacing)
                count = customers.count
            case .skus:
                let profiles = try DirectoryReading.profiles(from: bytes)
                try await log.importProfiles(profiles, replacingAll: isReplacing)
                count = profiles.count
            }
        } catch let report as RowReport {
            return .faulty(report)
        }
        let rules = try await Self.rules(in: log)
        driver.adopt(rules)
        switch kind {
        case .customers: return .imported(count, total: rules.customers.count)
        case .skus: return .imported(count, total: rules.profiles.count)
        }
    }

    private static func shown(_ rules: PublishedRules, isInForce: Bool) -> RuleVersion {
        RuleVersion(
            version: rules.version,
            isInForce: isInForce,
            comment: rules.comment,
            publishedBy: rules.publishedBy,
            publishedAt: rules.publishedAt,
            restores: rules.restores,
            text: rules.text
        )
    }

    private static func shown(_ fault: RuleFault) -> RuleFinding {
        RuleFinding(
            line: fault.line,
            isError: fault.severity == .error,
            detail: fault.detail,
            hint: fault.hint
        )
    }
}
