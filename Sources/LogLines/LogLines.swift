package import AllocationModel
internal import Foundation
package import Logging

/// Writes the log to stderr, a line for each event.
package struct LogLines: LogHandler {
    /// How a line is written.
    package enum Format: String, CaseIterable, Sendable {
        /// One JSON object, for journald and whatever reads it.
        case json
        /// For a person.
        case text
    }

    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    private let label: String
    private let format: Format

    /// Writes what is at `level` or above.
    package init(label: String, level: Logger.Level, format: Format) {
        self.label = label
        self.format = format
        logLevel = level
    }

    /// Returns a logger that writes lines.
    package static func logger(_ label: String, level: Logger.Level, format: Format) -> Logger {
        Logger(label: label) { LogLines(label: $0, level: level, format: format) }
    }

    /// What every line of this logger says besides.
    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes one line; a reader that has gone is no reason to stop.
    package func log(event: LogEvent) {
        var fields = metadata
        if let provided = metadataProvider?.get() { fields.merge(provided) { $1 } }
        if let own = event.metadata { fields.merge(own) { $1 } }
        let named = fields.sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") }
        let now = Timestamp.now.iso8601
        let line: String
        switch format {
        case .json:
            let members =
                [
                    JSONMember("time", .string(now)),
                    JSONMember("level", .string(event.level.rawValue)),
                    JSONMember("logger", .string(label)),
                    JSONMember("message", .string(event.message.description)),
                ] + named.map { JSONMember($0.0, .string($0.1)) }
            line = JSONValue.object(members).text
        case .text:
            let tail = named.map { " \($0.0)=\($0.1)" }.joined()
            line = "\(now) \(event.level.rawValue) \(event.message)\(tail)"
        }
        // Whoever read the log may have gone; the program goes on.
        try? FileHandle.standardError.write(contentsOf: Data((line + "\n").utf8))
    }
}

extension Timestamp {
    /// The wall clock's reading.
    package static var now: Timestamp {
        Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
    }
}
