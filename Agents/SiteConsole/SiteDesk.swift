package import AllocationModel
package import LiveRating
internal import ShippingCalendar
package import StockLedger
internal import Synchronization

/// Carries out what site managers ask.
///
/// The same in the agent and in a command that has the file to itself.
///
/// Each command is one transaction of the ledger's, durable before its reply;
/// a fault is a reply like another, and means that nothing was changed. A change
/// is in the very next bid, because bids read the same ledger.
package final class SiteDesk: Sendable {
    let ledger: StockLedger
    let imports: Mutex<ImportDesk>
    private let ledgerFailed: @Sendable (LedgerFault) -> Void
    let isCoordinatorReachable: @Sendable () -> Bool
    let rater: LiveRater?
    /// Where stock files are put to be imported; nil where nowhere.
    let dropFolder: String?

    /// - Parameters:
    ///   - ledger: The site's, which others may use at the same time.
    ///   - rater: Who prices some of its services live, where somebody does.
    ///   - dropFolder: Where stock files are put to be imported, where they are.
    ///   - ledgerFailed: Told, once for each command that met it, of a fault after
    ///     which the process must end.
    ///   - isCoordinatorReachable: Whether the coordinator has spoken of late, so that
    ///     nobody need decide in its place.
    package init(
        ledger: StockLedger,
        rater: LiveRater? = nil,
        dropFolder: String? = nil,
        ledgerFailed: @escaping @Sendable (LedgerFault) -> Void = { _ in },
        isCoordinatorReachable: @escaping @Sendable () -> Bool = { false }
    ) {
        self.ledger = ledger
        self.rater = rater
        self.dropFolder = dropFolder
        self.ledgerFailed = ledgerFailed
        self.isCoordinatorReachable = isCoordinatorReachable
        imports = Mutex(ImportDesk())
    }

    /// Carries out a command that `who` gives, as of `now`; both go into the journal.
    package func carryOut(
        _ command: SiteCommand,
        now: Timestamp,
        who: String
    ) async -> SiteReply {
        do {
            return try await reply(to: command, Asker(now: now, who: who))
        } catch let fault as SiteFault {
            return .failed(fault)
        } catch let fault as LedgerFault {
            if fault.mustStop { ledgerFailed(fault) }
            return .failed(SiteFault(fault))
        } catch StockRefusal.unknownSKU(let sku) {
            return .failed(await unknown(sku, now: now))
        } catch let refusal as StockRefusal {
            return .failed(SiteFault(.refused, sentence: refusal.description))
        } catch let refusal as InboundRefusal {
            return .failed(SiteFault(.refused, sentence: refusal.description))
        } catch let refusal as LeaseRefusal {
            return .failed(SiteFault(.refused, sentence: refusal.description))
        } catch let refusal as ShipmentRefusal {
            return .failed(SiteFault(.refused, sentence: refusal.description))
        } catch let fault as PickRefusalFault {
            return .failed(SiteFault(.refused, sentence: fault.description))
        } catch let refusal as OverrideRefusal {
            return .failed(SiteFault(.refused, sentence: refusal.description))
        } catch let refusal as KeyedRequestRefusal {
            return .failed(SiteFault(.keyTaken, sentence: refusal.description))
        } catch let report as RowReport {
            return .failed(SiteFault(report))
        } catch let error as ParseError {
            return .failed(SiteFault(.badInput, sentence: error.description))
        } catch {
            return .failed(SiteFault(.refused, "the ledger refused it: \(error)"))
        }
    }

    /// Who asks, and when.
    struct Asker: Sendable {
        let now: Timestamp
        let who: String
    }

    private func reply(to command: SiteCommand, _ asker: Asker) async throws -> SiteReply {
        switch command {
        case .adjustStock(let sku, let lot, let delta, let reason, let key):
            try await adjust(sku, lot, by: delta, reason: reason, key: key, asker)
        case .countStock(let sku, let lot, let counted):
            try await count(sku, lot, counted: counted, asker)
        case .listStock(let filter, let after, let limit):
            .stock(try await stock(filter, after: after, limit: limit, at: asker.now))
        case .showHistory(let sku, let limit):
            .history(try await history(of: sku, limit: limit, at: asker.now))
        case .setSafetyStock(let sku, let quantity):
            try await setSafetyStock(of: sku, to: quantity, asker)
        case .setCutoff(let days, let service, let time):
            try await setCutoff(time, on: days, service: service, asker)
        case .removeCutoff(let days, let service):
            try await removeCutoff(on: days, service: service, asker)
        case .listCutoffs: .cutoffs(try await cutoffs(at: asker.now))
        case .addHoliday(let date, let name, let cutoff, let last, let years):
            try await add(.init(date, name: name, cutoff: cutoff), to: last, years: years, asker)
        case .importHolidays(let text, let last, let isDryRun):
            .holidays(try await importHolidays(text, through: last, isDryRun: isDryRun, asker))
        case .setCapacity(let days, let orders, let lines, let grams):
            try await setCapacity(on: days, orders: orders, lines: lines, grams: grams, asker)
        case .clearCapacity(let days): try await clearCapacity(on: days, asker)
        case .showCapacity: .capacity(try await capacity(at: asker.now))
        case .leadTimes(let command): try await carryOut(command, asker)
        case .carriers(let command): try await carryOut(command, asker)
        case .showCalendar(let first, let days, let service, let handling):
            .calendar(try await calendar(from: first, days, of: service, handling, asker))
        case .removeHoliday(let date): try await removeHoliday(date, asker)
        case .listHolidays: .holidays(try await holidays(at: asker.now))
        case .importRates(let files): try await importRates(files, asker)
        case .importLTLRates(let file): try await importLTLRates(file, asker)
        case .importFTLRates(let file): try await importFTLRates(file, asker)
        case .listRates: .rates(try await rates(at: asker.now))
        case .showRates(let service, let day, let destination):
            .rateCard(try await rateCard(of: service, on: day, to: destination, asker))
        case .quoteRates(let request): .quoted(try await quote(request, asker))
        case .listHolds(let inDoubt, let limit):
            .holds(try await holds(inDoubt: inDoubt, limit: limit, at: asker.now))
        case .forceHold(let transaction, let choice, let reason):
            .forced([try await force(transaction, choice, reason: reason, asker)])
        case .settleHold(let transaction, let reason):
            .forced([try await settle(transaction, reason: reason, asker)])
        case .listForced(let limit): .forced(try await forced(limit: limit, at: asker.now))
        case .listPicks(let limit): .picks(try await picks(limit: limit, at: asker.now))
        case .ship(let order): .shipped(try await ship(order, asker))
        case .refusePick(let pick): .pickRefused(try await refuse(pick, asker))
        case .grantLease(let sku, let quantity, let coordinator):
            .leases([try await grantLease(of: sku, quantity, to: coordinator, asker)])
        case .listLeases(let all): .leases(try await leases(all: all, at: asker.now))
        case .revokeLease(let lease, let reason):
            .leases([try await revokeLease(lease, reason: reason, asker)])
        case .settleLease(let lease, let reason):
            .leases([try await settleLease(lease, reason: reason, asker)])
        case .leaseRules(let command): try await carryOut(command, asker)
        case .inbound(let command): try await carryOut(command, asker)
        case .lots(let command): try await carryOut(command, asker)
        case .beginImport(let options): try beginImport(options, asker)
        case .appendImport(let id, let piece): try appendImport(id, piece, asker)
        case .finishImport(let id): try await finishImport(id, asker)
        case .abandonImport(let id): abandonImport(id)
        case .examine(let inFull): .examined(await examine(inFull: inFull, at: asker.now))
        case .audit: .audited(try await audit(at: asker.now))
        }
    }

    /// Says that a SKU is not kept here, and which ones may have been meant.
    private func unknown(_ sku: SKU, now: Timestamp) async -> SiteFault {
        let message = "no SKU ‘\(sku)’ is kept here"
        // A suggestion is a courtesy: where the ledger will not even list, the refusal stands.
        let meant = (try? await suggestions(for: sku, at: now)) ?? []
        guard !meant.isEmpty else {
            return SiteFault(.refused, message, hint: "import it first: stock import FILE")
        }
        let spelled = meant.map { "‘\($0)’" }.joined(separator: " or ")
        return SiteFault(.refused, message, hint: "did you mean \(spelled)?")
    }
}
