import Keys
import Testing

@testable import MemberRegistry

@Suite struct `A registry inside a receipt` {
    private static let origin = "uni-a.example/eccoe/1"
    private static let time = TestTime.after(hours: 2)

    private static func excerpt(
        _ domains: [String] = ["uni-a.example", "uni-c.example"]
    ) throws -> (full: TrustedRegistry, excerpt: RegistryExcerpt) {
        let (registry, stored) = try TestRegistry.withMembers(5).refreshed()
        return (registry, try stored.excerpt(for: domains))
    }

    @Test func `it gives the same witness set without the other members' documents`() throws {
        let (full, excerpt) = try Self.excerpt()
        #expect(
            excerpt.targets.keys.sorted() == [
                "members/north/uni-a.example.json", "members/north/uni-c.example.json",
                "network.json",
            ]
        )
        #expect(
            excerpt.metadata.keys.sorted() == [
                "north", "snapshot", "south", "targets", "timestamp",
            ]
        )
        let offline = try TrustedRegistry.offline(
            excerpt,
            at: Self.time,
            trustedRootDigest: full.rootDigests[1]
        )
        #expect(
            offline.members.map(\.document.domain) == ["uni-a.example", "uni-c.example"]
        )
        #expect(
            offline.witnessSet(forOrigin: Self.origin, at: Self.time)
                == full.witnessSet(forOrigin: Self.origin, at: Self.time)
        )
        #expect(offline.logKey(forOrigin: Self.origin) == full.logKey(forOrigin: Self.origin))
        #expect(offline.standing(of: "uni-b.example", at: Self.time).state == .notCarried)
        #expect(offline.standing(of: "uni-z.example", at: Self.time).state == .notAMember)
        #expect(offline.snapshotDigest == full.snapshotDigest)
        #expect(offline.alarms.isEmpty)
    }

    @Test func `expiry is judged at the leaf's time`() throws {
        let (_, excerpt) = try Self.excerpt()
        let end = TestTime.after(days: 1)
        #expect(throws: Never.self) {
            try TrustedRegistry.offline(excerpt, at: end + -1, trustedRootDigest: nil)
        }
        let refusal = #expect(throws: RegistryRefusal.self) {
            try TrustedRegistry.offline(excerpt, at: end, trustedRootDigest: nil)
        }
        #expect(refusal == RegistryRefusal("timestamp.json", .expired(end)))
    }

    @Test func `another network's root is refused`() throws {
        let (_, excerpt) = try Self.excerpt()
        let refusal = #expect(throws: RegistryRefusal.self) {
            try TrustedRegistry.offline(
                excerpt,
                at: Self.time,
                trustedRootDigest: Digest(of: [1])
            )
        }
        #expect(refusal?.file == "root.json")
    }

    struct Tampering: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let file: String
        let change:
            @Sendable (inout [[UInt8]], inout [String: [UInt8]], inout [String: [UInt8]]) -> Void
    }

    static let tamperings: [Tampering] = [
        Tampering(testDescription: "no roots", file: "root.json") { roots, _, _ in roots = [] },
        Tampering(testDescription: "no timestamp", file: "timestamp.json") { _, metadata, _ in
            metadata["timestamp"] = nil
        },
        Tampering(testDescription: "no targets", file: "targets.json") { _, metadata, _ in
            metadata["targets"] = nil
        },
        Tampering(testDescription: "changed snapshot", file: "snapshot.json") { _, metadata, _ in
            metadata["snapshot"]?.append(0x20)
        },
        Tampering(testDescription: "no network document", file: "network.json") { _, _, targets in
            targets["network.json"] = nil
        },
        Tampering(
            testDescription: "changed document",
            file: "members/north/uni-a.example.json"
        ) { _, _, targets in targets["members/north/uni-a.example.json"]?.append(0x20) },
        Tampering(testDescription: "foreign document", file: "members/north/x.example.json") {
            _,
            _,
            targets in targets["members/north/x.example.json"] = [0x7b, 0x7d]
        },
        Tampering(testDescription: "a root twice", file: "2.root.json") { roots, _, _ in
            roots += roots
        },
    ]

    @Test(arguments: tamperings)
    func `a part that is changed or missing is named`(tampering: Tampering) throws {
        let (_, excerpt) = try Self.excerpt()
        var (roots, metadata, targets) = (excerpt.roots, excerpt.metadata, excerpt.targets)
        tampering.change(&roots, &metadata, &targets)
        let changed = RegistryExcerpt(roots: roots, metadata: metadata, targets: targets)
        let refusal = #expect(throws: RegistryRefusal.self) {
            try TrustedRegistry.offline(changed, at: Self.time, trustedRootDigest: nil)
        }
        #expect(refusal?.file == tampering.file)
    }

    @Test func `a body that is left out is frozen and its members are not believed`() throws {
        let (_, excerpt) = try Self.excerpt()
        var metadata = excerpt.metadata
        metadata["south"] = nil
        let offline = try TrustedRegistry.offline(
            RegistryExcerpt(roots: excerpt.roots, metadata: metadata, targets: excerpt.targets),
            at: Self.time,
            trustedRootDigest: nil
        )
        #expect(offline.frozenBodies == ["south"])
        #expect(offline.alarms.count == 1)
    }

    @Test func `an excerpt for a domain that is no member is refused`() throws {
        let (_, stored) = try TestRegistry.withMembers(1).refreshed()
        #expect(throws: RegistryRefusal.self) { try stored.excerpt(for: ["uni-z.example"]) }
    }
}
