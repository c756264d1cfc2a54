/// What a declaration that other modules use must say of itself.
///
/// Types and functions say what they are. Exempt is what its name and type
/// already say in full: properties and aliases, operators, the witnesses of the
/// standard library's protocols, conversions from one unlabelled value, and
/// initialisers that only fill the properties.
enum DocumentationRules {
    static let sentenceCharactersMaximum = 100

    private static let documented: Set<String> = [
        "struct", "enum", "class", "actor", "protocol", "func", "init", "subscript", "macro",
    ]
    private static let exempt: Set<String> = ["var", "let", "typealias", "import", "case"]
    private static let witnesses: Set<String> = ["encode", "hash", "makeIterator", "next", "index"]
    private static let witnessedLabels: Set<String> = ["from", "rawValue", "codingKey"]

    static func undocumented(in file: SourceFile) -> [Finding] {
        guard file.isProduct, !file.isGenerated else { return [] }
        let stored = propertyNames(in: file)
        return file.tokens.indices.compactMap { index in
            guard file.tokens[index].text == "package", let kind = kind(after: index, in: file),
                documented.contains(file.token(kind).text),
                !isExempt(kind, in: file, storing: stored),
                !hasDocumentation(above: file.tokens[index].line, in: file)
            else { return nil }
            let name = file.token(kind + 1).text
            return file.finding(
                file.tokens[index],
                "\(file.token(kind).text) \(name) says nothing of itself"
            )
        }
    }

    /// The token that says what is declared: past `static`, `mutating` and their like.
    private static func kind(after package: Int, in file: SourceFile) -> Int? {
        (package + 1..<min(package + 6, file.tokens.count))
            .first {
                let word = file.token($0).text
                return documented.contains(word) && file.token($0 + 1).text != "func"
                    || exempt.contains(word)
            }
    }

    private static func isExempt(
        _ kind: Int,
        in file: SourceFile,
        storing stored: Set<String>
    ) -> Bool {
        let name = file.token(kind + 1).text
        switch file.token(kind).text {
        case "func":
            let isOperator = !name.contains { $0.isLetter || $0 == "`" || $0 == "_" }
            return isOperator || witnesses.contains(name)
        case "init":
            let parameters = parameters(ofInitialiserAt: kind, in: file)
            let isConversion = parameters.count == 1 && parameters[0].label == "_"
            return isConversion
                || parameters.allSatisfy {
                    stored.contains($0.name) || witnessedLabels.contains($0.label)
                        || $0.label.hasSuffix("Literal")
                }
        default:
            return false
        }
    }

    private static func propertyNames(in file: SourceFile) -> Set<String> {
        Set(
            file.tokens.indices.filter { ["let", "var"].contains(file.tokens[$0].text) }
                .map { file.token($0 + 1).text }
        )
    }

    private static func parameters(
        ofInitialiserAt kind: Int,
        in file: SourceFile
    ) -> [(label: String, name: String)] {
        guard
            let open = (kind..<min(kind + 12, file.tokens.count))
                .first(where: {
                    file.token($0).text == "("
                })
        else { return [] }
        let close = file.closing(open, "(", ")")
        var depth = 0
        return (open...close)
            .compactMap { index in
                switch file.token(index).text {
                case "(", "[": depth += 1
                case ")", "]": depth -= 1
                case ":" where depth == 1:
                    let name = file.token(index - 1).text
                    let label = file.token(index - 2).text
                    return (["(", ","].contains(label) ? name : label, name)
                default: break
                }
                return nil
            }
    }

    private static func hasDocumentation(above line: Int, in file: SourceFile) -> Bool {
        for above in stride(from: line - 2, through: 0, by: -1) {
            let text = file.lines[above].drop { $0 == " " }
            if text.hasPrefix("///") { return true }
            guard text.hasPrefix("@") || text.hasPrefix("//") else { return false }
        }
        return false
    }

    /// First lines of documentation that are not one sentence of one line.
    static func firstLinesWithoutEnd(in file: SourceFile) -> [Finding] {
        guard file.isProduct, !file.isGenerated else { return [] }
        var isInside = false
        return file.lines.enumerated()
            .compactMap { index, line in
                let text = line.drop { $0 == " " }
                defer { isInside = text.hasPrefix("///") }
                guard text.hasPrefix("///"), !isInside else { return nil }
                let sentence = text.dropFirst(3).drop { $0 == " " }
                // A tag stands alone where there is nothing else to say.
                if sentence.hasPrefix("- ") { return nil }
                guard sentence.count > sentenceCharactersMaximum || !sentence.hasSuffix(".") else {
                    return nil
                }
                return Finding(
                    path: file.path,
                    line: index + 1,
                    message: "the first line of documentation is one sentence, with its full stop"
                )
            }
    }
}
