internal import CNNG

/// A door that opens once, for threads to wait at.
// SAFETY of `@unchecked Sendable`: both pointers are constant, and `isOpen` is
// read and written with the nng_mtx locked.
@safe final class Latch: @unchecked Sendable {
    private let mutex: OpaquePointer
    private let condition: OpaquePointer
    private var isOpen = false

    init() {
        var allocatedMutex: OpaquePointer?
        var allocatedCondition: OpaquePointer?
        guard unsafe nng_mtx_alloc(&allocatedMutex) == 0, let mutex = unsafe allocatedMutex,
            unsafe nng_cv_alloc(&allocatedCondition, mutex) == 0,
            let condition = unsafe allocatedCondition
        else { preconditionFailure("out of memory for a condition variable") }
        unsafe self.mutex = mutex
        unsafe self.condition = condition
    }

    func open() {
        // SAFETY: both live until `deinit`, and the caller holds this object.
        unsafe nng_mtx_lock(mutex)
        isOpen = true
        unsafe nng_cv_wake(condition)
        unsafe nng_mtx_unlock(mutex)
    }

    func wait() {
        // SAFETY: as above.
        unsafe nng_mtx_lock(mutex)
        while !isOpen { unsafe nng_cv_wait(condition) }
        unsafe nng_mtx_unlock(mutex)
    }

    /// Waits for at most so long; returns whether the door is open.
    func wait(atMost duration: Duration) -> Bool {
        let end = nng_clock() + nng_time(duration.nngMilliseconds)
        // SAFETY: as above.
        unsafe nng_mtx_lock(mutex)
        var isInTime = true
        while !isOpen && isInTime { isInTime = unsafe nng_cv_until(condition, end) == 0 }
        let result = isOpen
        unsafe nng_mtx_unlock(mutex)
        return result
    }

    deinit {
        // SAFETY: nobody holds the object, so nobody waits or wakes.
        unsafe nng_cv_free(condition)
        unsafe nng_mtx_free(mutex)
    }
}
