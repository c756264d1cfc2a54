import AllocationModel
import ArgumentParser
import CertificateAuthority
import Foundation
import FrontDoor

struct AgentCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agents",
        abstract: "Shows the warehouses' agents, and says which may connect.",
        subcommands: [
            List.self, Enroll.self, Revoke.self, Keys.self, AuthorityCommands.self,
        ]
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists every agent and whether it may be asked.",
            discussion: "Example:\n  holdfast-coordinator agents list --json"
        )

        @OptionGroup var format: OrderCommands.Format
        @OptionGroup var office: OfficeOptions

        func run() async throws {
            let answer = try await office.client.ask("GET", "/v1/warehouses")
            guard answer.isSuccess else { throw report(answer) }
            if format.json { return print(answer.body) }
            let rows = answer.rows("warehouses")
                .map { site in
                    [
                        site["warehouse"] as? String ?? "", site["state"] as? String ?? "",
                        site["lastHeard"] as? String ?? "-",
                    ]
                }
            printTable(["WAREHOUSE", "STATE", "LAST HEARD"], rows)
        }
    }

    struct Enroll: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a site's key and certificate, and lets it connect.",
            discussion: """
                Writes a folder to be carried to the site: its identity, which is secret, and a
                configuration that uses it. The first time it also makes the office's own authority
                and the front door's certificate. A coordinator that runs takes it up at once.

                For a site that is enrolled already it makes a second key, which is how a key is
                renewed: install the new identity.pem at the site, then revoke the older key.

                Examples:
                  holdfast-coordinator agents enroll DAL
                  holdfast-coordinator agents enroll DAL --out dal-2028
                  holdfast-coordinator agents revoke DAL --older
                """
        )

        @Argument(help: "The warehouse: DAL.", transform: { try Warehouse.ID(parsing: $0) })
        var warehouse: Warehouse.ID
        @Option(
            help: "The folder to write; it must not be there. The warehouse's name if not given."
        )
        var out: String?
        @OptionGroup var options: CoordinatorOptions

        func run() async throws {
            let settings = try await options.settings()
            guard let address = settings.door.address else {
                complain(
                    "door.address is missing; give the address that sites dial, such as "
                        + "office.example:8471"
                )
                throw ExitCode(Exit.configuration)
            }
            let folder = URL(fileURLWithPath: out ?? SiteBundle.fileName(warehouse))
            guard !FileManager.default.fileExists(atPath: folder.path) else {
                complain("\(folder.path) is there already; name another folder with --out")
                throw ExitCode(Exit.cannotCreate)
            }
            let issued = try reporting {
                try settings.door.identity.alone {
                    let issued = try settings.door.identity.enrol(
                        warehouse,
                        of: settings.name,
                        at: wallClock()
                    )
                    try SiteBundle(warehouse: warehouse, office: address, identity: issued.pem)
                        .write(to: folder)
                    return issued
                }
            }
            print("\(warehouse) may connect with key \(issued.key.short) until \(issued.expires).")
            print("Carry \(folder.path) to the site; identity.pem in it is secret.")
            if !settings.agents.contains(where: { $0.warehouse == warehouse }) {
                complain(
                    "\(warehouse) is not in agents.warehouses; add it and restart the coordinator"
                )
            }
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shuts a site's keys out; what is connected with them is cut within seconds.",
            discussion: """
                A key that is revoked is never let in again. What the site holds stays held: it is
                still to be told, once it is enrolled again.

                Examples:
                  holdfast-coordinator agents revoke DAL
                  holdfast-coordinator agents revoke DAL --older
                  holdfast-coordinator agents revoke DAL --key 3f9ac01b
                """
        )

        @Argument(help: "The warehouse: DAL.", transform: { try Warehouse.ID(parsing: $0) })
        var warehouse: Warehouse.ID
        @Flag(help: "All its keys but the newest.") var older = false
        @Option(help: "The key that begins so.") var key: String?
        @OptionGroup var options: CoordinatorOptions

        func validate() throws {
            guard !older || key == nil else {
                throw ValidationError("give --older or --key, not both")
            }
            guard (key?.count ?? 8) >= 8 else {
                throw ValidationError("--key is too short; give eight digits of it or more")
            }
        }

        func run() async throws {
            let settings = try await options.settings()
            let identity = settings.door.identity
            let revoked = try reporting {
                try identity.alone {
                    let newest = try identity.enrolment().entries
                        .last { $0.warehouse == warehouse && $0.revoked == nil }
                    return try identity.revoke(warehouse, at: wallClock()) { entry in
                        if let key { return entry.key.description.hasPrefix(key) }
                        return !older || entry.key != newest?.key
                    }
                }
            }
            guard !revoked.isEmpty else {
                complain("\(warehouse) has no such key; see ‘holdfast-coordinator agents keys’")
                throw ExitCode(Exit.failure)
            }
            for entry in revoked {
                print("key \(entry.key.short) of \(entry.warehouse) is revoked")
            }
        }
    }

    struct Keys: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists every key that was ever enrolled.",
            discussion: "Example:\n  holdfast-coordinator agents keys --json"
        )

        @OptionGroup var format: OrderCommands.Format
        @OptionGroup var options: CoordinatorOptions

        func run() async throws {
            let settings = try await options.settings()
            let entries = try reporting { try settings.door.identity.enrolment().entries }
            if format.json {
                let rows = entries.map { entry in
                    JSONValue.object([
                        JSONMember("warehouse", .string(entry.warehouse.rawValue)),
                        JSONMember("key", .string(entry.key.description)),
                        JSONMember("enrolled", .string("\(entry.enrolled)")),
                        JSONMember("expires", .string("\(entry.expires)")),
                        JSONMember("revoked", entry.revoked.map { .string("\($0)") } ?? .null),
                    ])
                }
                return print(JSONValue.array(rows).text)
            }
            printTable(
                ["WAREHOUSE", "KEY", "ENROLLED", "EXPIRES", "REVOKED"],
                entries.map {
                    [
                        $0.warehouse.rawValue, $0.key.short, "\($0.enrolled)", "\($0.expires)",
                        $0.revoked.map { "\($0)" } ?? "-",
                    ]
                }
            )
        }
    }
}

/// The authority that signs for sites and door, and its successor.
struct AuthorityCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "authority",
        abstract: "Renews the authority that signs for the sites, without an interruption.",
        discussion: """
            First renew it; sites go on with what they have. Then enrol each site again, install
            what that makes, and revoke its older key. Last, retire the authority before.

            Examples:
              holdfast-coordinator agents authority renew
              holdfast-coordinator agents enroll DAL --out dal-new
              holdfast-coordinator agents revoke DAL --older
              holdfast-coordinator agents authority retire
            """,
        subcommands: [Renew.self, Retire.self]
    )

    struct Renew: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Puts a new authority beside the present one; both are believed.",
            discussion: "Example:\n  holdfast-coordinator agents authority renew"
        )

        @OptionGroup var options: CoordinatorOptions

        func run() async throws {
            let settings = try await options.settings()
            let identity = settings.door.identity
            try reporting {
                try identity.alone {
                    try identity.renewAuthority(of: settings.name, at: wallClock())
                }
            }
            print("There is a new authority. Enrol each site again, then retire the one before.")
        }
    }

    struct Retire: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ends the belief in the authority before the present one.",
            discussion: "Example:\n  holdfast-coordinator agents authority retire"
        )

        @OptionGroup var options: CoordinatorOptions

        func run() async throws {
            let settings = try await options.settings()
            let identity = settings.door.identity
            try reporting {
                try identity.alone {
                    try identity.retireAuthority(of: settings.name, at: wallClock())
                }
            }
            print("Only the present authority is believed.")
        }
    }
}

/// Does `body`, or says what is wrong with the office's identity and exits.
private func reporting<Result>(_ body: () throws -> Result) throws -> Result {
    do {
        return try body()
    } catch {
        complain("\(error)")
        throw ExitCode(Exit.failure)
    }
}

/// What is carried to a site: its identity, and a configuration that uses it.
private struct SiteBundle {
    let warehouse: Warehouse.ID
    let office: DoorSettings.Address
    let identity: String

    func write(to folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(identity.utf8)
            .write(to: folder.appendingPathComponent("identity.pem"), options: .atomic)
        try Data(configuration.utf8)
            .write(to: folder.appendingPathComponent("agent.yaml"), options: .atomic)
    }

    private var configuration: String {
        """
        # The agent of warehouse \(warehouse), as the office enrolled it. Paths are relative to
        # this file. Make the site's ledger with ‘holdfast-agent init --warehouse …’.
        database: \(Self.fileName(warehouse)).holdfast

        coordinator:
          url: tls://\(office)
          # Secret. Replaced by the office's next one, it is taken up at once.
          identityFile: identity.pem

        # Health and metrics: /livez /readyz /metrics. Port 0 for none.
        http:
          host: 127.0.0.1
          port: 8490

        log:
          level: info

        """
    }

    /// The warehouse's code as a file may be called anywhere.
    static func fileName(_ warehouse: Warehouse.ID) -> String {
        String(
            warehouse.rawValue.map {
                $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") ? $0 : "_"
            }
        )
    }
}
