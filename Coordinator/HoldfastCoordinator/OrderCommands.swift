import ArgumentParser
import Foundation

struct OrderCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "order",
        abstract: "Places, shows, explains, lists, sources again and cancels orders.",
        subcommands: [
            Submit.self, Quote.self, Show.self, Explain.self, List.self, Resource.self, Change.self,
            Cancel.self,
        ]
    )

    /// Whether to print JSON or words.
    struct Format: ParsableArguments {
        @Flag(name: .long, help: "Print JSON.")
        var json = false

        var mediaType: String { json ? "application/json" : "text/plain" }
    }

    struct Submit: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Places an order and waits until it is decided.",
            discussion: """
                The order's id is its idempotency key: the same order sent twice is one order.

                Examples:
                  holdfast-coordinator order submit order.json
                  cat order.json | holdfast-coordinator order submit -
                """
        )

        @Argument(help: "A file with the order in JSON, or - for standard input.")
        var file: String
        @OptionGroup var format: Format
        @OptionGroup var office: OfficeOptions

        func run() async throws {
            let body = try orderBody(in: file)
            let answer = try await office.client.ask("POST", "/v1/orders", body: body)
            guard answer.isSuccess else { throw report(answer) }
            try await show(answer, as: format, from: office)
        }
    }

    struct Quote: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Says what an order would cost and when it would arrive, and places nothing.",
            discussion: """
                Every service level from the order's on is tried; an id is not needed.

                Examples:
                  holdfast-coordinator order quote order.json
                  holdfast-coordinator order quote order.json --json
                """
        )

        @Argument(help: "A file with the order in JSON, or - for standard input.")
        var file: String
        @OptionGroup var format: Format
        @OptionGroup var office: OfficeOptions

        func run() async throws {
            let answer = try await office.client.ask(
                "POST",
                "/v1/quotes",
                accepting: format.mediaType,
                body: try orderBody(in: file)
            )
            guard answer.isSuccess else { throw report(answer) }
            print(answer.body)
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows an order and what became of it.",
            discussion: "Example:\n  holdfast-coordinator order show 4711 --json"
        )

        @Argument(help: "The order's id.")
        var id: String
        @OptionGroup var format: Format
        @OptionGroup var office: OfficeOptions

        func run() async throws {
            try await fetch(
                "/v1/orders/\(OfficeClient.pathPart(id))",
                as: format,
                from: office
            )
        }
    }

    struct Explain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Explains why an order was placed as it was, and why not otherwise.",
            discussion: "Example:\n  holdfast-coordinator order explain 4711"
        )

        @Argument(help: "The order's id.")
        var id: String
        @OptionGroup var format: Format
        @OptionGroup var office: OfficeOptions

        func run() async throws {
            try await fetch(
                "/v1/orders/\(OfficeClient.pathPart(id))/explanation",
                as: format,
                from: office
            )
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists orders, the newest first.",
            discussion: "Example:\n  holdfast-coordinator order list --status backordered"
        )

        @Option(
            help: "Only confirmed, backordered, partly-shipped, shipped, refused or cancelled ones."
        )
        var status: String?
        @Option(help: "At most so many.")
        var limit: Int = 50
        @OptionGroup var format: Format
        @OptionGroup var office: OfficeOptions

        func run() async throws {
            let filter = status.map { "&status=\(OfficeClient.pathPart($0))" } ?? ""
            let answer = try await office.client.ask("GET", "/v1/orders?limit=\(limit)\(filter)")
            guard answer.isSuccess else { throw report(answer) }
            if format.json { return print(answer.body) }
            let rows = answer.rows("orders")
                .map { order in
                    [
                        order["id"] as? String ?? "", order["status"] as? String ?? "",
                        order["cost"] as? String ?? "-",
                        (order["warehouses"] as? [String] ?? []).joined(separator: " "),
                        order["receivedAt"] as? String ?? "",
                    ]
                }
            printTable(["ORDER", "STATUS", "COST", "WAREHOUSES", "RECEIVED"], rows)
        }
    }

    struct Cancel: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Withdraws an order; its units go back to stock.",
            discussion: "Example:\n  holdfast-coordinator order cancel 4711"
        )

        @Argument(help: "The order's id.")
        var id: String
        @OptionGroup var format: Format
        @OptionGroup var office: OfficeOptions

        func run() async throws {
            let answer = try await office.client.ask(
                "POST",
                "/v1/orders/\(OfficeClient.pathPart(id))/cancel"
            )
            guard answer.isSuccess else { throw report(answer) }
            try await show(answer, as: format, from: office)
        }
    }
}

/// Reads a file with an order, or what comes by standard input.
private func orderBody(in file: String) throws -> Data {
    if file == "-" { return FileHandle.standardInput.readDataToEndOfFile() }
    guard let contents = FileManager.default.contents(atPath: file) else {
        complain("\(file) cannot be read; give the path of a file with an order in JSON")
        throw ExitCode(Exit.noInput)
    }
    return contents
}

/// Prints an order that was just answered: as it came, or in words.
func show(
    _ answer: OfficeClient.Answer,
    as format: OrderCommands.Format,
    from office: OfficeOptions
) async throws {
    guard !format.json, let id = answer.document?["id"] as? String else {
        return print(answer.body)
    }
    try await fetch("/v1/orders/\(OfficeClient.pathPart(id))", as: format, from: office)
}

/// Prints rows under headings, each column as wide as its widest.
func printTable(_ headings: [String], _ rows: [[String]]) {
    for line in table(headings, rows) { print(line) }
}

/// Returns rows under headings, each column as wide as its widest.
func table(_ headings: [String], _ rows: [[String]]) -> [String] {
    let widths = headings.indices.map { column in
        ([headings] + rows).map { $0[column].count }.max() ?? 0
    }
    return ([headings] + rows)
        .map { row in
            zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
                .joined(separator: "  ")
                .replacing(#/ +$/#, with: "")
        }
}

/// Fetches a document and prints it.
func fetch(
    _ path: String,
    as format: OrderCommands.Format,
    from office: OfficeOptions
) async throws {
    let answer = try await office.client.ask("GET", path, accepting: format.mediaType)
    guard answer.isSuccess else { throw report(answer) }
    print(answer.body)
}
