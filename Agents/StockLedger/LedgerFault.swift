package import AllocationModel
import GRDB

/// Why the ledger as a whole could not do what was asked.
package enum LedgerFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// Another process has the file open.
    case inUse(path: String)
    /// There is no file to open.
    case missing(path: String)
    /// There is one already where a new one was to be made.
    case exists(path: String)
    /// The file is something else.
    case notALedger(path: String)
    /// A newer program wrote the file.
    case newerSchema(found: Int, known: Int)
    /// The disk is full; nothing was changed, and reading goes on.
    case full
    /// The file cannot be opened for writing.
    case notWritable(path: String)
    /// What SQLite finds in the file cannot be: nothing of it may be believed.
    case damaged(path: String, String)
    /// Writing failed in a way that leaves unknown what is on disk: the process must stop.
    ///
    /// A failed sync must not be tried again: the kernel may have dropped the
    /// pages. Recovery reads the disk and decides.
    case storageFailed(String)
    /// The ledger was closed.
    case closed
    /// Too much work waits already.
    case busy
    /// SQLite has rolled the transaction back after an error in it: nothing more may be done in it.
    case rolledBack
    /// A reading tried to write: the program is wrong.
    case readingOnly

    /// Whether the process must end and recover from disk before it says anything more.
    package var mustStop: Bool {
        switch self {
        case .storageFailed, .damaged, .notWritable: true
        case .inUse, .missing, .exists, .notALedger, .newerSchema, .full, .closed, .busy,
            .readingOnly,
            .rolledBack:
            false
        }
    }

    package var description: String {
        switch self {
        case .inUse(let path): "\(path) is in use by another process; is the agent running?"
        case .missing(let path): "there is no ledger at \(path)"
        case .exists(let path): "there is a file at \(path) already"
        case .notALedger(let path): "\(path) is not a stock ledger"
        case .newerSchema(let found, let known):
            "the ledger has schema \(found) and this program knows up to \(known)"
        case .full: "the disk is full; nothing was written"
        case .notWritable(let path): "\(path) cannot be opened for writing"
        case .damaged(let path, let reason): "\(path) is damaged: \(reason)"
        case .storageFailed(let reason): "the ledger could not be read or written: \(reason)"
        case .closed: "the ledger is closed"
        case .rolledBack: "the ledger's transaction was rolled back after an error in it"
        case .readingOnly: "a reading of the ledger tried to write"
        case .busy: "the ledger has \(Limits.workWaitingMaximum) pieces of work waiting"
        }
    }

    /// What to do about it.
    package var hint: String {
        switch self {
        case .inUse: "send the command to the running agent, or stop it first"
        case .missing: "run ‘holdfast-agent init’, or correct the path in the configuration"
        case .exists: "choose another path, or open the ledger that is there"
        case .notALedger: "correct the path in the configuration"
        case .newerSchema: "install the program's version that wrote it, or a later one"
        case .full: "free some disk space; the agent takes reservations again by itself"
        case .notWritable:
            "see that the agent's user may write to the file and to its folder, and that its disk is"
                + " not mounted for reading alone"
        case .damaged:
            "keep the file as it is and put the last backup in its place, or make a new ledger and"
                + " count: the office gives back what it was promised"
        case .storageFailed: "check the disk and the kernel's log, then start the agent again"
        case .closed: "start the agent again"
        case .rolledBack: "see the error before this one"
        case .readingOnly: "report this: it is a fault of the program"
        case .busy: "try again in a moment"
        }
    }
}

extension LedgerFault {
    /// Returns what an error of SQLite's means for the ledger, or nil where it concerns one statement.
    init?(_ error: any Error, path: String) {
        guard let error = error as? DatabaseError else { return nil }
        switch error.resultCode {
        case .SQLITE_FULL: self = .full
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .inUse(path: path)
        case .SQLITE_NOTADB: self = .notALedger(path: path)
        case .SQLITE_READONLY, .SQLITE_PERM: self = .notWritable(path: path)
        case .SQLITE_CORRUPT:
            self = .damaged(path: path, "\(error.extendedResultCode), \(error.message ?? "")")
        // The statement is sound: what it found of the schema is not.
        case .SQLITE_ERROR where error.message?.hasPrefix("no such") == true:
            self = .damaged(path: path, error.message ?? "")
        case .SQLITE_IOERR, .SQLITE_CANTOPEN, .SQLITE_NOMEM:
            self = .storageFailed(
                "\(path): \(error.extendedResultCode), \(error.message ?? "")"
            )
        // Codes are numbers of SQLite's, not cases of ours.
        default: return nil
        }
    }
}

/// Why a site manager's change was refused; nothing was written.
package enum StockRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    case unknownSKU(SKU)
    case unknownLot(SKU, Lot.ID)
    /// The SKU is kept by lot and the change names none.
    case lotNeeded(SKU)
    /// The SKU is not kept by lot and the change names one.
    case lotNotKept(SKU)
    /// The SKU has had stock, so whether it is kept by lot cannot change.
    case lotTrackingKept(SKU)
    /// Not a lawful quantity of the SKU; the two nearest that are.
    case notAMultiple(SKU, of: Int64, below: Int64, above: Int64)
    /// There would be fewer than none on hand.
    case belowZero(SKU, onHand: Quantity, delta: Int64)
    /// There would be more than any site has.
    case aboveMaximum(SKU)
    /// A text of the change is not lawful: its name and what is wrong.
    case unlawful(field: String, String)

    package var description: String {
        switch self {
        case .unknownSKU(let sku): "no SKU ‘\(sku)’ is kept here; import it first"
        case .unknownLot(let sku, let lot): "\(sku) has no lot ‘\(lot)’; import or count it first"
        case .lotNeeded(let sku): "\(sku) is kept by lot; say which lot"
        case .lotNotKept(let sku): "\(sku) is not kept by lot; leave the lot out"
        case .lotTrackingKept(let sku):
            "\(sku) has had stock, so it stays kept as it is; enter it under a new code"
        case .notAMultiple(let sku, let multiple, let below, let above):
            "\(sku) is kept in multiples of \(multiple); the nearest are \(below) and \(above)"
        case .belowZero(let sku, let onHand, let delta):
            "\(sku) has \(onHand) on hand; a change of \(delta) would leave fewer than none"
        case .aboveMaximum(let sku):
            "\(sku) would have more than \(AllocationModel::Limits.quantityMaximum) on hand"
        case .unlawful(let field, let message): "\(field) \(message)"
        }
    }
}
