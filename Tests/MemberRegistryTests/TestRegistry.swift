import Keys
import MemberRegistry
import Testing

/// Keys that are the same in every run: the seed is the SHA-256 of a label.
struct TestKeys {
    static func key(_ label: String) throws -> Ed25519Key {
        try #require(Ed25519Key(seed: Digest(of: Array(label.utf8)).bytes))
    }

    static func keys(_ labels: [String]) throws -> [Ed25519Key] {
        try labels.map(key)
    }

    static func plan(_ labels: [String], threshold: Int) throws -> RolePlan {
        RolePlan(try keys(labels).map(\.publicKey), threshold: threshold)
    }
}

/// The moment at which the test registry begins, and steps from it.
enum TestTime {
    static let start = Instant(secondsSince1970: 1_767_225_600)  // 2026-01-01T00:00:00Z
    static let hour: Int64 = 3600
    static let day: Int64 = 86_400

    static func after(days: Int64 = 0, hours: Int64 = 0) -> Instant {
        start + days * day + hours * hour
    }
}

/// A registry with a root of 3 of 5, targets of 2 of 3 and two bodies.
struct TestRegistry {
    var repository: RegistryRepository
    /// Everything in the order in which it was written.
    var written: [RepositoryChange] = []

    static let rootLabels = ["root-1", "root-2", "root-3", "root-4", "root-5"]
    static let otherLabels = [
        "targets-1", "targets-2", "targets-3", "snapshot", "timestamp", "north", "south",
    ]
    static let network = NetworkDocument(
        name: "test-net",
        quorums: NetworkDocument.standardQuorums(from: TestTime.start),
        bodies: [
            NetworkDocument.Body(name: "north", suffixes: ["example", "north.test"]),
            NetworkDocument.Body(name: "south", suffixes: ["south.example", "test"]),
        ]
    )

    static func topLevel(_ generation: String = "") throws -> TopLevelPlan {
        TopLevelPlan(
            root: try TestKeys.plan(rootLabels.map { $0 + generation }, threshold: 3),
            targets: try TestKeys.plan(["targets-1", "targets-2", "targets-3"], threshold: 2),
            snapshot: try TestKeys.plan(["snapshot" + generation], threshold: 1),
            timestamp: try TestKeys.plan(["timestamp" + generation], threshold: 1)
        )
    }

    static func signers(_ generations: [String] = [""]) throws -> [Ed25519Key] {
        try TestKeys.keys(
            generations.flatMap { generation in
                (rootLabels + otherLabels).map { $0 + generation }
            } + otherLabels
        )
    }

    init(at time: Instant = TestTime.start) throws {
        let (repository, change) = try RegistryRepository.create(
            Self.network,
            topLevel: try Self.topLevel(),
            bodies: [
                "north": try TestKeys.plan(["north"], threshold: 1),
                "south": try TestKeys.plan(["south"], threshold: 1),
            ],
            signers: try Self.signers(),
            at: time
        )
        self.repository = repository
        written = [change]
    }

    /// A registry with `uni-a.example`, `uni-b.example` and so on, as many as asked for.
    static func withMembers(_ count: Int, at time: Instant = TestTime.start) throws -> TestRegistry
    {
        var registry = try TestRegistry(at: time)
        for letter in "abcdefghijklmnop".prefix(count) {
            try registry.admit(try TestMember.document("uni-\(letter).example"), at: time)
        }
        return registry
    }

    mutating func admit(_ document: MemberDocument, at time: Instant) throws {
        written.append(
            try repository.admit(document, signers: try Self.signers(), at: time)
        )
    }

    mutating func update(_ document: MemberDocument, at time: Instant) throws {
        written.append(
            try repository.update(document, signers: try Self.signers(), at: time)
        )
    }

    mutating func refresh(at time: Instant) throws {
        written.append(try repository.refresh(signers: try Self.signers(), at: time))
    }

    /// What a node that was invited at the beginning holds.
    func invited() throws -> StoredMetadata {
        try StoredMetadata(trustedRoot: try #require(repository.files["metadata/1.root.json"]))
    }

    /// A node's copy after a successful refresh.
    func refreshed(
        _ stored: StoredMetadata? = nil,
        at time: Instant = TestTime.after(hours: 1)
    ) throws -> (registry: TrustedRegistry, stored: StoredMetadata) {
        let start = try stored ?? invited()
        return try Client.refresh(start, from: repository.files, at: time).success()
    }
}

/// Member documents as institutions would write them.
enum TestMember {
    static func key(
        _ domain: String,
        _ use: MemberKey.Use,
        _ generation: Int = 1,
        from: Instant = TestTime.start,
        until: Instant? = nil
    ) throws -> MemberKey {
        let signer = try signer(domain, use, generation)
        return try #require(
            MemberKey(signer.publicKey, use: use, notBefore: from, expires: until)
        )
    }

    static func signer(
        _ domain: String,
        _ use: MemberKey.Use,
        _ generation: Int = 1
    ) throws -> Ed25519Key {
        try TestKeys.key("\(domain) \(use.rawValue) \(generation)")
    }

    /// A member with one key of each use and one open epoch.
    static func document(
        _ domain: String,
        at time: Instant = TestTime.start
    ) throws -> MemberDocument {
        let keys = try MemberKey.Use.allCases.map { try key(domain, $0, from: time) }
        let log = try key(domain, .log, from: time)
        return MemberDocument(
            domain: domain,
            names: ["en": "University \(domain)"],
            country: "FR",
            kind: .higherEducation,
            mailboxes: ["technical": "eccoe@\(domain)"],
            node: "https://\(domain):8443",
            dids: ["did:web:\(domain)"],
            keys: keys,
            epochs: [LogEpoch(number: 1, kid: log.kid, opened: time)],
            events: [StandingEvent(sequence: 1, at: time, event: .registration)]
        )
    }
}

extension MemberDocument {
    /// The document with the first key of `use` revoked.
    func revoking(
        _ use: MemberKey.Use,
        at time: Instant,
        _ reason: MemberKey.Revocation
    ) -> MemberDocument {
        keys.first { $0.use == use }.flatMap { revoking($0.kid, at: time, reason) } ?? self
    }
}

/// Drives a refresh against files in memory.
struct Client {
    enum Outcome {
        case finished(TrustedRegistry, StoredMetadata)
        case failed(RegistryRefusal, StoredMetadata)
    }

    struct Unexpected: Error {
        let refusal: RegistryRefusal
    }

    let outcome: Outcome
    /// The paths asked for, in order.
    let fetched: [String]

    static func refresh(
        _ stored: StoredMetadata,
        from files: [String: [UInt8]],
        at time: Instant,
        limits: RegistryLimits = .standard,
        unreachable: Set<String> = []
    ) -> Client {
        var workflow = RefreshWorkflow(stored: stored, at: time, limits: limits)
        var fetched: [String] = []
        var step = workflow.start()
        while true {
            switch step {
            case .fetch(let path, _):
                fetched.append(path)
                if unreachable.contains(path) {
                    step = workflow.receive(.unreachable("connection refused"))
                } else {
                    step = workflow.receive(files[path].map { .bytes($0) } ?? .notFound)
                }
            case .finished(let registry, let stored):
                return Client(outcome: .finished(registry, stored), fetched: fetched)
            case .failed(let refusal):
                return Client(outcome: .failed(refusal, workflow.stored), fetched: fetched)
            }
        }
    }

    func success() throws -> (registry: TrustedRegistry, stored: StoredMetadata) {
        switch outcome {
        case .finished(let registry, let stored): return (registry, stored)
        case .failed(let refusal, _): throw Unexpected(refusal: refusal)
        }
    }

    var refusal: RegistryRefusal? {
        if case .failed(let refusal, _) = outcome { refusal } else { nil }
    }

    /// What the node keeps in either case.
    var stored: StoredMetadata {
        switch outcome {
        case .finished(_, let stored), .failed(_, let stored): stored
        }
    }
}
