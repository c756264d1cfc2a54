package import AllocationModel
internal import Foundation
internal import HTTPTypes
package import Hummingbird
internal import StockLedger

/// What a warehouse system says over HTTP of the stock: what is on hand, and what changed it.
///
/// Whoever reaches it may change the stock, so it belongs on loopback; it is
/// deaf to web pages, as `ShipmentRouter` is.
package enum StockRouter {
    package typealias Context = ObservationRouter.Context

    /// Adds the routes; `now` is the wall clock, asked for each request.
    package static func add(
        to router: Router<Context>,
        for desk: SiteDesk,
        now: @escaping @Sendable () -> Timestamp
    ) {
        router.put("/v1/stock") { request, _ in
            await ShipmentRouter.answer(request) {
                let asked = try StockQuery(request)
                let file = StockSender(desk: desk, query: asked, now: now)
                let (outcome, isRepeated) = try await file.send(request)
                return try ShipmentRouter.response(
                    .ok,
                    StockAnswer(outcome: outcome, isRepeated: isRepeated)
                )
            }
        }
        router.post("/v1/stock/adjustments") { request, _ in
            await ShipmentRouter.answer(request) {
                guard let key = key(of: request) else {
                    throw ShipmentProblem(
                        .badRequest,
                        "key_missing",
                        "The request has no header ‘Idempotency-Key’.",
                        hint: "Give each adjustment a key of its own, and send it again with the "
                            + "same one: then it counts once."
                    )
                }
                let document = try await ShipmentRouter.document(in: request)
                let (change, who) = try adjustment(in: JSONField(document), key: key)
                switch await desk.carryOut(change, now: now(), who: who) {
                case .changed(let report): return try ShipmentRouter.response(.created, report)
                case .repeated(.changed(let report)):
                    return try ShipmentRouter.response(.ok, report)
                case let reply: throw ShipmentProblem(reply, as: .adjustment)
                }
            }
        }
    }

    /// The header's key, apart from those that others give.
    static func key(of request: Request) -> String? {
        HTTPField.Name("Idempotency-Key").flatMap { request.headers[$0] }.map { "http:" + $0 }
    }

    private static func adjustment(
        in field: JSONField,
        key: String
    ) throws(ShipmentProblem) -> (SiteCommand, who: String) {
        var faults = FieldFaults()
        let hint =
            #"Send {"sku": "VALVE-3IN", "delta": -2, "reason": "dropped by the forklift"}, "#
            + #"with "lot" where the SKU is kept by lot, and "by" for who says so."#
        let known = ["sku", "lot", "delta", "reason", "by"]
        for member in field.members(hint: hint, &faults) ?? [] where !known.contains(member.name) {
            let place = field.pointer.member(member.name)
            faults.add(FieldFault(place, "is not a known field", hint: hint))
        }
        let sku = field["sku"]
            .parsed(hint: "Give the SKU as a string.", &faults) {
                text throws(ParseError) in try SKU(parsing: text)
            }
        var lot: Lot.ID?
        if !field["lot"].isAbsent {
            lot = field["lot"]
                .parsed(hint: "Give the lot as a string.", &faults) {
                    text throws(ParseError) in try Lot.ID(parsing: text)
                }
        }
        let delta = field["delta"]
            .integer(hint: "Give the units that came, or less than none for what went.", &faults)
        if delta == 0 {
            faults.add(
                FieldFault(field["delta"].pointer, "is 0", hint: "Send what changes the stock.")
            )
        }
        let reason = field["reason"].text(hint: "Say why, in a line.", &faults)
        let who = ShipmentRouter.shipper(field["by"], &faults)
        guard let sku, let delta, let reason, let who, faults.isEmpty else {
            throw ShipmentProblem(
                .unprocessableContent,
                "invalid_adjustment",
                faults.faults.map(\.description).joined(separator: ". "),
                hint: "Correct it and send it again; nothing was changed."
            )
        }
        return (
            .adjustStock(sku: sku, lot: lot, by: delta, reason: reason, key: key), who
        )
    }
}

/// What stands behind the question mark of `PUT /v1/stock`.
struct StockQuery: Sendable {
    let isDryRun: Bool
    let isSnapshot: Bool
    let who: String
    let key: String?

    init(_ request: Request) throws(ShipmentProblem) {
        var flags = ["dryRun": false, "snapshot": false]
        var who = "http"
        for (name, value) in request.uri.queryParameters {
            let (name, value) = (String(name), String(value))
            switch (name, value) {
            case ("dryRun", "true"), ("snapshot", "true"): flags[name] = true
            case ("dryRun", "false"), ("snapshot", "false"): flags[name] = false
            case ("by", _) where Self.isName(value): who = value
            default:
                throw ShipmentProblem(
                    .badRequest,
                    "invalid_query",
                    "‘\(name.prefix(64))=\(value.prefix(64))’ means nothing here.",
                    hint: "PUT /v1/stock?snapshot=true&dryRun=true&by=wms"
                )
            }
        }
        isDryRun = flags["dryRun"] ?? false
        isSnapshot = flags["snapshot"] ?? false
        self.who = who
        key = StockRouter.key(of: request)
    }

    private static func isName(_ text: String) -> Bool {
        (1...ConsoleLimits.shipperBytesMaximum).contains(text.utf8.count)
            && text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    }
}

/// Hands the body of a request to the desk as a stock file, piece by piece.
private struct StockSender {
    let desk: SiteDesk
    let query: StockQuery
    let now: @Sendable () -> Timestamp

    /// Takes the file whole or not at all, as `stock import` does.
    func send(_ request: Request) async throws -> (ImportOutcome, isRepeated: Bool) {
        let type = request.headers[.contentType].map { $0.prefix { $0 != ";" }.lowercased() } ?? ""
        switch type.trimmingCharacters(in: .whitespaces) {
        case "text/csv":
            return try await importing { id in
                for try await piece in request.body {
                    try await append(Data(piece.readableBytesView), to: id)
                }
            }
        case "application/json":
            let document = try await ShipmentRouter.document(
                in: request,
                upTo: ConsoleLimits.stockDocumentBytesMaximum,
                example: #"{"stock": [{"sku": "VALVE-3IN", "onHand": 12}]}"#,
                remedy: "Send fewer rows, or a file of any length as text/csv."
            )
            let text = try StockDocument.csv(of: document)
            do {
                return try await importing { try await append(Data(text.utf8), to: $0) }
            } catch let problem as ShipmentProblem {
                throw problem.inDocument
            }
        default:
            throw ShipmentProblem(
                .unsupportedMediaType,
                "unsupported_media_type",
                "The body is declared as neither JSON nor CSV.",
                hint: "Send it with ‘Content-Type: application/json’ or ‘text/csv’."
            )
        }
    }

    private func importing(
        _ send: (ImportID) async throws -> Void
    ) async throws -> (ImportOutcome, isRepeated: Bool) {
        let options = ImportOptions(
            isDryRun: query.isDryRun,
            isSnapshot: query.isSnapshot,
            key: query.key
        )
        let begun = await ask(.beginImport(options))
        guard case .importUnderWay(let progress) = begun else {
            throw ShipmentProblem(begun, as: .stock)
        }
        do {
            try await send(progress.id)
            switch await ask(.finishImport(progress.id)) {
            case .imported(let outcome): return (outcome, false)
            case .repeated(.imported(let outcome)): return (outcome, true)
            case let reply: throw ShipmentProblem(reply, as: .stock)
            }
        } catch {
            // A body that broke off is no file: nothing of it counts.
            _ = await ask(.abandonImport(progress.id))
            throw error
        }
    }

    private func append(_ piece: Data, to id: ImportID) async throws {
        let reply = await ask(.appendImport(id, piece: piece))
        guard case .importUnderWay = reply else { throw ShipmentProblem(reply, as: .stock) }
    }

    private func ask(_ command: SiteCommand) async -> SiteReply {
        await desk.carryOut(command, now: now(), who: query.who)
    }
}

/// A stock file as JSON: `{"stock": [{"sku": "VALVE-3IN", "onHand": 12}]}`.
///
/// Its members are the columns of the CSV file, `safetyStock` for
/// `safety_stock`; it becomes that file, so that both are read by one reader.
enum StockDocument {
    /// - Throws: `ShipmentProblem` listing what is no table.
    static func csv(of document: JSONValue) throws(ShipmentProblem) -> String {
        var faults = FieldFaults()
        let hint = #"Send {"stock": [{"sku": "VALVE-3IN", "onHand": 12}]}."#
        let root = JSONField(document)
        for member in root.members(hint: hint, &faults) ?? [] where member.name != "stock" {
            let place = root.pointer.member(member.name)
            faults.add(FieldFault(place, "is not a known field", hint: hint))
        }
        var columns: [String] = []
        var rows: [[String: String]] = []
        for field in root["stock"].elements(hint: hint, &faults) ?? [] {
            var row: [String: String] = [:]
            for member in field.members(hint: hint, &faults) ?? [] {
                let column = column(called: member.name)
                if row[column] == nil && !columns.contains(column) { columns.append(column) }
                row[column] = cell(field[member.name], &faults)
            }
            rows.append(row)
        }
        if columns.count > Limits.csvColumnsMaximum {
            let most = "Give \(Limits.csvColumnsMaximum) at most."
            faults.add(FieldFault(root["stock"].pointer, "has too many fields", hint: most))
        }
        guard faults.isEmpty else {
            throw ShipmentProblem(
                .unprocessableContent,
                "invalid_stock",
                faults.faults.map(\.description).joined(separator: ". "),
                hint: "Correct it and send it again; nothing was changed."
            )
        }
        let lines = [columns] + rows.map { row in columns.map { row[$0] ?? "" } }
        return lines.map { $0.map(quoted).joined(separator: ",") + "\n" }.joined()
    }

    /// `safety_stock` for `safetyStock`, and what is written so already as it is.
    private static func column(called name: String) -> String {
        name.reduce(into: "") { column, letter in
            if letter.isASCII && letter.isUppercase {
                column += "_" + letter.lowercased()
            } else {
                column.append(letter)
            }
        }
    }

    private static func cell(_ field: JSONField, _ faults: inout FieldFaults) -> String? {
        switch field.value {
        case nil, .null: return ""
        case .boolean(let isSo): return isSo ? "yes" : "no"
        case .number(let number): return number.text
        case .string(let text):
            // A line end would move the rows below it.
            guard !text.contains(where: \.isNewline) else {
                faults.add(
                    FieldFault(field.pointer, "has a line end", hint: "Write it in one line.")
                )
                return nil
            }
            return text
        case .array(let elements):
            let texts = elements.compactMap { if case .string(let text) = $0 { text } else { nil } }
            guard texts.count == elements.count,
                texts.allSatisfy({ !$0.contains(";") && !$0.contains(where: \.isNewline) })
            else {
                faults.add(
                    FieldFault(
                        field.pointer,
                        "holds more than plain strings",
                        hint: "Give a list of strings without semicolons and line ends."
                    )
                )
                return nil
            }
            return texts.joined(separator: ";")
        case .object:
            faults.add(field.mismatch(wanted: "a string or a number", hint: "Give one value."))
            return nil
        }
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}

/// What a stock file came to, and whether it came before under its key.
private struct StockAnswer: Encodable {
    let outcome: ImportOutcome
    let isRepeated: Bool

    private enum Key: CodingKey {
        case isRepeated
    }

    func encode(to encoder: any Encoder) throws {
        try outcome.encode(to: encoder)
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(isRepeated, forKey: .isRepeated)
    }
}
