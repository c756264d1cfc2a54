/// One number for monitoring, as Prometheus reads it.
package struct Measure: Hashable, Sendable {
    /// Whether it only rises while the process lives.
    package enum Kind: String, Hashable, Sendable {
        case gauge
        case counter
    }

    /// Lower case and underscores, the unit last: `holdfast_in_doubt_seconds`.
    package let name: String
    package let kind: Kind
    /// One sentence.
    package let help: String
    package let value: Int64
    /// At most one, of few values: never a SKU or an order.
    package let label: Label?

    /// What tells the values of one name apart.
    package struct Label: Hashable, Sendable {
        package let name: String
        package let value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package init(
        _ name: String,
        _ kind: Kind,
        _ value: Int64,
        help: String,
        label: Label? = nil
    ) {
        self.name = name
        self.kind = kind
        self.value = value
        self.help = help
        self.label = label
    }

    /// The text exposition format 0.0.4: `HELP` and `TYPE` before the first value of each name.
    ///
    /// - Precondition: the values of one name follow one another.
    package static func text(of measures: [Measure]) -> String {
        var text = ""
        var lastName = ""
        for measure in measures {
            if measure.name != lastName {
                text += "# HELP \(measure.name) \(measure.help)\n"
                text += "# TYPE \(measure.name) \(measure.kind.rawValue)\n"
                lastName = measure.name
            }
            let label = measure.label.map { "{\($0.name)=\"\(escaped($0.value))\"}" } ?? ""
            text += "\(measure.name)\(label) \(measure.value)\n"
        }
        return text
    }

    private static func escaped(_ value: String) -> String {
        value.reduce(into: "") { text, character in
            switch character {
            case "\\": text += #"\\"#
            case "\"": text += #"\""#
            case "\n": text += #"\n"#
            default: text.append(character)
            }
        }
    }
}
