// swift-tools-version: 6.3
import PackageDescription

// As Scripts/fuzz builds it: every module notes which way it went, for libFuzzer.
let isFuzzing = Context.environment["HOLDFAST_FUZZ"] != nil

let settings: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .enableUpcomingFeature("InferIsolatedConformances"),
        .treatAllWarnings(as: .error),
        .strictMemorySafety(),
    ]
    + (isFuzzing
        ? [.define("FUZZING"), .unsafeFlags(["-sanitize=fuzzer", "-parse-as-library"])] : [])

let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let heap = Target.Dependency.product(name: "HeapModule", package: "swift-collections")
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let configuration = Target.Dependency.product(name: "Configuration", package: "swift-configuration")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(
    name: "ServiceLifecycle",
    package: "swift-service-lifecycle"
)
let signals = Target.Dependency.product(
    name: "UnixSignals",
    package: "swift-service-lifecycle"
)
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(
    name: "HummingbirdCore",
    package: "hummingbird"
)
let hummingbirdTesting = Target.Dependency.product(
    name: "HummingbirdTesting",
    package: "hummingbird"
)
let httpClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let nioTLS = Target.Dependency.product(name: "NIOTLS", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let x509 = Target.Dependency.product(name: "X509", package: "swift-certificates")
let asn1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")

func module(
    _ name: String,
    in folder: String,
    _ dependencies: [Target.Dependency] = [],
    exclude: [String] = []
) -> Target {
    .target(
        name: name,
        dependencies: dependencies,
        path: "\(folder)/\(name)",
        exclude: exclude,
        swiftSettings: settings
    )
}

func tests(
    _ name: String,
    _ dependencies: [Target.Dependency],
    resources: [Resource]? = nil,
    exclude: [String] = []
) -> Target {
    .testTarget(
        name: name,
        dependencies: dependencies,
        path: "Tests/\(name)",
        exclude: exclude,
        resources: resources,
        swiftSettings: settings
    )
}

let package = Package(
    name: "holdfast",
    products: [
        .executable(name: "holdfast-agent", targets: ["HoldfastAgent"]),
        .executable(name: "holdfast-coordinator", targets: ["HoldfastCoordinator"]),
        .executable(name: "holdfast-instances", targets: ["GenerateInstances"]),
        .executable(name: "holdfast-benchmarks", targets: ["Benchmarks"]),
        .executable(name: "holdfast-simulate", targets: ["Simulate"]),
        .executable(name: "holdfast-fuzz", targets: ["Fuzz"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
        .package(url: "https://github.com/apple/swift-protobuf", exact: "1.39.0"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(
            url: "https://github.com/apple/swift-configuration",
            exact: "1.4.0",
            traits: [.defaults, "YAML"]
        ),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/apple/swift-certificates", exact: "1.21.1"),
        .package(url: "https://github.com/apple/swift-asn1", exact: "1.7.4"),
        .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
    ],
    targets: [
        // Shared by both sides.
        .systemLibrary(name: "CNNG", path: "Sources/CNNG"),
        module("NNG", in: "Sources", ["CNNG"]),
        module("AllocationModel", in: "Sources"),
        module(
            "FrontDoor",
            in: "Sources",
            ["AllocationModel", nioCore, nioPosix, nioSSL, nioTLS, crypto]
        ),
        module("ShippingCalendar", in: "Sources", ["AllocationModel"]),
        module(
            "Freight",
            in: "Sources",
            ["AllocationModel"],
            exclude: ["generate-zip3.py", "generate-hazmat.py"]
        ),
        module("SplitSolver", in: "Sources", ["AllocationModel", heap]),
        module("SplitInstances", in: "Sources", ["AllocationModel", "SplitSolver"]),
        module("AllocationProtocol", in: "Sources", ["AllocationModel"]),
        module(
            "WireFormat",
            in: "Sources",
            ["AllocationModel", "AllocationProtocol", protobuf],
            exclude: ["holdfast.proto", "generate.sh"]
        ),

        module("DatabaseThread", in: "Sources"),
        module("LogLines", in: "Sources", ["AllocationModel", logging]),

        // What runs at each warehouse.
        module(
            "StockLedger",
            in: "Agents",
            ["AllocationModel", "ShippingCalendar", "Freight", "DatabaseThread", grdb]
        ),
        module(
            "WarehouseDesk",
            in: "Agents",
            [
                "AllocationModel", "AllocationProtocol", "ShippingCalendar", "Freight",
                "StockLedger",
            ]
        ),
        module(
            "LiveRating",
            in: "Agents",
            ["AllocationModel", "Freight", httpClient, logging, nioCore, nioHTTP1]
        ),
        module(
            "SiteConsole",
            in: "Agents",
            [
                "AllocationModel", "ShippingCalendar", "Freight", "LiveRating", "StockLedger",
                crypto, hummingbird, httpTypes, nioCore,
            ]
        ),
        module(
            "WarehouseAgent",
            in: "Agents",
            [
                "WarehouseDesk", "AllocationProtocol", "WireFormat", "NNG", "LiveRating",
                "Freight", "AllocationModel", logging, lifecycle,
            ]
        ),
        .executableTarget(
            name: "HoldfastAgent",
            dependencies: [
                "LogLines", "FrontDoor",
                "AllocationModel", "AllocationProtocol", "ShippingCalendar", "StockLedger",
                "WarehouseDesk", "LiveRating", "SiteConsole", "WarehouseAgent", arguments,
                configuration, logging, lifecycle, httpClient, hummingbird, nioCore, nioPosix,
                nioHTTP1, signals,
            ],
            path: "Agents/HoldfastAgent",
            swiftSettings: settings
        ),

        // What runs once.
        module(
            "DecisionLog",
            in: "Coordinator",
            ["AllocationModel", "AllocationProtocol", "DatabaseThread", grdb]
        ),
        module("BuyerRules", in: "Coordinator", ["AllocationModel", yams]),
        module(
            "OrderDesk",
            in: "Coordinator",
            ["AllocationModel", "AllocationProtocol", "SplitSolver", "BuyerRules", "Freight"]
        ),
        module(
            "StorefrontAPI",
            in: "Coordinator",
            [
                "AllocationModel", "ShippingCalendar", hummingbird, hummingbirdCore, httpTypes,
                logging, nioCore,
            ]
        ),
        module("ShopifyConnector", in: "Coordinator", ["AllocationModel", crypto]),
        module(
            "CertificateAuthority",
            in: "Coordinator",
            ["AllocationModel", "FrontDoor", x509, asn1, crypto]
        ),
        module(
            "AllocationCoordinator",
            in: "Coordinator",
            [
                "OrderDesk", "DecisionLog", "AllocationProtocol", "WireFormat", "NNG",
                "AllocationModel", logging,
            ]
        ),
        .target(
            name: "AlertDelivery",
            dependencies: ["AllocationModel", httpClient, crypto, nioCore, nioHTTP1, nioPosix],
            path: "Coordinator/AlertDelivery",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "HoldfastCoordinator",
            dependencies: [
                "LogLines", "FrontDoor", "CertificateAuthority",
                "AllocationModel", "AllocationProtocol", "AllocationCoordinator", "OrderDesk",
                "DecisionLog", "StorefrontAPI", "ShopifyConnector", "SplitInstances",
                "SplitSolver", "BuyerRules", "DatabaseThread", "AlertDelivery", arguments,
                configuration, logging,
                lifecycle, httpClient,
                hummingbird, nioCore, nioHTTP1, signals, systemPackage,
            ],
            path: "Coordinator/HoldfastCoordinator",
            swiftSettings: settings
        ),

        // Chance with a seed, for every test that draws lots.
        .target(
            name: "SeededGenerator",
            path: "Tests/SeededGenerator",
            swiftSettings: settings
        ),

        // Fast ones first; those of the last group start real processes.
        tests("AllocationModelTests", ["SeededGenerator", "AllocationModel"]),
        tests(
            "ShippingCalendarTests",
            ["SeededGenerator", "ShippingCalendar", "AllocationModel"],
            resources: [.copy("Reference")]
        ),
        tests("FreightTests", ["SeededGenerator", "Freight", "AllocationModel"]),
        .target(
            name: "SplitInstanceSource",
            dependencies: ["SeededGenerator", "SplitInstances", "SplitSolver", "AllocationModel"],
            path: "Tests/SplitInstanceSource",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "GenerateInstances",
            dependencies: [
                "SplitInstanceSource", "SplitInstances", "AllocationModel", arguments,
            ],
            path: "Tests/GenerateInstances",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "Benchmarks",
            dependencies: [
                "SplitInstanceSource", "SplitInstances", "SplitSolver", "BuyerRules",
                "AllocationModel", "AllocationProtocol", "DecisionLog", "Freight", "OrderDesk",
                "ShippingCalendar", "StockLedger", "WarehouseDesk", "WireFormat", arguments,
            ],
            path: "Tests/Benchmarks",
            resources: [.copy("Peers")],
            swiftSettings: settings
        ),
        tests(
            "BenchmarksTests",
            [
                "Benchmarks", "SplitInstanceSource", "SplitInstances", "SplitSolver",
                "AllocationModel",
            ]
        ),
        tests(
            "SplitInstanceSourceTests",
            ["SplitInstanceSource", "SplitInstances", "SplitSolver", "AllocationModel"]
        ),
        tests(
            "SplitSolverTests",
            ["SplitInstanceSource", "SplitInstances", "SplitSolver", "AllocationModel"],
            exclude: ["node-counts.txt"]
        ),
        tests(
            "SplitInstancesTests",
            ["SeededGenerator", "SplitInstances", "SplitSolver", "AllocationModel"]
        ),
        tests(
            "AllocationProtocolTests",
            ["SeededGenerator", "AllocationProtocol", "AllocationModel"]
        ),
        tests(
            "WireFormatTests",
            ["WireFormat", "AllocationProtocol", "AllocationModel", protobuf],
            exclude: ["peer.py"]
        ),
        tests("NNGTests", ["NNG"]),
        tests(
            "FrontDoorTests",
            [
                "SeededGenerator", "FrontDoor", "CertificateAuthority", "AllocationModel",
                nioCore, nioPosix, nioSSL,
            ]
        ),
        tests(
            "AlertDeliveryTests",
            ["AlertDelivery", "AllocationModel", httpClient, nioCore, nioHTTP1, nioPosix]
        ),
        // A rater on loopback, which replays EasyPost's answers or misbehaves.
        .target(
            name: "RaterStub",
            dependencies: [nioCore, nioPosix],
            path: "Tests/RaterStub",
            swiftSettings: settings
        ),
        tests(
            "LiveRatingTests",
            [
                "RaterStub", "LiveRating", "Freight", "AllocationModel", httpClient, logging,
            ]
        ),
        tests(
            "StockLedgerTests",
            ["StockLedger", "ShippingCalendar", "Freight", "AllocationModel", grdb]
        ),
        tests(
            "WarehouseDeskTests",
            [
                "WarehouseDesk", "StockLedger", "AllocationProtocol", "ShippingCalendar",
                "Freight", "AllocationModel", "SeededGenerator",
            ]
        ),
        tests(
            "SiteConsoleTests",
            [
                "SiteConsole", "StockLedger", "ShippingCalendar", "AllocationModel",
                hummingbird, hummingbirdTesting, httpTypes,
            ]
        ),
        tests(
            "DecisionLogTests",
            ["DecisionLog", "AllocationProtocol", "AllocationModel", grdb]
        ),
        tests("BuyerRulesTests", ["BuyerRules", "AllocationModel"]),
        tests(
            "OrderDeskTests",
            [
                "SeededGenerator", "OrderDesk", "SplitSolver", "BuyerRules", "AllocationProtocol",
                "AllocationModel",
            ]
        ),
        // What a card, a bid, the solver and a plan say of one shipment.
        tests(
            "PriceTests",
            [
                "SeededGenerator", "OrderDesk", "WarehouseDesk", "StockLedger", "SplitSolver",
                "WireFormat", "AllocationProtocol", "ShippingCalendar", "Freight",
                "AllocationModel",
            ]
        ),
        // A disk in memory beneath SQLite, which fails as disks do.
        .target(
            name: "SimulatedDisk",
            path: "Tests/SimulatedDisk",
            linkerSettings: [.linkedLibrary("sqlite3")]
        ),
        .target(
            name: "Simulation",
            dependencies: [
                "SeededGenerator", "SimulatedDisk",
                "OrderDesk", "BuyerRules", "WarehouseDesk", "StockLedger", "SplitSolver",
                "AllocationProtocol", "ShippingCalendar", "Freight", "AllocationModel",
            ],
            path: "Tests/Simulation",
            swiftSettings: settings
        ),
        .executableTarget(
            name: "Simulate",
            dependencies: ["Simulation", arguments],
            path: "Tests/Simulate",
            swiftSettings: settings
        ),
        tests("SimulationTests", ["Simulation"]),
        tests("ScenarioTests", ["Simulation"]),
        tests(
            "StorageFaultTests",
            [
                "SeededGenerator", "Simulation", "StockLedger", "DecisionLog", "ShippingCalendar",
                "Freight", "AllocationProtocol", "AllocationModel", grdb,
            ]
        ),
        tests(
            "StorefrontAPITests",
            [
                "SeededGenerator",
                "StorefrontAPI", "AllocationModel", hummingbird, hummingbirdTesting, httpTypes,
                logging,
            ]
        ),
        tests(
            "ShopifyConnectorTests",
            ["SeededGenerator", "ShopifyConnector", "AllocationModel"],
            resources: [.copy("Fixtures")]
        ),
        // Whatever reads what somebody else wrote; `Scripts/fuzz` makes the bytes up.
        .target(
            name: "FuzzTargets",
            dependencies: [
                "WireFormat", "FrontDoor", "Freight", "LiveRating", "SplitInstances",
                "ShopifyConnector", "StorefrontAPI", "SiteConsole", "AllocationModel",
            ],
            path: "Tests/FuzzTargets",
            swiftSettings: settings
        ),
        .target(name: "FuzzDriver", path: "Tests/FuzzDriver"),
        .executableTarget(
            name: "Fuzz",
            dependencies: ["FuzzTargets"] + (isFuzzing ? ["FuzzDriver"] : []),
            path: "Tests/Fuzz",
            swiftSettings: settings,
            linkerSettings: isFuzzing ? [.unsafeFlags(["-sanitize=fuzzer"])] : []
        ),
        tests("FuzzTests", ["FuzzTargets"], resources: [.copy("Corpus")]),
        tests("TidyTests", []),
        tests(
            "EndToEndTests",
            [
                "RaterStub", "SeededGenerator", "HoldfastAgent", "HoldfastCoordinator",
                "WarehouseAgent", "WarehouseDesk", "StockLedger", "AllocationProtocol",
                "WireFormat", "NNG", "AllocationModel", httpClient, nioCore, nioPosix, nioHTTP1,
                crypto, logging,
            ]
        ),
    ],
    swiftLanguageModes: [.v6]
)
