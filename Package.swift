// swift-tools-version: 6.2
import PackageDescription

/// Settings of every target of ours: Swift 6 mode, explicit existentials, explicit imports, and no
/// warning survives.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let argumentParser = Target.Dependency.product(
    name: "ArgumentParser",
    package: "swift-argument-parser"
)
let asyncHTTPClient = Target.Dependency.product(
    name: "AsyncHTTPClient",
    package: "async-http-client"
)
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
/// SQLite's C interface as GRDB links it: for the commit path, and for the simulator's disk.
let grdbSQLite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let serviceLifecycle = Target.Dependency.product(
    name: "ServiceLifecycle",
    package: "swift-service-lifecycle"
)
let swiftASN1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")
let x509 = Target.Dependency.product(name: "X509", package: "swift-certificates")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

/// The rooms, innermost first; `ArchitectureTests` holds every file to this picture.
let pureRoomNames = [
    "CanonicalJSON", "XML", "Keys", "TransparencyLog", "MemberRegistry", "Credentials",
    "Catalogue", "Recognition",
]
let pureRooms = pureRoomNames.map { Target.Dependency(stringLiteral: $0) }
let uptoFederation = pureRooms + ["Federation"]

let package = Package(
    name: "eccoe",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "eccoed", targets: ["eccoed"]),
        .executable(name: "eccoe", targets: ["eccoe"]),
    ],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(
            name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        .target(name: "CanonicalJSON", swiftSettings: strict),
        .target(name: "XML", dependencies: ["CLibXML2"], swiftSettings: strict),
        .target(
            name: "Keys",
            dependencies: ["CanonicalJSON", crypto, cryptoExtras],
            swiftSettings: strict
        ),
        .target(name: "TransparencyLog", dependencies: ["Keys"], swiftSettings: strict),
        .target(
            name: "MemberRegistry",
            dependencies: ["Keys", "CanonicalJSON"],
            swiftSettings: strict
        ),
        .target(
            name: "Credentials",
            dependencies: ["Keys", "CanonicalJSON", x509, swiftASN1],
            swiftSettings: strict
        ),
        .target(
            name: "Catalogue",
            dependencies: ["Keys", "CanonicalJSON", "XML"],
            swiftSettings: strict
        ),
        .target(
            name: "Recognition",
            dependencies: [
                "Keys", "CanonicalJSON", "TransparencyLog", "MemberRegistry", "Credentials",
                "Catalogue",
            ],
            swiftSettings: strict
        ),
        .target(
            name: "Federation",
            dependencies: [
                "Keys", "CanonicalJSON", "TransparencyLog", "MemberRegistry", "Catalogue",
            ],
            swiftSettings: strict
        ),
        .target(
            name: "NodeStore",
            dependencies: [
                "Keys", "CanonicalJSON", "TransparencyLog", "MemberRegistry", "Catalogue",
                "Federation", grdb, grdbSQLite,
            ],
            swiftSettings: strict
        ),
        .target(
            name: "NodeClient",
            dependencies: uptoFederation + [
                asyncHTTPClient, nioCore, nioHTTP1, nioPosix, nioSSL, logging,
            ],
            swiftSettings: strict
        ),
        .target(
            name: "Node",
            dependencies: uptoFederation + ["NodeStore", logging, serviceLifecycle],
            swiftSettings: strict
        ),
        .target(
            name: "NodeServer",
            dependencies: uptoFederation + [
                "NodeStore", "Node", "CZlib", hummingbird, hummingbirdCore, httpTypes,
                nioCore,
                nioHTTP1, nioSSL, logging, serviceLifecycle,
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "eccoed",
            dependencies: uptoFederation + [
                "NodeStore", "NodeClient", "Node", "NodeServer", yams, logging, serviceLifecycle,
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "eccoe",
            dependencies: uptoFederation + ["NodeStore", "NodeClient", argumentParser],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "Benchmarks",
            dependencies: [
                "CanonicalJSON", "Keys", "Catalogue", "TransparencyLog", "MemberRegistry",
                "Federation",
                "NodeStore", "Node", grdbSQLite, logging,
            ],
            path: "Tests/Benchmarks",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "Simulation",
            dependencies: uptoFederation + [
                "NodeStore", "Node", grdbSQLite, logging, serviceLifecycle,
            ],
            path: "Tests/Simulation",
            swiftSettings: strict
        ),
        .testTarget(
            name: "SimulationTests", dependencies: ["Simulation"], swiftSettings: strict),
        .target(
            name: "Fuzzing",
            dependencies: [
                "CanonicalJSON", "Keys", "TransparencyLog", "MemberRegistry", "Federation",
            ],
            path: "Tests/Fuzzing",
            exclude: ["Runner", "Corpus"],
            swiftSettings: strict
        ),
        .target(
            name: "SecondOpinion",
            path: "Tests/SecondOpinion",
            exclude: ["xmod", "aics", "tuf"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "CanonicalJSONTests",
            dependencies: ["CanonicalJSON"],
            swiftSettings: strict
        ),
        .testTarget(name: "XMLTests", dependencies: ["XML"], swiftSettings: strict),
        .testTarget(
            name: "KeysTests",
            dependencies: ["Keys", "CanonicalJSON"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "TransparencyLogTests",
            dependencies: ["TransparencyLog", "Keys", "CanonicalJSON", "SecondOpinion"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "CatalogueTests",
            dependencies: ["Catalogue", "Keys", "CanonicalJSON", "XML", "CLibXML2"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "CredentialsTests", dependencies: ["Credentials", "Keys", "CanonicalJSON"],
            swiftSettings: strict),
        .testTarget(name: "RecognitionTests", dependencies: pureRooms, swiftSettings: strict),
        .testTarget(
            name: "DaemonTests",
            dependencies: [
                "CanonicalJSON", "XML", "Keys", "TransparencyLog", "Catalogue", "Federation",
                "NodeStore", "NodeClient", "Recognition", "Credentials", "eccoe", "eccoed",
                "SecondOpinion",
                nioCore, nioPosix, nioSSL,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "MemberRegistryTests",
            dependencies: ["MemberRegistry", "Keys", "CanonicalJSON"], exclude: ["SecondOpinion"],
            swiftSettings: strict),
        .testTarget(
            name: "FederationTests",
            dependencies: [
                "Federation", "Catalogue", "TransparencyLog", "Keys", "CanonicalJSON", "Fuzzing",
            ],
            exclude: ["SecondOpinion"],
            swiftSettings: strict),
        .testTarget(
            name: "NodeStoreTests", dependencies: uptoFederation + ["NodeStore", grdb],
            swiftSettings: strict),
        .testTarget(
            name: "NodeTests",
            dependencies: uptoFederation + [
                "NodeStore", "Node", "SecondOpinion", logging, serviceLifecycle,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "NodeClientTests",
            dependencies: uptoFederation + ["NodeClient", nioCore, nioPosix, nioHTTP1, nioSSL],
            swiftSettings: strict),
        .testTarget(
            name: "CommandTests", dependencies: uptoFederation + ["eccoe", "SecondOpinion"],
            swiftSettings: strict),
        .testTarget(name: "ArchitectureTests", swiftSettings: strict),
    ]
)

/// The rooms that do a node's work are optimised in debug builds too: the simulation of Deploy/test
/// lives through whole days, and takes two and a half times as long without. The compiler refuses
/// unsafe flags only in packages that others depend on.
let optimised =
    pureRoomNames + ["Federation", "NodeStore", "Node", "Simulation"]
for target in package.targets where optimised.contains(target.name) {
    target.swiftSettings?.append(.unsafeFlags(["-O"], .when(configuration: .debug)))
}

/// With ECCOE_FUZZ=1: the rooms that read strangers' bytes are instrumented, and `FuzzRunner` is
/// libFuzzer with one of the targets of Tests/Fuzzing. SwiftPM gives the main function of an
/// executable its own name, hence the entry point in Tests/Fuzzing/Runner.
if Context.environment["ECCOE_FUZZ"] == "1" {
    let instrumented = pureRoomNames + ["Federation", "Fuzzing"]
    let flags = SwiftSetting.unsafeFlags(["-sanitize=fuzzer", "-parse-as-library"])
    for target in package.targets where instrumented.contains(target.name) {
        target.swiftSettings?.append(flags)
    }
    package.targets.append(
        .executableTarget(
            name: "FuzzRunner",
            dependencies: ["Fuzzing"],
            path: "Tests/Fuzzing/Runner",
            swiftSettings: strict + [flags],
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])]
        )
    )
}
