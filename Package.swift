// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "millrace",
    products: [
        .executable(name: "millrace", targets: ["millrace"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-async-algorithms", from: "1.0.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.1.0"),
        .package(url: "https://github.com/apple/swift-crypto", "3.10.0"..<"5.0.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.3.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.80.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.24.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.27.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.5.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.10.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.0.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.25.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.6.0"),
    ],
    targets: [
        // Doors to C and C++ libraries: a module map and a shim, nothing else.
        .systemLibrary(name: "CLibArchive", providers: [.apt(["libarchive-dev"])]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CZstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CLibCSV", providers: [.apt(["libcsv-dev"])]),
        .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        .systemLibrary(name: "CPublicSuffix", pkgConfig: "libpsl", providers: [.apt(["libpsl-dev"])]),
        .systemLibrary(name: "CLibIDN2", pkgConfig: "libidn2", providers: [.apt(["libidn2-dev"])]),
        .target(name: "CSimdJSON", linkerSettings: [.linkedLibrary("simdjson")]),
        .target(name: "CResolver", linkerSettings: [.linkedLibrary("resolv")]),
        .target(name: "CPhoneNumber", linkerSettings: [.linkedLibrary("phonenumber")]),

        // The flow of a row, from the file to the report.
        .target(name: "Records"),
        .target(
            name: "Input",
            dependencies: ["CLibArchive", "CLibCSV", "CLibXML2", "CSimdJSON", "CZlib", "CZstd", "Records"]),
        .target(name: "Identity", dependencies: ["CLibIDN2", "CPhoneNumber", "CPublicSuffix", "Records"]),
        .target(name: "EnrichmentAPI"),
        .target(name: "Settings", dependencies: ["Records", .product(name: "Yams", package: "Yams")]),
        .target(
            name: "Connect",
            dependencies: [
                "EnrichmentAPI", "Records", "Settings",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPCompression", package: "swift-nio-extras"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]
        ),
        .target(
            name: "Ledger",
            dependencies: [
                "EnrichmentAPI", "Records",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]
        ),
        .target(
            name: "Waterfall",
            dependencies: [
                "Connect", "EnrichmentAPI", "Identity", "Input", "Ledger", "Records", "Settings",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ]
        ),
        .target(
            name: "Pipeline",
            dependencies: [
                "Connect", "EnrichmentAPI", "Identity", "Input", "Ledger", "Records", "Settings", "Waterfall",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Mustache", package: "swift-mustache"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ]
        ),
        .target(
            name: "Server",
            dependencies: [
                "CResolver", "Connect", "EnrichmentAPI", "Identity", "Ledger", "Records", "Settings", "Waterfall",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]
        ),
        .executableTarget(
            name: "millrace",
            dependencies: [
                "Connect", "EnrichmentAPI", "Ledger", "Pipeline", "Records", "Server", "Settings", "Waterfall",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),

        .target(
            name: "TestSupport",
            dependencies: [
                "CLibArchive", "EnrichmentAPI",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            path: "Tests/TestSupport"
        ),
        .testTarget(name: "ArchitectureTests", dependencies: ["TestSupport"]),
        .testTarget(name: "InputTests", dependencies: ["Input", "Records", "TestSupport"]),
        .testTarget(name: "IdentityTests", dependencies: ["Identity", "Input", "Records", "TestSupport"]),
        .testTarget(name: "ConnectTests", dependencies: ["Connect"]),
        .testTarget(name: "EnrichmentAPITests", dependencies: ["EnrichmentAPI"]),
        .testTarget(name: "SettingsTests", dependencies: ["Records", "Settings", "TestSupport"]),
        .testTarget(
            name: "LedgerTests",
            dependencies: [
                "EnrichmentAPI", "Ledger", "Records", "TestSupport", .product(name: "GRDB", package: "GRDB.swift"),
            ]
        ),
        .testTarget(
            name: "WaterfallTests",
            dependencies: [
                "Connect", "EnrichmentAPI", "Ledger", "Records", "Settings", "TestSupport", "Waterfall",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ]
        ),
        .testTarget(
            name: "PipelineTests",
            dependencies: [
                "Connect", "EnrichmentAPI", "Identity", "Input", "Ledger", "Pipeline", "Records", "Server", "Settings",
                "TestSupport", "Waterfall",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ]
        ),
        .testTarget(
            name: "ServerTests",
            dependencies: [
                "Connect", "EnrichmentAPI", "Ledger", "Records", "Server", "Settings", "TestSupport", "Waterfall",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
            ]
        ),
        .testTarget(
            name: "CommandTests",
            dependencies: ["EnrichmentAPI", "Ledger", "Pipeline", "TestSupport", "millrace", "generate-samples"]),

        // Makes samples/ and the data of the benchmarks.
        .executableTarget(name: "generate-samples", path: "samples/generator"),
        // The tests' service as a program, for benchmarks.
        .executableTarget(
            name: "bench-service", dependencies: ["EnrichmentAPI", "TestSupport"], path: "Benchmarks/service"),
        // How fast people are found in a ledger that knows millions.
        .executableTarget(name: "bench-ledger", dependencies: ["EnrichmentAPI", "Ledger"], path: "Benchmarks/ledger"),
    ],
    cxxLanguageStandard: .cxx17
)

for target in package.targets where ![.system].contains(target.type) {
    var settings = target.swiftSettings ?? []
    settings += [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
    ]
    // Tests read megabytes: what goes over every byte is optimised in debug builds too.
    if ["Records", "Input", "TestSupport"].contains(target.name) {
        settings.append(.unsafeFlags(["-O"], .when(configuration: .debug)))
    }
    if Context.environment["MILLRACE_WARNINGS"] == "error" {
        settings.append(.unsafeFlags(["-warnings-as-errors"]))
    }
    target.swiftSettings = settings
}
