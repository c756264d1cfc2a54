import AllocationModel
import LogLines
import Logging
import ServiceLifecycle
import SiteConsole

/// Looks into the drop folder again and again, and says what came of it.
struct DropWatch: Service {
    let folder: DropFolder
    let logger: Logger

    /// What a file waits beside the time for which it must be still.
    private static let interval = Duration.seconds(1)

    func run() async throws {
        var folder = folder
        var obstacles: Set<String> = []
        while await rest() {
            var met: Set<String> = []
            for note in await folder.look(at: .now, now: .now) {
                if case .obstacle(let text) = note {
                    met.insert(text)
                    // Once, however long it stands in the way.
                    if obstacles.contains(text) { continue }
                }
                say(note)
            }
            obstacles = met
        }
    }

    private func say(_ note: DropFolder.Note) {
        switch note {
        case .imported(let name, let rows, let changed):
            logger.info(
                "imported a dropped file",
                metadata: ["file": "\(name)", "rows": "\(rows)", "changed": "\(changed)"]
            )
        case .importedBefore(let name):
            logger.info(
                "a dropped file had been imported before the agent ended",
                metadata: ["file": "\(name)"]
            )
        case .failed(let name, let reason):
            logger.warning(
                "a dropped file was not imported: \(reason)",
                metadata: ["file": "\(name)", "hint": "see the report beside it in failed/"]
            )
        case .obstacle(let text):
            logger.warning("the drop folder waits: \(text)")
        case .leftAlone(let name):
            logger.warning(
                "only files that end in .csv are taken from the drop folder",
                metadata: ["file": "\(name)"]
            )
        }
    }

    /// Waits, and returns whether the agent goes on.
    private func rest() async -> Bool {
        await cancelWhenGracefulShutdown {
            (try? await Task.sleep(for: Self.interval)) != nil
        }
    }
}
