import LiveRating
import Testing

struct `Circuit breaker` {
    private enum Step {
        /// Asks at this second, and says how it goes; nil where it may not ask.
        case ask(at: Int, succeeds: Bool, CircuitBreaker.Change?)
        case refused(at: Int)
    }

    private func run(_ steps: [Step], sourceLocation: SourceLocation = #_sourceLocation) {
        var breaker = CircuitBreaker(failures: 3, pause: .seconds(30))
        for step in steps {
            switch step {
            case .ask(let second, let succeeds, let change):
                guard let leave = breaker.leave(at: .seconds(second)) else {
                    Issue.record("\(step) is refused", sourceLocation: sourceLocation)
                    continue
                }
                let found = breaker.note(
                    isSuccess: succeeds,
                    for: leave,
                    at: .seconds(second)
                )
                #expect(found == change, "\(step)", sourceLocation: sourceLocation)
            case .refused(let second):
                let leave = breaker.leave(at: .seconds(second))
                #expect(leave == nil, "\(step)", sourceLocation: sourceLocation)
            }
        }
    }

    @Test func `opens after failures in a row, and not after as many in all`() {
        run([
            .ask(at: 0, succeeds: false, nil), .ask(at: 1, succeeds: false, nil),
            .ask(at: 2, succeeds: true, nil), .ask(at: 3, succeeds: false, nil),
            .ask(at: 4, succeeds: false, nil), .ask(at: 5, succeeds: false, .opened),
            .refused(at: 5), .refused(at: 34),
        ])
    }

    @Test func `lets one probe through after the pause, and closes where it succeeds`() {
        run([
            .ask(at: 0, succeeds: false, nil), .ask(at: 0, succeeds: false, nil),
            .ask(at: 0, succeeds: false, .opened), .refused(at: 29),
            .ask(at: 30, succeeds: true, .closed), .ask(at: 30, succeeds: false, nil),
            .ask(at: 30, succeeds: false, nil), .ask(at: 30, succeeds: false, .opened),
        ])
    }

    @Test func `waits again where the probe fails, and says nothing new`() {
        run([
            .ask(at: 0, succeeds: false, nil), .ask(at: 0, succeeds: false, nil),
            .ask(at: 0, succeeds: false, .opened), .ask(at: 31, succeeds: false, nil),
            .refused(at: 60), .ask(at: 61, succeeds: true, .closed),
        ])
    }

    @Test func `lets one probe through at a time, and another where nobody says how it went`() {
        var breaker = CircuitBreaker(failures: 1, pause: .seconds(10))
        let first = breaker.leave(at: .zero)
        #expect(breaker.note(isSuccess: false, for: first!, at: .zero) == .opened)

        let probe = breaker.leave(at: .seconds(10))
        #expect(probe != nil)
        #expect(breaker.leave(at: .seconds(11)) == nil)
        let another = breaker.leave(at: .seconds(20))
        #expect(another != nil)
        // The first probe's word comes when another has taken its place.
        #expect(breaker.note(isSuccess: false, for: probe!, at: .seconds(21)) == nil)
        #expect(breaker.note(isSuccess: true, for: another!, at: .seconds(21)) == .closed)
        #expect(breaker.isClosed)
    }

    @Test func `does not believe what was asked before it opened`() {
        var breaker = CircuitBreaker(failures: 2, pause: .seconds(10))
        let leaves = (0..<4).compactMap { _ in breaker.leave(at: .zero) }
        #expect(leaves.count == 4)
        #expect(breaker.note(isSuccess: false, for: leaves[0], at: .zero) == nil)
        #expect(breaker.note(isSuccess: false, for: leaves[1], at: .zero) == .opened)
        #expect(breaker.note(isSuccess: true, for: leaves[2], at: .zero) == nil)
        #expect(breaker.note(isSuccess: false, for: leaves[3], at: .seconds(9)) == nil)
        #expect(!breaker.isClosed)
        // Neither of the two has moved the pause.
        #expect(breaker.leave(at: .seconds(10)) != nil)
    }
}
