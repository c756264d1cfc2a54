/// What an order comes to when it is solved: a plan, a refusal, or neither.
package enum SourcingAnswer: Hashable, Sendable {
    case plan(Plan)
    case refused([LineRefusal])
    /// The search ended before there was a plan or the proof that there is none.
    case undecided

    /// Returns what was decided; nil while nothing is.
    package init?(_ outcome: OrderOutcome?) {
        switch outcome {
        case .confirmed(let plan), .cancelled(let plan): self = .plan(plan)
        case .refused(let refusals): self = .refused(refusals)
        case nil: return nil
        }
    }

    /// The plan, where there is one.
    package var plan: Plan? {
        if case .plan(let plan) = self { plan } else { nil }
    }
}

/// A decided order, solved again from its record.
package struct Replay: Hashable, Sendable {
    package let record: OrderRecord
    /// What solving came to this time.
    package let answer: SourcingAnswer
    package let recorded: Effort
    package let repeated: Effort
    /// Whether the office's bounds are in the record; today's are taken for older ones.
    package let hasPolicy: Bool

    /// What solving took, and by which solver.
    package struct Effort: Hashable, Sendable {
        package let nodes: Int64
        package let solverVersion: Int

        package init(nodes: Int64, solverVersion: Int) {
            self.nodes = nodes
            self.solverVersion = solverVersion
        }
    }

    package init(
        record: OrderRecord,
        answer: SourcingAnswer,
        recorded: Effort,
        repeated: Effort,
        hasPolicy: Bool
    ) {
        self.record = record
        self.answer = answer
        self.recorded = recorded
        self.repeated = repeated
        self.hasPolicy = hasPolicy
    }

    /// Whether the same came of it, to the last unit and cent.
    package var isSame: Bool { SourcingAnswer(record.outcome) == answer }
}

/// A decided order, solved again from its record under rules that are not in force.
package struct RuleTrial: Hashable, Sendable {
    package let record: OrderRecord
    /// What would have come of it.
    package let answer: SourcingAnswer
    /// The rules of the draft that say something of it, each once, in the order of its effects.
    package let rules: [String]
    /// The draft's steps of relaxation that it would have taken, by name.
    package let relaxed: [String]

    package init(
        record: OrderRecord,
        answer: SourcingAnswer,
        rules: [String],
        relaxed: [String]
    ) {
        self.record = record
        self.answer = answer
        self.rules = rules
        self.relaxed = relaxed
    }

    /// Whether anything that a customer or the office would notice is otherwise.
    ///
    /// How well a plan is proved is not.
    package var isChanged: Bool {
        let before = SourcingAnswer(record.outcome)
        guard let old = before?.plan, let new = answer.plan else { return before != answer }
        return old.shipments != new.shipments || old.backorders != new.backorders
            || old.cost != new.cost
    }
}
