package import AllocationModel

/// What the HTTP of the coordinator needs of the office's rules and directories.
package struct RuleOffice: Sendable {
    /// Returns the newest versions first.
    package var versions: @Sendable () async throws -> [RuleVersion]
    /// Returns a version, or nil where there is none such.
    package var version: @Sendable (Int64) async throws -> RuleVersion?
    /// Returns what a person should look at in a rule file.
    package var check: @Sendable (String) async throws -> [RuleFinding]
    /// Solves decided orders again under a draft.
    package var tryOut: @Sendable (RuleTryout) async throws -> RuleTryoutAnswer
    /// Puts rules in force from the next order on.
    package var publish: @Sendable (RulePublication) async throws -> RulePublicationAnswer
    /// Takes a file of customers or SKUs, whole or not at all.
    package var importDirectory:
        @Sendable (DirectoryKind, [UInt8], _ replacingAll: Bool) async throws
            -> DirectoryAnswer

    package init(
        versions: @escaping @Sendable () async throws -> [RuleVersion],
        version: @escaping @Sendable (Int64) async throws -> RuleVersion?,
        check: @escaping @Sendable (String) async throws -> [RuleFinding],
        tryOut: @escaping @Sendable (RuleTryout) async throws -> RuleTryoutAnswer,
        publish: @escaping @Sendable (RulePublication) async throws -> RulePublicationAnswer,
        importDirectory:
            @escaping @Sendable (DirectoryKind, [UInt8], Bool) async throws
            -> DirectoryAnswer
    ) {
        self.versions = versions
        self.version = version
        self.check = check
        self.tryOut = tryOut
        self.publish = publish
        self.importDirectory = importDirectory
    }
}

/// One published version of the rules.
package struct RuleVersion: Hashable, Sendable {
    package let version: Int64
    package let isInForce: Bool
    package let comment: String
    package let publishedBy: String
    package let publishedAt: Timestamp
    /// The older version that it puts in force again, where it does.
    package let restores: Int64?
    /// The rule file, as it was written.
    package let text: String

    package init(
        version: Int64,
        isInForce: Bool,
        comment: String,
        publishedBy: String,
        publishedAt: Timestamp,
        restores: Int64?,
        text: String
    ) {
        self.version = version
        self.isInForce = isInForce
        self.comment = comment
        self.publishedBy = publishedBy
        self.publishedAt = publishedAt
        self.restores = restores
        self.text = text
    }
}

/// Something in a rule file that a person should look at.
package struct RuleFinding: Hashable, Sendable {
    package let line: Int
    /// Whether the file cannot be published because of it.
    package let isError: Bool
    package let detail: String
    package let hint: String

    package init(line: Int, isError: Bool, detail: String, hint: String) {
        self.line = line
        self.isError = isError
        self.detail = detail
        self.hint = hint
    }
}

/// A wish to see what a draft would have made of orders that are decided.
package struct RuleTryout: Hashable, Sendable {
    /// The draft.
    package let text: String
    package let orders: Orders

    package init(text: String, orders: Orders) {
        self.text = text
        self.orders = orders
    }

    /// Which orders.
    package enum Orders: Hashable, Sendable {
        /// The newest, at most so many, of those received before `before`.
        case last(Int, before: Order.ID?)
        /// These, in this order.
        case named([Order.ID])
    }
}

/// The answer to a wish to try a draft.
package enum RuleTryoutAnswer: Hashable, Sendable {
    /// What has become of the first of the orders; there may be more than time was left for.
    case tried([Result], isComplete: Bool)
    /// Nothing is tried: these places of the draft are wrong.
    case faulty([RuleFinding])

    /// What has become of one order.
    package enum Result: Hashable, Sendable {
        case trial(RuleTrial)
        /// No decision of it is in the log.
        case unknown(Order.ID)
        /// It was rebuilt from what the sites hold: what they had offered is not known.
        case withoutEvidence(Order.ID)

        package var order: Order.ID {
            switch self {
            case .trial(let trial): trial.record.order.id
            case .unknown(let id), .withoutEvidence(let id): id
            }
        }
    }
}

/// A wish to put rules in force.
package struct RulePublication: Hashable, Sendable {
    package let source: Source
    /// Why, for whoever reads the list of versions.
    package let comment: String
    package let publishedBy: String

    package init(source: Source, comment: String, publishedBy: String) {
        self.source = source
        self.comment = comment
        self.publishedBy = publishedBy
    }

    /// Where the rules come from.
    package enum Source: Hashable, Sendable {
        case text(String)
        /// An older version, word for word.
        case version(Int64)
    }
}

/// The answer to a wish to publish.
package enum RulePublicationAnswer: Hashable, Sendable {
    /// In force, with what should be looked at all the same.
    case published(RuleVersion, warnings: [RuleFinding])
    /// Nothing is changed: these are wrong.
    case faulty([RuleFinding])
    case unknownVersion
}

/// Which directory.
package enum DirectoryKind: String, CaseIterable, Hashable, Sendable {
    case customers
    case skus
}

/// The answer to an import.
package enum DirectoryAnswer: Hashable, Sendable {
    /// So many entries were taken, and so many are there now.
    case imported(Int, total: Int)
    /// Nothing is changed: these rows are wrong.
    case faulty(RowReport)
}
