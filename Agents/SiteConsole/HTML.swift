/// A piece of a page, in which nothing that was put in is markup.
///
/// Its literals are markup. What is interpolated into one is text and escaped,
/// unless it is `HTML` itself; so no name, however hostile, becomes a tag. Only
/// what is listed here can be interpolated at all.
struct HTML: Hashable, Sendable, ExpressibleByStringInterpolation {
    let markup: String

    static let empty: HTML = ""

    private init(trusted markup: String) {
        self.markup = markup
    }

    init(stringLiteral markup: String) {
        self.markup = markup
    }

    init(stringInterpolation interpolation: Interpolation) {
        markup = interpolation.markup
    }

    /// Gathers the literals as they are and everything else escaped.
    struct Interpolation: StringInterpolationProtocol {
        fileprivate var markup = ""

        init(literalCapacity: Int, interpolationCount: Int) {
            markup.reserveCapacity(literalCapacity + 16 * interpolationCount)
        }

        mutating func appendLiteral(_ literal: String) {
            markup += literal
        }

        mutating func appendInterpolation(_ text: String) {
            markup += HTML.escaped(text)
        }

        mutating func appendInterpolation(_ html: HTML) {
            markup += html.markup
        }

        mutating func appendInterpolation(_ number: some BinaryInteger) {
            markup += String(number)
        }

        mutating func appendInterpolation(_ noun: some WrittenAsText) {
            markup += HTML.escaped(noun.writtenText)
        }
    }

    static func + (left: HTML, right: HTML) -> HTML {
        HTML(trusted: left.markup + right.markup)
    }

    /// Returns the pieces one after the other.
    static func list(_ pieces: some Sequence<HTML>) -> HTML {
        HTML(trusted: pieces.map(\.markup).joined())
    }

    /// The text as it may stand between tags and in quotes.
    ///
    /// A control character, which no page may hold, becomes the mark for what is unreadable.
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        escaped.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            case "\n", "\r", "\t": escaped.unicodeScalars.append(scalar)
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}":
                escaped += "\u{FFFD}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
