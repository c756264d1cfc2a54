import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// Real agents and a real coordinator, in processes of their own, on loopback and in a folder of their own.
///
/// Everything a fleet starts it ends, by pid.
final class Fleet: @unchecked Sendable {
    let folder: URL
    let agentsPort: Int
    private let httpPort: Int
    /// Where the front door is, for a fleet that has one.
    let doorPort: Int?
    // Each test owns its fleet and drives it from one task.
    private var agents: [String: Process] = [:]
    private var coordinator: Process?
    let warehouses: [Warehouse]
    /// The line of each site to the coordinator, where it can be cut.
    private(set) var cables: [String: Cable] = [:]
    /// Small disks of their own, by `DAL` or `coordinator`.
    private(set) var disks: [String: SmallDisk] = [:]

    /// One warehouse of the fleet.
    struct Warehouse: Sendable {
        let code: String
        let timeZone: String
        let postalCode: String
        /// SKU and units on hand.
        let stock: [(sku: String, onHand: Int)]
        /// Hundredths that the example rates are multiplied by.
        let priceFactor: Int

        init(
            _ code: String,
            timeZone: String = "America/Chicago",
            postalCode: String = "75201",
            stock: [(sku: String, onHand: Int)],
            priceFactor: Int = 100
        ) {
            self.code = code
            self.timeZone = timeZone
            self.postalCode = postalCode
            self.stock = stock
            self.priceFactor = priceFactor
        }
    }

    /// The README's example: Dallas has 8, Reno 12, Newark 15 and is far.
    static let valves = [
        Warehouse("DAL", stock: [("VALVE-3IN", 8)]),
        Warehouse(
            "RNO",
            timeZone: "America/Los_Angeles",
            postalCode: "89502",
            stock: [("VALVE-3IN", 12)],
            priceFactor: 130
        ),
        Warehouse(
            "EWR",
            timeZone: "America/New_York",
            postalCode: "07114",
            stock: [("VALVE-3IN", 15)],
            priceFactor: 240
        ),
    ]

    /// - Parameters:
    ///   - warehouses: The sites, whose ledgers are made.
    ///   - behindDoor: Whether they connect through the front door.
    ///   - onCables: Whether their lines can be cut.
    ///   - mebibytes: The size of the disk of `DAL`, or of `coordinator`, where that is small.
    /// - Throws: `FleetError` where something cannot be set up.
    init(
        _ warehouses: [Warehouse],
        behindDoor: Bool = false,
        onCables: Bool = false,
        mebibytes: [String: Int] = [:]
    ) throws {
        self.warehouses = warehouses
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("hf-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        agentsPort = try Self.freePort()
        httpPort = try Self.freePort()
        doorPort = behindDoor ? try Self.freePort() : nil
        for (name, size) in mebibytes {
            disks[name] = try SmallDisk(
                at: folder.appendingPathComponent("\(name)-disk"),
                mebibytes: size
            )
        }
        try writeCoordinatorConfiguration()
        for warehouse in warehouses {
            if onCables { cables[warehouse.code] = try Cable(to: agentsPort) }
            try open(warehouse)
        }
    }

    deinit {
        for process in agents.values where process.isRunning {
            kill(process.processIdentifier, SIGKILL)
        }
        if let coordinator, coordinator.isRunning { kill(coordinator.processIdentifier, SIGKILL) }
        for cable in cables.values { cable.close() }
        for disk in disks.values { disk.unmount() }
        try? FileManager.default.removeItem(at: folder)
    }

    var url: String { "http://127.0.0.1:\(httpPort)" }

    // Setting up.

    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The folder in which SwiftPM has put the programs beside the tests.
    private static func program(_ name: String) throws -> URL {
        let beside = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        let candidates = [beside, root.appendingPathComponent(".build/debug")]
        for folder in candidates {
            let program = folder.appendingPathComponent(name)
            if FileManager.default.isExecutableFile(atPath: program.path) { return program }
        }
        throw FleetError("\(name) is not built; run swift build --build-tests")
    }

    private static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe bind(descriptor, generic, length) == 0
                    && getsockname(descriptor, generic, &length) == 0
            }
        }
        guard isBound else { throw FleetError("no port is free") }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    func token(of warehouse: String) -> String {
        "0123456789abcdef0123456789abcdef-\(warehouse)"
    }

    func configuration(of warehouse: String) -> String {
        folder.appendingPathComponent("\(warehouse).yaml").path
    }

    /// Where the database of `DAL`, or of `coordinator`, is.
    func database(of name: String) -> URL {
        let disk = disks[name]?.folder ?? folder
        return disk.appendingPathComponent("\(name).sqlite")
    }

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: folder.appendingPathComponent(name))
    }

    private func open(_ warehouse: Warehouse) throws {
        let code = warehouse.code
        if doorPort != nil { try enroll(code, out: "\(code)-site") }
        try write(
            """
            database: \(database(of: code).path)
            socket: \(code).sock
            coordinator:
              \(way(of: code))
            http:
              port: 0

            """,
            to: "\(code).yaml"
        )
        try command(
            code,
            "init",
            "--warehouse",
            code,
            "--name",
            code,
            "--time-zone",
            warehouse.timeZone,
            "--postal-code",
            warehouse.postalCode
        )
        try command(code, "cutoff", "set", "--day", "all", "--time", "23:59")
        let rows = warehouse.stock.map { "\($0.sku),\($0.onHand),6800" }
        try write(
            (["sku,on_hand,weight_g"] + rows).joined(separator: "\n") + "\n",
            to: "\(code)-stock.csv"
        )
        try command(
            code,
            "stock",
            "import",
            folder.appendingPathComponent("\(code)-stock.csv").path
        )
        try write("dest_zip,zone,transit_days\n000-999,2,3\n", to: "\(code)-zones.csv")
        let prices = stride(from: 10, through: 150, by: 10)
            .map { pounds in
                let cents = (800 + pounds * 25) * warehouse.priceFactor / 100
                let rest = cents % 100
                return "\(pounds),\(cents / 100).\(rest < 10 ? "0" : "")\(rest)"
            }
        try write(
            (["weight_lb,2"] + prices).joined(separator: "\n") + "\n",
            to: "\(code)-rates.csv"
        )
        try command(
            code,
            "rates",
            "import",
            "--service",
            "ground",
            "--carrier",
            "Example Parcel",
            "--level",
            "ground",
            "--chart",
            folder.appendingPathComponent("\(code)-zones.csv").path,
            "--rates",
            folder.appendingPathComponent("\(code)-rates.csv").path,
            "--transit-days",
            "3"
        )
    }

    /// How the agent's configuration says where the coordinator is.
    private func way(of code: String) -> String {
        guard let doorPort else {
            let port = cables[code]?.port ?? agentsPort
            return "url: ws://127.0.0.1:\(port)\n  token: \(token(of: code))"
        }
        return "url: tls://127.0.0.1:\(doorPort)\n  identityFile: \(code)-site/identity.pem"
    }

    /// Runs a command of the coordinator's that reads its configuration.
    @discardableResult
    func office(_ arguments: String...) throws -> String {
        let configuration = folder.appendingPathComponent("coordinator.yaml").path
        let (status, output, words) = try run(
            "holdfast-coordinator",
            arguments + ["--config", configuration]
        )
        guard status == 0 else {
            throw FleetError("holdfast-coordinator \(arguments) exited with \(status): \(words)")
        }
        return output
    }

    /// Enrols a site, and leaves what is to be carried to it in a folder of the fleet's.
    func enroll(_ code: String, out name: String) throws {
        try office("agents", "enroll", code, "--out", folder.appendingPathComponent(name).path)
    }

    /// Puts the identity of one folder in the place of another's, as a site manager would.
    func install(_ name: String, as other: String) throws {
        let files = FileManager.default
        let from = folder.appendingPathComponent("\(name)/identity.pem")
        let to = folder.appendingPathComponent("\(other)/identity.pem")
        try files.removeItem(at: to)
        try files.copyItem(at: from, to: to)
    }

    /// Has an agent serve HTTP, with more lines of configuration, before it is started.
    ///
    /// - Returns: Where.
    func serveHTTP(_ warehouse: String, _ lines: String = "") throws -> String {
        let port = try Self.freePort()
        let text = try String(contentsOfFile: configuration(of: warehouse), encoding: .utf8)
        try write(
            text.replacing("  port: 0\n", with: "  port: \(port)\n") + lines,
            to: "\(warehouse).yaml"
        )
        return "http://127.0.0.1:\(port)"
    }

    private func writeCoordinatorConfiguration() throws {
        try write("end-to-end-secret\n", to: "shopify.secret")
        let tokens = warehouses.map { "    \($0.code): \(token(of: $0.code))" }
        let door = doorPort.map {
            "door:\n  listen: 127.0.0.1:\($0)\n  address: 127.0.0.1:\($0)\n  identity: identity\n"
        }
        try write(
            """
            database: \(database(of: "coordinator").path)
            http:
              port: \(httpPort)
            shopify:
              secretFile: shopify.secret
            \(door ?? "")agents:
              listen: ws://127.0.0.1:\(agentsPort)
              warehouses: [\(warehouses.map(\.code).joined(separator: ", "))]
            \(door == nil ? "  tokens:\n" + tokens.joined(separator: "\n") : "")

            """,
            to: "coordinator.yaml"
        )
    }

    /// Adds lines to the coordinator's configuration, before it is started.
    func configureCoordinator(_ lines: String) throws {
        let url = folder.appendingPathComponent("coordinator.yaml")
        let text = try String(contentsOf: url, encoding: .utf8)
        try write(text + lines, to: "coordinator.yaml")
    }

    // Processes.

    private func start(
        _ program: String,
        _ arguments: [String],
        log: String,
        failpoint: String?
    ) throws -> Process {
        let process = Process()
        process.executableURL = try Self.program(program)
        process.arguments = arguments
        var environment = ProcessInfo.processInfo.environment
        environment["HOLDFAST_FAILPOINT"] = failpoint
        process.environment = environment
        let path = folder.appendingPathComponent(log).path
        if !FileManager.default.fileExists(atPath: path) {
            _ = FileManager.default.createFile(atPath: path, contents: nil)
        }
        guard let handle = FileHandle(forWritingAtPath: path) else {
            throw FleetError("\(path) cannot be written")
        }
        handle.seekToEndOfFile()
        process.standardOutput = handle
        process.standardError = handle
        process.standardInput = FileHandle.nullDevice
        try process.run()
        return process
    }

    func startAgent(_ warehouse: String, failpoint: String? = nil) throws {
        agents[warehouse] = try start(
            "holdfast-agent",
            ["run", "--config", configuration(of: warehouse)],
            log: "\(warehouse).log",
            failpoint: failpoint
        )
    }

    func startCoordinator(failpoint: String? = nil) throws {
        coordinator = try start(
            "holdfast-coordinator",
            ["run", "--config", folder.appendingPathComponent("coordinator.yaml").path],
            log: "coordinator.log",
            failpoint: failpoint
        )
    }

    /// Starts every agent and the coordinator, and waits until all are in session.
    func start() async throws {
        for warehouse in warehouses { try startAgent(warehouse.code) }
        try startCoordinator()
        try await waitUntilActive(warehouses.map(\.code))
    }

    /// The coordinator's resident memory, in bytes.
    func coordinatorMemory() throws -> Int {
        guard let coordinator else { throw FleetError("no coordinator runs") }
        let text = try String(
            contentsOfFile: "/proc/\(coordinator.processIdentifier)/statm",
            encoding: .utf8
        )
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * 4096
    }

    func killAgent(_ warehouse: String) {
        guard let process = agents[warehouse] else { return }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Asks the coordinator to stop, as a service manager does.
    func endCoordinator() {
        if let coordinator { kill(coordinator.processIdentifier, SIGTERM) }
    }

    func killCoordinator() {
        guard let process = coordinator else { return }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// The kernel's letter for how `DAL`'s process stands, or `coordinator`'s: `T` where it is stopped.
    func state(of name: String) -> String? {
        guard let process = name == "coordinator" ? coordinator : agents[name],
            let text = try? String(
                contentsOfFile: "/proc/\(process.processIdentifier)/stat",
                encoding: .utf8
            )
        else { return nil }
        // After the name, which may hold blanks, in brackets.
        return text.split(separator: ")").last?.split(separator: " ").first.map(String.init)
    }

    func pauseCoordinator(_ isPaused: Bool) {
        guard let process = coordinator else { return }
        kill(process.processIdentifier, isPaused ? SIGSTOP : SIGCONT)
    }

    /// How the coordinator's process ended; nil while it runs.
    var coordinatorStatus: Int32? {
        guard let coordinator, !coordinator.isRunning else { return nil }
        return coordinator.terminationStatus
    }

    /// How an agent's process ended; nil while it runs.
    func agentStatus(_ warehouse: String) -> Int32? {
        guard let agent = agents[warehouse], !agent.isRunning else { return nil }
        return agent.terminationStatus
    }

    func pauseAgent(_ warehouse: String, _ isPaused: Bool) {
        guard let process = agents[warehouse] else { return }
        kill(process.processIdentifier, isPaused ? SIGSTOP : SIGCONT)
    }

    func waitForAgentToDie(_ warehouse: String) async throws {
        try await eventually("\(warehouse)'s agent dies") { [self] in
            agents[warehouse]?.isRunning == false
        }
    }

    func waitForCoordinatorToDie() async throws {
        try await eventually("the coordinator dies") { [self] in coordinator?.isRunning == false }
    }

    /// Asks again and again until `condition` holds; a quarter of a minute is ample for all that is awaited here.
    func eventually(
        _ what: String,
        _ condition: @escaping () async throws -> Bool
    ) async throws {
        for _ in 0..<600 {
            if try await condition() { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw FleetError("in vain: \(what)\n\(logs())")
    }

    func waitUntilActive(_ codes: [String]) async throws {
        try await eventually("\(codes) are in session") { [self] in
            guard let answer = try? await get("/v1/warehouses") else { return false }
            let active = (answer.array("warehouses") ?? [])
                .filter {
                    ($0["state"] as? String) == "active"
                }
                .compactMap { $0["warehouse"] as? String }
            return Set(codes).isSubset(of: active)
        }
    }

    /// All that one process has logged: `DAL`, or `coordinator`.
    func log(of name: String) -> String {
        FileManager.default.contents(atPath: folder.appendingPathComponent("\(name).log").path)
            .map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// What the processes have logged, for a failure's message.
    func logs() -> String {
        let names = warehouses.map { "\($0.code).log" } + ["coordinator.log"]
        return
            names.map { name in
                let text =
                    FileManager.default.contents(atPath: folder.appendingPathComponent(name).path)
                    .map { String(decoding: $0.suffix(2000), as: UTF8.self) } ?? ""
                return "--- \(name)\n\(text)"
            }
            .joined(separator: "\n")
    }

    /// Runs a command of the agent's program and returns what it printed.
    @discardableResult
    func command(_ warehouse: String, _ arguments: String...) throws -> String {
        try command(warehouse, arguments)
    }

    @discardableResult
    func command(_ warehouse: String, _ arguments: [String]) throws -> String {
        let (status, output, words) = try run(
            "holdfast-agent",
            arguments + ["--config", configuration(of: warehouse)]
        )
        guard status == 0 else {
            throw FleetError("holdfast-agent \(arguments) exited with \(status): \(words)")
        }
        return output
    }

    /// Runs a program to its end, with a file as its standard input or none.
    func run(
        _ program: String,
        _ arguments: [String],
        input: URL? = nil
    ) throws -> (status: Int32, output: String, words: String) {
        try run(at: try Self.program(program), arguments, input: input)
    }

    private func run(
        at program: URL,
        _ arguments: [String],
        input: URL? = nil
    ) throws -> (status: Int32, output: String, words: String) {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        var environment = ProcessInfo.processInfo.environment
        environment["HOLDFAST_COORDINATOR_URL"] = url
        process.environment = environment
        let output = Pipe()
        let words = Pipe()
        process.standardOutput = output
        process.standardError = words
        process.standardInput = try input.map(FileHandle.init(forReadingFrom:)) ?? .nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        let said = words.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (
            process.terminationStatus, String(decoding: data, as: UTF8.self),
            String(decoding: said, as: UTF8.self)
        )
    }

    // HTTP.

    func get(_ path: String) async throws -> Answer {
        try await ask("GET", path)
    }

    func ask(
        _ method: String,
        _ path: String,
        at other: String? = nil,
        body: Data? = nil,
        headers: [(String, String)] = []
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: (other ?? url) + path)
        request.method = .init(rawValue: method)
        if let body {
            request.body = .bytes(ByteBuffer(bytes: body))
            if !headers.contains(where: { $0.0 == "Content-Type" }) {
                request.headers.add(name: "Content-Type", value: "application/json")
            }
        }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        let bytes = try await response.body.collect(upTo: 16 * 1_048_576)
        return Answer(status: Int(response.status.code), body: Data(bytes.readableBytesView))
    }

    /// Submits an order of one line.
    func submit(
        _ id: String,
        _ quantity: Int,
        of sku: String = "VALVE-3IN",
        completeness: String = "complete"
    ) async throws -> Answer {
        let body = """
            {"id": "\(id)", "completeness": "\(completeness)",
             "destination": {"country": "US", "postalCode": "75001"},
             "lines": [{"sku": "\(sku)", "quantity": \(quantity)}]}
            """
        return try await ask("POST", "/v1/orders", body: Data(body.utf8))
    }

    // What the ledgers say.

    /// What one ledger has of a SKU.
    struct Stock: Equatable {
        let onHand: Int
        let held: Int
        let allocated: Int
    }

    func stock(_ warehouse: String, _ sku: String = "VALVE-3IN") throws -> Stock {
        let output = try command(warehouse, "stock", "list", "--json", "--sku", sku)
        let rows =
            try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [[String: Any]] ?? []
        guard let row = rows.first(where: { $0["sku"] as? String == sku }) else {
            throw FleetError("\(warehouse) lists no \(sku): \(output)")
        }
        return Stock(
            onHand: row["onHand"] as? Int ?? -1,
            held: row["held"] as? Int ?? -1,
            allocated: row["allocated"] as? Int ?? -1
        )
    }

    /// Waits until no site holds anything, and proves every ledger against its journal.
    func settle() async throws {
        for warehouse in warehouses {
            try await eventually("\(warehouse.code) holds nothing") { [self] in
                try warehouse.stock.allSatisfy { try stock(warehouse.code, $0.sku).held == 0 }
            }
            try command(warehouse.code, "audit")
        }
    }

    /// Waits until nothing is under way, and then holds log and ledgers against each other.
    ///
    /// That no site holds anything is not enough: what is taken over of another reservation of
    /// the order is not held, and not yet confirmed.
    ///
    /// - Returns: What `Scripts/audit --at-rest` has found, a line each.
    /// - Throws: `FleetError` where orders stay under way, or a file cannot be read.
    func findingsAtRest() async throws -> [String] {
        if coordinator?.isRunning == true {
            try await eventually("no order is under way") { [self] in
                try await get("/metrics").text.contains("holdfast_orders_under_way 0\n")
            }
        }
        return try findingsOnDisk(atRest: true)
    }

    /// Kills everything, and holds log and ledgers against each other from the bytes on disk.
    ///
    /// - Returns: What `Scripts/audit` has found, a line each.
    /// - Throws: `FleetError` where a file cannot be read.
    func findingsOnDisk() throws -> [String] { try findingsOnDisk(atRest: false) }

    private func findingsOnDisk(atRest: Bool) throws -> [String] {
        killCoordinator()
        for warehouse in warehouses { killAgent(warehouse.code) }
        let files = (["coordinator"] + warehouses.map(\.code)).map { database(of: $0).path }
        let (status, output, words) = try run(
            at: URL(fileURLWithPath: "/usr/bin/env"),
            ["python3", Self.root.appendingPathComponent("Scripts/audit").path]
                + (atRest ? ["--at-rest"] : []) + files
        )
        guard status <= 1 else { throw FleetError("the files cannot be audited: \(words)") }
        return output.split(separator: "\n").map(String.init)
    }

    /// Changes a database behind its program's back, with none of its triggers.
    func tamper(_ name: String, _ sql: String) throws {
        let program = """
            import sqlite3, sys
            database = sqlite3.connect(sys.argv[1])
            for name, in database.execute(
                    "SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
                database.execute(f'DROP TRIGGER {name}')
            assert database.execute(sys.argv[2]).rowcount > 0
            database.commit()
            """
        let (status, _, words) = try run(
            at: URL(fileURLWithPath: "/usr/bin/env"),
            [
                "python3", "-c", program, database(of: name).path, sql,
            ]
        )
        guard status == 0 else { throw FleetError("\(name) is not tampered with: \(words)") }
    }

    /// Units of a SKU that the sites have allocated together.
    func allocated(_ sku: String = "VALVE-3IN") throws -> Int {
        try warehouses.filter { $0.stock.contains { $0.sku == sku } }
            .reduce(0) { try $0 + stock($1.code, sku).allocated }
    }
}

/// A status and a JSON body.
struct Answer {
    let status: Int
    let body: Data

    var json: [String: Any] {
        (try? JSONSerialization.jsonObject(with: body)) as? [String: Any] ?? [:]
    }

    var text: String { String(decoding: body, as: UTF8.self) }

    func array(_ key: String) -> [[String: Any]]? { json[key] as? [[String: Any]] }

    /// The order's status, of a record.
    var order: String? { json["status"] as? String }

    /// Warehouse and units of each shipment, of a record.
    var shipments: [String: Int] {
        let plan = json["plan"] as? [String: Any]
        var found: [String: Int] = [:]
        for shipment in plan?["shipments"] as? [[String: Any]] ?? [] {
            let lines = shipment["lines"] as? [[String: Any]] ?? []
            let units = lines.reduce(0) { $0 + ($1["quantity"] as? Int ?? 0) }
            found[shipment["warehouse"] as? String ?? "", default: 0] += units
        }
        return found
    }
}

struct FleetError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
