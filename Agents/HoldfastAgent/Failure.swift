import AllocationModel
import Foundation
import SiteConsole
import StockLedger

/// How a command ends, as `sysexits.h` numbers it, so that a script can tell why.
enum ExitStatus: Int32 {
    case failure = 1
    case usage = 64
    case data = 65
    case noInput = 66
    case unavailable = 69
    case cannotCreate = 73
    case ioError = 74
    case tryAgain = 75
    case noPermission = 77
    case configuration = 78
}

/// Why a command ends without having done what was asked, for a person to read.
struct Failure: Error {
    let status: ExitStatus
    /// A sentence without capital and full stop, as it follows `error:`.
    let message: String
    /// What to do next.
    var hint = ""
    /// Each thing that is wrong, where there are several.
    var details: [String] = []

    init(_ status: ExitStatus, _ message: String, hint: String = "", details: [String] = []) {
        self.status = status
        self.message = message
        self.hint = hint
        self.details = details
    }

    /// Writes the failure to stderr.
    func report() {
        Terminal.say(Terminal.painted("error:", .red, onError: true) + " " + message)
        for detail in details { Terminal.say("  " + detail) }
        if !hint.isEmpty { Terminal.say("hint: " + hint) }
    }
}

extension Failure {
    init(_ fault: SiteFault) {
        let status: ExitStatus =
            switch fault.kind {
            case .refused: .failure
            case .badInput, .keyTaken: .data
            case .busy: .tryAgain
            case .unavailable: .unavailable
            case .storageFailed: .ioError
            }
        self.init(status, fault.message, hint: fault.hint, details: fault.details)
    }

    init(_ fault: LedgerFault) {
        let status: ExitStatus =
            switch fault {
            case .inUse, .full, .busy, .rolledBack: .tryAgain
            case .missing: .noInput
            case .exists: .cannotCreate
            case .notALedger, .newerSchema: .data
            case .storageFailed, .damaged: .ioError
            case .notWritable: .noPermission
            case .closed, .readingOnly: .unavailable
            }
        self.init(status, fault.description, hint: fault.hint)
    }

    /// A field of the command line or the configuration that does not mean what it should.
    init(_ status: ExitStatus, _ error: ParseError) {
        let fault = SiteFault(.badInput, sentence: error.description)
        self.init(status, fault.message, hint: fault.hint)
    }
}
