import SimulatedDisk

/// A disk in memory beneath SQLite, which loses what was not synced, fails and fills up.
final class SimulatedDrive {
    private let number: Int32

    init() {
        number = simulated_disk_new()
    }

    private init(number: Int32) {
        self.number = number
    }

    deinit {
        simulated_disk_free(number)
    }

    func path(of name: String) -> String { "/simulated-disk/\(number)/\(name)" }

    /// A drive that holds the same, as a snapshot of the machine does.
    func copy() -> SimulatedDrive { SimulatedDrive(number: simulated_disk_copy(number)) }

    /// How a process ends that did not mean to.
    enum Ending {
        /// As by `kill -9`: what it wrote is there, synced or not.
        case killed
        /// Of each sector that was not synced, the old or the new is there: the seed says which.
        case powerLost(UInt64)
    }

    func end(_ ending: Ending) {
        switch ending {
        case .killed: simulated_disk_kill(number)
        case .powerLost(let seed): simulated_disk_crash(number, seed)
        }
    }

    /// What goes wrong at a write or a sync.
    enum Failure {
        /// The call fails: EIO.
        case error
        /// The power fails: every call from there on does.
        case powerLoss

        fileprivate var code: Int32 {
            switch self {
            case .error: Int32(SIMULATED_DISK_ERROR.rawValue)
            case .powerLoss: Int32(SIMULATED_DISK_POWER_LOSS.rawValue)
            }
        }
    }

    /// Plans a failure at the so-many-th write or sync from now.
    func fail(atCall call: Int, _ failure: Failure) {
        simulated_disk_fail(number, Int32(call), failure.code)
    }

    func failNoMore() {
        simulated_disk_fail(number, 0, 0)
    }

    /// Whether the failure that was planned last has come.
    var hasFailed: Bool { simulated_disk_has_failed(number) != 0 }

    /// Leaves room for so many bytes more, or without end where nil.
    func leave(bytes: Int64?) {
        simulated_disk_leave(number, bytes ?? -1)
    }

    /// Writes that were refused for want of room.
    var refusals: Int64 { simulated_disk_refusals(number) }

    /// Whether a sync only says that it was done.
    func setLying(_ isLying: Bool) {
        simulated_disk_lie(number, isLying ? 1 : 0)
    }
}
