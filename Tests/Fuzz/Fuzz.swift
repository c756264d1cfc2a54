import Foundation
import FuzzTargets

#if FUZZING
import FuzzDriver
#endif

/// Reads bytes that somebody else could have written, as each reader of the programs would.
///
///     holdfast-fuzz TARGET FILE...        reads each file once, to look into what was found
///     Scripts/fuzz TARGET [option]...     builds it anew with libFuzzer, which makes up the bytes
@main
struct Fuzz {
    static func main() {
        guard let target else {
            print("usage: holdfast-fuzz TARGET [file]...; the targets are")
            print(FuzzTarget.allCases.map { "  \($0.rawValue)" }.joined(separator: "\n"))
            return
        }
        #if FUZZING
        _ = target
        unsafe fuzz_run(CommandLine.argc, CommandLine.unsafeArgv) { start, count in
            let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
            return Fuzz.target?.take(bytes) == nil ? -1 : 0
        }
        #else
        for path in CommandLine.arguments.dropFirst(2) {
            guard let bytes = FileManager.default.contents(atPath: path) else {
                print("\(path) cannot be read")
                continue
            }
            print("\(path): \(target.take(Array(bytes)) ? "read" : "refused")")
        }
        #endif
    }

    #if FUZZING
    // Every argument is libFuzzer's, which starts the program again with them.
    private static let target = ProcessInfo.processInfo.environment["HOLDFAST_FUZZ_TARGET"]
        .flatMap(FuzzTarget.init(rawValue:))
    #else
    private static let target = CommandLine.arguments.dropFirst().first
        .flatMap(FuzzTarget.init(rawValue:))
    #endif
}
