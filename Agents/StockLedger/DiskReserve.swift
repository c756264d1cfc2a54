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
    private let state = Mutex(State.absent)

    private enum State {
        case absent
        case filled
        /// Freed for the ledger's sake, which may have need of it yet.
        case givenUp
    }

    init(path: String?, bytes: Int) {
        self.path = bytes > 0 ? path : nil
        self.bytes = bytes
    }

    /// Sets the space aside, where it is not already, and says whether it is.
    ///
    /// What was given up is not taken back before there is more: the room that it has made is for
    /// the decisions that wait.
    @discardableResult
    func fill() -> Bool {
        guard let path else { return true }
        return state.withLock { state in
            switch state {
            case .filled: break
            case .absent: if write(to: path) { state = .filled }
            case .givenUp: if hasRoom(beside: path), write(to: path) { state = .filled }
            }
            return state == .filled
        }
    }

    /// Gives the space back to the disk.
    func free() {
        guard let path else { return }
        state.withLock { state in
            try? FileManager.default.removeItem(atPath: path)
            state = .givenUp
        }
    }

    /// Whether there is room for the space set aside, and a quarter of it more.
    private func hasRoom(beside path: String) -> Bool {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: folder)
        let free = (attributes?[.systemFreeSize] as? NSNumber)?.int64Value ?? 0
        return free >= Int64(bytes) + Int64(bytes) / 4
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
