import ArgumentParser
import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// Where the running coordinator is, for every command that speaks to it.
struct OfficeOptions: ParsableArguments {
    @Option(
        name: .long,
        help: "The coordinator's address; HOLDFAST_COORDINATOR_URL, or http://127.0.0.1:8480."
    )
    var url: String?

    var client: OfficeClient {
        OfficeClient(
            base: url ?? ProcessInfo.processInfo.environment["HOLDFAST_COORDINATOR_URL"]
                ?? "http://127.0.0.1:8480"
        )
    }
}

/// Speaks to the running coordinator over its HTTP.
struct OfficeClient {
    let base: String

    /// What the coordinator answered.
    struct Answer {
        let status: Int
        let body: String

        /// Whether the request was carried out.
        var isSuccess: Bool { (200..<300).contains(status) }

        /// The body as a JSON object, where it is one.
        var document: [String: Any]? {
            (try? JSONSerialization.jsonObject(with: Data(body.utf8))) as? [String: Any]
        }

        /// The objects of an array in it.
        func rows(_ key: String) -> [[String: Any]] {
            document?[key] as? [[String: Any]] ?? []
        }
    }

    /// Asks once, and returns whatever the answer was.
    ///
    /// - Throws: `ExitCode` 69 after saying that nobody answers.
    func ask(
        _ method: String,
        _ path: String,
        accepting type: String = "application/json",
        body: Data? = nil,
        patience: TimeAmount = .seconds(60)
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: base + path)
        request.method = .init(rawValue: method)
        request.headers.add(name: "Accept", value: type)
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        do {
            let response = try await HTTPClient.shared.execute(request, timeout: patience)
            let bytes = try await response.body.collect(upTo: 16 * 1_048_576)
            return Answer(
                status: Int(response.status.code),
                body: String(buffer: bytes)
            )
        } catch let error as HTTPClientError where error == .invalidURL {
            complain("‘\(base)’ is not an address; write one such as http://127.0.0.1:8480")
            throw ExitCode(Exit.usage)
        } catch {
            complain(
                "no coordinator answers at \(base) (\(error)); is it running? "
                    + "Start it with: holdfast-coordinator run"
            )
            throw ExitCode(Exit.unavailable)
        }
    }

    /// Percent-encodes an order's id for a path.
    static func pathPart(_ id: String) -> String {
        var allowed = CharacterSet.alphanumerics
        allowed.insert(charactersIn: "-._~")
        return id.addingPercentEncoding(withAllowedCharacters: allowed) ?? id
    }
}

/// The exit codes of sysexits.h that are used here.
enum Exit {
    static let failure: Int32 = 1
    static let usage: Int32 = 64
    static let data: Int32 = 65
    static let noInput: Int32 = 66
    static let unavailable: Int32 = 69
    static let software: Int32 = 70
    static let cannotCreate: Int32 = 73
    static let inputOutput: Int32 = 74
    static let temporary: Int32 = 75
    static let configuration: Int32 = 78
}

/// Says words to whoever runs the command: on standard error, so that data stays clean.
func complain(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
}

/// Prints a problem document as a sentence, and returns the exit code that it means.
func report(_ answer: OfficeClient.Answer) -> ExitCode {
    let problem = answer.document
    let title = problem?["title"] as? String ?? "the coordinator answered \(answer.status)"
    complain([title, problem?["detail"] as? String].compactMap(\.self).joined(separator: ": "))
    for fault in problem?["errors"] as? [[String: Any]] ?? [] {
        let pointer = fault["pointer"] as? String ?? ""
        let detail = fault["detail"] as? String ?? ""
        complain("  \(pointer): \(detail)")
    }
    if let hint = problem?["hint"] as? String { complain(hint) }
    return switch answer.status {
    case 503, 429: ExitCode(Exit.temporary)
    case 400..<500: ExitCode(Exit.data)
    default: ExitCode(Exit.software)
    }
}
