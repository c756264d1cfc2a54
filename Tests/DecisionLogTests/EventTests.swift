import AllocationModel
import AllocationProtocol
import DecisionLog
import Foundation
import Testing

struct `Decision log's events` {
    private let folder: LogFolder

    init() throws {
        folder = try LogFolder()
    }

    private func shipped(_ counter: Int64, _ warehouse: Warehouse.ID) -> LogEntry {
        .shipped(
            SiteShipment(
                warehouse: warehouse,
                report: ShipmentReport(transaction: transaction(counter), who: "ana", at: monday)
            )
        )
    }

    private let low = Alert.Subject(.belowReorderPoint, "DAL VALVE-3IN")

    private var raised: LogEntry {
        .alert(.raised(low, "DAL has 3 left"), by: [.mail], at: monday)
    }

    private func told(_ log: DecisionLog, after number: Int64 = 0) async throws -> [String] {
        try await log.events(after: number, limit: 99)
            .map { event in
                let subject =
                    switch event.subject {
                    case .order(let id): id.rawValue
                    case .alert(let number): "\(number)"
                    }
                let warehouse = event.warehouse.map { " \($0)" } ?? ""
                return "\(event.mark.number) \(event.kind.rawValue) \(subject)\(warehouse)"
            }
    }

    @Test func `tell what happened to orders and alerts, in order, and nothing twice`()
        async throws
    {
        try await folder.using { log in
            #expect(try await log.lastEvent() == 0)
            _ = try await log.append([
                confirmed("4711", 1), refused("4712"), confirmed("4713", 2, isBackordered: true),
                raised,
            ])
            _ = try await log.append([
                shipped(1, reno), shipped(1, reno), raised, cancelled(2),
            ])
            let remark = Alert.Remark(who: "ana", comment: "ordered", at: monday)
            _ = try await log.take(.acknowledge, of: 1, remark: remark)
            _ = try await log.take(.acknowledge, of: 1, remark: remark)
            _ = try await log.take(.resolve, of: 1, remark: remark)
            #expect(
                try await told(log) == [
                    "1 order.confirmed 4711", "2 order.refused 4712", "3 order.backordered 4713",
                    "4 alert.opened 1", "5 order.shipped 4711 RNO", "6 order.cancelled 4713",
                    "7 alert.acknowledged 1", "8 alert.resolved 1",
                ]
            )
            #expect(try await log.lastEvent() == 8)
            #expect(try await log.events(after: 3, limit: 2).map(\.mark.number) == [4, 5])
        }
        try await folder.using { log in
            _ = try await log.append([refused("4714")])
            #expect(try await told(log, after: 8) == ["9 order.refused 4714"])
        }
        for (sql, objection) in [
            ("UPDATE event SET kind = 'order.refused'", "an event is never changed"),
            ("DELETE FROM event", "an event is never deleted"),
            (
                "INSERT INTO event (epoch, kind) SELECT max(epoch), 'order.lost' FROM start",
                "CHECK constraint failed"
            ),
        ] {
            #expect(try folder.objection(to: sql)?.contains(objection) == true, "\(sql)")
        }
    }

    @Test func `are known by the log that has told of them, and by no copy of it`() async throws {
        let copy = folder.url.appendingPathExtension("copy")
        defer { try? FileManager.default.removeItem(at: copy) }
        try await folder.using { log in _ = try await log.append([refused("4711")]) }
        try FileManager.default.copyItem(at: folder.url, to: copy)

        let seen = try await folder.using { log in
            _ = try await log.append([refused("4712")])
            return try await log.events(after: 0, limit: 9).map(\.mark)
        }
        #expect(Set(seen.map(\.start)).count == 2, "they are of two starts")
        // The copy is put back, and goes on from there.
        try FileManager.default.removeItem(at: folder.url)
        try FileManager.default.copyItem(at: copy, to: folder.url)
        try await folder.using { log in
            _ = try await log.append([refused("4713")])
            #expect(try await log.lastEvent() == 2)
            #expect(try await log.knows(seen[0]))
            let knowsOthers = try await log.knows(seen[1])
            #expect(!knowsOthers)
            let later = OfficeEvent.Mark(start: seen[0].start, number: 3)
            let knowsLater = try await log.knows(later)
            #expect(!knowsLater)
        }
    }

    @Test func `are not told of what was not written`() async throws {
        try await folder.using { log in
            _ = try await log.append([confirmed("4711", 1)])
            // Newark has no share in it.
            await #expect(throws: (any Error).self) {
                _ = try await log.append([refused("4712"), shipped(1, "EWR")])
            }
        }
        try await folder.using { log in
            let told = try await told(log)
            #expect(told == ["1 order.confirmed 4711"])
        }
    }

    @Test func `wake whoever waits for them, until the log is closed`() async throws {
        let log = try folder.open()
        let news = log.news()
        var iterator = news.makeAsyncIterator()
        _ = try await log.append([refused("4711")])
        #expect(await iterator.next() != nil)
        // What is not taken is one piece of news.
        for number in 1...5 { _ = try await log.append([refused("471\(number + 1)")]) }
        #expect(await iterator.next() != nil)
        #expect(try await log.lastEvent() == 6)
        let remark = Alert.Remark(who: "ana", comment: "ordered", at: monday)
        _ = try await log.append([raised])
        _ = await iterator.next()
        _ = try await log.take(.resolve, of: 1, remark: remark)
        #expect(await iterator.next() != nil)
        log.close()
        #expect(await iterator.next() == nil)
        var late = log.news().makeAsyncIterator()
        #expect(await late.next() == nil)
    }
}
