import Foundation
import Testing

/// The command that splits an order from a file, with no fleet running.
struct `Solving from a file` {
    private let fleet: Fleet
    private let examples = Fleet.root.appendingPathComponent("Examples/instances")

    init() throws {
        fleet = try Fleet([])
    }

    private func solve(
        _ arguments: [String],
        input: URL? = nil
    ) throws -> (status: Int32, output: String, words: String) {
        // Enough for any machine, so that what is proved does not depend on it.
        let budget = ["--budget-ms", "600000", "--gap", "0"]
        return try fleet.run("holdfast-coordinator", ["solve"] + budget + arguments, input: input)
    }

    private func example(_ name: String) -> String {
        examples.appendingPathComponent(name).path
    }

    private func objects(in output: String) throws -> [[String: Any]] {
        try output.split(separator: "\n")
            .compactMap {
                try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
            }
    }

    /// Compresses a file with the system's gzip.
    private func compressed(_ path: String) throws -> URL {
        let target = fleet.folder.appendingPathComponent("problem.json.gz")
        try Data().write(to: target)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gzip", "-c", path]
        process.standardOutput = try FileHandle(forWritingTo: target)
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return target
    }

    private func file(_ name: String, _ text: String) throws -> String {
        let url = fleet.folder.appendingPathComponent(name)
        try Data(text.utf8).write(to: url)
        return url.path
    }

    /// The README shows this answer.
    @Test func `shows the plan and its costs in words`() throws {
        let answer = try solve([example("valves-two-sites.json")])
        let lines = answer.output.split(separator: "\n", omittingEmptySubsequences: false)
            // How the search went is the machine's and the search's own.
            .filter { !$0.hasPrefix("  nodes ") && !$0.hasPrefix("  microseconds ") }

        #expect(answer.status == 0)
        #expect(answer.words == "")
        #expect(
            lines.joined(separator: "\n") == """
                valves-two-sites
                  cost          152.00 USD
                  bound         152.00 USD
                  proven        yes; no lawful plan is better

                  WAREHOUSE  SERVICE  DAY  LINE       QUANTITY    WEIGHT  FREIGHT  HANDLING
                  DAL        ground     1  VALVE-3IN         8  120.0 lb    32.00      1.50
                  RNO        ground     4  VALVE-3IN        12  180.0 lb   100.00      1.50

                  freight   132.00
                  handling    3.00
                  fixed      16.00
                  pick        1.00
                  total     152.00


                """
        )
    }

    @Test func `prints an object for each example, whatever the policy`() throws {
        let names = ["valves-two-sites", "pumps-reno-closed", "fittings-fewest-late"]
        let answer = try solve(["--json"] + names.map { example("\($0).json") })
        let objects = try objects(in: answer.output)

        #expect(answer.status == 0)
        #expect(objects.map { $0["id"] as? String } == names)
        #expect(objects.map { $0["cost"] as? Int } == [1_520_000, 5_105_200, 2_092_000])
        #expect(objects.map { $0["bound"] as? Int } == [1_520_000, 5_105_200, 2_092_000])
        #expect(objects.map { $0["proven"] as? Bool } == [true, true, true])
        #expect(objects.map { $0["backorderUnits"] as? Int } == [0, 1, 1])
        #expect(objects.map { $0["lateUnits"] as? Int } == [0, 4, 5])
        #expect(objects.first?["plan"] as? [[Int]] == [[0, 0, 0, 8], [0, 1, 0, 12]])
        for object in objects {
            #expect(
                object.keys.sorted() == [
                    "backorderUnits", "bound", "cost", "id", "lateUnits", "microseconds", "nodes",
                    "plan", "proven",
                ]
            )
        }
    }

    @Test func `explains a plan in words, under what it says of the plan itself`() throws {
        let plain = try solve([example("valves-two-sites.json")])
        let answer = try solve(["--explain", example("valves-two-sites.json")])
        let lines = answer.output.split(separator: "\n").map(String.init)

        #expect(answer.status == 0)
        #expect(answer.words == "")
        #expect(lines.count == plain.output.split(separator: "\n").count + 13)
        #expect(
            Array(lines.suffix(13)) == [
                "  WAREHOUSE  SHIPS  OTHERWISE",
                "  DAL        yes    without it 61.00 more: RNO, EWR",
                "  RNO        yes    without it 48.00 more: DAL, EWR",
                "  EWR        no     with it 19.00 more: DAL, RNO, EWR",
                "  RULE             COSTS                              WITHOUT IT",
                "  ship everything  152.00 more, 20 units fewer short  nothing ships for 0.00 USD",
                "  MORE OF    AT   HAS  WITH  THEN",
                "  VALVE-3IN  DAL    8  9     3.75 less: DAL, RNO",
                "  VALVE-3IN  RNO   12  20    4.50 less: RNO",
                "  LESS OF    AT   HAS  TAKES  WITH ONE FEWER                 OTHER SITES",
                "  VALVE-3IN  DAL    8      8  7: 26.50 more: DAL, RNO, EWR   "
                    + "with 7: 26.50 more: DAL, RNO, EWR",
                "  VALVE-3IN  RNO   12     12  11: 19.00 more: DAL, RNO, EWR  "
                    + "with 11: 19.00 more: DAL, RNO, EWR",
                "  runner-up: 19.00 more: DAL, RNO, EWR",
            ]
        )
    }

    @Test func `explains a plan in JSON, by index`() throws {
        let answer = try solve(["--json", "--explain", example("pumps-reno-closed.json")])
        let object = try #require(try objects(in: answer.output).first)
        let explanation = try #require(object["explanation"] as? [String: Any])
        let sites = try #require(explanation["warehouses"] as? [[String: Any]])
        let rules = try #require(explanation["rules"] as? [[String: Any]])
        let without = try #require(rules.first?["without"] as? [String: Any])
        let difference = try #require(without["difference"] as? [String: Any])

        #expect(sites.map { $0["part"] as? String } == ["used", "forbidden", "used"])
        #expect(rules.map { $0["rule"] as? String } == ["forbidden", "late"])
        #expect(rules.first?["warehouse"] as? Int == 1)
        #expect(without["cost"] as? Int == 3_851_200)
        #expect(difference["cost"] as? Int == 5_105_200 - 3_851_200)
        #expect(difference["costMinimum"] as? Int == 5_105_200 - 3_851_200)
        #expect(difference["lateUnits"] as? Int == 4)
        #expect(explanation["unanswered"] as? Int == 0)
        #expect((explanation["stockLosses"] as? [Any])?.count == 3)
        #expect((explanation["stockGains"] as? [Any])?.count == 2)
    }

    @Test func `reads gzip from a file and from standard input, and plain text from there`()
        throws
    {
        let plain = example("valves-two-sites.json")
        let packed = try compressed(plain)

        for (arguments, input) in [
            ([packed.path], nil), (["-"], packed), (["-"], URL(fileURLWithPath: plain)),
        ] {
            let answer = try solve(["--json"] + arguments, input: input)

            #expect(answer.status == 0, "\(answer.words)")
            #expect(try objects(in: answer.output).map { $0["cost"] as? Int } == [1_520_000])
        }
    }

    @Test func `says where a file is malformed, and solves the others`() throws {
        let good = example("valves-two-sites.json")
        let text = try String(contentsOfFile: good, encoding: .utf8)
        let negative = try file("negative.json", text.replacing("[[8, 0]]", with: "[[-8, 0]]"))
        let broken = try file("broken.json.gz", "\u{1F}")
        let torn = fleet.folder.appendingPathComponent("torn.json.gz").path
        try Data(contentsOf: try compressed(good)).dropLast(9)
            .write(to: URL(fileURLWithPath: torn))
        let missing = fleet.folder.appendingPathComponent("missing.json").path
        let answer = try solve(["--json", negative, broken, torn, missing, good])

        #expect(answer.status == 65)
        #expect(try objects(in: answer.output).map { $0["cost"] as? Int } == [1_520_000])
        let words = answer.words.split(separator: "\n").map(String.init)
        try #require(words.count == 4)
        #expect(
            words[0] == "\(negative): warehouses[0].stock[0].tiers[0][0]: "
                + "-8 is negative; stock is 0 or more"
        )
        #expect(words[1] == "\(broken): line 1, column 1: a byte 0x1F where a value belongs")
        #expect(words[2].hasPrefix("\(torn) cannot be unpacked (gzip: "))
        #expect(
            words[3]
                == "\(missing) cannot be read; give the path of a file with a problem in JSON"
        )
        #expect(try solve([missing]).status == 66)
    }

    @Test func `says which lines leave an order without a plan`() throws {
        let text = try String(
            contentsOfFile: example("valves-two-sites.json"),
            encoding: .utf8
        )
        let tooMany = try file("36.json", text.replacing(#""qty": 20"#, with: #""qty": 36"#))
        let answer = try solve(["--json", tooMany])
        let object = try #require(try objects(in: answer.output).first)
        let refusal = object["refusal"] as? [String: Any]
        let words = try solve([tooMany]).output

        #expect(answer.status == 0)
        #expect(object["plan"] is NSNull)
        #expect(object["proven"] as? Bool == true)
        #expect(refusal?["lines"] as? [[Int]] == [[0, 36, 35]])
        #expect(
            words.contains("plan          none; no lawful plan ships all that is asked for")
        )
        #expect(
            words.contains("  LINE       ASKED FOR  AT MOST\n  VALVE-3IN         36       35\n")
        )
    }
}
