import CanonicalJSON
import Foundation
import Testing

struct SetupTests {
    private let eccoe = EccoeProcess()

    private func initialise(_ folder: String, _ more: [String] = []) throws
        -> EccoeProcess.Outcome
    {
        try eccoe.run(
            [
                "init", "--data", folder, "--domain", "uni-a.example", "--name", "University A",
                "--listen", "127.0.0.1:0", "-o", "json",
            ] + more
        )
    }

    @Test func `a node is made once and never overwritten`() throws {
        let folder = try TemporaryFolder()
        let first = try initialise(folder.file("a"))
        #expect(first.status == 0, "\(first.error)")
        let key = try folder.read("a/keys/log-1.key")
        let second = try initialise(folder.file("a"))
        #expect(second.status == 73)
        #expect(try folder.read("a/keys/log-1.key") == key)
    }

    @Test func `private keys are readable by their owner only`() throws {
        let folder = try TemporaryFolder()
        _ = try initialise(folder.file("a"))
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.file("a/keys"))
        #expect(names.count == 6)
        for name in names.map({ "keys/" + $0 }) + ["tls/server.key", "tls/authority.key"] {
            let attributes = try FileManager.default.attributesOfItem(
                atPath: folder.file("a/" + name)
            )
            #expect(attributes[.posixPermissions] as? Int == 0o400, "\(name)")
        }
    }

    @Test func `port 0 becomes a free port that is written down`() throws {
        let folder = try TemporaryFolder()
        let answer = try JSON.read(Array(try initialise(folder.file("a")).output.utf8))
        let listen = try #require(answer["listen"]?.string)
        let port = try #require(Int(listen.dropFirst("127.0.0.1:".count)))
        #expect((1024...65_535).contains(port))
        #expect(answer["url"]?.string == "https://uni-a.example:\(port)")
        let configuration = String(
            decoding: try folder.read("a/eccoed.yaml"),
            as: UTF8.self
        )
        #expect(configuration.contains("  port: \(port)\n"))
    }

    @Test(arguments: [
        ["--domain", "UNI A"], ["--country", "France"], ["--kind", "school"], ["--tls", "x"],
        ["--url", "http://uni-a.example"], ["--allow", "uni-b.example"],
        ["--precedents", "sometimes"], ["--tls-name", "a b"], ["--listen", "localhost:1"],
    ])
    func `a wrong value is a usage error and makes nothing`(_ options: [String]) throws {
        let folder = try TemporaryFolder()
        var arguments = [
            "init", "--data", folder.file("a"), "--name", "University A", "--domain",
            "uni-a.example",
        ]
        if options[0] == "--domain" { arguments.removeLast(2) }
        let outcome = try eccoe.run(arguments + options)
        #expect(outcome.status == 64, "\(outcome.error)")
        #expect(!FileManager.default.fileExists(atPath: folder.file("a")))
    }

    @Test func `a data folder too deep for its socket is refused`() throws {
        let folder = try TemporaryFolder()
        let deep = String(repeating: "x", count: 100)
        #expect(try initialise(folder.file(deep)).status == 78)
    }

    @Test func `a registry is founded with its own node as first member`() throws {
        let folder = try TemporaryFolder()
        _ = try initialise(folder.file("a"))
        let data = ["--data", folder.file("a"), "-o", "json"]
        let founded = try eccoe.run(
            ["registry", "init", "--name", "demo", "--body", "europe", "--suffix", "example"]
                + data
        )
        #expect(founded.status == 0, "\(founded.error)")
        let invite = try JSON.read(Array(try eccoe.run(["registry", "invite"] + data).output.utf8))
        let text = try #require(invite["invite"]?.string)
        #expect(text.contains("/registry#1."))
        let list = try JSON.read(Array(try eccoe.run(["registry", "list"] + data).output.utf8))
        #expect(list["members"]?[0]?["domain"]?.string == "uni-a.example")
        #expect(list["members"]?[0]?["standing"]?.string == "active")
        #expect(try eccoe.run(["registry", "requests"] + data).status == 0)
        #expect(try eccoe.run(["registry", "admit", "uni-b.example"] + data).status == 1)
        #expect(try eccoe.run(["registry", "refresh"] + data).status == 0)
        let again = try eccoe.run(
            ["registry", "init", "--name", "demo", "--body", "europe", "--suffix", "example"]
                + data
        )
        #expect(again.status == 73)
    }

    @Test func `a registry refuses a first member outside its suffixes`() throws {
        let folder = try TemporaryFolder()
        _ = try initialise(folder.file("a"))
        let outcome = try eccoe.run([
            "registry", "init", "--data", folder.file("a"), "--name", "demo", "--body", "x",
            "--suffix", "test",
        ])
        #expect(outcome.status == 64)
        #expect(
            !FileManager.default.fileExists(atPath: folder.file("a/registry-authority"))
        )
    }

    @Test func `a new node knows its key and its DID document`() throws {
        let folder = try TemporaryFolder()
        _ = try initialise(folder.file("a"))
        let data = ["--data", folder.file("a")]
        let key = try eccoe.run(["log", "key"] + data)
        #expect(key.output.hasPrefix("uni-a.example/eccoe/1+"))
        let document = try eccoe.run(["credential", "did"] + data)
        #expect(
            try JSON.read(Array(document.output.utf8))["id"]?.string == "did:web:uni-a.example"
        )
        #expect(try eccoe.run(["log", "export", folder.file("x")] + data).status == 66)
        #expect(try eccoe.run(["member", "list"] + data).status == 66)
    }

    @Test(arguments: [
        ["status"], ["status", "--wait", "converged", "--timeout", "100ms"], ["peer", "list"],
        ["peer", "refresh"], ["log", "init"], ["log", "show"], ["catalogue", "list"],
        ["catalogue", "search", "x"], ["catalogue", "show", "x"], ["registry", "refresh"],
        ["decision", "show", "x"], ["catalogue", "withdraw", "x"],
    ])
    func `without a daemon a command says so`(_ arguments: [String]) throws {
        let folder = try TemporaryFolder()
        let outcome = try eccoe.run(arguments + ["--data", folder.path])
        #expect(outcome.status == 69, "\(outcome.error)")
        #expect(outcome.error.contains("no daemon answers at \(folder.path)/eccoed.sock"))
        #expect(outcome.output.isEmpty)
    }

    @Test func `the environment names data folder and socket`() throws {
        let folder = try TemporaryFolder()
        var other = EccoeProcess()
        other.environment = ["ECCOE_DATA": folder.path]
        #expect(try other.run(["status"]).error.contains("\(folder.path)/eccoed.sock"))
        other.environment["ECCOE_SOCKET"] = folder.file("other")
        #expect(try other.run(["status"]).error.contains(folder.file("other")))
    }
}
