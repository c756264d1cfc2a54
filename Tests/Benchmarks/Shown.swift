import Foundation

/// Measurements in words, short enough for a line.
enum Shown {
    /// No time is taken to be less: clocks tick, and nothing is divided by zero.
    static let secondsMinimum = 1e-6

    static func seconds(_ seconds: Double?) -> String {
        guard let seconds else { return "none" }
        if seconds < 0.001 { return String(format: "%.0f us", seconds * 1_000_000) }
        if seconds < 1 { return String(format: "%.1f ms", seconds * 1000) }
        return String(format: "%.1f s", seconds)
    }

    static func ratio(_ ratio: Double?) -> String {
        guard let ratio else { return "unknown" }
        return String(format: ratio < 10 ? "%.1f" : "%.0f", ratio)
    }

    static func percent(_ part: Double?) -> String {
        guard let part else { return "none" }
        return String(format: "%.3f %%", part * 100)
    }
}
