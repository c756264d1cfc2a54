import AllocationModel
import SeededGenerator
import Testing

struct `Reservation status` {
    private func expected(
        _ status: Reservation.Status,
        _ event: Reservation.Event
    ) -> Reservation.Status? {
        switch (status.rawValue, event.rawValue) {
        case ("held", "vote"): .voted
        case ("held", "release"): .released
        case ("held", "expire"): .expired
        case ("voted", "confirm"): .confirmed
        case ("voted", "release"): .released
        case ("confirmed", "release"): .released
        case ("confirmed", "ship"): .shipped
        default: nil
        }
    }

    @Test func `follows the table for every status and event`() {
        var steps = 0
        for status in Reservation.Status.allCases {
            for event in Reservation.Event.allCases {
                let next = try? status.next(after: event)

                #expect(next == expected(status, event), "\(status) after \(event)")
                steps += 1
            }
        }

        #expect(steps == 30)
    }

    @Test func `says which status forbids which event`() {
        #expect(throws: Reservation.UnlawfulTransition(status: .voted, event: .expire)) {
            try Reservation.Status.voted.next(after: .expire)
        }
        let unlawful = Reservation.UnlawfulTransition(status: .shipped, event: .release)

        #expect(unlawful.description == "a reservation that is shipped cannot release")
    }

    @Test
    func `may no longer expire after an agent has voted to reserve: it is in doubt until it hears`()
    {
        for status in [Reservation.Status.voted, .confirmed] {
            #expect(throws: Reservation.UnlawfulTransition.self) {
                try status.next(after: .expire)
            }
        }
        let heard = Reservation.Event.allCases.compactMap {
            try? Reservation.Status.voted.next(after: $0)
        }

        #expect(Set(heard) == [.confirmed, .released])
    }

    @Test func `ends in released, expired or shipped for good`() {
        for status in [Reservation.Status.released, .expired, .shipped] {
            for event in Reservation.Event.allCases {
                #expect(throws: Reservation.UnlawfulTransition(status: status, event: event)) {
                    try status.next(after: event)
                }
            }
        }
    }

    @Test func `is confirmed only by way of a vote`() {
        for status in Reservation.Status.allCases where status != .voted {
            for event in Reservation.Event.allCases {
                #expect((try? status.next(after: event)) != .confirmed)
            }
        }
    }
}

struct `Transaction id` {
    private let office: Coordinator.ID = "office"

    @Test func `packs epoch and counter into one number and reads them back`() throws {
        for epoch: Int64 in [0, 1, 3, 4711, TransactionID.epochMaximum] {
            for counter: Int64 in [0, 1, 255, 1 << 39, TransactionID.counterMaximum] {
                let id = TransactionID(coordinator: office, epoch: epoch, counter: counter)
                let read = try #require(TransactionID(coordinator: office, number: id.number))

                #expect(read == id)
                #expect(id.number >= 0)
            }
        }
        #expect(
            TransactionID(coordinator: office, epoch: 3, counter: 7).number == 3_298_534_883_335
        )
    }

    @Test func `has no negative number`() {
        for number in [-1, Int64.min] {
            #expect(TransactionID(coordinator: office, number: number) == nil)
        }
        #expect(TransactionID(coordinator: office, number: .max)?.number == .max)
    }

    @Test func `rises with every attempt and with every start of the coordinator`() {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<1000 {
            let epochs = [Int64](repeating: 0, count: 2)
                .map { _ in
                    Int64.random(in: 0...3, using: &generator)
                }
            let counters = [Int64](repeating: 0, count: 2)
                .map { _ in
                    Int64.random(in: 0...3, using: &generator)
                }
            let left = TransactionID(
                coordinator: office,
                epoch: epochs[0],
                counter: counters[0]
            )
            let right = TransactionID(
                coordinator: office,
                epoch: epochs[1],
                counter: counters[1]
            )

            #expect((left < right) == ((epochs[0], counters[0]) < (epochs[1], counters[1])))
        }
        let last = TransactionID(
            coordinator: office,
            epoch: 1,
            counter: TransactionID.counterMaximum
        )

        #expect(last < TransactionID(coordinator: office, epoch: 2, counter: 0))
    }

    @Test func `orders two coordinators' ids of one number by their names`() {
        let other = TransactionID(coordinator: "annex", epoch: 3, counter: 7)
        let id = TransactionID(coordinator: office, epoch: 3, counter: 7)

        #expect(other < id)
        #expect(other != id)
        #expect(id.description == "office-3-7")
    }

    @Test func `has an epoch of 23 bits and a counter of 40`() async {
        await #expect(processExitsWith: .failure) {
            _ = TransactionID(coordinator: "office", epoch: 1 << 23, counter: 0)
        }
        await #expect(processExitsWith: .failure) {
            _ = TransactionID(coordinator: "office", epoch: 0, counter: 1 << 40)
        }
        await #expect(processExitsWith: .failure) {
            _ = TransactionID(coordinator: "office", epoch: -1, counter: 0)
        }
    }
}
