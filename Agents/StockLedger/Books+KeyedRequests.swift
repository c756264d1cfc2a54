internal import AllocationModel
import GRDB

extension Books {
    /// Returns what a request was answered that came under `key` before; nil for a new one.
    ///
    /// So that who was cut off and asks again is told the same, and nothing is done twice.
    ///
    /// `asked` is what is asked, as text.
    ///
    /// - Throws: `KeyedRequestRefusal` where the key is no key, or was another request's.
    package func answer(to key: String, asked: String) throws -> String? {
        guard (1...Limits.requestKeyBytesMaximum).contains(key.utf8.count),
            key.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { throw KeyedRequestRefusal.notAKey }
        let row = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT asked, answer FROM keyed_request WHERE key = ?"),
            arguments: [key]
        )
        guard let row else { return nil }
        guard row[0] as String == asked else { throw KeyedRequestRefusal.askedOtherwise(key: key) }
        return row[1] as String
    }

    /// Remembers, in the transaction that did it, what a request came to.
    ///
    /// Forgets those of `Limits.requestKeyDays` ago: nobody asks again so late.
    package func keep(_ answer: String, to key: String, asked: String) throws {
        try willWrite()
        let oldest = now.milliseconds - Limits.requestKeyDays * 86_400_000
        try db.run("DELETE FROM keyed_request WHERE at < ?", [oldest])
        try db.run(
            "INSERT INTO keyed_request (key, asked, answer, at) VALUES (?, ?, ?, ?)",
            [key, asked, answer, now.milliseconds]
        )
    }
}

/// Why a request under a key is not looked at; nothing is changed.
package enum KeyedRequestRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    case notAKey
    /// The key came before, with something else.
    case askedOtherwise(key: String)

    package var description: String {
        switch self {
        case .notAKey:
            "the key is not one; give 1 to \(Limits.requestKeyBytesMaximum) visible characters"
                + " of ASCII"
        case .askedOtherwise(let key):
            "the key ‘\(key)’ was another request's; give each change a key of its own"
        }
    }
}
