internal import AllocationModel
internal import AllocationProtocol
internal import Logging
internal import OrderDesk

extension Office.Note {
    /// The alert that it begins, where it begins one.
    var sign: AlertSign? {
        switch self {
        case .session(let warehouse, .amnesia):
            .raised(
                Alert.Subject(.historyLost, warehouse.rawValue),
                "\(warehouse) has lost history; its reservations are restored, count its stock"
            )
        case .session(let warehouse, .duplicateIdentity):
            .raised(
                Alert.Subject(.duplicateSite, warehouse.rawValue),
                "two agents answer as \(warehouse); stop one of them"
            )
        case .overridden(let forced) where forced.isConflict:
            .raised(
                Alert.Subject(
                    .overrideConflict,
                    "\(forced.warehouse) \(forced.override.transaction)"
                ),
                "\(forced.override.who) has forced \(forced.warehouse) otherwise than was decided: "
                    + forced.override.reason
            )
        case .shippedBeforeCancelled(let order, _, let warehouse):
            Self.recall(order, warehouse)
        case .shipped(let order, let shipment, isCancelled: true):
            Self.recall(order, shipment.warehouse)
        case .lease(.writtenOff(let warehouse, let lease, let writeOff, let conflict))
        where !conflict.isZero:
            .raised(
                Alert.Subject(.leaseConflict, "\(warehouse) \(lease.id)"),
                "\(writeOff.who) has written off a lease of \(warehouse) when orders had drawn "
                    + "\(conflict) x \(lease.sku)"
            )
        case .activated, .deactivated, .session, .refused, .misfit, .shipped, .shippedUndecided,
            .pickRefused, .pickRefusedUndecided, .overridden, .lease, .followedUp, .cutoffMissed,
            .logDoubted,
            .recoveryWaits, .logRebuilt,
            .rebuiltWithout,
            .notRebuilt:
            nil
        }
    }

    private static func recall(_ order: Order.ID, _ warehouse: Warehouse.ID) -> AlertSign {
        .raised(
            Alert.Subject(.shippedCancelled, "\(order) \(warehouse)"),
            "\(warehouse) has shipped its part of order \(order), which is cancelled; call it back"
        )
    }
}

/// What an operator reads of the office's notes.
extension Logger {
    func say(_ note: Office.Note) {
        switch note {
        case .activated(let warehouse):
            info("the agent is in session", metadata: ["warehouse": "\(warehouse)"])
        case .deactivated(let warehouse):
            warning(
                "the agent is out of session; orders go to the others",
                metadata: ["warehouse": "\(warehouse)"]
            )
        case .session(let warehouse, let note):
            say(note, of: warehouse)
        case .refused(let warehouse, let refusal):
            notice(
                "the agent refused a request",
                metadata: ["warehouse": "\(warehouse)", "refusal": "\(refusal)"]
            )
        case .misfit(let warehouse):
            error(
                "the agent's answers do not fit the requests",
                metadata: ["warehouse": "\(warehouse)"]
            )
        case .shippedBeforeCancelled(let order, let transaction, let warehouse):
            error(
                "the order is cancelled, and the site had shipped its part",
                metadata: [
                    "order": "\(order)", "transaction": "\(transaction)",
                    "warehouse": "\(warehouse)",
                ]
            )
        case .shipped(let order, let shipment, _):
            info("the site has shipped its part", metadata: Self.metadata(shipment, of: order))
        case .shippedUndecided(let shipment):
            error(
                "the site has shipped what it was never asked to",
                metadata: Self.metadata(shipment, of: nil)
            )
        case .pickRefused(let order, let refusal):
            notice(
                "the site cannot pick a part of the order; it is sourced again",
                metadata: Self.metadata(refusal, of: order)
            )
        case .pickRefusedUndecided(let refusal):
            error(
                "the site cannot pick what it was never asked to",
                metadata: Self.metadata(refusal, of: nil)
            )
        case .overridden(let forced):
            say(forced)
        case .followedUp(let order, let reason):
            info(
                "an order that waited is sourced again",
                metadata: ["order": "\(order)", "reason": "\(reason)"]
            )
        case .cutoffMissed(let order, let warehouses, let isSourcedAgain):
            notice(
                isSourcedAgain
                    ? "a cutoff was missed; the order is sourced again" : "a cutoff was missed",
                metadata: ["order": "\(order)", "warehouses": "\(Self.names(warehouses))"]
            )
        case .lease(let change):
            say(change)
        case .logDoubted, .recoveryWaits, .logRebuilt, .rebuiltWithout, .notRebuilt:
            sayOfLog(note)
        }
    }

    private func say(_ note: SiteSession.Note, of warehouse: Warehouse.ID) {
        let site: Logger.MetadataValue = "\(warehouse)"
        switch note {
        case .fenced(let epochMaximum):
            critical(
                "a newer coordinator has taken over; stop this one",
                metadata: ["warehouse": site, "epoch": "\(epochMaximum)"]
            )
        case .amnesia(let known):
            error(
                "the site has lost history; its reservations are restored, count its stock",
                metadata: ["warehouse": site, "known": "\(known.entry)"]
            )
        case .restored(let shortfall):
            notice(
                "the site has all its reservations again",
                metadata: ["warehouse": site, "shortfall": "\(shortfall)"]
            )
        case .cannotRestore(let sku):
            error(
                "the site has promised a SKU that it does not keep; import its stock there",
                metadata: ["warehouse": site, "sku": "\(sku)"]
            )
        case .duplicateIdentity:
            critical(
                "two agents answer under one name; stop one of them",
                metadata: ["warehouse": site]
            )
        case .ignored:
            break
        }
    }

    private static func metadata(
        _ shipment: SiteShipment,
        of order: Order.ID?
    ) -> Logger.Metadata {
        var metadata: Logger.Metadata = [
            "warehouse": "\(shipment.warehouse)", "transaction": "\(shipment.report.transaction)",
            "who": "\(shipment.report.who)",
        ]
        if let order { metadata["order"] = "\(order)" }
        return metadata
    }

    private static func metadata(
        _ refused: SitePickRefusal,
        of order: Order.ID?
    ) -> Logger.Metadata {
        let refusal = refused.refusal
        var metadata: Logger.Metadata = [
            "warehouse": "\(refused.warehouse)", "transaction": "\(refusal.transaction)",
            "refused": "\(refusal.words)", "who": "\(refusal.who)",
        ]
        if let order { metadata["order"] = "\(order)" }
        return metadata
    }

    private func say(_ forced: SiteOverride) {
        let override = forced.override
        let metadata: Logger.Metadata = [
            "warehouse": "\(forced.warehouse)", "transaction": "\(override.transaction)",
            "choice": "\(override.choice.rawValue)", "who": "\(override.who)",
            "reason": "\(override.reason)",
        ]
        if forced.isConflict {
            critical("a site manager has forced what was decided otherwise", metadata: metadata)
        } else {
            notice("a site manager has forced a reservation, as was decided", metadata: metadata)
        }
    }

    private func say(_ change: LeaseBook.Change) {
        switch change {
        case .granted(let warehouse, let lease):
            info("the site has leased units", metadata: Self.metadata(warehouse, lease))
        case .closed(let warehouse, let lease, let kept):
            var metadata = Self.metadata(warehouse, lease)
            metadata["drawn"] = "\(kept)"
            info("a lease is closed", metadata: metadata)
        case .writtenOff(let warehouse, let lease, let writeOff, let conflict):
            var metadata = Self.metadata(warehouse, lease)
            metadata["who"] = "\(writeOff.who)"
            metadata["reason"] = "\(writeOff.reason)"
            guard !conflict.isZero else {
                return notice("a site manager has written off a lease", metadata: metadata)
            }
            metadata["drawn"] = "\(conflict)"
            critical(
                "a site manager has written off a lease that orders had drawn on",
                metadata: metadata
            )
        }
    }

    private static func metadata(_ warehouse: Warehouse.ID, _ lease: Lease) -> Logger.Metadata {
        [
            "warehouse": "\(warehouse)", "lease": "\(lease.id)", "sku": "\(lease.sku)",
            "quantity": "\(lease.quantity)",
        ]
    }

    private func sayOfLog(_ note: Office.Note) {
        switch note {
        case .logDoubted(let why):
            critical(
                "the decision log lacks decisions; no order is taken until it is recovered",
                metadata: [
                    "why": "\(why)",
                    "hint": "stop every other coordinator, then ‘holdfast-coordinator recover’",
                ]
            )
        case .recoveryWaits(let warehouses):
            notice(
                "the decision log is being rebuilt; these sites have not told what they hold",
                metadata: ["warehouses": "\(Self.names(warehouses))"]
            )
        case .logRebuilt(let decisions):
            notice(
                "the decision log is rebuilt from what the sites hold",
                metadata: ["decisions": "\(decisions)"]
            )
        case .rebuiltWithout(let transaction, let warehouses):
            error(
                "a decision is rebuilt without all its sites; look at its order",
                metadata: [
                    "transaction": "\(transaction)", "warehouses": "\(Self.names(warehouses))",
                ]
            )
        case .notRebuilt(let transaction):
            error(
                "what the sites hold of an attempt names no order",
                metadata: ["transaction": "\(transaction)"]
            )
        case .activated, .deactivated, .session, .refused, .misfit, .shippedBeforeCancelled,
            .shipped, .shippedUndecided, .pickRefused, .pickRefusedUndecided, .overridden,
            .lease, .followedUp, .cutoffMissed:
            break
        }
    }

    private static func names(_ warehouses: [Warehouse.ID]) -> String {
        warehouses.map(\.rawValue).joined(separator: ", ")
    }
}
