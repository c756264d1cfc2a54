import Foundation
import Simulation

/// One way in which a disk goes wrong at one call.
struct DriveFault: CustomStringConvertible {
    let failure: SimulatedDrive.Failure
    /// Whether it goes on going wrong.
    let lasts: Bool
    /// The call, counted from 1.
    let call: Int

    var description: String { "\(failure)\(lasts ? " for good" : "") at call \(call)" }

    /// The ways that are tried at one call: an error, and one of the others in turn.
    ///
    /// For a night, all of them: `HOLDFAST_ALL_FAULTS=1 swift test --filter StorageFaultTests`.
    static func tried(at call: Int) -> [DriveFault] {
        let others: [(SimulatedDrive.Failure, Bool)] = [
            (.error, true), (.full, false), (.full, true), (.powerLoss, false),
        ]
        let isNight = ProcessInfo.processInfo.environment["HOLDFAST_ALL_FAULTS"] != nil
        let chosen = isNight ? others : [others[call % others.count]]
        return ([(.error, false)] + chosen)
            .map { DriveFault(failure: $0.0, lasts: $0.1, call: call) }
    }

    func plan(on drive: SimulatedDrive) {
        drive.failAny(atCall: call, failure, lasts: lasts)
    }

    /// How the process ends that met it: by itself, or with the machine that lost power soon after.
    var ending: SimulatedDrive.Ending {
        switch failure {
        case .powerLoss: .powerLost(UInt64(call))
        case .error, .full: call.isMultiple(of: 2) ? .killed : .powerLost(UInt64(call))
        }
    }
}
