import CanonicalJSON
import Testing

struct CommandLineTests {
    private let eccoe = EccoeProcess()

    @Test(arguments: [
        ("{\"b\":1,\"a\":[1e2,\"\\u20ac\"]}", "{\"a\":[100,\"€\"],\"b\":1}"),
        (" -0.0 ", "0"), ("\"\\/\"", "\"/\""),
    ])
    func `JSON is written in its canonical form`(_ input: String, _ expected: String) throws {
        let outcome = try eccoe.run(["json", "canonicalize"], input: Array(input.utf8))
        #expect(outcome.status == 0)
        #expect(outcome.output == expected)
    }

    @Test(arguments: [
        (Array("{\"a\":1,\n \"a\":2}".utf8), "line 2, column 2 (byte 9)"),
        (Array("[1,]".utf8), "line 1, column 4 (byte 3)"),
        (Array("\"\\ud800\"".utf8), "line 1, column"),
        (Array("".utf8), "line 1, column 1 (byte 0)"),
        ([0x22, 0xff, 0x22], "line 1, column 2 (byte 1)"),
    ])
    func `JSON that is malformed is refused with its place`(
        _ input: [UInt8],
        _ place: String
    ) throws {
        let outcome = try eccoe.run(["json", "canonicalize"], input: input)
        #expect(outcome.status == 65)
        #expect(outcome.output.isEmpty)
        #expect(outcome.error.contains("  at: \(place)"), "\(outcome.error)")
    }

    @Test func `an error is a problem where results are JSON`() throws {
        let outcome = try eccoe.run(
            ["json", "canonicalize", "-o", "json"],
            input: Array("nope".utf8)
        )
        #expect(outcome.status == 65)
        let problem = try JSON.read(Array(outcome.error.utf8))
        #expect(problem["type"]?.string?.hasSuffix("/problems/malformed-request") == true)
        #expect(problem["pointer"]?.string?.hasPrefix("line 1") == true)
    }

    @Test func `the version is named`() throws {
        let outcome = try eccoe.run(["--version"])
        #expect(outcome.status == 0)
        #expect(outcome.output.hasPrefix("eccoe "))
    }

    @Test(arguments: [
        ["KID", "--data", "FOLDER"], ["--data", "FOLDER", "KID"],
        ["--data", "FOLDER", "--", "KID"],
    ])
    func `a key's id may begin with a hyphen`(_ arguments: [String]) throws {
        let folder = try TemporaryFolder()
        let kid = "-" + String(repeating: "A", count: 42)
        let line = arguments.map { ["KID": kid, "FOLDER": folder.path][$0] ?? $0 }
        let outcome = try eccoe.run(["member", "key", "-o", "json"] + line)
        #expect(outcome.status == 2, "\(outcome.error)")
        #expect(try JSON.read(Array(outcome.output.utf8))["kid"]?.string == kid)
        // One letter more, and it is no key's id but a misspelt option.
        let longer = try eccoe.run(["member", "key", kid + "A"])
        #expect(longer.status == 64)
    }

    @Test(arguments: [
        ["bogus"], ["log", "bogus"], ["json", "canonicalize", "--bogus"],
        ["json", "canonicalize", "-o", "xml"], ["proof", "verify"],
    ])
    func `what is misspelt is a usage error`(_ arguments: [String]) throws {
        let outcome = try eccoe.run(arguments)
        #expect(outcome.status == 64)
        #expect(outcome.output.isEmpty)
        #expect(outcome.error.hasPrefix("eccoe: "))
    }
}
