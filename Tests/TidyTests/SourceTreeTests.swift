import Testing

/// Functions over the limit that were there before it; they may shrink and not grow.
private let overlongFunctions: [String: Int] = [:]

struct `The source tree` {
    /// Read once for all rules.
    private static let found = Result { try SourceTree.containing() }
    private static let read = (try? found.get())?.swiftFiles ?? []

    private let tree: SourceTree
    private let files: [SourceFile]

    init() throws {
        tree = try Self.found.get()
        files = Self.read
    }

    private func expectNone(
        of findings: [Finding],
        location: SourceLocation = #_sourceLocation
    ) {
        for finding in findings {
            Issue.record("\(finding)", sourceLocation: location)
        }
    }

    @Test func `is found and read`() {
        #expect(tree.paths.contains("Package.swift"))
        #expect(files.contains { $0.path == "Sources/AllocationModel/Money.swift" })
        #expect(files.contains { $0.path == "Tests/TidyTests/SourceTreeTests.swift" })
    }

    @Test func `shows nothing on its front page but what belongs there`() {
        #expect(Rules.strangers(atTopOf: tree.paths).isEmpty)
    }

    @Test func `imports only what each module is allowed`() {
        expectNone(of: files.flatMap { Rules.unlawfulImports(in: $0) })
    }

    // Foundation knows the time zones; nothing else of it belongs in a pure module.
    @Test func `asks Foundation for time zones in one file`() {
        let paths = Rules.filesImportingFoundation(in: files, of: "ShippingCalendar")

        #expect(paths == ["Sources/ShippingCalendar/SiteTimeZone.swift"])
    }

    @Test func `keeps clocks, chance, tasks and printing out of pure modules`() {
        expectNone(of: files.flatMap { Rules.impurities(in: $0) })
    }

    @Test func `starts tasks only in the two commands`() {
        expectNone(of: files.flatMap { Rules.unstructuredTasks(in: $0) })
    }

    @Test func `is unsafe only where it calls nng, and in the rows of the solver`() {
        expectNone(of: files.flatMap { Rules.unsafety(in: $0) })
    }

    @Test func `makes nothing public`() {
        expectNone(of: files.flatMap { Rules.publicWords(in: $0) })
    }

    @Test func `says of everything that modules share what it is`() {
        expectNone(of: files.flatMap { DocumentationRules.undocumented(in: $0) })
    }

    @Test func `begins every comment on a declaration with one sentence`() {
        expectNone(of: files.flatMap { DocumentationRules.firstLinesWithoutEnd(in: $0) })
    }

    @Test func `has functions that fit on a page`() {
        expectNone(of: Rules.overlongFunctions(in: files, except: overlongFunctions))
    }

    @Test func `leaves nothing to be mended later`() {
        for path in tree.paths {
            guard let text = tree.text(at: path) else { continue }
            expectNone(of: Rules.leftovers(in: text, at: path))
        }
    }

    @Test func `names no path of the machine it was written on`() {
        for path in tree.paths {
            guard let text = tree.text(at: path) else { continue }
            expectNone(of: Rules.machinePaths(in: text, at: path))
        }
    }
}
