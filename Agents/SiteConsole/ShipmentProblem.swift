internal import AllocationModel
internal import Foundation
internal import HTTPTypes
internal import Hummingbird

/// What went wrong with a request, and what to do: RFC 9457, with a code and a hint.
struct ShipmentProblem: Error {
    let status: HTTPResponse.Status
    let code: String
    let detail: String
    let hint: String
    /// Each row that is wrong with what was sent; nil where that is no table.
    let errors: [RowDocument]?

    init(
        _ status: HTTPResponse.Status,
        _ code: String,
        _ detail: String,
        hint: String,
        errors: [RowDocument]? = nil
    ) {
        self.status = status
        self.code = code
        self.detail = detail
        self.hint = hint
        self.errors = errors
    }

    /// What is wrong with one row: of a file by its line, of a document by its place in it.
    struct RowDocument: Encodable {
        let line: Int?
        let place: String?
        let field: String?
        let detail: String
    }

    /// What was asked of the desk: the codes of its refusals.
    enum Subject {
        case shipment
        case refusedPick
        case stock
        case adjustment

        fileprivate var refused: String {
            switch self {
            case .shipment: "not_shippable"
            case .refusedPick: "not_to_be_picked"
            case .stock, .adjustment: "not_adjustable"
            }
        }

        fileprivate var invalid: String {
            switch self {
            case .shipment: "invalid_shipment"
            case .refusedPick: "invalid_refusal"
            case .stock: "invalid_stock"
            case .adjustment: "invalid_adjustment"
            }
        }
    }

    /// What the desk's reply is as a problem.
    init(_ reply: SiteReply, as subject: Subject = .shipment) {
        guard case .failed(let fault) = reply else {
            self.init(
                .internalServerError,
                "internal_error",
                "The desk answered something else.",
                hint: "Restart the agent after an upgrade."
            )
            return
        }
        let (status, code): (HTTPResponse.Status, String) =
            switch fault.kind {
            case .refused: (.conflict, subject.refused)
            case .badInput: (.unprocessableContent, subject.invalid)
            case .keyTaken: (.unprocessableContent, "key_taken")
            case .busy, .unavailable: (.serviceUnavailable, "unavailable")
            case .storageFailed: (.internalServerError, "storage_failed")
            }
        let errors = fault.rows?
            .map { row in
                RowDocument(line: row.line, place: nil, field: row.field, detail: row.message)
            }
        self.init(status, code, fault.message, hint: fault.hint, errors: errors)
    }

    /// The same of a document that became a file: its first row was the second line.
    var inDocument: ShipmentProblem {
        ShipmentProblem(
            status,
            code,
            detail,
            hint: hint,
            errors: errors?
                .map { row in
                    let index = (row.line ?? 0) - 2
                    return RowDocument(
                        line: nil,
                        place: index < 0 ? "#/stock" : "#/stock/\(index)",
                        field: row.field,
                        detail: row.detail
                    )
                }
        )
    }

    var response: Response {
        let document = Document(
            type: "urn:holdfast:problem:\(code)",
            title: title,
            status: status.code,
            detail: detail,
            code: code,
            hint: hint,
            errors: errors
        )
        // Our own words always encode.
        let bytes = (try? SiteJSON.bytes(of: document)) ?? Data()
        return Response(
            status: status,
            headers: [.contentType: "application/problem+json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        )
    }

    private struct Document: Encodable {
        let type: String
        let title: String
        let status: Int
        let detail: String
        let code: String
        let hint: String
        let errors: [RowDocument]?
    }

    /// The kind of problem in a few words, the same every time.
    private var title: String {
        switch code {
        case "not_shippable": "The order does not ship"
        case "not_to_be_picked": "The order takes no such units here"
        case "invalid_refusal": "The refusal is not understood"
        case "invalid_shipment": "The shipment is not understood"
        case "invalid_stock": "The stock is not understood"
        case "invalid_adjustment": "The adjustment is not understood"
        case "not_adjustable": "The stock cannot be so"
        case "key_missing": "The request has no key"
        case "key_taken": "The key is another request's"
        case "from_a_web_page": "The request is a web page's"
        case "invalid_query": "The query is not understood"
        case "malformed_json": "The body is not JSON"
        case "unsupported_media_type": "The body is not declared as JSON"
        case "body_too_large": "The body is too large"
        case "wrong_host": "The request is for another machine"
        case "unavailable": "The ledger cannot be had now"
        default: "Something failed here"
        }
    }
}
