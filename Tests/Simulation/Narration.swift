/// What is said while a story is played, a line each; what is said again is counted.
struct Narration {
    private var lines: [(text: String, count: Int)] = []
    /// All of it, as it was said.
    private(set) var sayings: [String] = []

    private static let columnWidth = 24

    mutating func say(_ who: String, _ what: String) {
        let padding = String(repeating: " ", count: max(1, Self.columnWidth - who.count))
        let text = who + padding + what
        sayings.append("\(who) \(what)")
        if let index = lines.firstIndex(where: { $0.text == text }) {
            lines[index].count += 1
        } else {
            lines.append((text, 1))
        }
    }

    /// Takes out what was said since the last time.
    mutating func take() -> [String] {
        defer { lines = [] }
        return lines.map { $0.count == 1 ? $0.text : "\($0.text)   (\($0.count) times)" }
    }
}
