/// Everything that is wrong with one document, gathered while it is read.
///
/// A sender who is told of one fault at a time sends the document as often as
/// it has faults.
package struct FieldFaults: Hashable, Sendable {
    /// The first `Limits.fieldFaultsMaximum`, in the order of the document.
    package private(set) var faults: [FieldFault] = []
    /// How many more there were.
    package private(set) var unlistedCount = 0

    package init() {}

    package var isEmpty: Bool { faults.isEmpty }

    /// Whether another fault would only be counted, so that wording it is wasted.
    package var isFull: Bool { faults.count >= Limits.fieldFaultsMaximum }

    /// Counts a fault, and keeps it while there are few.
    package mutating func add(_ fault: FieldFault) {
        if isFull { unlistedCount += 1 } else { faults.append(fault) }
    }
}

extension FieldFault {
    /// Splits the sentence of a parser into what is wrong and what to do, at its semicolon.
    package init(_ pointer: JSONPointer, _ error: ParseError, hint: String) {
        let sentence = error.description
        guard let mark = sentence.lastIndex(of: ";") else {
            self.init(pointer, sentence, hint: hint)
            return
        }
        let remedy = sentence[sentence.index(after: mark)...].drop { $0 == " " }
        self.init(pointer, String(sentence[..<mark]), hint: String(remedy))
    }
}

/// A place in a document, and what stands there.
///
/// Each reading adds to the faults what is wrong with the place and returns
/// nil then; the reader goes on and learns of the next fault too. A hint says
/// what belongs there.
package struct JSONField: Hashable, Sendable {
    package let pointer: JSONPointer
    /// Nil where the object above has no such member.
    package let value: JSONValue?

    private init(_ pointer: JSONPointer, _ value: JSONValue?) {
        self.pointer = pointer
        self.value = value
    }

    /// The whole document.
    package init(_ document: JSONValue) {
        self.init(.root, document)
    }

    /// The member called `name`, which may be missing.
    package subscript(name: String) -> JSONField {
        JSONField(pointer.member(name), value?[name])
    }

    /// Whether it is left out or null, which most storefronts mean as the same.
    package var isAbsent: Bool { value == nil || value == .null }

    /// Reads an object, and refuses anything else.
    package func members(hint: String, _ faults: inout FieldFaults) -> [JSONMember]? {
        guard case .object(let members) = value else {
            faults.add(mismatch(wanted: "an object", hint: hint))
            return nil
        }
        return members
    }

    /// Reads an array, and refuses anything else.
    package func elements(hint: String, _ faults: inout FieldFaults) -> [JSONField]? {
        guard case .array(let elements) = value else {
            faults.add(mismatch(wanted: "an array", hint: hint))
            return nil
        }
        return elements.enumerated().map { JSONField(pointer.element($0.offset), $0.element) }
    }

    /// Reads a string, and refuses anything else.
    package func text(hint: String, _ faults: inout FieldFaults) -> String? {
        guard case .string(let text) = value else {
            faults.add(mismatch(wanted: "a string", hint: hint))
            return nil
        }
        return text
    }

    /// Reads a string that means something to `parse`.
    package func parsed<Value>(
        hint: String,
        _ faults: inout FieldFaults,
        by parse: (String) throws(ParseError) -> Value
    ) -> Value? {
        guard let text = text(hint: hint, &faults) else { return nil }
        do throws(ParseError) {
            return try parse(text)
        } catch {
            faults.add(FieldFault(pointer, error, hint: hint))
            return nil
        }
    }

    /// Reads a boolean, and refuses anything else.
    package func boolean(hint: String, _ faults: inout FieldFaults) -> Bool? {
        guard case .boolean(let boolean) = value else {
            faults.add(mismatch(wanted: "true or false", hint: hint))
            return nil
        }
        return boolean
    }

    /// Reads a whole number of 64 bits, and refuses anything else.
    package func integer(hint: String, _ faults: inout FieldFaults) -> Int64? {
        guard case .number(let number) = value else {
            faults.add(mismatch(wanted: "a number", hint: hint))
            return nil
        }
        do throws(ParseError) {
            return try number.integer()
        } catch {
            // The parser's remedy is general; the field's says what belongs here.
            let detail = error.description.prefix { $0 != ";" }
            faults.add(FieldFault(pointer, String(detail), hint: hint))
            return nil
        }
    }

    /// Reads a name that some senders write as a string and others as an integer, as its text.
    ///
    /// Digits stay what they are however many there are.
    package func name(hint: String, _ faults: inout FieldFaults) -> String? {
        switch value {
        case .string(let text): return text
        case .number(let number) where number.isIntegerLiteral: return number.text
        case .number, .null, .boolean, .array, .object, nil:
            faults.add(mismatch(wanted: "a string", hint: hint))
            return nil
        }
    }

    /// Returns that what stands here is not what belongs here.
    package func mismatch(wanted: String, hint: String) -> FieldFault {
        guard let value else { return FieldFault(pointer, "is missing", hint: hint) }
        return FieldFault(pointer, "is \(value.kind) and not \(wanted)", hint: hint)
    }
}
