import AllocationModel
import Testing

@testable import FrontDoor

struct `The enrolment list` {
    private func key(_ seed: UInt8) -> KeyFingerprint { KeyFingerprint(ofKey: [seed]) }

    private func entry(_ warehouse: Warehouse.ID, _ seed: UInt8) -> Enrolment.Entry {
        Enrolment.Entry(
            warehouse: warehouse,
            key: key(seed),
            authority: key(255),
            enrolled: CivilDate(daysSinceEpoch: 20_000),
            expires: CivilDate(daysSinceEpoch: 20_825)
        )
    }

    private func list(_ entries: Enrolment.Entry...) throws -> Enrolment {
        var list = Enrolment()
        for entry in entries { try list.enrol(entry) }
        return list
    }

    @Test func `says whose a key is, and of a revoked one that it is revoked`() throws {
        var list = try list(entry("DAL", 1), entry("RNO", 2))

        let revoked = list.revoke("DAL", on: CivilDate(daysSinceEpoch: 20_001))

        #expect(revoked.map(\.key) == [key(1)])
        #expect(list.standing(of: key(1)) == .revoked("DAL"))
        #expect(list.standing(of: key(2)) == .enrolled("RNO"))
        #expect(list.standing(of: key(3)) == .unknown)
        #expect(list.revoke("DAL", on: CivilDate(daysSinceEpoch: 20_002)).isEmpty)
    }

    @Test func `keeps the other keys of a site when one is revoked`() throws {
        var list = try list(entry("DAL", 1), entry("DAL", 2))

        _ = list.revoke("DAL", on: CivilDate(daysSinceEpoch: 20_001)) { $0.key != key(2) }

        #expect(list.standing(of: key(1)) == .revoked("DAL"))
        #expect(list.standing(of: key(2)) == .enrolled("DAL"))
    }

    @Test func `reads what it wrote, with names of any letters`() throws {
        var written = try list(entry("DAL", 1), entry("São Paulo #2", 2), entry("-", 3))
        _ = written.revoke("DAL", on: CivilDate(daysSinceEpoch: 20_001))

        #expect(try Enrolment(parsing: written.text) == written)
        #expect(try Enrolment(parsing: "") == Enrolment())
    }

    @Test func `refuses one key for two sites`() throws {
        var list = try list(entry("DAL", 1))

        #expect(throws: ParseError.self) { try list.enrol(entry("RNO", 1)) }
    }

    // A list that was cut off may lack the revocation that matters.
    @Test func `refuses every list that is cut off in the middle of a line`() throws {
        var list = try list(entry("DAL", 1), entry("RNO", 2))
        _ = list.revoke("RNO", on: CivilDate(daysSinceEpoch: 20_001))
        let text = Array(list.text.utf8)

        for length in 1..<text.count where text[length - 1] != UInt8(ascii: "\n") {
            let cut = String(decoding: text[..<length], as: UTF8.self)
            #expect(throws: ParseError.self, "\(length)") { try Enrolment(parsing: cut) }
        }
    }

    @Test func `names the line that means nothing`() throws {
        let good = try list(entry("DAL", 1)).text

        for (bad, words) in [
            ("what\n", "has 1 columns"), ("\(key(2))\t\(key(3))\t2026-13-01\tx\t-\tRNO\n", "date"),
            ("abc\t\(key(3))\t2026-01-01\t2026-01-01\t-\tRNO\n", "not a key"),
            ("\(key(2))\t\(key(3))\t2026-01-01\t2026-01-01\t-\t \n", "space"),
        ] {
            let error = #expect(throws: ParseError.self) { try Enrolment(parsing: good + bad) }
            #expect(error?.description.contains("line 4: ") == true)
            #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
        }
    }

    @Test func `holds the most keys allowed, and not one more`() throws {
        var list = Enrolment()
        for number in 0..<DoorLimits.enrolmentsMaximum {
            try list.enrol(
                Enrolment.Entry(
                    warehouse: "DAL",
                    key: KeyFingerprint(ofKey: [UInt8(number >> 8), UInt8(number & 255)]),
                    authority: key(0),
                    enrolled: CivilDate(daysSinceEpoch: 20_000),
                    expires: CivilDate(daysSinceEpoch: 20_825)
                )
            )
        }

        #expect(list.text.utf8.count <= DoorLimits.enrolmentBytesMaximum)
        #expect(throws: ParseError.self) {
            try list.enrol(
                Enrolment.Entry(
                    warehouse: "DAL",
                    key: KeyFingerprint(ofKey: [1, 2, 3]),
                    authority: key(0),
                    enrolled: CivilDate(daysSinceEpoch: 20_000),
                    expires: CivilDate(daysSinceEpoch: 20_825)
                )
            )
        }
    }
}
