import CanonicalJSON
import Keys
import Testing

@testable import MemberRegistry

@Suite struct `The network document` {
    @Test func `it reads what it writes`() throws {
        let network = TestRegistry.network
        #expect(try NetworkDocument(reading: network.canonicalBytes) == network)
    }

    @Test(arguments: [
        ("uni.example", "north"), ("example", "north"), ("uni.south.example", "south"),
        ("south.example", "south"), ("north.test", "north"), ("x.north.test", "north"),
        ("x.test", "south"), ("myexample", nil), ("uni.other", nil),
    ])
    func `the longest suffix gives the body`(domain: String, body: String?) {
        #expect(TestRegistry.network.body(of: domain)?.name == body)
    }

    @Test(arguments: [
        (0, 0, 0), (1, 1, 1), (2, 2, 2), (3, 2, 3), (4, 2, 3), (5, 4, 5), (6, 4, 5), (7, 5, 7),
        (500, 5, 7),
    ])
    func `the standard table is that of the protocol`(eligible: Int, k: Int, n: Int) {
        let row = TestRegistry.network.quorum(eligible: eligible, at: TestTime.start)
        #expect(row?.required == k)
        #expect(row?.witnesses == n)
    }

    @Test(arguments: [
        (#"[{"from":"2026-01-01T00:00:00Z","k":0,"min":0,"n":0,"max":3}]"#, "no row without"),
        (#"[{"from":"2026-01-01T00:00:00Z","k":0,"min":1,"n":0}]"#, "gap or an overlap at 1"),
        (#"[{"from":"2026-01-01T00:00:00Z","k":2,"min":0,"n":1}]"#, "2 of 1"),
        (#"[{"from":"2026-01-01T00:00:00Z","k":1,"min":0,"n":1}]"#, "1 of 1 with 0 members"),
        ("[]", "no quorum table"),
    ])
    func `a table that does not cover every case once is refused`(
        table: String,
        problem: String
    ) throws {
        var object = try #require(try JSON.read(TestRegistry.network.canonicalBytes).object)
        object["quorums"] = try JSON.read(Array(table.utf8))
        let bytes = JSON.object(object).canonicalBytes
        let error = #expect(throws: DocumentError.self) { try NetworkDocument(reading: bytes) }
        #expect(error?.description.contains(problem) == true, "\(String(describing: error))")
    }

    @Test(arguments: [
        "root", "targets", "snapshot", "timestamp", "North", "a/b", "", "-a",
    ])
    func `a body is named by one plain label`(name: String) {
        let network = NetworkDocument(
            name: "net",
            quorums: NetworkDocument.standardQuorums(from: TestTime.start),
            bodies: [NetworkDocument.Body(name: name, suffixes: ["example"])]
        )
        #expect(throws: DocumentError.self) {
            try NetworkDocument(reading: network.canonicalBytes)
        }
    }
}

@Suite struct `Patterns over target paths` {
    @Test(arguments: [
        ("members/north/*", "members/north/uni-a.example.json", true),
        ("members/north/*", "members/north/", true),
        ("members/north/*", "members/north", false),
        ("members/north/*", "members/north/x/y", false),
        ("members/north/*", "members/northern/x", false),
        ("*", "a/b", false), ("*/*", "a/b", true), ("foo-?.tgz", "foo-2.tgz", true),
        ("foo-?.tgz", "foo-22.tgz", false), ("*.tgz", "foo.tgz", true),
        ("*.tgz", "foo.tgzz", false),
        ("a*b*c", "aXbYbZc", true), ("a*b*c", "aXbYbZ", false), ("[a-c]x", "bx", true),
        ("[a-c]x", "dx", false), ("[!a-c]x", "dx", true), ("[!a-c]x", "ax", false),
        ("[]]x", "]x", true), ("[ab", "[ab", true), ("**", "anything", true),
    ])
    func `a pattern matches as fnmatch does within one segment`(
        pattern: String,
        path: String,
        matches: Bool
    ) {
        #expect(PathPattern(pattern).matches(path) == matches)
    }

    @Test(arguments: [
        ("north", "metadata/3.north.json"), ("a b/c", "metadata/3.a%20b%2Fc.json"),
        ("../x?#", "metadata/3...%2Fx%3F%23.json"),
    ])
    func `a role's file name is percent-encoded as python-tuf does`(role: String, path: String) {
        #expect(RegistryPath.role(role, version: 3) == path)
    }

    @Test func `a target's file name carries its hash`() {
        #expect(
            RegistryPath.target("members/n/u.json", sha256: "ab") == "targets/members/n/ab.u.json"
        )
        #expect(RegistryPath.target("network.json", sha256: "ab") == "targets/ab.network.json")
        #expect(RegistryPath.target("a/b.json", sha256: nil) == "targets/a/b.json")
    }
}
