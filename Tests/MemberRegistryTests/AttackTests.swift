import CanonicalJSON
import Keys
import Testing

@testable import MemberRegistry

/// An attack on a node that has refreshed a registry with two members and then meets a forged one.
struct Attack: CustomTestStringConvertible, Sendable {
    let name: String
    /// What the refusal must be about.
    let file: String
    let isReason: @Sendable (RegistryRefusal.Reason) -> Bool
    let forge: @Sendable (inout Forgery) throws -> Void
    var time = TestTime.after(hours: 2)

    var testDescription: String { name }
}

extension RegistryRefusal.Reason {
    var isRollback: Bool { if case .rollback = self { true } else { false } }
    var isExpired: Bool { if case .expired = self { true } else { false } }
    var isVersion: Bool { if case .version = self { true } else { false } }
    var isMalformed: Bool { if case .malformed = self { true } else { false } }
    var isTooLarge: Bool { if case .tooLarge = self { true } else { false } }

    func isSignatures(_ valid: Int, of threshold: Int) -> Bool {
        if case .signatures(valid, threshold, _) = self { true } else { false }
    }
}

extension Attack {
    static let onTimestampAndSnapshot: [Attack] = [
        Attack(name: "rolled back timestamp", file: "timestamp.json", isReason: \.isRollback) {
            try $0.serveTimestamp(version: $0.timestamp.version - 1)
        },
        Attack(name: "timestamp by a stranger", file: "timestamp.json") {
            $0.isSignatures(0, of: 1)
        } forge: {
            try $0.serveTimestamp(signedBy: ["stranger"])
        },
        Attack(
            name: "frozen timestamp",
            file: "timestamp.json",
            isReason: \.isExpired,
            forge: { _ in },
            time: TestTime.after(days: 1)
        ),
        Attack(name: "oversize timestamp", file: "timestamp.json", isReason: \.isTooLarge) {
            let before = try #require($0.files[RegistryPath.timestamp])
            $0.files[RegistryPath.timestamp] =
                before + Array(repeating: 0x20, count: (64 << 10) + 1 - before.count)
        },
        Attack(name: "snapshot rolled back by the timestamp", file: "snapshot.json") {
            $0.isRollback
        } forge: {
            let older = try $0.snapshot.version - 1
            let bytes = try #require($0.files[RegistryPath.role("snapshot", version: older)])
            try $0.serveTimestamp(snapshot: FileDescription(version: older, of: bytes))
        },
        Attack(name: "another snapshot in its place", file: "snapshot.json") {
            $0 == .mismatch
        } forge: {
            let version = try $0.snapshot.version
            try $0.serveSnapshot()
            $0.files[RegistryPath.role("snapshot", version: version + 1)] =
                $0.files[RegistryPath.role("snapshot", version: version)]
        },
        Attack(name: "snapshot with another version inside", file: "snapshot.json") {
            $0.isVersion
        } forge: {
            let version = try $0.snapshot.version
            let bytes = try #require($0.files[RegistryPath.role("snapshot", version: version)])
            $0.files[RegistryPath.role("snapshot", version: version + 1)] = bytes
            try $0.serveTimestamp(snapshot: FileDescription(version: version + 1, of: bytes))
        },
        Attack(name: "snapshot by the timestamp key", file: "snapshot.json") {
            $0.isSignatures(0, of: 1)
        } forge: {
            try $0.serveSnapshot(signedBy: ["timestamp"])
        },
        Attack(name: "expired snapshot", file: "snapshot.json", isReason: \.isExpired) {
            try $0.serveSnapshot(expires: TestTime.after(hours: 2))
        },
        Attack(name: "body rolled back by the snapshot", file: "north.json") {
            $0.isRollback
        } forge: {
            let older = try $0.targets("north").version - 1
            let bytes = try #require($0.files[RegistryPath.role("north", version: older)])
            try $0.serveSnapshot(
                changing: ["north.json": FileDescription(version: older, of: bytes)])
        },
        Attack(name: "body dropped by the snapshot", file: "south.json") {
            $0 == .notListed
        } forge: {
            try $0.serveSnapshot(changing: ["south.json": nil])
        },
    ]

    static let onTargets: [Attack] = [
        Attack(name: "older body mixed in", file: "north.json") {
            $0 == .mismatch
        } forge: {
            let version = try $0.targets("north").version
            try $0.serveTargets("north", signedBy: ["north"])
            $0.files[RegistryPath.role("north", version: version + 1)] =
                $0.files[RegistryPath.role("north", version: version)]
        },
        Attack(name: "targets by one key of two", file: "targets.json") {
            $0.isSignatures(1, of: 2)
        } forge: {
            try $0.serveTargets("targets", signedBy: ["targets-1"])
        },
        Attack(name: "targets twice by one key", file: "targets.json", isReason: \.isMalformed) {
            try $0.serveTargets("targets", signedBy: ["targets-1"]) { bytes in
                doubledSignature(bytes)
            }
        },
        Attack(name: "targets by the keys of a body", file: "targets.json") {
            $0.isSignatures(0, of: 2)
        } forge: {
            try $0.serveTargets("targets", signedBy: ["north", "south"])
        },
        Attack(name: "expired targets", file: "targets.json", isReason: \.isExpired) {
            try $0.serveTargets(
                "targets",
                expires: TestTime.after(hours: 2),
                signedBy: ["targets-1", "targets-2"]
            )
        },
        Attack(name: "targets longer than the snapshot says", file: "targets.json") {
            $0.isTooLarge
        } forge: {
            try $0.serveTargets("targets", signedBy: ["targets-1", "targets-2"])
            let path = RegistryPath.role("targets", version: try $0.targets("targets").version + 1)
            $0.files[path]?.append(0x20)
        },
        Attack(name: "targets that are a snapshot", file: "targets.json") {
            $0.isMalformed
        } forge: {
            let bytes = try Forgery.sign(
                try $0.snapshot.signed,
                ["targets-1", "targets-2"]
            )
            let version = try $0.targets("targets").version + 1
            $0.files[RegistryPath.role("targets", version: version)] = bytes
            try $0.serveSnapshot(
                changing: ["targets.json": FileDescription(version: version, of: bytes)])
        },
    ]

    static let newRootKeys = TestRegistry.rootLabels.map { $0 + "b" }

    static func newRoles() throws -> [String: RoleKeys] {
        try TestRegistry.topLevel("b").roles()
    }

    static let onRoot: [Attack] = [
        Attack(name: "new root signed by the old keys only", file: "2.root.json") {
            $0.isSignatures(0, of: 3)
        } forge: {
            try $0.serveRoot(
                version: 2,
                roles: newRoles(),
                signedBy: TestRegistry.rootLabels
            )
        },
        Attack(name: "new root signed by the new keys only", file: "2.root.json") {
            $0.isSignatures(0, of: 3)
        } forge: {
            try $0.serveRoot(version: 2, roles: newRoles(), signedBy: newRootKeys)
        },
        Attack(name: "new root signed by two old keys", file: "2.root.json") {
            $0.isSignatures(2, of: 3)
        } forge: {
            try $0.serveRoot(
                version: 2,
                roles: newRoles(),
                signedBy: newRootKeys + TestRegistry.rootLabels.prefix(2)
            )
        },
        Attack(name: "root that skips a version", file: "2.root.json", isReason: \.isVersion) {
            try $0.serveRoot(version: 3, at: 2, signedBy: TestRegistry.rootLabels)
        },
        Attack(name: "the same root again as the next", file: "2.root.json") {
            $0.isVersion
        } forge: {
            try $0.serveRoot(version: 1, at: 2, signedBy: TestRegistry.rootLabels)
        },
        Attack(name: "expired last root", file: "3.root.json", isReason: \.isExpired) {
            try $0.serveRoot(
                version: 2,
                expires: TestTime.start,
                signedBy: TestRegistry.rootLabels
            )
            try $0.serveRoot(
                version: 3,
                expires: TestTime.start,
                signedBy: TestRegistry.rootLabels
            )
        },
        Attack(name: "garbage for a root", file: "2.root.json", isReason: \.isMalformed) {
            $0.files[RegistryPath.root(version: 2)] = Array("<html>".utf8)
        },
        Attack(name: "oversize root", file: "2.root.json", isReason: \.isTooLarge) {
            $0.files[RegistryPath.root(version: 2)] = Array(repeating: 0x20, count: 512_001)
        },
    ]

    /// The first signature once more.
    private static func doubledSignature(_ bytes: [UInt8]) -> [UInt8] {
        guard let value = try? JSON.read(bytes), var object = value.object,
            let signatures = object["signatures"]?.array
        else { return [] }
        object["signatures"] = .array(signatures + signatures)
        return JSON.object(object).canonicalBytes
    }
}

@Suite struct `Attacks on the registry` {
    @Test(arguments: Attack.onTimestampAndSnapshot + Attack.onTargets + Attack.onRoot)
    func `an attack is refused and the last complete registry stays`(attack: Attack) throws {
        let registry = try TestRegistry.withMembers(2)
        let (before, stored) = try registry.refreshed()
        var forgery = Forgery(registry.repository)
        try attack.forge(&forgery)
        let client = Client.refresh(stored, from: forgery.files, at: attack.time)
        let refusal = try #require(client.refusal)
        #expect(refusal.file == attack.file, "\(refusal)")
        #expect(attack.isReason(refusal.reason), "\(refusal)")
        let after = try TrustedRegistry.restored(from: client.stored)
        #expect(after.members == before.members)
        #expect(after.snapshotDigest == before.snapshotDigest)
    }

    @Test func `one key under two ids does not reach a threshold of two`() throws {
        let registry = try TestRegistry.withMembers(1)
        var forgery = Forgery(registry.repository)
        let key = try #require(RoleKey(try TestKeys.key("targets-1").publicKey))
        let alias = try RoleKey(keyID: "alias", ObjectReader(key.written, at: ""))
        var roles = forgery.root.roles
        roles["targets"] = RoleKeys(keys: [key, alias], threshold: 2)
        try forgery.serveRoot(version: 2, roles: roles, signedBy: TestRegistry.rootLabels)
        try forgery.serveTargets("targets", signedBy: ["targets-1"]) { bytes in
            Self.signedAgain(bytes, as: "alias")
        }
        let client = Client.refresh(
            try registry.invited(),
            from: forgery.files,
            at: TestTime.after(hours: 1)
        )
        #expect(
            client.refusal
                == RegistryRefusal(
                    "targets.json",
                    .signatures(valid: 1, threshold: 2, role: "targets")
                )
        )
    }

    private static func signedAgain(_ bytes: [UInt8], as keyID: String) -> [UInt8] {
        guard let value = try? JSON.read(bytes), var object = value.object,
            let signature = object["signatures"]?[0], var copy = signature.object
        else { return [] }
        copy["keyid"] = .string(keyID)
        object["signatures"] = [signature, .object(copy)]
        return JSON.object(object).canonicalBytes
    }

    @Test func `after a fast-forward attack new keys bring the registry back`() throws {
        var registry = try TestRegistry.withMembers(1)
        var forgery = Forgery(registry.repository)
        try forgery.serveSnapshot(
            version: 1_000_000,
            changing: ["north.json": try forgery.snapshot.files["north.json"]]
        )
        try forgery.serveTimestamp(
            version: 2_000_000,
            snapshot: FileDescription(
                version: 1_000_000,
                of: try #require(forgery.files["metadata/1000000.snapshot.json"])
            )
        )
        let (poisoned, stored) = try Client.refresh(
            try registry.invited(),
            from: forgery.files,
            at: TestTime.after(hours: 1)
        ).success()
        #expect(poisoned.snapshotVersion == 1_000_000)

        let honest = Client.refresh(
            stored,
            from: registry.repository.files,
            at: TestTime.after(hours: 2)
        )
        #expect(honest.refusal?.reason.isRollback == true)

        _ = try registry.repository.rotateRoot(
            try TestRegistry.topLevel("b"),
            signers: try TestRegistry.signers(["", "b"]),
            at: TestTime.after(hours: 3)
        )
        let (recovered, _) = try Client.refresh(
            honest.stored,
            from: registry.repository.files,
            at: TestTime.after(hours: 4)
        ).success()
        #expect(recovered.versions["root"] == 2)
        #expect(recovered.snapshotVersion < 100)
        #expect(recovered.members.count == 1)
    }

    /// The old timestamp key stays, so only the rotation itself can end what it once signed.
    @Test func `a rotation is remembered when the refresh after it fails`() throws {
        var registry = try TestRegistry.withMembers(1)
        var forgery = Forgery(registry.repository)
        try forgery.serveTimestamp(version: 2_000_000)
        let poisoned = Client.refresh(
            try registry.invited(), from: forgery.files, at: TestTime.after(hours: 1))
        #expect(try poisoned.success().registry.versions["timestamp"] == 2_000_000)

        var plan = try TestRegistry.topLevel()
        plan.timestamp = try TestKeys.plan(["timestamp", "timestampb"], threshold: 1)
        _ = try registry.repository.rotateRoot(
            plan, signers: try TestRegistry.signers(), at: TestTime.after(hours: 2))
        let broken = Client.refresh(
            poisoned.stored, from: registry.repository.files, at: TestTime.after(hours: 3),
            unreachable: [RegistryPath.timestamp])
        #expect(broken.refusal != nil)
        let recovered = Client.refresh(
            broken.stored, from: registry.repository.files, at: TestTime.after(hours: 3))
        #expect(try recovered.success().registry.versions["root"] == 2)
    }

    @Test func `a refresh follows at most 32 rotations and the next one goes on`() throws {
        var registry = try TestRegistry()
        for _ in 0..<34 {
            _ = try registry.repository.rotateRoot(
                nil,
                signers: try TestRegistry.signers(),
                at: TestTime.after(hours: 1)
            )
        }
        let first = Client.refresh(
            try registry.invited(),
            from: registry.repository.files,
            at: TestTime.after(hours: 2)
        )
        #expect(try first.success().registry.versions["root"] == 33)
        let second = Client.refresh(
            first.stored,
            from: registry.repository.files,
            at: TestTime.after(hours: 2)
        )
        #expect(try second.success().registry.versions["root"] == 35)
    }
}
