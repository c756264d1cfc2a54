import AllocationModel
import Testing

@testable import StorefrontAPI

/// What an order asks of lots, and what is said of those that were not taken.
struct `Lots in orders and explanations` {
    private func submitted(_ lots: String) async throws -> (answer: Answer, order: Order?) {
        let seen = Seen<Order>()
        var office = OrderOffice.example
        office.submit = { order in
            seen.add(order)
            return .placed(Example.confirmed)
        }
        let body = """
            {"id":"4711","destination":{"country":"US","postalCode":"75001"},
             "lines":[{"sku":"VALVE-3IN","quantity":20,"lots":\(lots)}]}
            """
        let answer = try await submit(body, to: office)
        return (answer, seen.values.first)
    }

    @Test func `are read as they are asked for`() async throws {
        for (text, needs) in [
            (#"{"lifeDays":0}"#, LotNeeds(lifeDays: 0)),
            (#"{"certificates":["COA","COA","RoHS"]}"#, LotNeeds(certificates: ["COA", "RoHS"])),
            (
                #"{"singleLot":true,"approved":["L-1"]}"#,
                LotNeeds(isSingleLot: true, approved: ["L-1"])
            ),
            ("{}", .none), (#"{"singleLot":false}"#, .none),
        ] {
            #expect(try await submitted(text).order?.lines.map(\.lots) == [needs], "\(text)")
        }
    }

    @Test func `are refused with the field that is wrong`() async throws {
        for (text, pointer) in [
            ("[]", "#/lines/0/lots"), (#"{"lifeDays":-1}"#, "#/lines/0/lots/lifeDays"),
            (#"{"lifeDays":36501}"#, "#/lines/0/lots/lifeDays"),
            (#"{"certificates":[]}"#, "#/lines/0/lots/certificates"),
            (#"{"certificates":["A;B"]}"#, "#/lines/0/lots/certificates/0"),
            (#"{"approved":[7]}"#, "#/lines/0/lots/approved/0"),
            (#"{"singleLot":"yes"}"#, "#/lines/0/lots/singleLot"),
            (#"{"shelfLife":3}"#, "#/lines/0/lots/shelfLife"),
        ] {
            let (answer, order) = try await submitted(text)
            #expect(order == nil && answer.pointers == [pointer], "\(text): \(answer.text)")
        }
    }

    @Test func `say why each was not taken, in words and in JSON`() {
        let misfits: [(LotMisfit, String)] = [
            (.tooOld, "lotTooOld"), (.noCertificate("COA"), "noCertificate"),
            (.notApproved, "lotNotApproved"), (.keptWithoutLots, "keptWithoutLots"),
        ]
        let rejections = misfits.map { misfit, _ in
            LotRejection(line: 0, lot: "L-1", quantity: 3, misfit: misfit, daysLeft: 12)
        }
        #expect(misfits.map(\.0.word) == misfits.map(\.1))
        #expect(Set(rejections.map { $0.sentence(in: Example.order) }).count == misfits.count)
        #expect(
            rejections[0].sentence(in: Example.order)
                == "lot L-1 of VALVE-3IN is not taken: it would have 12 days left on arrival"
        )
        #expect(rejections[1].document(for: Example.order)["certificate"] == "COA")
        #expect(rejections[0].document(for: Example.order)["daysLeft"] == .integer(12))
    }
}
