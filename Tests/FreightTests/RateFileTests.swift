import AllocationModel
import Freight
import SeededGenerator
import Testing

struct `Rate file` {
    @Test func `tells its shapes apart by their header`() throws {
        let chart = try rateFile("dest_zip,zone\n750,2\n")
        let table = try rateFile("weight_lb,2\n1,9.99\n")
        let list = try rateFile("service,zone,weight_lb,price\nups-ground,2,1,9.99\n")

        guard case .chart = chart, case .table(let rates) = table, case .list(let services) = list
        else {
            Issue.record("\(chart) \(table) \(list)")
            return
        }
        #expect(services.map(\.service) == ["ups-ground"])
        #expect(services.map(\.rates) == [rates])
    }

    @Test func `reads a carrier's chart of several services, one at a time`() throws {
        let text = """
            Dest. ZIP,Ground,2nd Day Air
            004-005,005,205
            995-999,-,225
            """

        guard case .chart(let ground) = try rateFile(text, zoneColumn: "Ground"),
            case .chart(let air) = try rateFile(text, zoneColumn: "2nd day air")
        else {
            Issue.record("a header with a destination is a chart")
            return
        }
        #expect(
            ground.rows == [
                .init(.prefixes(4...5), zone: try zone("5")),
                .init(.prefixes(995...999), zone: nil),
            ]
        )
        #expect(air.rows.map(\.zone) == [try zone("205"), try zone("225")])
    }

    @Test func `reads a rate table with its gaps`() throws {
        let rates = try table(
            """
            Weight,Zone 2,Zone 5
            1 lb,9.99,12.05
            2 lbs.,10.50,
            3,-,14
            """
        )

        #expect(rates.columns.map(\.zone) == [try zone("2"), try zone("5")])
        #expect(rates.columns[0].steps.map(\.pounds) == [1, 2])
        #expect(
            rates.columns[1].steps == [
                .init(pounds: 1, price: try usd("12.05")), .init(pounds: 3, price: try usd("14")),
            ]
        )
    }

    @Test func `keeps the services of a flat list apart, by code`() throws {
        guard
            case .list(let services) = try rateFile(
                """
                price,service,weight_lb,zone
                31.00,ups-next-day,1,2
                10.50,ups-ground,2,2
                9.99,ups-ground,1,2
                """
            )
        else {
            Issue.record("a header with a price is a list")
            return
        }

        #expect(services.map(\.service) == ["ups-ground", "ups-next-day"])
        #expect(services[0].rates.columns[0].steps.map(\.pounds) == [1, 2])
    }

    @Test func `reports every row that is wrong, by line, and takes none`() {
        for (text, expected) in [
            (
                "dest_zip,zone,transit\n75001,2,x\n750-74,2,1\n5,2,1\nZZ,2,1\n75002,?,1\n",
                [
                    "line 2, transit_days: ‘x’ is not a number of days; write 0 to 60, whole",
                    "line 3, dest_zip: ‘750-74’ is no destination; write 750 or 750-754, 99501 or "
                        + "99501-99524, or CA, with leading zeros",
                    "line 4, dest_zip: ‘5’ is no destination; write 750 or 750-754, 99501 or "
                        + "99501-99524, or CA, with leading zeros",
                    "line 5, dest_zip: ‘ZZ’ is not a country; give its ISO 3166 code, such as US",
                    "line 6, zone: ‘?’ is not a zone; write it as the rate table does: 5",
                ]
            ),
            (
                "weight_lb,2,5\nLetter,9.99,12\n1,$9.99,12\n151,9,9\n",
                [
                    "line 2, weight_lb: ‘Letter’ is not a number of pounds; write 1 to 150, whole",
                    "line 3, zone 2: ‘$9.99’ is not an amount of money; write an amount such as "
                        + "104.95",
                    "line 4, weight_lb: ‘151’ is not a number of pounds; write 1 to 150, whole",
                ]
            ),
            (
                "weight_lb,2\n1,9.99\n2,9.98\n",
                ["line 3, zone 2: costs 9.98, less than 9.99 at 1 lb; correct one of them"]
            ),
            (
                "weight_lb,2\n1,9.99\n2,10.00\n1,9.99\n",
                ["line 4, zone 2: is a second rate for zone 2 at 1 lb; line 2 has one"]
            ),
            (
                "weight_lb,2\n1,10000.01\n",
                ["line 2, zone 2: is 10000.01; a package costs 0 to 10000.00"]
            ),
            ("weight_lb,2\n1,-0.01\n", ["line 2, zone 2: is -0.01; a package costs 0 to 10000.00"]),
            ("weight_lb,2\n", ["line 1 has no rate; give at least one price"]),
            (
                "service,zone,weight_lb,price\n",
                ["line 1 has no rows below it; add the rates"]
            ),
            (
                "service,zone,weight_lb,price\n,2,1,9.99\nups-ground,2,1,x\n",
                [
                    "line 2, service: is empty; give 1 to 64 characters",
                    "line 3, price: ‘x’ is not an amount of money; write an amount such as 104.95",
                ]
            ),
            (
                "dest_zip,Ground\n750,2\n", ["line 1 names no column ‘zone’; add it to the header"]
            ),
            (
                "sku,on_hand\nVALVE-3IN,8\n",
                [
                    "line 1 is no header of rates; begin with dest_zip,zone or weight_lb,2,3,4 or "
                        + "service,zone,weight_lb,price or dest_zip,class,mc,l5c,m5c or "
                        + "dest_zip,commercial,residential or dest_zip,per_mile,minimum,flat"
                ]
            ),
            (
                "weight_lb,2\n1,9,99\n",
                ["line 2 has 3 fields under 2 columns; quote a field with a comma"]
            ),
            ("", ["line 1 is missing; the file is empty"]),
        ] as [(String, [String])] {
            let report = #expect(throws: RowReport.self) { try rateFile(text) }
            #expect(report?.faults.map(\.description) == expected)
        }
    }

    @Test func `never traps on rows of any kind`() {
        var random = SeededGenerator(seed: 3)
        let pieces = [
            "dest_zip", "zone", "weight_lb", "price", "service", "transit", "750", "75001", "CA",
            "750-754", "-", "2", "151", "9.99", "-1", "99999999999999999999", "", "Zone", "é", "00",
        ]
        var read = 0
        for _ in 0..<20_000 {
            let rows = (1...Int.random(in: 1...5, using: &random))
                .map { line in
                    CSVRow(
                        line: line,
                        fields: (0..<Int.random(in: 1...5, using: &random))
                            .map { _ in
                                pieces[Int.random(in: 0..<pieces.count, using: &random)]
                            }
                    )
                }
            if (try? RateFile(parsing: rows, currency: .usd)) != nil { read += 1 }
        }
        #expect(read > 10)
    }
}

struct `Zone name` {
    @Test func `reads the spellings of one carrier as one zone`() throws {
        for text in ["5", "005", "Zone 5", "zone_5", "ZONE5"] {
            #expect(try zone(text).name == "5")
        }
        #expect(try zone("302").name == "302")
        #expect(try zone("pr").name == "PR")
        #expect(try zone("0").name == "0")
    }

    @Test func `refuses what no chart prints`() {
        for text in ["", "-", "zone", "5 6", "five and six", "5.0", "٥"] {
            #expect(throws: ParseError.self) { try zone(text) }
        }
    }

    @Test func `comes by number`() throws {
        let zones = try ["10", "9", "2", "302"].map { try zone($0) }

        #expect(zones.sorted().map(\.name) == ["2", "9", "10", "302"])
    }
}
