import Foundation
import SecondOpinion
import Testing

@Suite struct `eccoe tuf` {
    private let command = EccoeProcess()

    @Test(
        .enabled("skipped: python-tuf with cryptography is missing (ECCOE_PYTHON)") {
            Stranger.canWriteTUF
        })
    func `takes what python-tuf signs, and none of the attacks`() throws {
        let program = try EccoeProcess.binary().path
        let answer = try Stranger.tryTUFClient(program)
        let lines = answer.output.split(separator: "\n")
        let failed = lines.filter { !$0.hasPrefix("ok ") }
        #expect(failed.isEmpty, "\(failed.joined(separator: "\n"))")
        #expect(lines.count == 34)
        #expect(answer.status == 0)
    }

    @Test(arguments: [
        ["init"], ["init", "a", "b"], ["refresh", "root.json"], ["refresh"], ["download"], ["x"],
        [],
        ["--metadata-url", "https://uni-a.example", "download"],
    ])
    func `says what is missing`(_ arguments: [String]) throws {
        let outcome = try command.run(["tuf", "--metadata-dir", "/nowhere"] + arguments)
        #expect(outcome.status == 64)
        #expect(!outcome.error.isEmpty && outcome.output.isEmpty)
    }

    @Test func `begins with the root that it is given, and asks nobody`() throws {
        let folder = try TemporaryFolder()
        try folder.write("root", Array("{}".utf8))
        let metadata = folder.url("m").path
        let outcome = try command.run([
            "tuf", "--metadata-dir", metadata, "init", folder.url("root").path,
        ])
        #expect(outcome.status == 0 && outcome.error.isEmpty)
        #expect(try folder.read("m/root.json") == Array("{}".utf8))
        let missing = try command.run(["tuf", "--metadata-dir", metadata, "init", "/nowhere"])
        #expect(missing.status == 1 && missing.error.contains("/nowhere"))
        let refused = try command.run([
            "tuf", "--metadata-dir", metadata, "--metadata-url", "https://uni-a.example", "refresh",
        ])
        #expect(refused.status == 1 && refused.error.contains("root.json"))
    }

    @Test(arguments: [
        "http://uni-a.example/m", "http://127.0.0.1.example/m", "http://10.0.0.1/m",
        "http://localhost.example",
    ])
    func `speaks plain http to nobody but this machine`(_ url: String) throws {
        let folder = try TemporaryFolder()
        try folder.write("root.json", Array("{}".utf8))
        let outcome = try command.run([
            "tuf", "--metadata-dir", folder.url("").path, "--metadata-url", url, "refresh",
        ])
        #expect(outcome.status == 1 && outcome.error.contains("loopback"))
    }
}
