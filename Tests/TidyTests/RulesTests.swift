import Testing

/// Each rule of the tree, shown something that breaks it and something that does not.
struct `A rule of the tree` {
    private func file(
        _ text: String,
        at path: String = "Sources/AllocationProtocol/CommitCoordinator.swift"
    ) -> SourceFile {
        SourceFile(path: path, text: text)
    }

    private func lines(_ findings: [Finding]) -> [Int] { findings.map(\.line) }

    // Reading.

    @Test func `reads code and neither comments nor what strings say`() {
        let words = file(
            ##"""
            // public
            /* Task { /* public */ } */ let a = "unsafe \(print("public")) x" // print(
            let b = #"public \(unsafe) \#(count)"#
            let c = """
                public "quoted" \(
                    name)
                """
            let d = '"'
            """##
        )
        .tokens

        #expect(
            words.map(\.text) == [
                "let", "a", "=", "\"\"", "print", "(", "\"\"", ")", "let", "b", "=", "\"\"",
                "count", "let", "c", "=", "\"\"", "name", "let", "d", "=", "'", "\"\"",
            ]
        )
        #expect(words.first?.line == 2)
        #expect(words.first { $0.text == "d" }?.line == 8)
    }

    @Test func `reads an escaped quotation mark as a part of its string`() {
        let words = file(#"let a = "\"public\" \\"; public let b = 1"#).tokens.map(\.text)

        #expect(words == ["let", "a", "=", "\"\"", ";", "public", "let", "b", "=", "1"])
    }

    @Test func `knows a raw identifier for one word`() {
        let words = file("func `prints public (twice)`() {}").tokens.map(\.text)

        #expect(words == ["func", "`prints public (twice)`", "(", ")", "{", "}"])
    }

    // Imports.

    @Test func `finds an import that the table does not allow`() {
        let text = """
            package import AllocationModel
            internal import Foundation
            import struct GRDB.Row
            @testable import OrderDesk
            let word = Kind.import
            """

        #expect(lines(Rules.unlawfulImports(in: file(text))) == [2, 3, 4])
        #expect(
            lines(
                Rules.unlawfulImports(in: file(text, at: "Agents/StockLedger/StockLedger.swift"))
            )
                == [4]
        )
        #expect(Rules.unlawfulImports(in: file(text, at: "Tests/FreightTests/A.swift")).isEmpty)
    }

    @Test func `finds a module without a row, and the simulator reaching for a socket`() {
        #expect(lines(Rules.unlawfulImports(in: file("", at: "Sources/Utils/A.swift"))) == [1])
        #expect(
            lines(
                Rules.unlawfulImports(in: file("import NNG", at: "Tests/Simulation/World.swift"))
            )
                == [1]
        )
    }

    @Test func `has a table without a way round`() {
        for (module, allowed) in Rules.imports {
            let ours = allowed.filter { Rules.imports[$0] != nil }
            #expect(!ours.contains { Rules.imports[$0]?.contains(module) == true }, "\(module)")
            #expect(!allowed.contains(module), "\(module)")
        }
        for module in Rules.pureModules {
            let allowed = Rules.imports[module, default: ["no row"]]
            #expect(allowed.isDisjoint(with: ["Logging", "GRDB", "NNG", "no row"]), "\(module)")
        }
        #expect(Rules.imports["Simulation"]?.contains("NNG") == false)
    }

    @Test func `finds a second file that asks Foundation`() {
        let path = "Sources/ShippingCalendar/"
        let files = [
            file("internal import Foundation", at: path + "SiteTimeZone.swift"),
            file("import AllocationModel", at: path + "Cutoffs.swift"),
            file("import Foundation", at: path + "Weekdays.swift"),
        ]

        #expect(
            Rules.filesImportingFoundation(in: files, of: "ShippingCalendar").count == 2
        )
    }

    // Purity.

    @Test func `finds a clock, chance, a task or printing in a pure module`() {
        let bad = [
            "let now = Date()", "let now = Date.now", "let clock = ContinuousClock()",
            "let clock: SuspendingClock", "var chance = SystemRandomNumberGenerator()",
            "let seed = Int.random(in: 0..<9)", "bids.shuffle()", "bids.randomElement()",
            "print(plan)", "debugPrint(plan)", "let log = Logger(label: label)", "Task { }",
            "Task.detached { }", "try await Task.sleep(for: pause)", "let id = UUID()",
            "let date = Date(timeIntervalSince1970: 0)",
        ]
        for text in bad {
            #expect(lines(Rules.impurities(in: file(text))) == [1], "\(text)")
            #expect(
                Rules.impurities(in: file(text, at: "Agents/WarehouseAgent/Driver.swift"))
                    .isEmpty,
                "\(text)"
            )
        }
    }

    @Test func `leaves seeded chance and civil dates alone`() {
        let good = [
            "let day = CivilDate(daysSinceEpoch: 0)", "Int.random(in: 0..<9, using: &generator)",
            "bids.shuffled(using: &generator)", "func print(_ plan: Plan) {}",
            "let random = 4", "page.print(plan)", "let updatedDate = dates[0]",
        ]
        for text in good {
            #expect(Rules.impurities(in: file(text)).isEmpty, "\(text)")
        }
        let zone = "Sources/ShippingCalendar/SiteTimeZone.swift"
        #expect(
            Rules.impurities(in: file("Date(timeIntervalSince1970: 0)", at: zone)).isEmpty
        )
        for text in ["Date()", "Date(timeIntervalSinceNow: 0)", "Date.now"] {
            #expect(lines(Rules.impurities(in: file(text, at: zone))) == [1], "\(text)")
        }
    }

    // Structure.

    @Test func `finds a task outside the two commands`() {
        let driver = "Agents/WarehouseAgent/Driver.swift"
        for text in [
            "Task { }", "Task<Void, Never> { }", "Task.detached { }", "Task.immediate { }",
            "Task(priority: .high) { }", "Task.init { }",
        ] {
            #expect(lines(Rules.unstructuredTasks(in: file(text, at: driver))) == [1], "\(text)")
            #expect(
                Rules.unstructuredTasks(in: file(text, at: "Agents/HoldfastAgent/main.swift"))
                    .isEmpty
            )
        }
        for text in ["Task.isCancelled", "try Task.checkCancellation()", "group.addTask { }"] {
            #expect(Rules.unstructuredTasks(in: file(text, at: driver)).isEmpty, "\(text)")
        }
    }

    @Test func `finds what is unsafe outside NNG`() {
        for text in [
            "let n = unsafe sqlite3_step(row)", "final class Box: @unchecked Sendable {}",
            "nonisolated(unsafe) var shared = 0", "@safe struct Row {}",
        ] {
            #expect(lines(Rules.unsafety(in: file(text))) == [1], "\(text)")
            for path in ["Sources/NNG/Message.swift", "Sources/SplitSolver/Arena.swift"] {
                #expect(Rules.unsafety(in: file(text, at: path)).isEmpty)
            }
        }
    }

    @Test func `finds what is public or open`() {
        for text in [
            "public struct Plan {}", "    public init() {}", "public import GRDB",
            "public private(set) var cost = 0", "open class Desk {}", "open override func f() {}",
        ] {
            #expect(lines(Rules.publicWords(in: file(text))) == [1], "\(text)")
        }
        for text in ["open(path)", "try ledger.open()", "package func open() {}", "case .public:"] {
            #expect(Rules.publicWords(in: file(text)).isEmpty, "\(text)")
        }
    }

    // Documentation.

    @Test func `finds a shared type or function that says nothing of itself`() {
        for text in [
            "package struct Plan {}", "package indirect enum Rule {}", "package final class A {}",
            "package protocol Desk {}", "package actor A {}",
            "package func solve() {}", "package static func solve() {}",
            "package mutating func handle(_ event: Event) -> Effects { Effects() }",
            "package init(parsing text: String) throws {}",
            "package subscript(i: Int) -> Int { i }",
            "// A remark is not documentation.\npackage struct Plan {}",
            "/// For another.\nlet a = 1\npackage struct Plan {}",
        ] {
            #expect(DocumentationRules.undocumented(in: file(text)).count == 1, "\(text)")
        }
    }

    @Test func `asks for no word on what its name and type already say`() {
        for text in [
            "/// A plan.\npackage struct Plan {}", "/// A plan.\n@frozen\npackage struct Plan {}",
            "/// A plan.\n// SAFETY: one owner.\n@safe package struct Plan {}",
            "package let cost: Money", "package var isEmpty: Bool { true }",
            "package private(set) var count = 0", "package typealias ID = Int",
            "package import GRDB", "package static func < (left: A, right: A) -> Bool { true }",
            "package func hash(into hasher: inout Hasher) {}",
            "let cost: Int\npackage init(cost: Int, _ names: [String: Int] = [:]) {}\nlet names = 1",
            "package init(integerLiteral value: Int64) {}", "package init(nilLiteral: ()) {}",
            "package init(_ fault: LedgerFault) {}", "struct Inside {}", "func inside() {}",
        ] {
            #expect(DocumentationRules.undocumented(in: file(text)).isEmpty, "\(text)")
        }
        let other = "package init(cost: Int, timing: ProtocolTiming) {}\nlet cost = 1"
        #expect(DocumentationRules.undocumented(in: file(other)).count == 1)
    }

    @Test func `finds a first line that is not one sentence`() {
        let long = String(repeating: "x", count: 100)
        for text in [
            "/// A plan", "/// Returns the cheapest plan of all that the\n/// policy allows.",
            "/// \(long).", "///",
        ] {
            #expect(
                lines(DocumentationRules.firstLinesWithoutEnd(in: file(text))) == [1],
                "\(text)"
            )
        }
        for text in [
            "/// A plan.\n///\n/// Immutable, with nothing left\n/// to choose",
            "/// - Precondition: it is", "// A remark", "/// \(String(long.dropLast())).",
        ] {
            #expect(
                DocumentationRules.firstLinesWithoutEnd(in: file(text)).isEmpty,
                "\(text)"
            )
        }
    }

    // Length.

    private func function(lines: Int) -> String {
        "func solve(_ make: () -> Int = { 1 }) {\n"
            + String(repeating: "    step()\n", count: lines - 2) + "}\n"
    }

    @Test func `measures a function from its first line to its closing brace`() {
        let text = """
            protocol Desk {
                func open() -> Int
                init(name: String)
            }
            struct Shop {
                init?(_ name: String) {
                    self.init(name: name)
                }
                func open() -> Int where Self: Desk { [1].map { $0 }[0] }
            }
            """
        let lengths = Rules.functionLengths(in: file(text))

        #expect(lengths.map(\.name) == ["init", "open"])
        #expect(lengths.map(\.lines) == [3, 1])
        #expect(Rules.functionLengths(in: file(function(lines: 71))).map(\.lines) == [71])
    }

    @Test func `lets an overlong function shrink and never grow`() {
        let path = "Sources/AllocationProtocol/CommitCoordinator.swift"
        func findings(_ lines: Int, except allowed: Int?) -> [Finding] {
            let exceptions = allowed.map { ["\(path) solve": $0] } ?? [:]
            return Rules.overlongFunctions(
                in: [file(function(lines: lines))],
                except: exceptions
            )
        }

        #expect(findings(70, except: nil).isEmpty)
        #expect(findings(71, except: nil).count == 1)
        #expect(findings(80, except: 80).isEmpty)
        #expect(findings(81, except: 80).count == 1)
        // Shrunk: the exception shrinks with it, and goes when it is needed no longer.
        #expect(findings(75, except: 80).count == 1)
        #expect(findings(70, except: 80).count == 1)
        let tests = SourceFile(path: "Tests/FreightTests/ATests.swift", text: function(lines: 99))
        #expect(Rules.overlongFunctions(in: [tests], except: [:]).isEmpty)
    }

    // Text.

    @Test func `finds what was left to be mended later`() {
        for word in ["TO" + "DO", "FIX" + "ME", "XX" + "X"] {
            #expect(lines(Rules.leftovers(in: "a\n// \(word): later", at: "A.swift")) == [2])
            #expect(lines(Rules.leftovers(in: word, at: "A.swift")) == [1])
            #expect(Rules.leftovers(in: "// a\(word) \(word)s", at: "A.swift").isEmpty)
            #expect(Rules.leftovers(in: "parse(\"\(word)\")", at: "A.swift").isEmpty)
        }
    }

    @Test func `finds a path of the machine it was written on`() {
        let path = "/wo" + "rk/main"
        #expect(lines(Rules.machinePaths(in: "see\n`\(path)`", at: "README.md")) == [2])
        #expect(lines(Rules.machinePaths(in: "\(path)", at: "README.md")) == [1])
        #expect(Rules.machinePaths(in: "net\(path) ..\(path)", at: "README.md").isEmpty)
    }

    @Test func `finds a stranger on the front page`() {
        let paths = ["Package.swift", "Sources/A/B.swift", ".ci/run", "TO" + "DO.md", "Utils/a"]

        #expect(Rules.strangers(atTopOf: paths) == ["TO" + "DO.md", "Utils"])
    }
}
