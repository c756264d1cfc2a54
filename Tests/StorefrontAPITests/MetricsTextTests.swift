import Testing

@testable import StorefrontAPI

struct `Metrics text` {
    @Test func `writes counters, gauges and histograms as Prometheus reads them`() {
        var histogram = MetricHistogram(bounds: [0.005, 0.25, 10])
        for measure in [0.001, 0.005, 0.2, 1, 60] { histogram.observe(measure) }

        let text = MetricsText.render([
            MetricFamily(
                "holdfast_orders_total",
                help: "Orders decided.",
                .counter([
                    MetricSample([MetricLabel("status", "confirmed")], 12),
                    MetricSample([MetricLabel("status", "refused")], 3),
                ])
            ),
            MetricFamily(
                "holdfast_agents",
                help: "Agents in session.",
                .gauge([MetricSample([], 3)])
            ),
            MetricFamily(
                "holdfast_request_seconds",
                help: "Time to answer.",
                .histogram([MetricHistogramSample([MetricLabel("route", "/v1/orders")], histogram)])
            ),
        ])
        #expect(
            text == """
                # HELP holdfast_orders_total Orders decided.
                # TYPE holdfast_orders_total counter
                holdfast_orders_total{status="confirmed"} 12
                holdfast_orders_total{status="refused"} 3
                # HELP holdfast_agents Agents in session.
                # TYPE holdfast_agents gauge
                holdfast_agents 3
                # HELP holdfast_request_seconds Time to answer.
                # TYPE holdfast_request_seconds histogram
                holdfast_request_seconds_bucket{route="/v1/orders",le="0.005"} 2
                holdfast_request_seconds_bucket{route="/v1/orders",le="0.25"} 3
                holdfast_request_seconds_bucket{route="/v1/orders",le="10.0"} 4
                holdfast_request_seconds_bucket{route="/v1/orders",le="+Inf"} 5
                holdfast_request_seconds_sum{route="/v1/orders"} 61.206
                holdfast_request_seconds_count{route="/v1/orders"} 5

                """
        )
    }

    @Test func `escapes help and labels, each by its own rule`() {
        let text = MetricsText.render([
            MetricFamily(
                "m",
                help: "a\\b\n\"c\"",
                .gauge([MetricSample([MetricLabel("l", "a\\b\n\"c\"é")], 1)])
            )
        ])

        #expect(
            text == #"""
                # HELP m a\\b\n"c"
                # TYPE m gauge
                m{l="a\\b\n\"c\"é"} 1

                """#
        )
    }

    @Test func `bounds series and labels`() {
        let long = String(repeating: "é", count: 1000)
        let samples = (0..<1500).map { MetricSample([MetricLabel("sku", "\($0)")], 1) }

        let series = MetricsText.render([MetricFamily("m", help: "h", .counter(samples))])
        #expect(series.split(separator: "\n").count == 2 + StorefrontLimits.metricSeriesMaximum)
        let label = MetricsText.render([
            MetricFamily("m", help: "h", .gauge([MetricSample([MetricLabel("l", long)], 1)]))
        ])
        #expect(label.utf8.count < 200)
    }

    @Test func `writes numbers that are none as Prometheus does`() {
        let values: [(Double, String)] = [
            (.nan, "NaN"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (0.1, "0.1"), (1e-9, "1e-09"),
        ]
        for (value, expected) in values {
            let text = MetricsText.render([
                MetricFamily("m", help: "h", .gauge([MetricSample([], .measure(value))]))
            ])
            #expect(text.hasSuffix("\nm \(expected)\n"))
        }
    }

    @Test func `counts durations in seconds, and nothing that is no number`() {
        var histogram = MetricHistogram()
        histogram.observe(.milliseconds(1500))
        histogram.observe(Double.nan)

        #expect(histogram.count == 1)
        #expect(histogram.sum == 1.5)
        #expect(histogram.counts.firstIndex(of: 1) == histogram.bounds.firstIndex(of: 2.5))
    }

    @Test func `takes no name that Prometheus refuses`() async {
        await #expect(processExitsWith: .failure) {
            _ = MetricFamily("holdfast.orders", help: "", .gauge([]))
        }
        await #expect(processExitsWith: .failure) { _ = MetricLabel("1st", "") }
        await #expect(processExitsWith: .failure) { _ = MetricHistogram(bounds: [2, 1]) }
    }
}
