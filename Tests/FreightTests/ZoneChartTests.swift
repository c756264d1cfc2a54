import AllocationModel
import Foundation
import Testing

@testable import Freight

struct `Zone chart` {
    @Test func `puts a single ZIP code before its prefix and its prefix before its country`() throws
    {
        let chart = try chart(
            """
            dest_zip,zone
            967,44
            96799,46
            96701-96703,45
            US,9
            """
        )

        for (code, expected) in [
            ("96704", "44"), ("96799", "46"), ("96701", "45"), ("96703", "45"), ("96700", "44"),
            ("96701-1234", "45"), ("10001", "9"),
        ] {
            #expect(chart.zone(of: try destination(code)) == (try zone(expected)), "\(code)")
        }
    }

    @Test func `counts the territories' ZIP codes as the postal service does`() throws {
        let chart = try chart("dest_zip,zone\n006-009,9\nGU,8\n")
        let sanJuan = Destination(country: try Country(parsing: "PR"), postalCode: "00901")
        let guam = Destination(country: try Country(parsing: "GU"), postalCode: "96910")
        let odd = Destination(country: try Country(parsing: "PR"), postalCode: "9")

        #expect(chart.zone(of: sanJuan) == (try zone("9")))
        #expect(chart.zone(of: guam) == (try zone("8")))
        #expect(chart.row(for: odd) == nil)
    }

    @Test func `refuses two rows for one destination`() {
        for (text, expected) in [
            (
                "dest_zip,zone\n750-754,2\n\n753,3\n",
                "line 4, dest_zip: names a ZIP prefix a second time; line 2 does too"
            ),
            (
                "dest_zip,zone\n99501-99510,2\n99510,2\n",
                "line 3, dest_zip: names a ZIP code a second time; line 2 does too"
            ),
            (
                "dest_zip,zone\nCA,2\nCA,2\n",
                "line 3, dest_zip: names a country a second time; line 2 does too"
            ),
        ] {
            let report = #expect(throws: RowReport.self) { try chart(text) }
            #expect(report?.description == expected)
        }
    }

    @Test func `refuses ranges that no ZIP code has`() throws {
        for area in [
            ZoneChart.Area.prefixes(990...1000), .prefixes(-1...4), .codes(99_999...100_000),
        ] {
            let fault = #expect(throws: ChartFault.self) {
                try ZoneChart([.init(area, zone: try zone("2"))])
            }
            #expect(fault?.row == 0)
        }
    }
}

struct `Distance bands` {
    // Great-circle distances between the two centroids by the haversine formula in Python,
    // from the same file; the nearest to a limit is 6 miles from it.
    @Test func `put known pairs of cities in the zones of their distance`() throws {
        let dallas = try ZoneChart(byDistanceFrom: try destination("75201"))
        for (code, expected) in Self.fromDallas {
            #expect(dallas.zone(of: try destination(code)) == (try zone(expected)), "\(code)")
        }
    }

    /// To a ZIP code, and the zone; the distance in miles is in the comment.
    private static let fromDallas = [
        // Dallas, 0.
        ("75201", "1"),
        // Fort Worth, 31.
        ("76101", "1"),
        // Waco, 89.
        ("76701", "2"),
        // Houston, 225.
        ("77001", "3"),
        // Oklahoma City, 189.
        ("73101", "3"),
        // New Orleans, 443.
        ("70112", "4"),
        // Denver, 661.
        ("80201", "5"),
        // Chicago, 801.
        ("60601", "5"),
        // Miami, 1106.
        ("33101", "6"),
        // Newark, 1361.
        ("07102", "6"),
        // Boston, 1547.
        ("02108", "7"),
        // Reno, 1361.
        ("89501", "6"),
        // Los Angeles, 1241.
        ("90001", "6"),
        // Seattle, 1678.
        ("98101", "7"),
        // Anchorage, 3230.
        ("99501", "8"),
        // Honolulu, 3788.
        ("96813", "8"),
        // San Juan, 2145.
        ("00901", "9"),
        // Guam, 7250.
        ("96910", "9"),
        // American Samoa, 3784.
        ("96799", "9"),
    ]

    // The arc by the arc sine of half its chord, in floating point: another way round.
    @Test func `agree with the great circle between all places`() throws {
        let points = stride(from: 0, to: ZIP3Centroids.table.count, by: 4)
            .map {
                ZIP3Centroids.table[$0..<$0 + 4].map(Double.init)
            }
        let limits: [(miles: Double, name: String)] = [
            (50, "1"), (150, "2"), (300, "3"), (600, "4"), (1000, "5"), (1400, "6"), (1800, "7"),
            (.infinity, "8"),
        ]
        for from in ["752", "895", "071", "995", "606", "331"] {
            let chart = try ZoneChart(byDistanceFrom: try destination(from + "01"))
            let origin = try #require(points.first { $0[0] == Double(from) })
            for point in points where ![6, 7, 8, 9, 969].contains(point[0]) {
                let squares = (1...3).map { pow((point[$0] - origin[$0]) / 1e6, 2) }
                let chord = squares.reduce(0, +).squareRoot()
                let miles = 2 * 3958.761 * asin(chord / 2)
                // Within a twentieth of a mile of a limit, either zone will do.
                let isClose = limits.contains { abs($0.miles - miles) < 0.05 }
                let expected = limits.first { miles <= $0.miles }?.name
                let code = String(format: "%03d01", Int(point[0]))
                let found = chart.zone(of: try destination(code))
                #expect(isClose || found?.name == expected, "\(from) \(code) \(miles)")
            }
        }
    }

    @Test func `start from zone 2 as private carriers count`() throws {
        let dallas = try ZoneChart(
            byDistanceFrom: try destination("75201"),
            bands: .privateCarriers
        )

        #expect(dallas.zone(of: try destination("75201")) == (try zone("2")))
        #expect(dallas.zone(of: try destination("07102")) == (try zone("6")))
    }

    @Test func `are the same there and back`() throws {
        let codes = ["75201", "89501", "07102", "99501", "96813", "60601", "33101", "98101"]
        for from in codes {
            let there = try ZoneChart(byDistanceFrom: try destination(from))
            for to in codes {
                let back = try ZoneChart(byDistanceFrom: try destination(to))
                #expect(
                    there.zone(of: try destination(to)) == back.zone(of: try destination(from)),
                    "\(from) \(to)"
                )
            }
        }
    }

    @Test func `serve no prefix that has no place`() throws {
        let dallas = try ZoneChart(byDistanceFrom: try destination("75201"))

        // Military mail, and a prefix never given out.
        #expect(dallas.row(for: try destination("09001")) == nil)
        #expect(dallas.row(for: try destination("00001")) == nil)
        // A prefix without a census area takes its city's.
        #expect(
            dallas.zone(of: try destination("31101")) == dallas.zone(of: try destination("30301"))
        )
    }

    @Test func `refuse an origin without a place`() {
        let fault = #expect(throws: ParseError.self) {
            try ZoneChart(byDistanceFrom: try destination("09001"))
        }
        #expect(
            fault?.description
                == "‘09001’ has no known place to measure from; import a zone chart"
        )
    }
}

extension ZoneChart {
    fileprivate func zone(of destination: Destination) -> Zone? {
        row(for: destination).flatMap { rows[$0].zone }
    }
}
