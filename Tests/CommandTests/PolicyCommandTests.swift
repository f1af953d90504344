import CanonicalJSON
import Keys
import Testing
import TransparencyLog

/// `--policy` in the place of `--key`, `--witness` and `--quorum`.
struct PolicyCommandTests {
    private let eccoe = EccoeProcess()
    private let folder: TemporaryFolder
    private let signer: NoteSigner
    private let witnesses: [NoteSigner]

    init() throws {
        folder = try TemporaryFolder()
        signer = try LogTree.signer("uni-a.example/eccoe/1")
        witnesses = try ["b", "c", "d"].map {
            try LogTree.signer("uni-\($0).example/eccoe/witness", .cosignature)
        }
        var tree = LogTree(entries: LogTree.entries(3), signer: signer)
        tree.cosigners = Array(witnesses.prefix(2))
        try tree.write(to: folder)
        try folder.write("entry", Array("entry 1".utf8))
    }

    private func policy(required: Int, log: NoteSigner? = nil) throws -> String {
        let policy = try LogPolicy(
            log: .init(key: (log ?? signer).key),
            witnesses: witnesses.map { .init(name: Array($0.key.name.utf8), key: $0.key) },
            required: required
        )
        try folder.write("policy", policy.bytes)
        return folder.file("policy")
    }

    private func verify(_ options: [String]) throws -> (
        status: Int32, output: String, error: String
    ) {
        let outcome = try eccoe.run(["log", "verify", folder.file("log"), "-o", "json"] + options)
        return (outcome.status, outcome.output, outcome.error)
    }

    @Test func `a policy with its quorum verifies a log and a proof`() throws {
        let file = try policy(required: 2)
        let outcome = try verify(["--policy", file])
        #expect(outcome.status == 0, "\(outcome.error)")
        let json = try JSON.read(Array(outcome.output.utf8))
        #expect(json["confirmation"]?.string == "confirmed by 2 of 3 witnesses")
        let proof = try eccoe.run([
            "log", "prove", folder.file("log"), "--index", "1", "--policy", file,
        ])
        try #require(proof.status == 0, "\(proof.error)")
        try folder.write("proof", Array(proof.output.utf8))
        let verified = try eccoe.run([
            "proof", "verify", folder.file("proof"), "--leaf", folder.file("entry"), "--policy",
            file,
        ])
        #expect(verified.status == 0, "\(verified.error)")
        #expect(verified.output.contains("confirmed by 2 of 3 witnesses"))
    }

    @Test func `without a quorum a head verifies, unconfirmed`() throws {
        let outcome = try verify(["--policy", try policy(required: 0)])
        #expect(outcome.status == 0, "\(outcome.error)")
        let json = try JSON.read(Array(outcome.output.utf8))
        #expect(json["confirmation"]?.string?.hasPrefix("unconfirmed") == true)
    }

    @Test func `below the quorum, and for other logs, the answer is no`() throws {
        let below = try verify(["--policy", try policy(required: 3)])
        #expect(below.status == 1)
        #expect(below.error.contains("unconfirmed: 2 of 3 witnesses, 3 needed"))
        let other = try LogTree.signer("uni-z.example/eccoe/1")
        let foreign = try verify(["--policy", try policy(required: 2, log: other)])
        #expect(foreign.status == 1)
        #expect(foreign.output.isEmpty)
        let thief = try LogTree.signer("uni-a.example/eccoe/1")
        #expect(try verify(["--policy", try policy(required: 2, log: thief)]).status == 1)
    }

    @Test func `a file that is no policy names the line`() throws {
        try folder.write("broken", Array("quorum none\nquorum none\n".utf8))
        let outcome = try verify(["--policy", folder.file("broken")])
        #expect(outcome.status == 65)
        #expect(outcome.error.contains("line 2"))
        #expect(try verify(["--policy", folder.file("absent")]).status == 66)
    }

    @Test func `key and policy exclude each other`() throws {
        let file = try policy(required: 2)
        for options in [
            [], ["--key", signer.key.text, "--policy", file],
            ["--policy", file, "--witness", witnesses[0].key.text],
        ] {
            #expect(try verify(options).status == 64)
        }
    }
}
