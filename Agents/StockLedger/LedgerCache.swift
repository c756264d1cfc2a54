import AllocationModel
import Freight
import ShippingCalendar
import Synchronization

/// What every bid needs and hardly anything changes, kept between transactions.
///
/// Emptied by whatever changes it and by every transaction that failed, so
/// that it never shows what was rolled back.
final class LedgerCache: Sendable {
    struct Contents {
        var site: Site?
        var calendar: SiteCalendar?
        var carriers: CarrierCalendars?
        var capacities: [Weekday: ShippingCapacity]?
        var rateCards: RateCards?
        /// By coordinator name.
        var coordinatorIDs: [String: Int64] = [:]
    }

    private let contents = Mutex(Contents())

    /// Returns what `read` finds, or makes it, has `keep` keep it and returns it.
    ///
    /// Closures and not key paths: making a key path costs more than a statement.
    func value<Value>(
        _ read: (borrowing Contents) -> Value?,
        keep: (inout Contents, Value) -> Void,
        or make: () throws -> Value
    ) rethrows -> Value where Value: Sendable {
        if let kept = contents.withLock({ read($0) }) { return kept }
        let made = try make()
        contents.withLock { keep(&$0, made) }
        return made
    }

    func read<Value: Sendable>(_ read: (borrowing Contents) -> Value) -> Value {
        contents.withLock { read($0) }
    }

    func change(_ change: (inout Contents) -> Void) {
        contents.withLock { change(&$0) }
    }

    func removeAll() {
        contents.withLock { $0 = Contents() }
    }
}
