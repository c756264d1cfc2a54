import AllocationModel
import ArgumentParser
import Foundation
import ShippingCalendar
import StockLedger

/// `init`: a new ledger, and a configuration where there is none.
struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Make the ledger of a new warehouse.",
        discussion: """
            Makes the ledger that the configuration names. Where there is no configuration, it
            writes one beside the ledger, to be completed.

            EXAMPLE
              holdfast-agent init --warehouse DAL --name Dallas \\
                  --time-zone America/Chicago --postal-code 75201
            """
    )

    @OptionGroup var site: SiteOptions
    @Option(
        help: "The warehouse's code, as the office knows it: DAL.",
        transform: { try Warehouse.ID(parsing: $0) }
    )
    var warehouse: Warehouse.ID
    @Option(help: "Its name, for people: Dallas.") var name: String
    @Option(
        help: "Its time zone, by IANA name: America/Chicago.",
        transform: { try SiteTimeZone(parsing: $0) }
    )
    var timeZone: SiteTimeZone
    @Option(help: "Where its parcels start: 75201.") var postalCode: String
    @Option(help: "The currency of its rates.", transform: { try Currency(parsing: $0) })
    var currency = Currency.usd
    @Option(help: "The country of its postal code.", transform: { try Country(parsing: $0) })
    var country = Country.us
    @Option(help: "Working days of pick and pack.") var leadDays = 0

    func validate() throws {
        guard (0...AllocationModel::Limits.leadDaysMaximum).contains(leadDays) else {
            throw ValidationError(
                "--lead-days is \(leadDays); give 0 to "
                    + "\(AllocationModel::Limits.leadDaysMaximum)"
            )
        }
        for (option, text) in [("--name", name), ("--postal-code", postalCode)] {
            do {
                _ = try Identifier<Site>(parsing: text)
            } catch {
                throw ValidationError("\(option) \(error)")
            }
        }
    }

    func run() async throws {
        let path = site.path
        if !FileManager.default.fileExists(atPath: path) {
            try write(configurationText, to: path)
            Terminal.say("wrote \(path)")
        }
        let configuration = try await AgentConfiguration.load(from: path, isChosen: true)
        do {
            let ledger = try StockLedger.create(at: configuration.database, site: newSite)
            try await ledger.close()
        } catch let fault as LedgerFault {
            throw Failure(fault)
        }
        Terminal.say("made \(configuration.database), the ledger of \(warehouse)")
        Terminal.say("next: import stock and rates, set cutoffs, then ‘holdfast-agent run’")
    }

    private var newSite: Site {
        Site(
            warehouse: warehouse,
            name: name,
            timeZone: timeZone,
            currency: currency,
            country: country,
            postalCode: postalCode,
            leadDays: leadDays
        )
    }

    private func write(_ text: String, to path: String) throws {
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .withoutOverwriting)
        } catch {
            throw Failure(
                .cannotCreate,
                "\(path) cannot be written: \(error.localizedDescription)",
                hint: "give the command in a directory that \(Login.name) may write"
            )
        }
    }

    private var configurationText: String {
        """
        # The agent of warehouse \(warehouse). Paths are relative to this file.
        # HOLDFAST_AGENT_DATABASE, HOLDFAST_AGENT_HTTP_PORT and so on come first.

        # The site's ledger. Nothing else may open it.
        database: \(fileName).holdfast

        coordinator:
          url: ws://127.0.0.1:8470
          # A file with the token that the office's configuration has for \(warehouse), alone.
          tokenFile: \(fileName).token

        # The site's page at /, a warehouse system's HTTP at /v1, /livez /readyz /metrics: see
        # Examples/README.md. Port 0 for none. Beyond this machine it serves health and metrics alone.
        http:
          host: 127.0.0.1
          port: 8490

        # Stock files (.csv) that are put here are imported, and go to done/ or failed/ in it with a
        # report: those that have been still for so long. snapshot: each file names all there is.
        # drop:
        #   folder: \(fileName)-drop
        #   snapshot: false
        #   stillSeconds: 5

        log:
          level: info

        """
    }

    /// The warehouse's code as a file may be called anywhere.
    private var fileName: String {
        String(
            warehouse.rawValue.map {
                $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") ? $0 : "_"
            }
        )
    }
}
