package import AllocationModel
internal import AllocationProtocol
internal import GRDB

/// Why the decision log cannot be used, with what to do about it.
package enum DecisionLogError: Error, Hashable, Sendable, CustomStringConvertible {
    case inUse(String)
    case notADecisionLog(String)
    case cannotOpen(String)
    /// The file may be read and not written.
    case readOnly(String)
    /// There is no room on its disk; nothing was written.
    case full(String)
    /// What SQLite finds in it cannot be.
    case damaged(String, String)
    /// A call of the disk's has failed, and what it has on it is unknown.
    case failed(String, String)
    case newerThanProgram(String)
    case otherCoordinator(String)
    case isBackup
    case closed
    /// The transaction is not in the log, or not in a state that allows it.
    case noSuchDecision(TransactionID)
    /// What is written of an attempt cannot have come about: why.
    case unlawfulHistory(TransactionID, String)

    /// Whether it is the disk that must be seen to.
    package var isOfTheDisk: Bool {
        switch self {
        case .readOnly, .full, .damaged, .failed: true
        case .inUse, .notADecisionLog, .cannotOpen, .newerThanProgram, .otherCoordinator, .isBackup,
            .closed, .noSuchDecision, .unlawfulHistory:
            false
        }
    }

    package var description: String {
        switch self {
        case .inUse(let path):
            "the decision log \(path) is in use; another coordinator is running on it"
        case .notADecisionLog(let path):
            "\(path) is not a decision log; give the path of one, or of a file to be made"
        case .cannotOpen(let path):
            "cannot open \(path); does its folder exist, and may this user write to it?"
        case .readOnly(let path):
            "\(path) may only be read; let this user write to the file and to its folder, or mount "
                + "its disk for writing"
        case .full(let path):
            "the disk of \(path) is full; free some space there and start the coordinator again"
        case .damaged(let path, let why):
            "\(path) is damaged (\(why)); keep it as it is, restore a backup in its place and run "
                + "‘holdfast-coordinator recover’"
        case .failed(let path, let why):
            "\(path) cannot be read or written (\(why)); check the disk and the kernel's log, then "
                + "start the coordinator again"
        case .newerThanProgram(let path):
            "\(path) was written by a newer release; run that release, or restore a backup"
        case .otherCoordinator(let name):
            "the decision log belongs to the coordinator ‘\(name)’; set that name, or another path"
        case .isBackup:
            "the decision log is a backup's copy, and decisions taken after it are missing from it; "
                + "run ‘holdfast-coordinator recover’"
        case .closed:
            "the decision log has been closed"
        case .noSuchDecision(let transaction):
            "the decision log has no open decision \(transaction)"
        case .unlawfulHistory(let transaction, let why):
            "what the decision log says of \(transaction) cannot be: \(why); keep the file as it is, "
                + "restore a backup in its place and run ‘holdfast-coordinator recover’"
        }
    }
}

extension DecisionLogError {
    /// Runs `work`, and says of an error of SQLite's what it means for the log.
    static func naming<Value>(_ path: String, _ work: () throws -> Value) throws -> Value {
        do {
            return try work()
        } catch {
            throw DecisionLogError(error, path: path) ?? error
        }
    }

    /// Returns what an error of SQLite's means for the log, or nil where it concerns one statement.
    init?(_ error: any Error, path: String) {
        guard let error = error as? DatabaseError else { return nil }
        let why = "\(error.extendedResultCode): \(error.message ?? "")"
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .inUse(path)
        case .SQLITE_NOTADB: self = .notADecisionLog(path)
        case .SQLITE_CANTOPEN: self = .cannotOpen(path)
        case .SQLITE_READONLY, .SQLITE_PERM: self = .readOnly(path)
        case .SQLITE_FULL: self = .full(path)
        case .SQLITE_CORRUPT: self = .damaged(path, why)
        case .SQLITE_IOERR, .SQLITE_NOMEM, .SQLITE_PROTOCOL: self = .failed(path, why)
        // Codes are numbers of SQLite's, not cases of ours.
        default: return nil
        }
    }
}
