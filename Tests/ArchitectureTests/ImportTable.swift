/// The picture of the house: who may import whom. The architecture article draws the same.
enum ImportTable {
    struct Room {
        /// Our own targets that its files may import.
        let own: Set<String>
        /// Modules of other packages that have their home here.
        var home: Set<String> = []
        /// Without I/O, clocks, tasks and Foundation.
        var isPure = false
    }

    static let pureRooms: Set<String> = [
        "CanonicalJSON", "XML", "Keys", "TransparencyLog", "MemberRegistry", "Credentials",
        "Catalogue", "Recognition",
    ]
    private static let upToFederation = pureRooms.union(["Federation"])

    static let rooms: [String: Room] = [
        "CanonicalJSON": Room(own: [], isPure: true),
        "XML": Room(own: [], home: ["CLibXML2"], isPure: true),
        "Keys": Room(own: ["CanonicalJSON"], home: ["Crypto", "CryptoExtras"], isPure: true),
        "TransparencyLog": Room(own: ["Keys"], isPure: true),
        "MemberRegistry": Room(own: ["Keys", "CanonicalJSON"], isPure: true),
        "Credentials": Room(
            own: ["Keys", "CanonicalJSON"],
            home: ["X509", "SwiftASN1"],
            isPure: true
        ),
        "Catalogue": Room(
            own: ["Keys", "CanonicalJSON", "XML"],
            home: ["SwiftCSV"],
            isPure: true
        ),
        "Recognition": Room(own: pureRooms.subtracting(["Recognition"]), isPure: true),
        "Federation": Room(own: pureRooms, isPure: true),
        "NodeStore": Room(own: upToFederation, home: ["GRDB", "GRDBSQLite"]),
        "NodeClient": Room(own: upToFederation, home: ["AsyncHTTPClient"]),
        "Node": Room(own: upToFederation.union(["NodeStore"])),
        "NodeServer": Room(
            own: upToFederation.union(["NodeStore", "Node"]),
            home: ["Hummingbird", "HummingbirdCore", "HTTPTypes", "CZlib"]
        ),
        "eccoed": Room(
            own: upToFederation.union(["NodeStore", "NodeClient", "Node", "NodeServer"]),
            home: ["Yams"]
        ),
        "eccoe": Room(
            own: upToFederation.union(["NodeStore", "NodeClient"]),
            home: ["ArgumentParser"]
        ),
    ]

    /// Folders below Sources/ that only name a library of the system.
    static let systemLibraries: Set<String> = ["CZlib", "CLibXML2"]

    /// Modules of other packages that every room but the pure ones may import.
    static let shared: Set<String> = [
        "Logging", "Metrics", "ServiceLifecycle", "UnixSignals", "NIOCore", "NIOPosix", "NIOSSL",
        "NIOHTTP1", "NIOFoundationCompat", "NIOConcurrencyHelpers",
    ]

    /// Modules of the toolchain that do nothing by themselves.
    static let systemEverywhere: Set<String> = ["FoundationEssentials"]

    /// Modules of the toolchain that reach the machine.
    static let systemOutsidePureRooms: Set<String> = [
        "Foundation", "Glibc", "Musl", "Darwin", "Dispatch", "Synchronization",
    ]

    /// Test targets that mirror no single room.
    static let testsOfTheWhole: Set<String> = [
        "ArchitectureTests", "DaemonTests", "Simulation", "SimulationTests", "CommandTests",
        "BrowserTests", "Fuzzing", "Benchmarks", "SecondOpinion", "FuzzRunner",
    ]

    /// Folders below Tests/ that hold no Swift target.
    static let foldersOfOtherLanguages: Set<String> = []

    /// What the files of `room` may import, nil for a target that the table does not know.
    static func allowed(in room: String) -> Set<String>? {
        guard let entry = rooms[room] else { return nil }
        let always = entry.own.union(entry.home).union(systemEverywhere)
        return entry.isPure ? always : always.union(shared).union(systemOutsidePureRooms)
    }

    /// The one target in which a module is at home.
    static func home(of module: String) -> String? {
        rooms.first { $0.value.home.contains(module) }?.key
    }
}
