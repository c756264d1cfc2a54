/// What the source tree holds itself to: each rule lists where it is broken.
enum Rules {
    // Imports.

    /// DESIGN.md, section 2: what each module may import.
    ///
    /// `Synchronization` is a part of the standard library; pure modules need no locks.
    /// A package is allowed with the modules that its interface is made of, which
    /// `MemberImportVisibility` has its users import.
    static let imports: [String: Set<String>] = {
        let hummingbird: Set<String> = [
            "HTTPTypes", "Hummingbird", "HummingbirdCore", "Logging", "NIOCore",
        ]
        let commands = hummingbird.union([
            "ArgumentParser", "AsyncHTTPClient", "Configuration", "Foundation", "Glibc",
            "Logging", "Metrics", "NIOHTTP1", "NIOPosix", "ServiceLifecycle", "Synchronization",
            "SystemPackage", "UnixSignals",
        ])
        let agents: Set<String> = [
            "AllocationModel", "AllocationProtocol", "Freight", "NNG", "ShippingCalendar",
            "SiteConsole", "StockLedger", "WarehouseAgent", "WarehouseDesk", "WireFormat",
            "FrontDoor", "LiveRating", "LogLines",
        ]
        let coordinator: Set<String> = [
            "AlertDelivery", "AllocationCoordinator", "AllocationModel", "AllocationProtocol",
            "BuyerRules", "CertificateAuthority", "DecisionLog", "FrontDoor", "LogLines", "NNG",
            "OperationsConsole", "OrderDesk",
            "ShopifyConnector", "SplitInstances", "SplitSolver", "StorefrontAPI", "WireFormat",
        ]
        return [
            "CNNG": [],
            "NNG": ["CNNG", "Synchronization"],
            "FrontDoor": [
                "AllocationModel", "Crypto", "NIOCore", "NIOPosix", "NIOSSL", "NIOTLS",
                "Synchronization",
            ],
            "AllocationModel": [],
            "ShippingCalendar": ["AllocationModel", "Foundation"],
            "Freight": ["AllocationModel"],
            // Collections by the modules of its package.
            "SplitSolver": ["AllocationModel", "Collections", "DequeModule", "HeapModule"],
            "SplitInstances": ["AllocationModel", "SplitSolver"],
            "AllocationProtocol": ["AllocationModel"],
            "WireFormat": ["AllocationModel", "AllocationProtocol", "SwiftProtobuf"],
            "DatabaseThread": ["Foundation", "Synchronization"],
            "LogLines": ["AllocationModel", "Foundation", "Logging"],
            "StockLedger": [
                "AllocationModel", "DatabaseThread", "Foundation", "Freight", "GRDB",
                "ShippingCalendar", "Synchronization",
            ],
            "WarehouseDesk": [
                "AllocationModel", "AllocationProtocol", "Freight", "ShippingCalendar",
                "StockLedger", "Synchronization",
            ],
            "LiveRating": [
                "AllocationModel", "AsyncHTTPClient", "Foundation", "Freight", "Logging",
                "NIOCore", "NIOHTTP1", "Synchronization",
            ],
            "SiteConsole": hummingbird.union([
                "AllocationModel", "Crypto", "Foundation", "Freight", "LiveRating",
                "ShippingCalendar", "StockLedger", "Synchronization",
            ]),
            "WarehouseAgent": [
                "AllocationModel", "AllocationProtocol", "Freight", "LiveRating", "Logging",
                "Metrics", "NNG", "ServiceLifecycle", "Synchronization", "WarehouseDesk",
                "WireFormat",
            ],
            "HoldfastAgent": commands.union(agents),
            "DecisionLog": [
                "AllocationModel", "AllocationProtocol", "DatabaseThread", "Foundation", "GRDB",
                "Synchronization",
            ],
            "BuyerRules": ["AllocationModel", "Yams"],
            // Freight for distances alone: what is closest.
            "OrderDesk": [
                "AllocationModel", "AllocationProtocol", "BuyerRules", "Freight", "SplitSolver",
            ],
            // The calendar for time zones alone: what a destination's clock shows.
            "StorefrontAPI": hummingbird.union([
                "AllocationModel", "Foundation", "ShippingCalendar", "Synchronization",
            ]),
            "ShopifyConnector": [
                "AllocationModel", "AsyncHTTPClient", "Crypto", "Foundation",
            ],
            "CertificateAuthority": [
                "AllocationModel", "Crypto", "Foundation", "FrontDoor", "SwiftASN1", "X509",
            ],
            "AlertDelivery": [
                "AllocationModel", "AsyncHTTPClient", "Crypto", "Foundation", "NIOCore",
                "NIOHTTP1", "NIOPosix",
            ],
            "OperationsConsole": hummingbird.union(["AllocationModel", "Mustache"]),
            "AllocationCoordinator": [
                "AllocationModel", "AllocationProtocol", "DecisionLog", "Logging", "Metrics",
                "NNG", "OrderDesk", "ServiceLifecycle", "Synchronization", "WireFormat",
            ],
            "HoldfastCoordinator": commands.union(coordinator).union(["DatabaseThread"]),
            "Simulation": [
                "AllocationModel", "AllocationProtocol", "BuyerRules", "DecisionLog", "Freight",
                "GRDB", "OrderDesk", "SeededGenerator", "ShippingCalendar", "SimulatedDisk",
                "SplitSolver", "StockLedger", "Synchronization", "WarehouseDesk",
            ],
        ]
    }()

    private static let importModifiers: Set<String> = [
        "package", "internal", "private", "fileprivate", "public", "@testable",
        "@preconcurrency", "@_exported",
    ]
    private static let importKinds: Set<String> = [
        "struct", "class", "enum", "protocol", "func", "var", "let", "typealias",
    ]

    /// The modules that `file` imports, with where.
    static func importedModules(of file: SourceFile) -> [SourceFile.Token] {
        file.tokens.indices.compactMap { index in
            guard file.tokens[index].text == "import" else { return nil }
            let isStatement =
                file.beginsLine(index) || importModifiers.contains(file.token(index - 1).text)
            guard isStatement else { return nil }
            let isOfOneKind = importKinds.contains(file.token(index + 1).text)
            return file.token(index + (isOfOneKind ? 2 : 1))
        }
    }

    static func unlawfulImports(in file: SourceFile) -> [Finding] {
        guard file.isProduct || file.module == "Simulation" else { return [] }
        guard let allowed = imports[file.module] else {
            return [
                Finding(
                    path: file.path,
                    line: 1,
                    message: "module \(file.module) has no row in the table of imports"
                )
            ]
        }
        return importedModules(of: file).filter { !allowed.contains($0.text) }
            .map {
                file.finding($0, "\(file.module) may not import \($0.text)")
            }
    }

    // Purity.

    static let pureModules: Set<String> = [
        "AllocationModel", "ShippingCalendar", "Freight", "SplitSolver", "SplitInstances",
        "AllocationProtocol", "BuyerRules", "OrderDesk", "WireFormat",
    ]
    private static let impureNames: Set<String> = [
        "ContinuousClock", "SuspendingClock", "SystemRandomNumberGenerator", "Logger", "UUID",
        "ProcessInfo", "FileManager", "DispatchQueue", "Thread", "NSLog", "clock_gettime",
        "gettimeofday", "getenv",
    ]

    static func impurities(in file: SourceFile) -> [Finding] {
        guard file.isProduct, pureModules.contains(file.module) else { return [] }
        return file.tokens.indices.filter { isImpure(file, at: $0) }
            .map {
                file.finding(
                    file.tokens[$0],
                    "‘\(file.tokens[$0].text)’ in a module without clock or chance"
                )
            } + tasks(in: file, onlyStarted: false)
    }

    private static func isImpure(_ file: SourceFile, at index: Int) -> Bool {
        let next = file.token(index + 1).text
        let previous = file.token(index - 1).text
        switch file.tokens[index].text {
        case "Date":
            // Foundation's rules of a zone take a `Date`; what reads the clock is still forbidden.
            if next == "." { return file.token(index + 2).text == "now" }
            guard next == "(" else { return false }
            let argument = file.token(index + 2).text
            return file.module != "ShippingCalendar" || argument != "timeIntervalSince1970"
        case "random", "randomElement", "shuffle", "shuffled":
            guard previous == ".", next == "(" else { return false }
            let end = file.closing(index + 1, "(", ")")
            return !file.tokens[index...end].contains { $0.text == "using" }
        case "print", "debugPrint", "dump":
            return next == "(" && previous != "." && previous != "func"
        case let name:
            return impureNames.contains(name)
        }
    }

    /// The files of a module that import Foundation, where only one may.
    static func filesImportingFoundation(in files: [SourceFile], of module: String) -> [String] {
        files.filter { file in
            file.isProduct && file.module == module
                && importedModules(of: file).contains { $0.text == "Foundation" }
        }
        .map(\.path)
    }

    // Structure.

    static let commands: Set<String> = ["HoldfastAgent", "HoldfastCoordinator"]

    static func unstructuredTasks(in file: SourceFile) -> [Finding] {
        guard file.isProduct, !commands.contains(file.module) else { return [] }
        return tasks(in: file, onlyStarted: true)
    }

    private static let startingWords: Set<String> = ["detached", "immediate", "init"]
    private static let startingLabels: Set<String> = [
        "priority", "name", "operation", "executorPreference",
    ]

    private static func tasks(in file: SourceFile, onlyStarted: Bool) -> [Finding] {
        file.tokens.indices
            .filter { index in
                guard file.tokens[index].text == "Task" else { return false }
                let next = file.token(index + 1).text
                let second = file.token(index + 2).text
                return next == "{" || (next == "." && startingWords.contains(second))
                    || (next == "(" && startingLabels.contains(second)) || next == "<"
                    || (!onlyStarted && next == ".")
            }
            .map { file.finding(file.tokens[$0], "a task outside the two commands") }
    }

    /// The rows of the solver's inner loops: the one other place that trusts an index.
    private static let unsafeArena = "Sources/SplitSolver/Arena.swift"

    static func unsafety(in file: SourceFile) -> [Finding] {
        guard file.isProduct, !file.isGenerated, file.module != "NNG",
            file.path != unsafeArena
        else { return [] }
        return file.tokens
            .filter { ["unsafe", "@unchecked", "@unsafe", "@safe"].contains($0.text) }
            .map { file.finding($0, "‘\($0.text)’ outside NNG and the solver's arena") }
    }

    private static let openable: Set<String> = [
        "class", "func", "var", "override", "subscript", "static", "final",
    ]

    static func publicWords(in file: SourceFile) -> [Finding] {
        guard !file.isGenerated else { return [] }
        return file.tokens.indices
            .filter { index in
                let next = file.token(index + 1).text
                return switch file.tokens[index].text {
                case "public": next != ":" && file.token(index - 1).text != "."
                case "open": file.beginsLine(index) && openable.contains(next)
                default: false
                }
            }
            .map { file.finding(file.tokens[$0], "‘\(file.tokens[$0].text)’; say package") }
    }

    // Length.

    static let functionLinesMaximum = 70

    /// Every function and initialiser with a body, and how many lines it takes.
    static func functionLengths(in file: SourceFile) -> [(name: String, line: Int, lines: Int)] {
        file.tokens.indices.compactMap { index in
            guard let body = bodyOfFunction(at: index, in: file) else { return nil }
            let end = file.closing(body, "{", "}")
            let start = file.tokens[index]
            let name = start.text == "func" ? file.token(index + 1).text : start.text
            return (name, start.line, file.token(end).line - start.line + 1)
        }
    }

    private static let declarationWords: Set<String> = [
        "func", "var", "let", "init", "case", "static", "package", "private", "struct", "enum",
        "mutating", "associatedtype", "subscript", "typealias", "}",
    ]

    private static func bodyOfFunction(at index: Int, in file: SourceFile) -> Int? {
        let isInitialiser =
            file.tokens[index].text == "init" && file.token(index - 1).text != "."
            && ["(", "<", "?", "!"].contains(file.token(index + 1).text)
        guard file.tokens[index].text == "func" || isInitialiser else { return nil }
        var position = index + 1
        while position < file.tokens.count {
            switch file.tokens[position].text {
            case "(": position = file.closing(position, "(", ")")
            case "{": return position
            case let word where declarationWords.contains(word) && position > index + 1: return nil
            default: break
            }
            position += 1
        }
        return nil
    }

    /// Functions over the limit, but for `exceptions`; and exceptions that are longer than need be.
    static func overlongFunctions(
        in files: [SourceFile],
        except exceptions: [String: Int]
    ) -> [Finding] {
        var findings: [Finding] = []
        var unused = exceptions
        for file in files where !file.isGenerated && !file.isTable {
            for (name, line, lines) in functionLengths(in: file) where lines > functionLinesMaximum
            {
                let key = "\(file.path) \(name)"
                let allowed = exceptions[key] ?? functionLinesMaximum
                unused[key] = nil
                guard lines != allowed else { continue }
                let message =
                    lines > allowed
                    ? "\(name) takes \(lines) lines; at most \(allowed) are allowed"
                    : "\(name) has shrunk to \(lines) lines; lower its exception from \(allowed)"
                findings.append(Finding(path: file.path, line: line, message: message))
            }
        }
        for key in unused.keys.sorted() {
            findings.append(
                Finding(path: key, line: 0, message: "needs its exception no longer; remove it")
            )
        }
        return findings
    }

    // Text.

    /// Spelt in two halves, so that this file may be committed.
    private static let leftovers = ["TO" + "DO", "FIX" + "ME", "XX" + "X"]
    private static let machinePaths = ["/wo" + "rk/", "/ro" + "ot/"]

    static func leftovers(in text: String, at path: String) -> [Finding] {
        findings(in: text, at: path, of: leftovers, isWhole: true) {
            "‘\($0)’: mend it, or write it down where it will be found"
        }
    }

    static func machinePaths(in text: String, at path: String) -> [Finding] {
        findings(in: text, at: path, of: machinePaths, isWhole: false) {
            "‘\($0)’ is a path of somebody's machine"
        }
    }

    private static func findings(
        in text: String,
        at path: String,
        of words: [String],
        isWhole: Bool,
        message: (String) -> String
    ) -> [Finding] {
        let bytes = Array(text.utf8)
        var findings: [Finding] = []
        for word in words {
            let pattern = Array(word.utf8)
            guard bytes.count >= pattern.count else { continue }
            for start in 0...(bytes.count - pattern.count) where bytes[start] == pattern[0] {
                let end = start + pattern.count
                // In quotation marks it is somebody's word, as the currency of that name.
                let isAlone =
                    (start == 0 || !isWordByte(bytes[start - 1]))
                    && (!isWhole || end == bytes.count || !isWordByte(bytes[end]))
                let isQuoted = isWhole && start > 0 && bytes[start - 1] == UInt8(ascii: "\"")
                guard isAlone, !isQuoted, bytes[start..<end].elementsEqual(pattern) else {
                    continue
                }
                let line = 1 + bytes[..<start].count { $0 == UInt8(ascii: "\n") }
                findings.append(Finding(path: path, line: line, message: message(word)))
            }
        }
        return findings
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."),
            UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// DESIGN.md, section 2: what the front page shows.
    private static let topLevel: Set<String> = [
        "Package.swift", "Sources", "Tests", "Agents", "Coordinator", "README.md",
        "ARCHITECTURE.md", "LICENSE", ".swift-format", ".gitignore", ".ci", "Scripts",
        "Examples",
    ]

    static func strangers(atTopOf paths: [String]) -> [String] {
        let names = paths.compactMap { $0.split(separator: "/").first.map(String.init) }
        return Set(names).subtracting(topLevel).sorted()
    }
}
