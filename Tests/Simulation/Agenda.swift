/// What is still to happen, by the millisecond at which it will; what was planned first comes first.
struct Agenda<Happening> {
    private struct Entry {
        let time: Int64
        let happening: Happening
    }

    /// By falling time, so that the next is the last.
    private var entries: [Entry] = []

    var nextTime: Int64? { entries.last?.time }

    mutating func plan(_ happening: Happening, at time: Int64) {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].time > time { low = middle + 1 } else { high = middle }
        }
        entries.insert(Entry(time: time, happening: happening), at: low)
    }

    /// Takes out the next, if it is due at `time`.
    mutating func next(at time: Int64) -> Happening? {
        guard let entry = entries.last, entry.time <= time else { return nil }
        entries.removeLast()
        return entry.happening
    }
}
