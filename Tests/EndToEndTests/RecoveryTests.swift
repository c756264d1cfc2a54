import Foundation
import Testing

/// Files that come back from a backup, or not at all, under real processes.
@Suite(.serialized)
struct `A fleet whose files were lost` {
    private let all = ["DAL", "RNO", "EWR"]

    /// A database and what belongs to it, as a copy of the machine's disk would hold them.
    private func files(_ name: String, in fleet: Fleet) -> [URL] {
        ["", "-wal", "-shm"].map { fleet.folder.appendingPathComponent("\(name).sqlite\($0)") }
    }

    private func remove(_ name: String, in fleet: Fleet) {
        for file in files(name, in: fleet) { try? FileManager.default.removeItem(at: file) }
    }

    private func copy(_ name: String, in fleet: Fleet, to other: String) throws {
        for (from, to) in zip(files(name, in: fleet), files(other, in: fleet))
        where FileManager.default.fileExists(atPath: from.path) {
            try? FileManager.default.removeItem(at: to)
            try FileManager.default.copyItem(at: from, to: to)
        }
    }

    @Test func `gives a site that was restored from an old copy its reservations back, once`()
        async throws
    {
        let fleet = try Fleet(Fleet.valves)
        try copy("DAL", in: fleet, to: "copy")
        try await fleet.start()
        #expect(try await fleet.submit("4711", 20).shipments == ["DAL": 8, "RNO": 12])
        try await fleet.settle()

        fleet.killAgent("DAL")
        remove("DAL", in: fleet)
        try copy("copy", in: fleet, to: "DAL")
        #expect(try fleet.stock("DAL") == Fleet.Stock(onHand: 8, held: 0, allocated: 0))
        try fleet.startAgent("DAL")
        try await fleet.eventually("Dallas has its reservation again") {
            (try? fleet.stock("DAL"))?.allocated == 8
        }
        try await fleet.waitUntilActive(all)
        let next = try await fleet.submit("4712", 10)

        #expect(next.shipments == ["EWR": 10], "Dallas promises nothing twice")
        try await fleet.settle()
        #expect(try fleet.allocated() == 30)
        #expect(fleet.logs().components(separatedBy: "count its stock").count == 2)
        #expect(try fleet.findingsOnDisk() == [])
    }

    @Test func `gives a site that was made anew its reservations back`() async throws {
        let fleet = try Fleet(Fleet.valves)
        try copy("EWR", in: fleet, to: "copy")
        try await fleet.start()
        _ = try await fleet.submit("4711", 30)
        _ = try await fleet.ask("POST", "/v1/orders/4711/cancel")
        try await fleet.eventually("the cancelled order's stock is back") {
            try fleet.allocated() == 0
        }
        let standing = try await fleet.submit("4712", 25)
        try await fleet.settle()
        let before = try fleet.stock("EWR")
        #expect(standing.status == 201 && before.allocated > 0)

        fleet.killAgent("EWR")
        remove("EWR", in: fleet)
        try copy("copy", in: fleet, to: "EWR")
        try fleet.startAgent("EWR")
        try await fleet.eventually("Newark has its reservation again") {
            (try? fleet.stock("EWR")) == before
        }
        try await fleet.settle()
    }

    @Test func `rebuilds a decision log that is gone from what the warehouses hold`()
        async throws
    {
        let fleet = try Fleet(Fleet.valves)
        try await fleet.start()
        _ = try await fleet.submit("4711", 20)
        try await fleet.settle()
        fleet.killCoordinator()
        remove("coordinator", in: fleet)

        // A new log that knows nothing would release what was promised: it decides nothing.
        try fleet.startCoordinator()
        try await fleet.eventually("it finds that its log is not the one") {
            (try? await fleet.get("/readyz").status) == 503
        }
        #expect(try await fleet.submit("4712", 1).status == 503)
        fleet.killCoordinator()
        let asked = try fleet.run(
            "holdfast-coordinator",
            [
                "recover", "--config",
                fleet.folder.appendingPathComponent("coordinator.yaml").path,
            ]
        )
        #expect(asked.status == 0, "\(asked.words)")
        try fleet.startCoordinator()
        try await fleet.waitUntilActive(all)
        let again = try await fleet.submit("4711", 20)
        let explained = try await fleet.get("/v1/orders/4711/explanation")

        #expect(again.status == 200)
        #expect(again.shipments == ["DAL": 8, "RNO": 12])
        #expect(explained.status == 200)
        #expect(try fleet.allocated() == 20)
        #expect(try await fleet.submit("4713", 5).shipments == ["EWR": 5])
        try await fleet.settle()
        #expect(try fleet.findingsOnDisk() == [])
    }

    @Test func `takes no order before every warehouse has told what it holds`() async throws {
        let fleet = try Fleet(Fleet.valves)
        try await fleet.start()
        _ = try await fleet.submit("4711", 20)
        try await fleet.settle()
        fleet.killCoordinator()
        fleet.killAgent("RNO")
        remove("coordinator", in: fleet)
        _ = try fleet.run(
            "holdfast-coordinator",
            [
                "recover", "--config",
                fleet.folder.appendingPathComponent("coordinator.yaml").path,
            ]
        )
        try fleet.startCoordinator()
        try await fleet.eventually("it names the warehouse that it waits for") {
            guard let ready = try? await fleet.get("/readyz?verbose") else { return false }
            return ready.text.contains("RNO") && !ready.text.contains("DAL")
        }
        #expect(try await fleet.submit("4712", 1).status == 503)

        try fleet.startAgent("RNO")
        try await fleet.waitUntilActive(all)
        #expect(try await fleet.submit("4711", 20).shipments == ["DAL": 8, "RNO": 12])
        try await fleet.settle()
        #expect(try fleet.allocated() == 20)
    }

    @Test func `reports on both sides what a site manager forced and the order was not`()
        async throws
    {
        let fleet = try Fleet(Fleet.valves)
        for warehouse in fleet.warehouses { try fleet.startAgent(warehouse.code) }
        try fleet.startCoordinator(failpoint: "decision-durable")
        try await fleet.waitUntilActive(all)
        await #expect(throws: (any Error).self) { try await fleet.submit("4711", 20) }
        try await fleet.waitForCoordinatorToDie()
        let list = try fleet.command("DAL", "hold", "list", "--in-doubt", "--json")
        let rows = try JSONSerialization.jsonObject(with: Data(list.utf8)) as? [[String: Any]]
        let transaction = try #require(rows?.first?["transaction"] as? String)
        let force = ["--release", "--reason", "walk-in customer"]
        // Dallas has voted and hears nothing. While that may be a moment's, nobody may force it.
        #expect(throws: (any Error).self) {
            try fleet.command("DAL", ["hold", "force", transaction] + force)
        }
        #expect(try fleet.stock("DAL") == Fleet.Stock(onHand: 8, held: 8, allocated: 0))
        try await fleet.eventually("the manager gives the valves to somebody else") {
            (try? fleet.command("DAL", ["hold", "force", transaction] + force)) != nil
        }
        #expect(try fleet.stock("DAL") == Fleet.Stock(onHand: 8, held: 0, allocated: 0))

        try fleet.startCoordinator()
        try await fleet.waitUntilActive(all)
        try await fleet.eventually("the order's record has the conflict") {
            let record = try await fleet.get("/v1/orders/4711")
            let forced = record.array("overrides")?.first
            return forced?["conflict"] as? Bool == true
                && forced?["reason"] as? String == "walk-in customer"
        }
        try await fleet.eventually("the order is settled all the same") {
            try await fleet.get("/v1/orders/4711").json["settled"] as? Bool == true
        }

        #expect(try fleet.command("DAL", "hold", "forced").contains("CONFLICT"))
        let (status, audit, _) = try fleet.run(
            "holdfast-coordinator",
            ["audit", "--config", fleet.folder.appendingPathComponent("coordinator.yaml").path]
        )
        #expect(status == 0 && audit.contains("walk-in customer"))
        let mend = ["hold", "settle", transaction, "--reason", "sent from EWR"]
        let why = try fleet.command("DAL", mend)
        #expect(why.contains("settled by") && why.contains("sent from EWR"))
        #expect(
            try await fleet.get("/metrics").text.contains("holdfast_override_conflicts_total 1")
        )
        #expect(try fleet.stock("DAL") == Fleet.Stock(onHand: 8, held: 0, allocated: 0))
        #expect(try fleet.stock("RNO").allocated == 12)
        // What people have been told of is no finding.
        #expect(try fleet.findingsOnDisk() == [])
    }

    // The auditor shares no code with the programs. Each of these must not escape it.
    @Test func `finds on disk what neither program would have written`() async throws {
        let fleet = try Fleet(Fleet.valves)
        try await fleet.start()
        #expect(try await fleet.submit("4711", 20).shipments == ["DAL": 8, "RNO": 12])
        try await fleet.settle()
        #expect(try fleet.findingsOnDisk() == [])
        for file in ["coordinator", "DAL", "RNO"] { try copy(file, in: fleet, to: "\(file)-copy") }
        for (file, sql, finding) in [
            ("DAL", "UPDATE stock SET on_hand = 9", "DAL: I8: VALVE-3IN is not the sum"),
            (
                "DAL", "UPDATE reservation SET status = 'released'",
                "is confirmed, and released here"
            ),
            ("DAL", "UPDATE reservation SET order_id = '4712'", "was decided for 4711"),
            ("RNO", "UPDATE reservation_line SET quantity = 11", "has other lines here"),
            (
                "RNO", "UPDATE reservation SET status = 'voted'",
                "RNO: I8: VALVE-3IN has other units"
            ),
            ("coordinator", "DELETE FROM decision_line WHERE warehouse = 'DAL'", "has other lines"),
            ("coordinator", "DELETE FROM decision_record", "cannot have come about"),
            (
                "coordinator",
                "UPDATE customer_order SET status = 'refused', cost_minor_units = NULL",
                "order 4711 has 1 decisions"
            ),
        ] {
            try fleet.tamper(file, sql)
            let found = try fleet.findingsOnDisk()
            #expect(found.contains { $0.contains(finding) }, "\(sql): \(found)")
            remove(file, in: fleet)
            try copy("\(file)-copy", in: fleet, to: file)
        }
    }
}
