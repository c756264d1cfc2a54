import AllocationModel
import CertificateAuthority
import NIOCore
import Testing

@testable import FrontDoor

/// Real sockets and real certificates, in one process.
@Suite(.serialized)
struct `The front door` {
    @Test func `joins a site's line to that site's path, whatever it carries`() async throws {
        var office = try TestOffice()
        let dallas = try office.enrol("DAL")

        try await withDoor(office) { door, port, echo, notices in
            let caller = try await Caller.call(port, as: dallas.context)
            try await caller.channel.executeThenClose { inbound, outbound in
                try await outbound.write(ByteBuffer(string: asking("/agents/DAL/bids")))
                var reading = inbound.makeAsyncIterator()
                let answer = try #require(await reading.next())
                #expect(String(buffer: answer).hasPrefix("HTTP/1.1 101 "))
                let message = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
                try await outbound.write(ByteBuffer(bytes: message))
                var back = ByteBuffer()
                while back.readableBytes < message.count, var bytes = try await reading.next() {
                    back.writeBuffer(&bytes)
                }
                #expect(Array(back.readableBytesView) == message)
            }

            #expect(echo.paths == ["/agents/secret-DAL/bids"])
            #expect(door.counters.opened == 1)
            #expect(notices.refusals.isEmpty)
        }
    }

    @Test func `lets a site speak for itself only, and raises an alarm when it tries`()
        async throws
    {
        var office = try TestOffice()
        let dallas = try office.enrol("DAL")
        _ = try office.enrol("RNO")

        try await withDoor(office) { door, port, echo, notices in
            for path in ["/agents/RNO/bids", "/agents/RNO/transactions", "/agents/secret-RNO/bids"]
            {
                let answer = try await Caller.ask(port, as: dallas.context, asking(path))

                #expect(answer.hasPrefix("HTTP/1.1 403 "), "\(path)")
                #expect(answer.contains("Holdfast-Refusal: other-site"))
            }

            #expect(echo.paths.isEmpty)
            #expect(notices.refusals == [.otherSite, .otherSite, .otherSite])
            #expect(Refusal.otherSite.isAlarming)
            guard case .refused(_, _, let warehouse, let detail, _) = notices.all[0] else {
                Issue.record("a refusal was to be noted")
                return
            }
            #expect(warehouse == "DAL")
            #expect(detail.contains("RNO"))
        }
    }

    @Test func `lets nobody in without a certificate that the office has signed and enrolled`()
        async throws
    {
        var office = try TestOffice()
        let known = try office.enrol("DAL")
        var another = try TestOffice()
        let foreign = try another.enrol("DAL")
        let issued = try office.authority.site("DAL", at: today)
        let unlisted = try SiteIdentity(
            pem: Array((issued.pem + office.authority.certificatePEM).utf8)
        )
        let request = asking("/agents/DAL/bids")

        try await withDoor(office) { door, port, echo, notices in
            // Without TLS; with another office's certificate; with one that is on no list.
            #expect(try await Caller.ask(port, request).contains("HTTP/1.1 101") == false)
            #expect(try await Caller.ask(port, as: foreign.context, request) == "")
            // The answer can cross the request, and is then lost with the connection.
            var answers: [String] = []
            repeat {
                answers.append(try await Caller.ask(port, as: unlisted.context, request))
            } while answers.last == "" && answers.count < 5
            #expect(answers.last?.contains("Holdfast-Refusal: not-enrolled") == true)
            #expect(!answers.contains { $0.contains("HTTP/1.1 101") })

            #expect(echo.paths.isEmpty)
            #expect(door.counters.refused[.handshake, default: 0] >= 1)
            #expect(notices.refusals.contains(.notEnrolled))
            let welcome = try await Caller.ask(port, as: known.context, request)
            #expect(welcome.hasPrefix("HTTP/1.1 101 "))
        }
    }

    @Test func `cuts a site that is revoked off at once, and knows it when it comes again`()
        async throws
    {
        var office = try TestOffice()
        let dallas = try office.enrol("DAL")
        let reno = try office.enrol("RNO")

        try await withDoor(office) { door, port, echo, notices in
            let caller = try await Caller.call(port, as: dallas.context)
            let other = try await Caller.call(port, as: reno.context)
            try await other.channel.executeThenClose { otherIn, otherOut in
                try await otherOut.write(ByteBuffer(string: asking("/agents/RNO/bids")))
                var otherReading = otherIn.makeAsyncIterator()
                _ = try await otherReading.next()
                try await caller.channel.executeThenClose { inbound, outbound in
                    try await outbound.write(ByteBuffer(string: asking("/agents/DAL/bids")))
                    var reading = inbound.makeAsyncIterator()
                    _ = try await reading.next()
                    #expect(try await eventually { echo.open == 2 })

                    _ = office.enrolment.revoke("DAL", on: CivilDate(daysSinceEpoch: 20_001))
                    door.update(try office.credentials())

                    #expect(try await eventually { echo.open == 1 }, "the office hears no more")
                    while (try? await reading.next()) ?? nil != nil {}
                }
                try await otherOut.write(ByteBuffer(string: "still here"))
                let back = try #require(await otherReading.next())
                #expect(String(buffer: back) == "still here")
            }
            let again = try await Caller.ask(
                port,
                as: dallas.context,
                asking("/agents/DAL/bids")
            )

            #expect(again.contains("Holdfast-Refusal: revoked"))
            #expect(notices.all.contains(.cut("DAL", lines: 1)))
            #expect(notices.refusals == [.revoked])
        }
    }

    @Test func `believes the authority before and the next one while both are in force`()
        async throws
    {
        var office = try TestOffice()
        let old = try office.enrol("DAL")
        let before = office.authority
        let next = try CertificateAuthority(for: "main", at: today)

        office.believed = try next.certificatePEM + before.certificatePEM
        office.doorPEM =
            try next.door(at: today).pem + (try before.introduction(of: next, at: today))
        office.authority = next
        let new = try office.enrol("DAL")

        try await withDoor(office) { door, port, _, _ in
            for identity in [old, new] {
                let answer = try await Caller.ask(
                    port,
                    as: identity.context,
                    asking("/agents/DAL/bids")
                )
                #expect(answer.hasPrefix("HTTP/1.1 101 "))
            }

            // Retired: the old one neither is believed nor believes.
            office.believed = try next.certificatePEM
            office.doorPEM = try next.door(at: today).pem
            door.update(try office.credentials())
            let request = asking("/agents/DAL/bids")
            #expect(try await Caller.ask(port, as: old.context, request) == "")
            let answer = try await Caller.ask(port, as: new.context, request)
            #expect(answer.hasPrefix("HTTP/1.1 101 "))
        }
    }

    @Test func `refuses a site that the coordinator does not know, and says which remedy`()
        async throws
    {
        var office = try TestOffice()
        let atlanta = try office.enrol("ATL")

        try await withDoor(office) { _, port, _, notices in
            let answer = try await Caller.ask(
                port,
                as: atlanta.context,
                asking("/agents/ATL/bids")
            )

            #expect(answer.hasPrefix("HTTP/1.1 503 "))
            #expect(notices.refusals == [.unknownSite])
        }
    }

    @Test func `refuses a request that is no line, whole or in pieces`() async throws {
        var office = try TestOffice()
        let dallas = try office.enrol("DAL")

        try await withDoor(office) { door, port, echo, _ in
            for request in [
                "GET / HTTP/1.1\r\n\r\n",
                asking("/agents/DAL"),
                asking("/agents/DAL/bids/.."),
                asking("/agents/DAL/bids") + "and more",
                asking("/agents/DAL/bids") + asking("/agents/RNO/bids"),
                asking("/agents/DAL/bids").replacing("Upgrade: websocket\r\n", with: ""),
                asking("/agents/DAL/bids")
                    .replacing("Host:", with: "Content-Length: 9\r\nHost:"),
            ] {
                let answer = try await Caller.ask(port, as: dallas.context, request)
                #expect(answer.hasPrefix("HTTP/1.1 400 "), "\(request)")
            }

            #expect(echo.paths.isEmpty)
            #expect(door.counters.refused[.malformed] == 7)
        }
    }

    @Test func `reads a request of the longest length, and none of one byte more`() async throws {
        var office = try TestOffice()
        let dallas = try office.enrol("DAL")
        func request(of length: Int) -> String {
            let bare = asking("/agents/DAL/bids").replacing("Host:", with: "Filling: \r\nHost:")
            let filling = String(repeating: "x", count: length - bare.utf8.count)
            return bare.replacing("Filling: ", with: "Filling: " + filling)
        }

        try await withDoor(office) { _, port, _, _ in
            let fits = try await Caller.ask(
                port,
                as: dallas.context,
                request(of: DoorLimits.headBytesMaximum)
            )
            let exceeds = try await Caller.ask(
                port,
                as: dallas.context,
                request(of: DoorLimits.headBytesMaximum + 1)
            )

            #expect(fits.hasPrefix("HTTP/1.1 101 "))
            #expect(exceeds.hasPrefix("HTTP/1.1 400 "))
        }
    }

    @Test func `cuts who dawdles before or after showing who it is`() async throws {
        var office = try TestOffice()
        let dallas = try office.enrol("DAL")

        try await withDoor(office) { door, port, _, _ in
            async let silent = Caller.ask(port, "", until: nil)
            async let half = Caller.ask(port, as: dallas.context, "GET /agents", until: nil)

            let answers = try await (silent, half)
            #expect(answers.0 == "")
            #expect(answers.1.contains("Holdfast-Refusal: slow"))
            #expect(door.counters.refused[.slow] == 2)
            #expect(try await eventually { door.counters.connections == 0 })
        }
    }

    @Test func `lets a site in while strangers crowd at the door`() async throws {
        var office = try TestOffice()
        let dallas = try office.enrol("DAL")

        try await withDoor(office) { door, port, _, _ in
            var strangers: [any Channel] = []
            for _ in 0..<(DoorLimits.waitingPerAddressMaximum * 2) {
                let stranger = try await Stranger.connect(to: port)
                strangers.append(stranger)
            }
            #expect(
                try await eventually {
                    door.counters.refused[.crowded] == DoorLimits.waitingPerAddressMaximum
                }
            )
            let answer = try await Caller.ask(
                port,
                as: dallas.context,
                asking("/agents/DAL/bids")
            )

            #expect(answer.hasPrefix("HTTP/1.1 101 "))
            #expect(door.counters.connections <= DoorLimits.waitingPerAddressMaximum + 1)
            for stranger in strangers { try? await stranger.close().get() }
        }
    }

    @Test func `survives a hundred greetings that break off, which is what nng does not`()
        async throws
    {
        var office = try TestOffice()
        let dallas = try office.enrol("DAL")
        // A ClientHello's first bytes, and a record that promises more than it brings.
        let greeting: [UInt8] = [22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3]

        try await withDoor(office) { door, port, _, _ in
            for _ in 0..<100 {
                let stranger = try await Stranger.connect(to: port)
                try await stranger.writeAndFlush(ByteBuffer(bytes: greeting)).get()
                try await Stranger.reset(stranger)
            }
            let answer = try await Caller.ask(
                port,
                as: dallas.context,
                asking("/agents/DAL/bids")
            )

            #expect(answer.hasPrefix("HTTP/1.1 101 "))
            #expect(try await eventually { door.counters.connections == 0 })
        }
    }

    @Test func `holds the office up while a site does not read, and fills no memory`()
        async throws
    {
        var office = try TestOffice()
        let dallas = try office.enrol("DAL")

        try await withDoor(office, pours: true) { _, port, echo, _ in
            let caller = try await Caller.call(port, as: dallas.context)
            try await caller.channel.executeThenClose { _, outbound in
                try await outbound.write(ByteBuffer(string: asking("/agents/DAL/bids")))
                #expect(try await eventually { echo.bytes > 0 })
                var before = -1
                let isStill = try await eventually {
                    defer { before = echo.bytes }
                    try await Task.sleep(for: .milliseconds(200))
                    return echo.bytes == before
                }

                #expect(isStill, "the office is held up")
                // Kernel buffers of three sockets, and the watermarks.
                #expect(echo.bytes < 32 << 20)
            }
        }
    }
}
