import Foundation
import Synchronization

/// A file of zeros that is given up when the disk is full.
///
/// What it frees lets confirmations and releases be written until somebody has
/// made room. SQLite never knows of it.
final class DiskReserve: Sendable {
    /// Nil for a ledger in memory.
    private let path: String?
    private let bytes: Int
    private let isFilled = Mutex(false)

    init(path: String?, bytes: Int) {
        self.path = bytes > 0 ? path : nil
        self.bytes = bytes
    }

    /// Sets the space aside, where it is not already, and says whether it is.
    @discardableResult
    func fill() -> Bool {
        guard let path else { return true }
        return isFilled.withLock { isFilled in
            if !isFilled { isFilled = write(to: path) }
            return isFilled
        }
    }

    /// Gives the space back to the disk.
    func free() {
        guard let path else { return }
        isFilled.withLock { isFilled in
            try? FileManager.default.removeItem(atPath: path)
            isFilled = false
        }
    }

    private func write(to path: String) -> Bool {
        let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? NSNumber
        if let size, size.intValue >= bytes { return true }
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let file = FileHandle(forWritingAtPath: path)
        else { return false }
        defer { try? file.close() }
        // Written and not only lengthened: a hole in a file sets nothing aside.
        let piece = Data(count: min(bytes, 1 << 20))
        do {
            for _ in 0..<(bytes + piece.count - 1) / piece.count {
                try file.write(contentsOf: piece)
            }
            try file.synchronize()
            return true
        } catch {
            try? FileManager.default.removeItem(atPath: path)
            return false
        }
    }
}
