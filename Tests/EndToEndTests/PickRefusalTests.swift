import Foundation
import Testing

/// Real processes of which a site cannot pick what it has set aside.
@Suite(.serialized)
struct `Real processes that cannot pick a part` {
    /// Order 4711 takes 8 valves from Dallas and 12 from Reno; Newark has 15.
    private func placed(_ units: Int = 20) async throws -> Fleet {
        let fleet = try Fleet(Fleet.valves)
        try await fleet.start()
        let order = try await fleet.submit("4711", units)
        #expect(order.order == "confirmed" && order.shipments["DAL"] == 8)
        try await fleet.settle()
        return fleet
    }

    private func refuse(_ fleet: Fleet, _ units: Int, at site: String = "DAL") throws {
        try fleet.command(
            site,
            "pick",
            "refuse",
            "4711",
            "VALVE-3IN",
            "--quantity",
            "\(units)",
            "--reason",
            "damaged"
        )
    }

    private func alerts(_ fleet: Fleet, _ state: String) throws -> String {
        let (status, output, words) = try fleet.run(
            "holdfast-coordinator",
            ["alerts", "list", "--state", state, "--url", fleet.url]
        )
        #expect(status == 0, "\(words)")
        return output
    }

    private func expectSourcedOtherwise(_ fleet: Fleet, _ units: Int = 20) async throws {
        try await fleet.eventually("4711 ships from elsewhere too") {
            let shipments = try await fleet.get("/v1/orders/4711").shipments
            return shipments["DAL", default: 0] <= 5
                && shipments.values.reduce(0, +) == units
        }
        try await fleet.eventually("all is allocated") { try fleet.allocated() == units }
        try await fleet.settle()
        #expect(try fleet.stock("DAL").onHand == 5)
        let order = try await fleet.get("/v1/orders/4711")
        let refused = order.array("refusedPicks")?.first
        #expect(refused?["warehouse"] as? String == "DAL" && refused?["quantity"] as? Int == 3)
        let resourcing = order.array("resourcings")?.last
        #expect(resourcing?["reason"] as? String == "DAL: 3 x VALVE-3IN damaged")
        #expect(try alerts(fleet, "resolved").contains("pick-refused"))
        #expect(try !alerts(fleet, "open").contains("pick-refused"))
    }

    @Test func `have the rest shipped from elsewhere, and the stock corrected`() async throws {
        let fleet = try await placed()

        try refuse(fleet, 3)

        try await expectSourcedOtherwise(fleet)
        let (_, shown, _) = try fleet.run(
            "holdfast-coordinator",
            ["order", "show", "4711", "--url", fleet.url]
        )
        #expect(shown.contains("DAL could not pick 3 x VALVE-3IN damaged"), "\(shown)")
        try fleet.office("audit")
        for code in ["DAL", "RNO", "EWR"] { try fleet.command(code, "audit") }
        #expect(try await fleet.findingsAtRest() == [])
    }

    @Test func `tell a coordinator of it that was down, once it is back`() async throws {
        let fleet = try await placed()
        fleet.killCoordinator()
        try refuse(fleet, 3)

        try fleet.startCoordinator()

        try await expectSourcedOtherwise(fleet)
        #expect(try await fleet.findingsAtRest() == [])
    }

    // The refusal is in the log, and nothing is reserved in its place.
    @Test func `go on where the coordinator dies before it has decided`() async throws {
        let fleet = try await placed()
        fleet.killCoordinator()
        try fleet.startCoordinator(failpoint: "decision-taken")
        try await fleet.waitUntilActive(["DAL", "RNO", "EWR"])
        try refuse(fleet, 3)
        try await fleet.waitForCoordinatorToDie()

        try fleet.startCoordinator()

        try await expectSourcedOtherwise(fleet)
        #expect(try await fleet.findingsAtRest() == [])
    }

    @Test func `raise an alert where nobody has more, and go on when stock comes`() async throws {
        let fleet = try await placed(35)
        try refuse(fleet, 3)

        try await fleet.eventually("an alert says that there is no plan") {
            try alerts(fleet, "open").contains("no lawful plan is left")
        }
        #expect(try await fleet.get("/v1/orders/4711").shipments["DAL"] == 8, "it stands")

        let file = fleet.folder.appendingPathComponent("arrival.csv")
        try Data("sku,on_hand,weight_g\nVALVE-3IN,15,6800\n".utf8).write(to: file)
        try fleet.command("RNO", "stock", "import", file.path)

        try await expectSourcedOtherwise(fleet, 35)
        #expect(try await fleet.findingsAtRest() == [])
    }
}
