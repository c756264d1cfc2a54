import NNG
import Testing

struct `Socket options` {
    private let agents = SocketOptions(
        receiveSizeMaximum: 8_388_608,
        reconnectMinimum: .milliseconds(250),
        reconnectMaximum: .seconds(30)
    )

    @Test func `default to a quarter of a second and half a minute between dials`() {
        #expect(SocketOptions(receiveSizeMaximum: 8_388_608) == agents)
    }

    @Test func `are in force on the socket as given`() throws {
        for kind in [Socket.Kind.request, .reply] {
            let socket = try Socket(kind, options: agents)

            #expect(try socket.receiveSizeMaximum() == 8_388_608)
            #expect(try socket.reconnectMinimum() == .milliseconds(250))
            #expect(try socket.reconnectMaximum() == .seconds(30))
        }
    }

    @Test func `are in force on each listener and dialer`() throws {
        for transport in Transport.allCases {
            let coordinator = try Socket(.request, options: agents)
            let agent = try Socket(.reply, options: agents)

            let listener = try coordinator.listen(address("options", over: transport))
            let dialer = try agent.dial(listener.url)

            #expect(try listener.receiveSizeMaximum() == 8_388_608)
            #expect(try dialer.receiveSizeMaximum() == 8_388_608)
            #expect(try dialer.reconnectMinimum() == .milliseconds(250))
            #expect(try dialer.reconnectMaximum() == .seconds(30))
        }
    }

    // libnng's default is a minute, and a context does not follow its socket.
    @Test func `never let libnng repeat a request, on the socket or on a context`() throws {
        let socket = try Socket(.request, options: agents)
        let context = try socket.requestContext()

        #expect(try socket.resendTime() == nil)
        #expect(try context.resendTime() == nil)
    }

    @Test func `that a reply socket does not have are refused, not ignored`() throws {
        let socket = try Socket(.reply, options: agents)

        #expect(throws: NNGError.notSupported) { try socket.resendTime() }
    }

    @Test func `round up to the millisecond and stop at libnng's longest`() throws {
        let options = SocketOptions(
            receiveSizeMaximum: 1,
            reconnectMinimum: .microseconds(1),
            reconnectMaximum: .seconds(Int64.max)
        )

        let socket = try Socket(.reply, options: options)

        #expect(try socket.reconnectMinimum() == .milliseconds(1))
        #expect(try socket.reconnectMaximum() == .milliseconds(Int32.max))
    }
}
