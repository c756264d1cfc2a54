import SimulatedDisk

/// A disk in memory beneath SQLite, which loses what was not synced, fails and fills up.
///
/// Who holds it sees to it that one thread at a time uses it, as the database does that is on it.
package final class SimulatedDrive: Sendable {
    private let number: Int32

    /// Makes an empty one.
    package init() {
        number = simulated_disk_new()
    }

    private init(number: Int32) {
        self.number = number
    }

    deinit {
        simulated_disk_free(number)
    }

    /// Where SQLite finds a file of the drive.
    package func path(of name: String) -> String { "/simulated-disk/\(number)/\(name)" }

    /// A drive that holds the same, as a snapshot of the machine does.
    package func copy() -> SimulatedDrive { SimulatedDrive(number: simulated_disk_copy(number)) }

    /// How a process ends that did not mean to.
    package enum Ending {
        /// As by `kill -9`: what it wrote is there, synced or not.
        case killed
        /// Of each sector that was not synced, the old or the new is there: the seed says which.
        case powerLost(UInt64)
    }

    /// Ends the process that uses the drive.
    package func end(_ ending: Ending) {
        switch ending {
        case .killed: simulated_disk_kill(number)
        case .powerLost(let seed): simulated_disk_crash(number, seed)
        }
    }

    /// What goes wrong at a call.
    package enum Failure: CaseIterable {
        /// The call fails: EIO.
        case error
        /// The power fails: every call from there on does.
        case powerLoss
        /// There is no room for what the call needs: ENOSPC.
        case full

        fileprivate var code: Int32 {
            switch self {
            case .error: Int32(SIMULATED_DISK_ERROR.rawValue)
            case .powerLoss: Int32(SIMULATED_DISK_POWER_LOSS.rawValue)
            case .full: Int32(SIMULATED_DISK_FULL.rawValue)
            }
        }
    }

    /// Plans a failure at the so-many-th write or sync from now.
    package func fail(atCall call: Int, _ failure: Failure) {
        simulated_disk_fail(number, Int32(call), failure.code)
    }

    /// Plans a failure at the so-many-th call of any kind from now, or at all from there on.
    package func failAny(atCall call: Int, _ failure: Failure, lasts: Bool) {
        simulated_disk_fail_any(number, Int32(call), failure.code, lasts ? 1 : 0)
    }

    /// Ends a failure that lasts, and takes back what is planned.
    package func failNoMore() {
        simulated_disk_fail(number, 0, 0)
    }

    /// Whether the failure that was planned last has come.
    package var hasFailed: Bool { simulated_disk_has_failed(number) != 0 }

    /// Leaves room for so many bytes more, or without end where nil.
    package func leave(bytes: Int64?) {
        simulated_disk_leave(number, bytes ?? -1)
    }

    /// Writes that were refused for want of room.
    package var refusals: Int64 { simulated_disk_refusals(number) }

    /// Whether a sync only says that it was done.
    package func setLying(_ isLying: Bool) {
        simulated_disk_lie(number, isLying ? 1 : 0)
    }

    /// Whether files open for reading alone, and none can be made.
    package func setProtected(_ isProtected: Bool) {
        simulated_disk_protect(number, isProtected ? 1 : 0)
    }

    /// The size of a file in bytes, or nil where there is none.
    package func size(of name: String) -> Int64? {
        let size = unsafe simulated_disk_size(number, name)
        return size < 0 ? nil : size
    }

    /// Changes bits of a byte of a file for good, as a medium that rots does.
    package func rot(_ name: String, at offset: Int64, bits: UInt8) {
        let byte = unsafe simulated_disk_byte(number, name, offset)
        unsafe simulated_disk_rot(number, name, offset, byte ^ bits)
    }
}
