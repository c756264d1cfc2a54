import AllocationModel
import ArgumentParser
import Foundation
import SiteConsole

/// `stock import`.
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Take a stock file whole, or not at all.",
        discussion: """
            CSV with a header. Columns are found by name: sku and on_hand, and where the file has
            them lot, expires, certificates (with semicolons between them), description,
            safety_stock, unit, multiple, weight, dimensions,
            freight_class, units_per_pallet (by which trucks are filled), units_per_carton with
            the carton's dimensions (by which parcels are billed) and handling (by which
            goods take time to pick, see ‘lead’). Hazardous materials have un_number and, where the
            table of 49 CFR 172.101 has several, packing_group; limited_quantity says yes for what
            is packed so, and net_content how much of it a unit holds (5 L, 2.5 kg): by air a
            package has a most of each, and without it a unit is taken to hold all that it could.
            A file with anything wrong in it changes nothing, and every fault is listed by line.
            Bids go on while the file comes in.

            EXAMPLES
              holdfast-agent stock import stock.csv --dry-run
              holdfast-agent stock import stock.csv
              holdfast-agent stock import full-count.csv --snapshot
              mysql wms < export.sql | holdfast-agent stock import -
            """
    )

    @OptionGroup var site: SiteOptions
    @Argument(help: "The file, or - for stdin.") var file: String
    @Flag(help: "Say what would change, and change nothing.") var dryRun = false
    @Flag(help: "The file names all there is: what it leaves out has none on hand.")
    var snapshot = false
    @OptionGroup var listing: ListingOptions

    func run() async throws {
        let source = try StockFile(file)
        let options = ImportOptions(isDryRun: dryRun, isSnapshot: snapshot)
        let outcome = try await site.withSite { try await send(source, options, to: $0) }
        try listing.show(outcome, { table(of: outcome) }, ifEmpty: "")
        warn(of: outcome)
    }

    private func send(
        _ source: StockFile,
        _ options: ImportOptions,
        to site: SiteConnection
    ) async throws -> ImportOutcome {
        let begun = try await progress(site.send(.beginImport(options)))
        var bar = ProgressBar(total: source.bytes)
        do {
            while let piece = try source.nextPiece() {
                let sent = try await progress(site.send(.appendImport(begun.id, piece: piece)))
                bar.show(bytes: sent.bytes, rows: sent.lines)
            }
            bar.end("writing the ledger ...")
            let reply = try await site.send(.finishImport(begun.id))
            bar.end()
            guard case .imported(let outcome) = reply else { throw reply.unexpected }
            return outcome
        } catch {
            bar.end()
            // Lets the next import begin at once; the first failure counts.
            _ = try? await site.send(.abandonImport(begun.id))
            throw error
        }
    }

    private func progress(_ reply: SiteReply) throws -> ImportProgress {
        guard case .importUnderWay(let progress) = reply else { throw reply.unexpected }
        return progress
    }

    private func table(of outcome: ImportOutcome) -> Table {
        var table = Table("ROWS>", "ELSEWHERE>", "NEW SKUS>", "CHANGED>", "ZEROED>")
        table.add(
            "\(outcome.rows)",
            "\(outcome.rowsElsewhere)",
            "\(outcome.created)",
            "\(outcome.changed)",
            "\(outcome.zeroed)"
        )
        return table
    }

    private func warn(of outcome: ImportOutcome) {
        if !outcome.ignoredColumns.isEmpty {
            Terminal.say("columns not used: " + outcome.ignoredColumns.joined(separator: ", "))
        }
        if outcome.isDryRun {
            for change in outcome.changes {
                let lot = change.lot.map { " lot \($0)" } ?? ""
                Terminal.say("  \(change.sku)\(lot)  \(change.before) -> \(change.after)")
            }
            let more = outcome.changed + outcome.zeroed - outcome.changes.count
            if more > 0 { Terminal.say("  and \(more) more") }
            Terminal.say("a dry run: nothing was changed")
        }
        guard !outcome.shortfalls.isEmpty else { return }
        Terminal.warn(
            "fewer are on hand than are promised of "
                + outcome.shortfalls.map(\.code).joined(separator: ", ")
                + "; see ‘holdfast-agent hold list’ for whom to tell"
        )
    }
}

/// A stock file on its way to the ledger, a piece at a time.
private struct StockFile {
    private let name: String
    private let handle: FileHandle
    /// Nil where it comes from a pipe.
    let bytes: Int64?

    init(_ name: String) throws {
        self.name = name
        if name == "-" {
            handle = .standardInput
            bytes = nil
            return
        }
        let files = FileManager.default
        guard files.fileExists(atPath: name) else {
            throw Failure(.noInput, "there is no file \(name)", hint: "correct its path")
        }
        let kind = try? files.attributesOfItem(atPath: name)[.type] as? FileAttributeType
        guard kind != .typeDirectory, let handle = FileHandle(forReadingAtPath: name) else {
            throw Failure(
                .noInput,
                "\(name) cannot be read",
                hint: "give a file that \(Login.name) may read"
            )
        }
        self.handle = handle
        let attributes = try? FileManager.default.attributesOfItem(atPath: name)
        bytes = (attributes?[.size] as? NSNumber)?.int64Value
    }

    func nextPiece() throws -> Data? {
        do {
            let piece = try handle.read(upToCount: ConsoleLimits.pieceBytes)
            return piece.flatMap { $0.isEmpty ? nil : $0 }
        } catch {
            throw Failure(
                .noInput,
                "\(name) cannot be read on: \(error)",
                hint: "nothing was changed"
            )
        }
    }
}
