import AllocationModel
import CertificateAuthority
import NIOCore
import Testing

@testable import FrontDoor

/// The site's end, against the office's and against others.
@Suite(.serialized)
struct `The tunnel` {
    private func tunnel(
        to port: Int,
        _ identity: SiteIdentity,
        _ notices: NoticeLog
    ) -> Tunnel {
        Tunnel(
            to: "127.0.0.1",
            port: port,
            as: "DAL",
            token: "agents-own",
            identity: identity,
            notice: { notices.add($0) }
        )
    }

    @Test func `carries the agent's own connections to the office under the site's name`()
        async throws
    {
        var office = try TestOffice()
        let dallas = try office.enrol("DAL")
        let notices = NoticeLog()

        try await withDoor(office) { _, port, echo, _ in
            let tunnel = tunnel(to: port, dallas, notices)
            let here = try await tunnel.open()
            let own = try await Caller.ask(here, asking("/agents/agents-own/transactions"))
            // Another user of the machine, who does not know the word.
            let other = try await Caller.ask(here, asking("/agents/DAL/transactions"))
            try await tunnel.close()

            #expect(own.hasPrefix("HTTP/1.1 101 "))
            #expect(other == "")
            #expect(echo.paths == ["/agents/secret-DAL/transactions"])
            #expect(notices.refusals == [.malformed])
        }
    }

    @Test func `says in the site's log what the office said`() async throws {
        var office = try TestOffice()
        let dallas = try office.enrol("DAL")
        _ = office.enrolment.revoke("DAL", on: CivilDate(daysSinceEpoch: 20_001))
        let notices = NoticeLog()

        try await withDoor(office) { _, port, _, _ in
            let tunnel = tunnel(to: port, dallas, notices)
            let here = try await tunnel.open()
            #expect(try await Caller.ask(here, asking("/agents/agents-own/bids")) == "")
            try await tunnel.close()

            #expect(notices.refusals == [.revoked])
        }
    }

    // A site's key, stolen, must not make an office of its thief.
    @Test func `does not take another site's certificate for the office's`() async throws {
        var office = try TestOffice()
        let dallas = try office.enrol("DAL")
        office.doorPEM = try office.authority.site("RNO", at: today).pem
        let notices = NoticeLog()

        try await withDoor(office) { _, port, echo, _ in
            let tunnel = tunnel(to: port, dallas, notices)
            let here = try await tunnel.open()
            #expect(try await Caller.ask(here, asking("/agents/agents-own/bids")) == "")
            try await tunnel.close()

            #expect(echo.paths.isEmpty)
            #expect(notices.refusals == [.unavailable])
        }
    }

    @Test func `does not take another office's door for its own`() async throws {
        var office = try TestOffice()
        let dallas = try office.enrol("DAL")
        let another = try TestOffice()
        let notices = NoticeLog()

        try await withDoor(another) { _, port, echo, _ in
            let tunnel = tunnel(to: port, dallas, notices)
            let here = try await tunnel.open()
            #expect(try await Caller.ask(here, asking("/agents/agents-own/bids")) == "")
            try await tunnel.close()

            #expect(echo.paths.isEmpty)
        }
    }

    @Test func `uses a new certificate from the next connection, and ends those of the old`()
        async throws
    {
        var office = try TestOffice()
        let old = try office.enrol("DAL")
        let new = try office.enrol("DAL")
        let notices = NoticeLog()

        try await withDoor(office) { _, port, echo, said in
            let tunnel = tunnel(to: port, old, notices)
            let here = try await tunnel.open()
            let caller = try await Caller.call(here)
            try await caller.channel.executeThenClose { inbound, outbound in
                try await outbound.write(
                    ByteBuffer(string: asking("/agents/agents-own/bids"))
                )
                var reading = inbound.makeAsyncIterator()
                _ = try await reading.next()
                #expect(try await eventually { echo.open == 1 })
                tunnel.update(new)
                while (try? await reading.next()) ?? nil != nil {}
            }
            #expect(try await eventually { echo.open == 0 })
            _ = try await Caller.ask(here, asking("/agents/agents-own/bids"))
            try await tunnel.close()

            let keys = said.all.compactMap { notice -> KeyFingerprint? in
                guard case .opened("DAL", _, _, let key) = notice else { return nil }
                return key
            }
            #expect(keys == [old.key, new.key])
        }
    }

    @Test func `takes as many connections of its machine as the limit allows, and not one more`()
        async throws
    {
        var office = try TestOffice()
        let dallas = try office.enrol("DAL")
        let notices = NoticeLog()

        try await withDoor(office) { _, port, _, _ in
            let tunnel = tunnel(to: port, dallas, notices)
            let here = try await tunnel.open()
            var held: [any Channel] = []
            for _ in 0..<DoorLimits.tunnelConnectionsMaximum {
                held.append(try await Stranger.connect(to: here))
            }
            let one = try await Caller.ask(here, asking("/agents/agents-own/bids"))
            #expect(one == "")
            for channel in held { try await channel.close().get() }
            #expect(
                try await eventually {
                    try await Caller.ask(here, asking("/agents/agents-own/bids"))
                        .hasPrefix("HTTP/1.1 101 ")
                }
            )
            try await tunnel.close()
        }
    }
}
