import AllocationProtocol
import Testing

struct `Reservation protocol` {
    private static let steps = 90

    /// The first violation within `seeds`, with its seed.
    private func firstViolation(
        of mutant: ProtocolModel.Mutant,
        within seeds: UInt64
    ) -> (seed: UInt64, violation: String)? {
        for seed in 0..<seeds {
            var model = ProtocolModel(seed: seed, mutant: mutant)
            if let violation = model.run(steps: Self.steps) { return (seed, violation) }
        }
        return nil
    }

    @Test
    func
        `confirms at every warehouse or at none, whatever is lost, repeated, reordered or crashes`()
    {
        var faults: Set<ProtocolModel.Fault> = []
        var confirmed = 0
        var cancelled = 0
        var released = 0
        for seed: UInt64 in 0..<4000 {
            var model = ProtocolModel(seed: seed)
            if let violation = model.run(steps: Self.steps) {
                Issue.record("seed \(seed): \(violation)")
                return
            }
            faults.formUnion(model.faults)
            confirmed += model.isConfirmed && !model.isCancelled ? 1 : 0
            cancelled += model.isCancelled ? 1 : 0
            released += model.isConfirmed ? 0 : 1
        }

        // A fault that never fired, or an ending never reached, would prove nothing.
        #expect(faults == Set(ProtocolModel.Fault.allCases))
        #expect(confirmed > 400)
        #expect(cancelled > 100)
        #expect(released > 400)
    }

    @Test func `fails without any one of its rules`() {
        for mutant in ProtocolModel.Mutant.allCases {
            let found = firstViolation(of: mutant, within: 4000)

            #expect(found != nil, "\(mutant) goes unnoticed")
        }
    }

    @Test func `takes the same course from the same seed`() {
        for seed: UInt64 in 0..<20 {
            var first = ProtocolModel(seed: seed)
            var second = ProtocolModel(seed: seed)
            _ = first.run(steps: Self.steps)
            _ = second.run(steps: Self.steps)

            #expect(first.results == second.results)
            #expect(first.sites.map(\.status) == second.sites.map(\.status))
        }
    }
}
