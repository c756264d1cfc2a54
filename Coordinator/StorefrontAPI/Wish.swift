import AllocationModel
import Hummingbird

/// A small JSON object that says what somebody wants done.
struct Wish {
    let document: JSONField
    /// What is wrong with one that is not understood.
    let code: ProblemCode

    /// Reads the body of a request.
    ///
    /// - Throws: `Problem` where it is no JSON object, or has members that are not `known`.
    init(of request: Request, known: [String], orElse code: ProblemCode) async throws {
        try request.requireJSON()
        let bytes = try await request.bodyBytes(atMost: StorefrontLimits.rulesBytesMaximum)
        do {
            document = JSONField(try JSONValue(parsing: bytes))
        } catch {
            throw Problem(
                .malformedJSON,
                "The body cannot be read as JSON: \(error).",
                hint: "Send one JSON object in UTF-8."
            )
        }
        self.code = code
        var faults = FieldFaults()
        for member in document.members(hint: "Send an object.", &faults) ?? []
        where !known.contains(member.name) {
            faults.add(
                FieldFault(
                    document.pointer.member(member.name),
                    "is not a known field",
                    hint: "Known here are \(known.joined(separator: ", "))."
                )
            )
        }
        guard faults.isEmpty else { throw invalid(faults) }
    }

    func text(_ name: String) throws(Problem) -> String {
        var faults = FieldFaults()
        guard let text = document[name].text(hint: "Give a string.", &faults) else {
            throw invalid(faults)
        }
        return text
    }

    /// Reads a boolean that is false where it is left out.
    func flag(_ name: String) throws(Problem) -> Bool {
        let field = document[name]
        if field.isAbsent { return false }
        var faults = FieldFaults()
        guard let flag = field.boolean(hint: "Give true or false.", &faults) else {
            throw invalid(faults)
        }
        return flag
    }

    /// Reads a line for people, which must say something.
    func remark(_ name: String) throws(Problem) -> String {
        let text = try text(name)
        let isPlain = text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
        guard isPlain, (1...StorefrontLimits.remarkBytesMaximum).contains(text.utf8.count)
        else {
            var faults = FieldFaults()
            faults.add(
                FieldFault(
                    document[name].pointer,
                    "is no remark",
                    hint: "Give one line of at most \(StorefrontLimits.remarkBytesMaximum) bytes."
                )
            )
            throw invalid(faults)
        }
        return text
    }

    func invalid(_ faults: FieldFaults) -> Problem {
        Problem(
            code,
            "The request is not understood.",
            hint: "Correct what ‘errors’ lists and send it again.",
            faults: faults
        )
    }
}
