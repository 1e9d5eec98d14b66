// swift-tools-version: 6.1
import PackageDescription

// The floors of the house, lowest first; a target may use only targets of lower floors.
// docs/architecture.md says what lives where and why.

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.init(stringLiteral: name), "TestSupport"] + dependencies,
        swiftSettings: strict)
}

extension Target.Dependency {
    static let nioCore: Self = .product(name: "NIOCore", package: "swift-nio")
    static let nioPosix: Self = .product(name: "NIOPosix", package: "swift-nio")
    static let nioSSL: Self = .product(name: "NIOSSL", package: "swift-nio-ssl")
    static let nioHTTP1: Self = .product(name: "NIOHTTP1", package: "swift-nio")
    static let asyncHTTPClient: Self = .product(name: "AsyncHTTPClient", package: "async-http-client")
    static let hummingbird: Self = .product(name: "Hummingbird", package: "hummingbird")
    static let hummingbirdCore: Self = .product(name: "HummingbirdCore", package: "hummingbird")
    static let crypto: Self = .product(name: "Crypto", package: "swift-crypto")
    static let grdb: Self = .product(name: "GRDB", package: "GRDB.swift")
    static let sqlite: Self = .product(name: "GRDBSQLite", package: "GRDB.swift")
    static let yams: Self = .product(name: "Yams", package: "Yams")
    static let orderedCollections: Self = .product(name: "OrderedCollections", package: "swift-collections")
    static let collections: Self = .product(name: "Collections", package: "swift-collections")
    static let logging: Self = .product(name: "Logging", package: "swift-log")
    static let metrics: Self = .product(name: "Metrics", package: "swift-metrics")
    static let lifecycle: Self = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let unixSignals: Self = .product(name: "UnixSignals", package: "swift-service-lifecycle")
    static let subprocess: Self = .product(name: "Subprocess", package: "swift-subprocess")
    static let arguments: Self = .product(name: "ArgumentParser", package: "swift-argument-parser")
}

let package = Package(
    name: "baikonur",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "baikonur", targets: ["baikonur"]),
        .library(name: "XMLRPC", targets: ["XMLRPC"]),
        .library(name: "BuilddProtocol", targets: ["BuilddProtocol"]),
        .library(name: "DebianFormats", targets: ["DebianFormats"]),
        .library(name: "MockSlave", targets: ["MockSlave"]),
        .library(name: "BuildManager", targets: ["BuildManager"]),
        .library(name: "Scenario", targets: ["Scenario"]),
        .library(name: "SlaveHost", targets: ["SlaveHost"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.36.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    ],
    targets: [
        // Ground: system libraries.
        .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        .systemLibrary(name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),

        // Floor 1: the vocabulary.
        room("XMLRPC", ["CLibXML2", .orderedCollections]),
        room("FarmModel"),
        room("BuilddProtocol", ["XMLRPC", "FarmModel", .orderedCollections]),
        room("DebianFormats", ["FarmModel", "CArchive", .crypto, .orderedCollections]),
        room("Store", [.grdb, .sqlite]),
        room("ContentStore", ["FarmModel", .crypto]),

        // Floor 2: the deciders.
        room("SlaveHTTP", ["FarmModel"]),
        room("MockSlave", ["XMLRPC", "FarmModel", "BuilddProtocol", .orderedCollections]),
        room("BuildManager", ["XMLRPC", "FarmModel", "BuilddProtocol", .collections]),
        room("FarmRecords", ["FarmModel", "Store"]),
        room("Scenario", ["FarmModel", "BuilddProtocol", "DebianFormats", .yams, .orderedCollections]),

        // Floor 3: the edges.
        room("ScenarioFiles", ["Scenario"]),
        room(
            "SlaveHost",
            [
                "MockSlave", "SlaveHTTP", "ContentStore", "DebianFormats", "Scenario", "XMLRPC", "FarmModel",
                "BuilddProtocol", .nioCore, .nioPosix, .nioSSL, .asyncHTTPClient, .logging, .lifecycle,
            ]),
        room(
            "ManagerService",
            [
                "BuildManager", "FarmRecords", "ContentStore", "DebianFormats", "Store", "XMLRPC",
                "FarmModel",
                "BuilddProtocol", .nioCore, .nioPosix, .nioHTTP1, .asyncHTTPClient, .logging, .metrics,
                .lifecycle,
                .subprocess, .crypto,
            ]),
        room(
            "Librarian",
            [
                "ContentStore", "FarmRecords", "FarmModel", .crypto, .hummingbird, .hummingbirdCore,
                .nioCore, .nioPosix, .logging, .lifecycle,
            ]),
        room(
            "UploadProcessor",
            [
                "FarmRecords", "ContentStore", "DebianFormats", "Store", "FarmModel", .logging, .metrics,
                .lifecycle,
            ]),
        room(
            "Conformance",
            ["BuilddProtocol", "XMLRPC", "FarmModel", .nioCore, .nioPosix, .crypto]),

        // Floor 4: the door.
        room(
            "FarmRunner",
            [
                "Scenario", "SlaveHost", "MockSlave", "ManagerService", "BuildManager", "Librarian",
                "UploadProcessor", "ContentStore", "FarmRecords", "Store", "DebianFormats", "FarmModel",
                .logging, .lifecycle, .unixSignals, .subprocess,
            ]),
        .executableTarget(
            name: "baikonur",
            dependencies: [
                "FarmRunner", "Conformance", "Scenario", "ScenarioFiles", "SlaveHost", "ManagerService",
                "UploadProcessor", "BuildManager", "ContentStore", "FarmRecords", "Store", "FarmModel",
                .arguments, .logging, .lifecycle,
            ], swiftSettings: strict),
        .executableTarget(
            name: "baikonur-bench",
            dependencies: [
                "SlaveHost", "MockSlave", "ManagerService", "BuildManager", "FarmRecords", "ContentStore",
                "FarmModel", "XMLRPC", "CLibXML2", .arguments, .asyncHTTPClient, .logging, .nioCore,
                .nioPosix,
            ], swiftSettings: strict),

        // Tests.
        .target(
            name: "TestSupport", dependencies: [.subprocess], path: "Tests/TestSupport", swiftSettings: strict
        ),
        .target(
            name: "RecordingSupport",
            dependencies: [
                "MockSlave", "BuilddProtocol", "FarmModel", "XMLRPC", .crypto, .orderedCollections,
            ],
            path: "Tests/RecordingSupport", swiftSettings: strict),
        tests("XMLRPC", ["RecordingSupport", "FarmModel", .orderedCollections]),
        tests("FarmModel"),
        tests("BuilddProtocol", ["XMLRPC", "FarmModel", "RecordingSupport"]),
        tests("DebianFormats", ["FarmModel"]),
        tests("Store", [.grdb]),
        tests("ContentStore", ["FarmModel"]),
        tests("SlaveHTTP"),
        tests(
            "MockSlave", ["XMLRPC", "BuilddProtocol", "FarmModel", "RecordingSupport", .orderedCollections]),
        tests("BuildManager", ["XMLRPC", "BuilddProtocol", "FarmModel"]),
        tests("FarmRecords", ["Store", "FarmModel", "BuildManager", "BuilddProtocol", "XMLRPC"]),
        tests("Scenario", ["ScenarioFiles", "FarmModel", "BuilddProtocol"]),
        tests(
            "SlaveHost",
            [
                "Scenario", "XMLRPC", "MockSlave", "SlaveHTTP", "ContentStore", "FarmModel",
                "RecordingSupport",
                .nioCore, .nioPosix, .nioSSL,
            ]),
        tests(
            "ManagerService",
            [
                "BuildManager", "SlaveHost", "MockSlave", "Librarian", "UploadProcessor", "FarmRecords",
                "ContentStore",
                "DebianFormats", "Store", "FarmModel", "BuilddProtocol", "XMLRPC", .nioCore, .nioPosix,
                .asyncHTTPClient, .logging, .metrics, .lifecycle,
            ]),
        tests(
            "Librarian",
            [
                "ContentStore", "FarmRecords", "FarmModel", .asyncHTTPClient, .nioCore, .nioPosix, .logging,
                .lifecycle,
            ]),
        tests(
            "UploadProcessor",
            ["FarmRecords", "ContentStore", "DebianFormats", "FarmModel", "Store", .logging, .lifecycle]),
        tests(
            "Conformance",
            [
                "SlaveHost", "MockSlave", "DebianFormats", "BuilddProtocol", "XMLRPC", "FarmModel", .nioCore,
                .nioPosix,
            ]),
        tests(
            "FarmRunner",
            [
                "baikonur", "Scenario", "ScenarioFiles", "FarmRecords", "BuildManager", "FarmModel", .logging,
            ]),
        .testTarget(
            name: "baikonurCommandTests",
            dependencies: ["baikonur", "TestSupport", "FarmRecords", "FarmModel", "Scenario"],
            path: "Tests/CommandLineTests", swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
