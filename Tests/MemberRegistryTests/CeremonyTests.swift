import CanonicalJSON
import Keys
import Testing

@testable import MemberRegistry

@Suite struct `Ceremonies on separate machines` {
    private static let online = ["snapshot", "timestamp"]

    /// A proposal as it arrives on the machine of a key, and as it goes on from there.
    private func sign(_ ceremony: Ceremony, by label: String) throws -> Ceremony {
        let carried = try Ceremony(reading: ceremony.json.canonicalBytes)
        #expect(carried == ceremony)
        return try carried.signed(by: [try TestKeys.key(label)])
    }

    private func sign(_ ceremony: Ceremony, by labels: [String]) throws -> Ceremony {
        try labels.reduce(ceremony) { try sign($0, by: $1) }
    }

    private func publish(
        _ ceremony: Ceremony, in registry: inout TestRegistry, _ online: [String] = online
    ) throws {
        _ = try registry.repository.publish(
            ceremony, signers: try TestKeys.keys(online), at: TestTime.after(hours: 1))
    }

    @Test func `a root is renewed by the threshold of its keys and by no fewer`() throws {
        var registry = try TestRegistry.withMembers(1)
        let proposal = try registry.repository.proposeRoot([:], at: TestTime.after(hours: 1))
        let two = try sign(proposal, by: ["root-1", "root-4"])
        #expect(two.currentRoot == Digest(of: try #require(proposal.current["root"])))
        #expect(throws: RepositoryError.self) { try publish(two, in: &registry) }
        #expect(registry.repository.versions["root"] == 1)
        let three = try sign(two, by: "root-5")
        #expect(try three.panels().map(\.signed) == [3, 3])
        #expect(try three.panels().map(\.isComplete) == [true, true])
        try publish(three, in: &registry)
        let (trusted, _) = try registry.refreshed(at: TestTime.after(hours: 2))
        #expect(trusted.versions["root"] == 2)
        #expect(trusted.expiries["root"] == TestTime.after(days: 365, hours: 1))
        #expect(throws: RepositoryError.self, "a second time") {
            try publish(three, in: &registry)
        }
    }

    @Test func `a rotation needs the old keys and the new ones`() throws {
        var registry = try TestRegistry.withMembers(1)
        let labels = ["root-3", "root-4", "root-5", "root-6", "root-7"]
        let proposal = try registry.repository.proposeRoot(
            ["root": try TestKeys.plan(labels, threshold: 4)], at: TestTime.after(hours: 1))
        let old = try sign(proposal, by: ["root-1", "root-2", "root-3"])
        #expect(try old.panels().map { [$0.signed, $0.threshold] } == [[3, 3], [1, 4]])
        #expect(throws: RepositoryError.self) { try publish(old, in: &registry) }
        let new = try sign(proposal, by: ["root-4", "root-5", "root-6", "root-7"])
        #expect(try new.panels().map(\.isComplete) == [false, true])
        #expect(throws: RepositoryError.self) { try publish(new, in: &registry) }
        let both = try old.merging(new)
        try publish(both, in: &registry)
        let (trusted, _) = try registry.refreshed(at: TestTime.after(hours: 2))
        #expect(trusted.versions["root"] == 2)
        #expect(registry.repository.plan(of: "root").threshold == 4)
        #expect(throws: RepositoryError.self, "the key that went") {
            try sign(
                registry.repository.proposeRoot([:], at: TestTime.after(hours: 2)), by: "root-1")
        }
    }

    @Test func `keys of targets change with the root, and sign along with it`() throws {
        var registry = try TestRegistry.withMembers(1)
        let proposal = try registry.repository.proposeRoot(
            ["targets": try TestKeys.plan(["targets-8", "targets-9"], threshold: 2)],
            at: TestTime.after(hours: 1))
        let roots = try sign(proposal, by: ["root-1", "root-2", "root-3", "targets-8"])
        #expect(throws: RepositoryError.tooFewSigners(role: "targets", have: 1, need: 2)) {
            try publish(roots, in: &registry)
        }
        try publish(sign(roots, by: "targets-9"), in: &registry)
        let (trusted, _) = try registry.refreshed(at: TestTime.after(hours: 2))
        #expect(trusted.versions["targets"] == 2)
        #expect(trusted.members.count == 1)
        let renewal = try registry.repository.proposeRenewal(
            of: "targets", at: TestTime.after(hours: 2))
        try publish(sign(renewal, by: ["targets-8", "targets-9"]), in: &registry)
        #expect(registry.repository.versions["targets"] == 3)
    }

    @Test func `a network is founded with keys that never met`() throws {
        let foundation = try RegistryRepository.foundation(
            TestRegistry.network, topLevel: try TestRegistry.topLevel(),
            bodies: [
                "north": try TestKeys.plan(["north"], threshold: 1),
                "south": try TestKeys.plan(["south"], threshold: 1),
            ], at: TestTime.start)
        #expect(foundation.currentRoot == nil)
        let online = try TestKeys.keys(Self.online + ["north", "south"])
        let some = try sign(foundation, by: ["root-1", "root-2", "targets-1", "targets-2"])
        #expect(throws: RepositoryError.self) {
            try RegistryRepository.found(some, signers: online, at: TestTime.start)
        }
        let signed = try sign(some, by: "root-5")
        var (repository, _) = try RegistryRepository.found(
            signed, signers: online, at: TestTime.start)
        _ = try repository.admit(
            try TestMember.document("uni-a.example"), signers: online, at: TestTime.start)
        let root = try #require(repository.files["metadata/1.root.json"])
        let (trusted, _) = try Client.refresh(
            try StoredMetadata(trustedRoot: root), from: repository.files,
            at: TestTime.after(hours: 1)
        ).success()
        #expect(trusted.members.count == 1)
        #expect(throws: RepositoryError.self) {
            try RegistryRepository.found(
                repository.proposeRoot([:], at: TestTime.start), signers: online, at: TestTime.start
            )
        }
    }

    @Test func `a body is added, and admits with keys of its own`() throws {
        var registry = try TestRegistry.withMembers(1)
        let network = NetworkDocument(
            name: "test-net", quorums: TestRegistry.network.quorums,
            bodies: TestRegistry.network.bodies + [.init(name: "west", suffixes: ["west"])])
        let proposal = try registry.repository.proposeNetwork(
            network, bodies: ["west": try TestKeys.plan(["west"], threshold: 1)],
            at: TestTime.after(hours: 1))
        #expect(try proposal.changes().contains { $0.will == "members/west/*" })
        try publish(sign(proposal, by: ["targets-1", "targets-3", "west"]), in: &registry)
        let document = try TestMember.document("uni.west")
        let admission = try registry.repository.proposeMember(
            document, at: TestTime.after(hours: 1))
        #expect(admission.domains == ["uni.west"])
        #expect(throws: RepositoryError.self, "another body's key") {
            try sign(admission, by: "north")
        }
        #expect(throws: RepositoryError.self) { try publish(admission, in: &registry) }
        try publish(sign(admission, by: "west"), in: &registry)
        let (trusted, _) = try registry.refreshed(at: TestTime.after(hours: 2))
        #expect(trusted.member("uni.west")?.body == "west")
    }

    @Test func `a proposal that was overtaken is made anew`() throws {
        var registry = try TestRegistry.withMembers(1)
        let old = try TestMember.document("uni-a.example")
        let proposal = try sign(
            registry.repository.proposeMember(
                old.adding(.suspension, at: TestTime.start, reason: "test"),
                at: TestTime.after(hours: 1)), by: "north")
        try registry.admit(try TestMember.document("uni-b.example"), at: TestTime.after(hours: 1))
        #expect(throws: RepositoryError.self) { try publish(proposal, in: &registry) }
        #expect(registry.repository.members.count == 2)
    }

    @Test func `what is shown is what is signed`() throws {
        let registry = try TestRegistry.withMembers(1)
        let old = try TestMember.document("uni-a.example")
        let proposal = try registry.repository.proposeMember(
            old.adding(.suspension, at: TestTime.start, reason: "test"),
            at: TestTime.after(hours: 1))
        #expect(
            try proposal.changes().map(\.place) == [
                "north/version", "north/targets", "/events/1",
            ])
        var file = try #require(proposal.json.object)
        file["targets"] = ["members/north/uni-a.example.json": old.json]
        #expect(throws: DocumentError.self, "another document beside the hash") {
            try Ceremony(reading: JSON.object(file).canonicalBytes)
        }
        for name in ["metadata", "current", "network", "kind", "v"] {
            var file = try #require(proposal.json.object)
            file[name] = nil
            #expect(throws: DocumentError.self, "without \(name)") {
                try Ceremony(reading: JSON.object(file).canonicalBytes)
            }
        }
    }

    @Test func `nothing that is published leaves by a ceremony`() throws {
        var registry = try TestRegistry.withMembers(2)
        let current = try #require(registry.repository.trusted.targets["north"])
        let fewer = TargetsMetadata(
            version: current.version + 1, expires: current.expires,
            targets: current.targets.filter { !$0.key.contains("uni-b") }, delegations: [])
        let root = try #require(registry.repository.files["metadata/1.root.json"])
        let targets = try #require(registry.repository.files["metadata/1.targets.json"])
        let forged = Ceremony(
            network: "test-net", metadata: ["north": MetadataSigning.unsigned(fewer.signed)],
            current: ["root": root, "targets": targets])
        let path = "members/north/uni-b.example.json"
        #expect(throws: RepositoryError.document(RegistryAlarm(path, .removed))) {
            try publish(sign(forged, by: "north"), in: &registry)
        }
    }

    @Test func `a root's change names the keys that come and go`() throws {
        let registry = try TestRegistry()
        let labels = ["root-2", "root-3", "root-4", "root-5", "root-6"]
        let changes = try registry.repository.proposeRoot(
            ["root": try TestKeys.plan(labels, threshold: 2)], at: TestTime.after(days: 1)
        ).changes()
        func id(_ label: String) throws -> String {
            try #require(RoleKey(TestKeys.key(label).publicKey)).keyID
        }
        #expect(
            changes.map(\.subject) == [
                "root", "key \(try id("root-1"))", "key \(try id("root-6"))", "threshold",
            ])
        #expect(changes[0].will == "version 2, expires 2027-01-02T00:00:00Z")
        #expect(changes[3].was == "3 of 5" && changes[3].will == "2 of 5")
    }
}
