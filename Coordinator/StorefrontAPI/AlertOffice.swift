package import AllocationModel

/// What the HTTP of the coordinator needs of the office's alerts.
package struct AlertOffice: Sendable {
    /// Returns a page of alerts, newest first, with a lower number than the one given.
    package var list:
        @Sendable ([Alert.State], _ limit: Int, _ before: Int64?) async throws -> [Alert]
    /// Takes a person's step; nil where there is no such alert.
    package var take: @Sendable (Step, Int64, Alert.Remark) async throws -> Alert?
    /// Has what was given up sent again; nil where there is no such alert, else how much.
    package var redeliver: @Sendable (Int64) async throws -> Int?
    package var now: @Sendable () -> Timestamp

    /// What a person may do with an alert.
    package enum Step: String, Hashable, Sendable {
        case acknowledge
        case resolve
    }

    package init(
        list: @escaping @Sendable ([Alert.State], Int, Int64?) async throws -> [Alert],
        take: @escaping @Sendable (Step, Int64, Alert.Remark) async throws -> Alert?,
        redeliver: @escaping @Sendable (Int64) async throws -> Int?,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.list = list
        self.take = take
        self.redeliver = redeliver
        self.now = now
    }
}
