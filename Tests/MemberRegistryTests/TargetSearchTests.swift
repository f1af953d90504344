import Keys
import Testing

@testable import MemberRegistry

@Suite struct `Searching a target` {
    private struct Role {
        let lists: [String]
        let delegations: [(name: String, paths: [String], isTerminating: Bool)]
        /// Whether its delegations name a key that signs nothing.
        var namesStranger = false
    }

    /// A registry of these roles, all signed by the northern body's key.
    private static func walk(
        _ roles: [String: Role]
    ) throws -> (trusted: TrustedMetadata, frozen: Set<String>) {
        let keys = try TestKeys.plan(["north"], threshold: 1).roleKeys("north")
        let stranger = try TestKeys.plan(["stranger"], threshold: 1).roleKeys("stranger")
        let expires = TestTime.after(days: 1)
        let root = RootMetadata(
            version: 1, expires: expires,
            roles: Dictionary(uniqueKeysWithValues: RootMetadata.roleNames.map { ($0, keys) }))
        var files: [String: [UInt8]] = [:]
        for (name, role) in roles {
            let targets = role.lists.map {
                ($0, TargetDescription(of: Array(name.utf8), custom: nil))
            }
            let delegations = role.delegations.map {
                DelegatedRole(
                    name: $0.name, keys: role.namesStranger ? stranger : keys,
                    scope: .paths($0.paths), isTerminating: $0.isTerminating)
            }
            let metadata = TargetsMetadata(
                version: 1, expires: expires, targets: Dictionary(uniqueKeysWithValues: targets),
                delegations: delegations)
            files[name] = try Forgery.sign(metadata.signed, ["north"])
        }
        let listed = files.map { ("\($0.key).json", FileDescription(version: 1, of: $0.value)) }
        let snapshot = SnapshotMetadata(
            version: 1, expires: expires, files: Dictionary(uniqueKeysWithValues: listed))
        let snapshotFile = try Forgery.sign(snapshot.signed, ["north"])
        let timestamp = TimestampMetadata(
            version: 1, expires: expires, snapshot: FileDescription(version: 1, of: snapshotFile))
        files["snapshot"] = snapshotFile
        files["timestamp"] = try Forgery.sign(timestamp.signed, ["north"])
        var trusted = try TrustedMetadata(
            trustedRoot: try Forgery.sign(root.signed, ["north"]),
            expiry: .judged(at: TestTime.start))
        let (walk, _) = try trusted.takeAll { role, _ in files[role] }
        return (trusted, walk.frozen)
    }

    @Test func `the first role in order wins and a terminating one ends the search`() throws {
        let (trusted, frozen) = try Self.walk([
            "targets": Role(
                lists: ["x/0"],
                delegations: [
                    ("a", ["x/*"], false), ("b", ["x/2", "x/3"], true), ("c", ["x/*"], false),
                    ("e", ["y/*"], false),
                ]
            ),
            "a": Role(
                lists: ["x/0", "x/1", "y/1", "y/2"],
                delegations: [("d", ["x/*", "z/*"], false), ("f", ["x/6"], true)]),
            "b": Role(lists: ["x/1", "x/2"], delegations: []),
            "c": Role(lists: ["x/1", "x/3", "x/4", "x/5", "x/6"], delegations: []),
            "e": Role(lists: [], delegations: [("a", ["y/1"], false)]),
            "f": Role(lists: [], delegations: []),
            "d": Role(lists: ["x/5", "z/1"], delegations: [("a", ["x/*"], false)]),
        ])
        let expected: [(String, String?)] = [
            ("x/0", "targets"),  // its own before those of its delegations
            ("x/1", "a"),  // the first delegation before the later ones
            ("x/2", "b"),
            ("x/3", nil),  // b is terminating, so c is not asked
            ("x/4", "c"),
            ("x/5", "d"),  // below the first before the second
            ("x/6", nil),  // f is terminating, two levels down
            ("y/1", "a"),  // by way of e, not of the first delegation to a
            ("y/2", nil),  // listed by a, but nobody trusts a with it
            ("z/1", nil),  // delegated to d, but a was never trusted with it
        ]
        for (path, role) in expected { #expect(trusted.target(path)?.role == role, "\(path)") }
        #expect(trusted.allTargets().map(\.path) == ["x/0", "x/1", "x/2", "x/4", "x/5", "y/1"])
        #expect(frozen.isEmpty)
    }

    @Test(arguments: [("e", "z"), ("z", "e")])
    func `a delegation that names other keys does not count, and does not freeze the role`(
        good: String, bad: String
    ) throws {
        let (trusted, frozen) = try Self.walk([
            "targets": Role(
                lists: [],
                delegations: [("e", ["y/*", "z/*"], false), ("z", ["y/*", "z/*"], false)]),
            good: Role(lists: [], delegations: [("a", ["y/*"], false)]),
            bad: Role(lists: [], delegations: [("a", ["z/*"], false)], namesStranger: true),
            "a": Role(lists: ["y/1", "z/1"], delegations: []),
        ])
        #expect(trusted.target("y/1")?.role == "a")
        #expect(trusted.target("z/1") == nil)
        #expect(frozen.isEmpty)
    }
}
