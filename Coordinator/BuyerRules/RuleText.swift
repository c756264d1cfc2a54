internal import Yams

/// A YAML document as text with line numbers, before it means anything.
indirect enum RuleNode {
    case scalar(String, line: Int)
    case list([RuleNode], line: Int)
    case map([Entry], line: Int)
    case nothing(line: Int)

    /// A key and what it stands for.
    struct Entry {
        let key: String
        let line: Int
        let value: RuleNode
    }

    var line: Int {
        switch self {
        case .scalar(_, let line), .list(_, let line), .map(_, let line), .nothing(let line): line
        }
    }

    var kind: String {
        switch self {
        case .scalar: "a value"
        case .list: "a list"
        case .map: "a block of keys"
        case .nothing: "empty"
        }
    }
}

extension RuleNode {
    /// Reads YAML; scalars stay the text that was written.
    static func reading(_ text: String) throws(RuleFault) -> RuleNode {
        guard text.utf8.count <= RuleLimits.fileBytesMaximum else {
            throw RuleFault(
                line: 1,
                "the file has \(text.utf8.count) bytes",
                hint: "at most \(RuleLimits.fileBytesMaximum) are allowed; split it by purpose"
            )
        }
        try checkShape(text)
        do {
            guard let root = try Parser(yaml: text).singleRoot() else { return .nothing(line: 1) }
            return try node(root, under: 1)
        } catch let fault as RuleFault {
            throw fault
        } catch let error as YamlError {
            throw Self.fault(error)
        } catch {
            throw RuleFault(line: 1, "cannot be read: \(error)", hint: "save the file as UTF-8")
        }
    }

    /// Refuses what would keep the parser busy without end, before it begins.
    ///
    /// It recurses into what is nested, and copies what an alias stands for: ten
    /// lines of aliases can stand for a billion nodes.
    private static func checkShape(_ text: String) throws(RuleFault) {
        var brackets = 0
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            var shape = LineShape(brackets: brackets)
            for byte in line.utf8 { shape.take(byte) }
            brackets = shape.brackets
            if brackets > RuleLimits.nestingMaximum || shape.indent > RuleLimits.indentMaximum {
                throw RuleFault(
                    line: number + 1,
                    "is nested too deeply",
                    hint: "a rule needs four levels"
                )
            }
            if shape.hasAlias {
                throw RuleFault(
                    line: number + 1,
                    "uses ‘&’ or ‘*’ to repeat something",
                    hint: "write it out; a name that begins so goes into quotes"
                )
            }
        }
    }

    private static func node(_ node: Node, under line: Int) throws(RuleFault) -> RuleNode {
        let line = node.mark?.line ?? line
        switch node {
        case .scalar(let scalar):
            let isEmpty = ["", "~", "null"].contains(scalar.string) && scalar.style == .plain
            return isEmpty ? .nothing(line: line) : .scalar(scalar.string, line: line)
        case .sequence(let sequence):
            var list: [RuleNode] = []
            for element in sequence { list.append(try self.node(element, under: line)) }
            return .list(list, line: line)
        case .mapping(let mapping):
            var entries: [Entry] = []
            for (key, value) in mapping {
                guard case .scalar(let name) = key else {
                    throw RuleFault(line: line, "has a key that is no word", hint: "use words")
                }
                let keyLine = name.mark?.line ?? line
                entries.append(
                    Entry(
                        key: name.string,
                        line: keyLine,
                        value: try self.node(value, under: keyLine)
                    )
                )
            }
            return .map(entries, line: line)
        case .alias:
            throw RuleFault(line: line, "uses an alias", hint: "write it out")
        }
    }

    private static func fault(_ error: YamlError) -> RuleFault {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return RuleFault(
                line: mark.line,
                "is not YAML: \(problem)",
                hint: "check indentation, colons and quotes"
            )
        case .duplicatedKeysInMapping(let duplicates, let context):
            return RuleFault(
                line: context.mark.line,
                "says ‘\(duplicates.map { "\($0)" }.joined(separator: "’, ‘"))’ twice",
                hint: "remove one"
            )
        default:
            return RuleFault(line: 1, "is not YAML: \(error)", hint: "save the file as UTF-8")
        }
    }
}

/// What one line of YAML opens, byte by byte.
private struct LineShape {
    /// Brackets that are open.
    var brackets: Int
    /// Columns before the first word.
    var indent = 0
    /// Whether a value begins with a mark that names or repeats another.
    var hasAlias = false
    private var isIndent = true
    private var isValueNext = true

    init(brackets: Int) {
        self.brackets = brackets
    }

    mutating func take(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "["), UInt8(ascii: "{"):
            brackets += 1
            isValueNext = true
        case UInt8(ascii: "]"), UInt8(ascii: "}"):
            brackets = max(0, brackets - 1)
            isValueNext = false
        case UInt8(ascii: "&"), UInt8(ascii: "*"):
            if isValueNext { hasAlias = true }
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
            break
        case UInt8(ascii: "-"), UInt8(ascii: "?"), UInt8(ascii: ":"), UInt8(ascii: ","):
            isValueNext = true
        default:
            isValueNext = false
        }
        let opening = [UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "?")]
        isIndent = isIndent && opening.contains(byte)
        if isIndent { indent += 1 }
    }
}
