import AllocationModel
import Testing

@testable import FrontDoor

struct `Admission to the door` {
    /// Addresses that are each another machine's.
    private func address(_ number: Int) -> String {
        "10.\(number / 65_536).\(number / 256 % 256).\(number % 256)"
    }

    private func admitted(_ arrival: Admission.Arrival) throws -> (id: Int, cut: Int?) {
        guard case .admitted(let id, let cut) = arrival else {
            throw ParseError("it was to be admitted")
        }
        return (id, cut)
    }

    @Test func `lets as many wait as the limit allows, and for one more cuts who waited longest`()
        throws
    {
        var admission = Admission()
        var first: Int?
        for number in 0..<DoorLimits.waitingMaximum {
            let (id, cut) = try admitted(admission.arrive(from: address(number), at: .zero))
            first = first ?? id
            #expect(cut == nil)
        }

        let (_, cut) = try admitted(admission.arrive(from: "192.0.2.1", at: .zero))

        #expect(cut == first)
        #expect(admission.waitingCount == DoorLimits.waitingMaximum)
        #expect(admission.count == DoorLimits.waitingMaximum)
    }

    @Test func `lets one address have its share of them, and cuts its own for one more`() throws {
        var admission = Admission()
        let (other, _) = try admitted(admission.arrive(from: "192.0.2.1", at: .zero))
        var first: Int?
        for _ in 0..<DoorLimits.waitingPerAddressMaximum {
            let (id, cut) = try admitted(admission.arrive(from: "192.0.2.9", at: .zero))
            first = first ?? id
            #expect(cut == nil)
        }

        let (_, cut) = try admitted(admission.arrive(from: "192.0.2.9", at: .zero))

        #expect(cut == first)
        #expect(cut != other)
        #expect(admission.waitingCount == DoorLimits.waitingPerAddressMaximum + 1)
    }

    @Test func `takes a burst from one address, then so many a second`() throws {
        var admission = Admission()
        func arrive(_ now: Duration) -> Bool {
            guard case .admitted(let id, _) = admission.arrive(from: "192.0.2.9", at: now) else {
                return false
            }
            admission.depart(id)
            return true
        }

        for _ in 0..<DoorLimits.arrivalsBurst { #expect(arrive(.zero)) }
        #expect(!arrive(.zero))
        for _ in 0..<DoorLimits.arrivalsPerSecond { #expect(arrive(.seconds(1))) }
        #expect(!arrive(.seconds(1)))
        for _ in 0..<DoorLimits.arrivalsBurst { #expect(arrive(.seconds(3600))) }
        #expect(!arrive(.seconds(3600)))
    }

    @Test func `counts a network of IPv6 as one address, for one machine has it all`() {
        #expect(
            Admission.neighbourhood(of: "2001:db8:1:2:3::4")
                == Admission.neighbourhood(of: "2001:db8:1:2:ffff:1:1:1")
        )
        #expect(
            Admission.neighbourhood(of: "2001:db8:1:2::4")
                != Admission.neighbourhood(of: "2001:db8:1:3::4")
        )
        #expect(Admission.neighbourhood(of: "2001:db8::1") == "2001:db8:0:0::/64")
        #expect(Admission.neighbourhood(of: "::1") == "0:0:0:0::/64")
        #expect(Admission.neighbourhood(of: "192.0.2.1") == "192.0.2.1")
    }

    @Test func `remembers as many addresses as the limit allows, and no more`() {
        var admission = Admission()
        for number in 0..<(DoorLimits.addressesMaximum + 100) {
            if case .admitted(let id, _) = admission.arrive(from: address(number), at: .zero) {
                admission.depart(id)
            }
        }
        #expect(admission.addressCount == DoorLimits.addressesMaximum)

        _ = admission.arrive(from: "192.0.2.1", at: .seconds(60))
        #expect(admission.addressCount == 1, "those that rested are forgotten")
    }

    @Test func `gives a site its lines, and for one more cuts its own oldest`() throws {
        var admission = Admission()
        var ids: [Int] = []
        for _ in 0...DoorLimits.connectionsPerSiteMaximum {
            let (id, _) = try admitted(admission.arrive(from: "192.0.2.1", at: .zero))
            ids.append(id)
        }
        let (other, _) = try admitted(admission.arrive(from: "192.0.2.2", at: .zero))
        #expect(admission.recognise(other, as: "RNO") == nil)

        let cuts = ids.map { admission.recognise($0, as: "DAL") }

        #expect(cuts.dropLast().allSatisfy { $0 == nil })
        #expect(cuts.last == ids.first)
        #expect(admission.count == DoorLimits.connectionsPerSiteMaximum + 1)
        #expect(admission.waitingCount == 0)
    }

    @Test func `never cuts a site for a stranger`() throws {
        var admission = Admission()
        var count = 0
        while count < DoorLimits.connectionsMaximum {
            let arrival = admission.arrive(from: address(count), at: .zero)
            let (id, cut) = try admitted(arrival)
            #expect(cut == nil)
            let site = count / DoorLimits.connectionsPerSiteMaximum
            #expect(admission.recognise(id, as: Warehouse.ID(trusted: "\(site)")) == nil)
            count += 1
        }

        #expect(admission.arrive(from: "192.0.2.1", at: .zero) == .refused)
        #expect(admission.count == DoorLimits.connectionsMaximum)
    }

    @Test func `forgets who has gone, once and for all`() throws {
        var admission = Admission()
        let (waiting, _) = try admitted(admission.arrive(from: "192.0.2.1", at: .zero))
        let (site, _) = try admitted(admission.arrive(from: "192.0.2.1", at: .zero))
        _ = admission.recognise(site, as: "DAL")

        for id in [waiting, site, site, 4711] { admission.depart(id) }

        #expect(admission.count == 0)
        #expect(admission.waitingCount == 0)
        #expect(admission.recognise(site, as: "DAL") == nil)
    }
}

struct `Restraint in what is said` {
    private let revoked = Restraint.Kind(refusal: .revoked, warehouse: "DAL")

    @Test func `says a thing a few times, and then once a minute with how often it was not said`() {
        var restraint = Restraint()
        for _ in 0..<DoorLimits.noticesBurst { #expect(restraint.say(revoked, at: .zero) == 0) }
        for _ in 0..<1000 { #expect(restraint.say(revoked, at: .seconds(1)) == nil) }

        #expect(restraint.say(revoked, at: .seconds(61)) == 1000)
        #expect(restraint.say(revoked, at: .seconds(62)) == nil)
    }

    @Test func `says what a site does however loud strangers are`() {
        var restraint = Restraint()
        let strangers = Restraint.Kind(refusal: .handshake, warehouse: nil)
        for _ in 0..<1000 { _ = restraint.say(strangers, at: .zero) }

        #expect(restraint.say(revoked, at: .zero) == 0)
    }
}
