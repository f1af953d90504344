import CanonicalJSON
import Keys
import Testing
import TransparencyLog

@testable import MemberRegistry
@testable import Recognition

/// A network made up in memory: four universities under one body, each with a log, a witness and a
/// credential key, all admitted on one day. University B decides; A, C and D witness its log, and
/// two of them are enough.
struct TestNetwork {
    static let start = Instant(secondsSince1970: 1_793_491_200)
    static let author = "uni-b.example"
    static let domains = ["uni-a.example", author, "uni-c.example", "uni-d.example"]

    let operatorKey: Ed25519Key
    var repository: RegistryRepository

    init(domains: [String] = TestNetwork.domains, seed: UInt8 = 200) throws {
        operatorKey = try Self.key(seed)
        let plan = RolePlan([operatorKey.publicKey], threshold: 1)
        let network = NetworkDocument(
            name: "test-network",
            quorums: NetworkDocument.standardQuorums(from: Self.start + -86_400),
            bodies: [.init(name: "testland", suffixes: ["example"])]
        )
        repository = try RegistryRepository.create(
            network,
            topLevel: TopLevelPlan(root: plan, targets: plan, snapshot: plan, timestamp: plan),
            bodies: ["testland": plan],
            signers: [operatorKey],
            at: Self.start
        ).repository
        for domain in domains {
            _ = try repository.admit(
                try Self.document(domain),
                signers: [operatorKey],
                at: Self.start
            )
        }
    }

    static func key(_ seed: UInt8) throws -> Ed25519Key {
        try #require(Ed25519Key(seed: Array(repeating: seed, count: 32)))
    }

    /// The keys of a member follow from its letter.
    static func key(_ use: MemberKey.Use, of domain: String) throws -> Ed25519Key {
        let letter = try #require(Array(domain.utf8).dropFirst(4).first)
        let offset = UInt8(try #require(MemberKey.Use.allCases.firstIndex(of: use)))
        return try key(letter - 0x61 + 20 * offset)
    }

    static func document(_ domain: String) throws -> MemberDocument {
        let keys = try [MemberKey.Use.log, .witness, .credential].map { use in
            try #require(
                MemberKey(
                    try key(use, of: domain).publicKey,
                    use: use,
                    notBefore: start
                )
            )
        }
        return MemberDocument(
            domain: domain,
            names: ["en": "University"],
            country: "NL",
            kind: .higherEducation,
            keys: keys,
            epochs: [LogEpoch(number: 1, kid: keys[0].kid, opened: start)],
            events: [StandingEvent(sequence: 1, at: start, event: .registration)]
        )
    }

    /// Publishes a changed document of a member.
    mutating func change(
        _ domain: String,
        at time: Instant,
        _ edit: (inout MemberDocument) -> Void
    ) throws {
        var document = try #require(
            repository.members.first { $0.document.domain == domain }
        ).document
        edit(&document)
        _ = try repository.update(document, signers: [operatorKey], at: time)
    }

    mutating func suspend(_ domain: String, at time: Instant) throws {
        try change(domain, at: time) {
            $0.events.append(
                StandingEvent(sequence: 2, at: time, event: .suspension, reason: "audit")
            )
        }
    }

    mutating func refresh(at time: Instant) throws {
        _ = try repository.refresh(signers: [operatorKey], at: time)
    }

    /// What a receipt carries of the registry.
    func excerpt(of domains: [String] = TestNetwork.domains) throws -> RegistryExcerpt {
        let trusted = repository.trusted
        var metadata = ["timestamp": repository.files[RegistryPath.timestamp]]
        metadata["snapshot"] =
            repository.files[
                RegistryPath.role("snapshot", version: trusted.snapshot?.version)
            ]
        for (role, targets) in trusted.targets {
            metadata[role] = repository.files[RegistryPath.role(role, version: targets.version)]
        }
        var targets: [String: [UInt8]] = [:]
        let paths =
            [RegistryPath.network] + domains.map { RegistryPath.member($0, body: "testland") }
        for path in paths {
            let description = try #require(trusted.target(path)).description
            targets[path] =
                repository.files[
                    RegistryPath.target(path, sha256: description.sha256.hex)
                ]
        }
        let roots = (1...trusted.root.version).compactMap {
            repository.files[RegistryPath.root(version: $0)]
        }
        return RegistryExcerpt(
            roots: roots,
            metadata: metadata.compactMapValues(\.self),
            targets: targets
        )
    }

    /// The registry as a node trusts it.
    func registry(at time: Instant = TestNetwork.start) throws -> TrustedRegistry {
        try TrustedRegistry.offline(try excerpt(), at: time, trustedRootDigest: nil)
    }

    var rootDigest: Digest {
        Digest(of: repository.files[RegistryPath.root(version: 1)] ?? [])
    }
}
