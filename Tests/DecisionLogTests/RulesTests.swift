import AllocationModel
import DecisionLog
import GRDB
import Testing

struct `Decision log's rules` {
    private let folder: LogFolder

    init() throws {
        folder = try LogFolder()
    }

    @Test func `are in force from the newest version, after a restart too`() async throws {
        try await folder.using { log in
            #expect(try await log.rulesInForce() == nil)
            let first = try await log.publishRules("a", comment: "one", by: "ada", at: monday)
            let second = try await log.publishRules("b", comment: "two", by: "bob", at: monday)
            let third = try await log.publishRules(
                first.text,
                comment: "back",
                by: "ada",
                at: monday,
                restoring: first.version
            )
            #expect([first, second, third].map(\.version) == [1, 2, 3])
        }

        try await folder.using { log in
            let inForce = try await log.rulesInForce()
            #expect(inForce?.version == 3)
            #expect(inForce?.text == "a")
            #expect(inForce?.restores == 1)
            #expect(try await log.rules(ofVersion: 2)?.comment == "two")
            #expect(try await log.rules(ofVersion: 4) == nil)
            #expect(try await log.ruleVersions(limit: 2).map(\.version) == [3, 2])
        }
    }

    @Test func `are never changed, deleted or restored from the future`() async throws {
        try await folder.using { log in
            _ = try await log.publishRules("a", comment: "one", by: "ada", at: monday)
        }

        for (sql, objection) in [
            ("UPDATE rule_set SET text = 'b'", "never changed"),
            ("DELETE FROM rule_set", "never deleted"),
            ("INSERT INTO rule_set VALUES (0, '', '', '', 0, NULL)", "version >= 1"),
            ("INSERT INTO rule_set VALUES (2, '', '', '', 0, 2)", "restores < version"),
        ] {
            let said = try #require(try folder.objection(to: sql), "it let pass: \(sql)")
            #expect(said.contains(objection))
        }
    }

    @Test func `look into directories that are kept word for word`() async throws {
        let acme = Customer(
            id: "ACME-7",
            company: "Acme",
            segment: "gold",
            contract: "C-1",
            tags: ["vip", "net 30"]
        )
        let valve = SKUProfile(
            sku: "VALVE-3IN",
            eligibleWarehouses: ["DAL", "RNO"],
            regions: ["US-TX"],
            handling: ["fragile"],
            isHazardous: true,
            freightClass: .class77h,
            reorderPoint: 12
        )
        try await folder.using { log in
            try await log.importCustomers([acme, Customer(id: "BOLT-2")], replacingAll: false)
            try await log.importProfiles([valve, SKUProfile(sku: "HOSE")], replacingAll: false)
        }

        try await folder.using { log in
            var read = try await log.directories()
            #expect(read.customers == [acme, Customer(id: "BOLT-2")])
            #expect(read.profiles == [SKUProfile(sku: "HOSE"), valve])

            let moved = Customer(id: "ACME-7", segment: "tin")
            try await log.importCustomers([moved], replacingAll: false)
            try await log.importProfiles([valve], replacingAll: true)
            read = try await log.directories()
            #expect(read.customers == [moved, Customer(id: "BOLT-2")])
            #expect(read.profiles == [valve])
        }
    }
}
