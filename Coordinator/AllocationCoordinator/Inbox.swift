internal import Synchronization

/// A queue whose reader takes everything that waits, at once.
///
/// That is the whole of group commit: while one batch is being made durable,
/// what arrives becomes the next. One reader; any number of writers.
final class Inbox<Element: Sendable>: Sendable {
    private let state = Mutex(State())

    private struct State {
        var elements: [Element] = []
        var reader: CheckedContinuation<Void, Never>?
        var isClosed = false
    }

    /// Adds `element`; after `close` it is dropped.
    func put(_ element: Element) {
        put(contentsOf: CollectionOfOne(element))
    }

    /// Adds `elements` in order; after `close` they are dropped.
    ///
    /// Those that wait and of which `yields` says so let them by.
    func put(
        contentsOf elements: some Sequence<Element>,
        aheadOf yields: (Element) -> Bool = { _ in false }
    ) {
        let reader = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard !state.isClosed else { return nil }
            let place = state.elements.firstIndex(where: yields) ?? state.elements.endIndex
            state.elements.insert(contentsOf: Array(elements), at: place)
            guard !state.elements.isEmpty else { return nil }
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume()
    }

    /// Lets the reader finish what is waiting, and then end.
    func close() {
        let reader = state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.isClosed = true
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume()
    }

    var count: Int { state.withLock { $0.elements.count } }

    /// Returns everything that waits, at most `limit`; waits for something; nil once closed and empty.
    func next(limit: Int = .max) async -> [Element]? {
        while true {
            let taken = state.withLock { state -> [Element]? in
                guard !state.elements.isEmpty else { return state.isClosed ? [] : nil }
                guard state.elements.count > limit else {
                    defer { state.elements = [] }
                    return state.elements
                }
                defer { state.elements.removeFirst(limit) }
                return Array(state.elements.prefix(limit))
            }
            if let taken { return taken.isEmpty ? nil : taken }
            await withCheckedContinuation { continuation in
                let isReady = state.withLock { state -> Bool in
                    if !state.elements.isEmpty || state.isClosed { return true }
                    precondition(state.reader == nil, "an inbox has one reader")
                    state.reader = continuation
                    return false
                }
                if isReady { continuation.resume() }
            }
        }
    }

    /// Gives back what was taken and could not be used, to be taken next.
    func putBack(_ elements: some Collection<Element>) {
        state.withLock { $0.elements.insert(contentsOf: elements, at: 0) }
    }
}
