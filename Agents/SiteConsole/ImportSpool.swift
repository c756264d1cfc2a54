internal import AllocationModel
internal import Crypto
internal import Foundation

/// A stock file as it comes in, beside the ledger on disk, until it is taken whole.
///
/// Bids go on while it fills: the ledger hears of it at its end. The file has no
/// name once it is open, so that whatever ends the agent removes it too.
final class ImportSpool: Sendable {
    private let handle: FileHandle

    /// Makes the spool of the ledger at `path`, which is empty for one in memory.
    ///
    /// - Throws: `SiteFault` where the disk does not let it be made.
    init(besideLedger path: String) throws {
        let spool =
            path.isEmpty
            ? FileManager.default.temporaryDirectory
                .appendingPathComponent("holdfast-import-\(UUID().uuidString)").path
            : path + "-import"
        let isMade = FileManager.default.createFile(
            atPath: spool,
            contents: nil,
            attributes: [.posixPermissions: 0o600]
        )
        guard isMade, let handle = FileHandle(forUpdatingAtPath: spool) else {
            throw SiteFault(
                .busy,
                "\(spool) cannot be made to keep the file in while it comes",
                hint: "see that its directory has space and may be written"
            )
        }
        try FileManager.default.removeItem(atPath: spool)
        self.handle = handle
    }

    func append(_ piece: Data) throws {
        do {
            try handle.write(contentsOf: piece)
        } catch {
            throw SiteFault(
                .busy,
                "the file cannot be kept while it comes: \(error.localizedDescription)",
                hint: "free some disk space and import it again"
            )
        }
    }

    /// Goes back to the first byte.
    func rewind() throws {
        try handle.seek(toOffset: 0)
    }

    /// Returns the next bytes; nil at the end.
    func next() throws -> [UInt8]? {
        guard let piece = try handle.read(upToCount: ConsoleLimits.pieceBytes), !piece.isEmpty
        else { return nil }
        return Array(piece)
    }

    func close() {
        // What was read is in the ledger, or is wanted no more.
        try? handle.close()
    }
}

/// The one import that there may be at a time, and whose it is.
///
/// Two at once would each undo the other's numbers, and nobody could say which
/// file the stock agrees with.
struct ImportDesk: Sendable {
    enum State: Sendable {
        case idle
        case receiving(Receiving)
        /// The ledger is taking the file, in one transaction.
        case writing(ImportID, who: String)
    }

    /// A file that is coming in.
    struct Receiving: Sendable {
        let id: ImportID
        let options: ImportOptions
        let who: String
        let spool: ImportSpool
        var bytes: Int64 = 0
        var lines = 0
        var lastHeard: Timestamp
        /// Of all that has come so far; kept up where there is a key to hold it to.
        var digest = SHA256()

        /// What is asked once, where the file has a key: this file, to be taken so.
        var request: KeyedRequest? {
            options.key.map { key in
                let digest = digest.finalize()
                    .map { String(UInt16($0) + 256, radix: 16).dropFirst() }
                return KeyedRequest(
                    key,
                    "import",
                    "\(options.isDryRun) \(options.isSnapshot)",
                    digest.joined()
                )
            }
        }

        var progress: ImportProgress { ImportProgress(id: id, bytes: bytes, lines: lines) }
    }

    private(set) var state = State.idle
    private var lastID: Int64 = 0

    /// Takes the desk for a new import.
    ///
    /// One whose sender has not been heard for `importIdleMilliseconds` gives way.
    ///
    /// - Throws: `SiteFault` while another import is under way.
    mutating func begin(
        _ options: ImportOptions,
        who: String,
        now: Timestamp,
        spool: () throws -> ImportSpool
    ) throws -> Receiving {
        switch state {
        case .idle: break
        case .writing(_, let other): throw Self.taken(by: other)
        case .receiving(let other):
            let silence = now.milliseconds - other.lastHeard.milliseconds
            guard abs(silence) >= ConsoleLimits.importIdleMilliseconds else {
                throw Self.taken(by: other.who)
            }
            other.spool.close()
            state = .idle
        }
        lastID += 1
        let receiving = Receiving(
            id: ImportID(lastID),
            options: options,
            who: who,
            spool: try spool(),
            lastHeard: now
        )
        state = .receiving(receiving)
        return receiving
    }

    mutating func append(
        _ piece: Data,
        to id: ImportID,
        now: Timestamp
    ) throws -> ImportProgress {
        var receiving = try receiving(id)
        guard receiving.bytes + Int64(piece.count) <= ConsoleLimits.stockFileBytesMaximum else {
            throw SiteFault(
                .badInput,
                "the file is larger than \(ConsoleLimits.stockFileBytesMaximum) bytes",
                hint: "split it, and give the parts one after the other"
            )
        }
        try receiving.spool.append(piece)
        if receiving.options.key != nil { receiving.digest.update(data: piece) }
        receiving.bytes += Int64(piece.count)
        receiving.lines += piece.count { $0 == UInt8(ascii: "\n") }
        receiving.lastHeard = now
        state = .receiving(receiving)
        return receiving.progress
    }

    /// Closes the file to its sender: the ledger takes it now.
    mutating func beginWriting(_ id: ImportID) throws -> Receiving {
        let receiving = try receiving(id)
        state = .writing(id, who: receiving.who)
        return receiving
    }

    /// Frees the desk after an import's end, however it ended.
    mutating func end(_ id: ImportID) {
        switch state {
        case .idle: break
        case .receiving(let receiving) where receiving.id == id:
            receiving.spool.close()
            state = .idle
        case .writing(let other, _) where other == id: state = .idle
        case .receiving, .writing: break
        }
    }

    private func receiving(_ id: ImportID) throws -> Receiving {
        guard case .receiving(let receiving) = state, receiving.id == id else {
            throw SiteFault(
                .busy,
                "the import has ended: nothing came for it and another has begun",
                hint: "import the file again"
            )
        }
        return receiving
    }

    private static func taken(by other: String) -> SiteFault {
        SiteFault(
            .busy,
            "an import by \(other) is under way",
            hint: "try again when it has ended"
        )
    }
}
