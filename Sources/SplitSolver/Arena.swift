/// Memory of one search, taken block by block and freed together.
///
/// The search's inner loops allocate nothing: what they need is taken here
/// before they start.
@safe final class Arena {
    private var blocks: [UnsafeMutableRawPointer] = unsafe []

    /// Returns `count` elements, each of them `value`; they live as long as the arena.
    func row<Element: BitwiseCopyable>(_ count: Int, of value: Element) -> Row<Element> {
        let row = Row(allocating: max(1, count), value)
        unsafe blocks.append(row.address)
        return row
    }

    func row<Element: BitwiseCopyable>(_ elements: [Element]) -> Row<Element> {
        guard let first = elements.first else { return Row(allocating: 0, nil) }
        let row = self.row(elements.count, of: first)
        for (index, element) in elements.enumerated() { row[index] = element }
        return row
    }

    func copy<Element: BitwiseCopyable>(of row: Row<Element>) -> Row<Element> {
        if row.count == 0 { return row }
        let copy = self.row(row.count, of: row[0])
        copy.copy(from: row, count: row.count)
        return copy
    }

    deinit {
        while let block = unsafe blocks.popLast() { unsafe block.deallocate() }
    }
}

/// Elements in an arena, shared by all copies of the value.
///
/// Indices are checked in debug builds and trusted in release builds: an array
/// in a class costs a search a third of its time in checks of who else has it.
/// Whoever keeps a row keeps its arena.
@safe struct Row<Element: BitwiseCopyable> {
    private let base: UnsafeMutablePointer<Element>
    let count: Int

    fileprivate init(allocating count: Int, _ value: Element?) {
        unsafe base = .allocate(capacity: max(1, count))
        if let value { unsafe base.initialize(repeating: value, count: count) }
        self.count = count
    }

    fileprivate var address: UnsafeMutableRawPointer { unsafe UnsafeMutableRawPointer(base) }

    subscript(index: Int) -> Element {
        @inline(__always) get {
            assert(index >= 0 && index < count, "an index within the row")
            return unsafe base[index]
        }
        @inline(__always) nonmutating set {
            assert(index >= 0 && index < count, "an index within the row")
            unsafe base[index] = newValue
        }
    }

    func fill(_ value: Element) {
        unsafe base.update(repeating: value, count: count)
    }

    func fill(_ value: Element, upTo end: Int) {
        assert(end <= count, "an end within the row")
        unsafe base.update(repeating: value, count: end)
    }

    func copy(from other: Row<Element>, count: Int) {
        assert(count <= self.count && count <= other.count, "as many as both have")
        unsafe base.update(from: other.base, count: count)
    }
}
