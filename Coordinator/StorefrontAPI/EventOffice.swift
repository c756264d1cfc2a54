package import AllocationModel

/// What the HTTP of the coordinator needs to tell of events.
package struct EventOffice: Sendable {
    /// Returns the number of the last event; 0 where there is none.
    package var last: @Sendable () async throws -> Int64
    /// Returns whether the office has told of this event.
    package var knows: @Sendable (OfficeEvent.Mark) async throws -> Bool
    /// Returns the next events after a number, by rising number, and waits for one so long.
    ///
    /// None where none came, nil where none will because the office closes.
    package var next: @Sendable (Int64, _ patience: Duration) async throws -> [OfficeEvent]?

    package init(
        last: @escaping @Sendable () async throws -> Int64,
        knows: @escaping @Sendable (OfficeEvent.Mark) async throws -> Bool,
        next: @escaping @Sendable (Int64, _ patience: Duration) async throws -> [OfficeEvent]?
    ) {
        self.last = last
        self.knows = knows
        self.next = next
    }
}
