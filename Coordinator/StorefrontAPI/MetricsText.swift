/// Prometheus's text exposition format, version 0.0.4.
package enum MetricsText {
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// Returns what a scrape reads, family by family in the order given.
    package static func render(_ families: [MetricFamily]) -> String {
        var text = ""
        for family in families { family.write(to: &text) }
        return text
    }
}

/// All series of one metric.
package struct MetricFamily: Hashable, Sendable {
    /// In the form `holdfast_orders_total`: base units in the name, `_total` for counters.
    package let name: String
    package let help: String
    package let samples: Samples

    /// - Precondition: `name` is letters, digits and underscores, and begins with no digit.
    package init(_ name: String, help: String, _ samples: Samples) {
        precondition(isMetricName(name), "‘\(name)’ cannot name a metric")
        self.name = name
        self.help = help
        self.samples = samples
    }

    /// What is measured, by kind.
    package enum Samples: Hashable, Sendable {
        /// Only ever rises while the process lives.
        case counter([MetricSample])
        case gauge([MetricSample])
        case histogram([MetricHistogramSample])
    }

    fileprivate func write(to text: inout String) {
        text += "# HELP \(name) \(escaped(help, quote: false))\n"
        switch samples {
        case .counter(let samples):
            text += "# TYPE \(name) counter\n"
            write(samples, to: &text)
        case .gauge(let samples):
            text += "# TYPE \(name) gauge\n"
            write(samples, to: &text)
        case .histogram(let samples):
            text += "# TYPE \(name) histogram\n"
            for sample in samples.prefix(StorefrontLimits.metricSeriesMaximum) {
                sample.write(name: name, to: &text)
            }
        }
    }

    private func write(_ samples: [MetricSample], to text: inout String) {
        // A label that takes any value at all would grow without end, here and in every scraper.
        for sample in samples.prefix(StorefrontLimits.metricSeriesMaximum) {
            text += "\(name)\(labelText(sample.labels)) \(sample.value.text)\n"
        }
    }
}

/// A label's name and value.
package struct MetricLabel: Hashable, Sendable {
    package let name: String
    package let value: String

    /// - Precondition: `name` is letters, digits and underscores, and begins with no digit.
    package init(_ name: String, _ value: String) {
        precondition(isMetricName(name), "‘\(name)’ cannot name a label")
        self.name = name
        self.value = value
    }
}

/// One series of a counter or gauge.
package struct MetricSample: Hashable, Sendable {
    package let labels: [MetricLabel]
    package let value: MetricValue

    package init(_ labels: [MetricLabel] = [], _ value: MetricValue) {
        self.labels = labels
        self.value = value
    }
}

/// A measured value: a count, or a measure such as seconds.
package enum MetricValue: Hashable, Sendable, ExpressibleByIntegerLiteral {
    case count(Int64)
    case measure(Double)

    package init(integerLiteral value: Int64) {
        self = .count(value)
    }

    fileprivate var text: String {
        switch self {
        case .count(let count): String(count)
        case .measure(let measure): measureText(measure)
        }
    }
}

/// One series of a histogram.
package struct MetricHistogramSample: Hashable, Sendable {
    package let labels: [MetricLabel]
    package let histogram: MetricHistogram

    package init(_ labels: [MetricLabel] = [], _ histogram: MetricHistogram) {
        self.labels = labels
        self.histogram = histogram
    }

    fileprivate func write(name: String, to text: inout String) {
        var cumulative: Int64 = 0
        for (index, bound) in histogram.bounds.enumerated() {
            cumulative += histogram.counts[index]
            let labels = labels + [MetricLabel("le", measureText(bound))]
            text += "\(name)_bucket\(labelText(labels)) \(cumulative)\n"
        }
        let all = labels + [MetricLabel("le", "+Inf")]
        text += "\(name)_bucket\(labelText(all)) \(histogram.count)\n"
        text += "\(name)_sum\(labelText(labels)) \(measureText(histogram.sum))\n"
        text += "\(name)_count\(labelText(labels)) \(histogram.count)\n"
    }
}

/// How often a measure fell into each of some ranges.
package struct MetricHistogram: Hashable, Sendable {
    /// Upper bounds, rising; a measure equal to a bound belongs to it.
    package let bounds: [Double]
    /// One for each bound and one for what lies above; not cumulative.
    package private(set) var counts: [Int64]
    package private(set) var sum: Double = 0

    /// Seconds from a millisecond to ten, as OpenTelemetry bounds HTTP requests, and finer below.
    package static let requestSeconds: [Double] = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]

    /// - Precondition: the bounds are finite and rise.
    package init(bounds: [Double] = Self.requestSeconds) {
        precondition(
            bounds.allSatisfy(\.isFinite) && zip(bounds, bounds.dropFirst()).allSatisfy(<),
            "the bounds of a histogram rise"
        )
        self.bounds = bounds
        counts = Array(repeating: 0, count: bounds.count + 1)
    }

    package var count: Int64 { counts.reduce(0, +) }

    /// Counts one measure; what is no number is not counted.
    package mutating func observe(_ measure: Double) {
        guard !measure.isNaN else { return }
        counts[bounds.firstIndex { measure <= $0 } ?? bounds.count] += 1
        sum += measure
    }

    /// Counts one duration, in seconds.
    package mutating func observe(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        observe(Double(seconds) + Double(attoseconds) / 1e18)
    }
}

private func isMetricName(_ name: String) -> Bool {
    guard let first = name.utf8.first, !(48...57).contains(first) else { return false }
    return name.utf8.allSatisfy {
        (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 95
    }
}

private func labelText(_ labels: [MetricLabel]) -> String {
    if labels.isEmpty { return "" }
    let pairs = labels.map { label in
        "\(label.name)=\"\(escaped(shortened(label.value), quote: true))\""
    }
    return "{\(pairs.joined(separator: ","))}"
}

private func shortened(_ text: String) -> String {
    let maximum = StorefrontLimits.metricLabelBytesMaximum
    return text.utf8.count <= maximum ? text : String(text.unicodeScalars.prefix(maximum / 4))
}

/// Backslash and line feed are escaped everywhere, the double quote in labels alone.
private func escaped(_ text: String, quote: Bool) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\\": result += #"\\"#
        case "\n": result += #"\n"#
        case "\"" where quote: result += #"\""#
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result
}

private func measureText(_ measure: Double) -> String {
    if measure.isNaN { return "NaN" }
    if measure.isInfinite { return measure < 0 ? "-Inf" : "+Inf" }
    return "\(measure)"
}
