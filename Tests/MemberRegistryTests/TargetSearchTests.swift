import Keys
import Testing

@testable import MemberRegistry

@Suite struct `Searching a target` {
    private struct Role {
        let lists: [String]
        let delegations: [(name: String, paths: [String], isTerminating: Bool)]
    }

    /// A registry of these roles, all signed by the northern body's key.
    private static func trusted(_ roles: [String: Role]) throws -> TrustedMetadata {
        let key = try TestKeys.plan(["north"], threshold: 1).roleKeys("north")
        var draft = RepositoryDraft(
            root: RootMetadata(
                version: 1,
                expires: TestTime.after(days: 1),
                roles: Dictionary(
                    uniqueKeysWithValues: RootMetadata.roleNames.map { ($0, key) }
                )
            )
        )
        let signer = [try TestKeys.key("north")]
        let root = try MetadataSigning.sign(
            draft.root.signed,
            role: "root",
            keys: key,
            signers: signer
        )
        for (name, role) in roles {
            draft.roles[name] = TargetsMetadata(
                version: 1,
                expires: TestTime.after(days: 1),
                targets: Dictionary(
                    uniqueKeysWithValues: role.lists.map {
                        ($0, TargetDescription(of: Array(name.utf8), custom: nil))
                    }
                ),
                delegations: role.delegations.map {
                    DelegatedRole(
                        name: $0.name,
                        keys: key,
                        scope: .paths($0.paths),
                        isTerminating: $0.isTerminating
                    )
                }
            )
        }
        let change = try draft.files(
            signers: signer,
            at: TestTime.start,
            lifetimes: RegistryLifetimes()
        )
        let stored = StoredMetadata(
            files: Dictionary(uniqueKeysWithValues: change.files.map { ($0.path, $0.bytes) })
        )
        var trusted = try TrustedMetadata(
            trustedRoot: root,
            expiry: .judged(at: TestTime.start)
        )
        _ = try trusted.takeAll { stored.file(ofRole: $0, version: $1) }
        return trusted
    }

    @Test func `the first role in order wins and a terminating one ends the search`() throws {
        let trusted = try Self.trusted([
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
    }
}
