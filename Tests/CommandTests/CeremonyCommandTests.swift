import CanonicalJSON
import Foundation
import Keys
import MemberRegistry
import Testing

/// A registry whose root and targets keys are on other machines: files go there and back.
private struct OfflineRegistry {
    static let passphrase = "a passphrase for tests"
    let folder: TemporaryFolder
    private let eccoe = EccoeProcess()

    /// Five root keys, of which the first is sealed, three of targets, and a node that founds.
    init() throws {
        folder = try TemporaryFolder()
        try folder.write("passphrase", Array((Self.passphrase + "\n").utf8))
        chmod(folder.file("passphrase"), 0o400)
        try done([
            "init", "--data", folder.file("a"), "--domain", "registry.example", "--name", "R",
            "--listen", "127.0.0.1:0",
        ])
        for number in 1...5 { try makeKey("root-\(number)", sealed: number == 1) }
        for number in 1...3 { try makeKey("targets-\(number)") }
    }

    func makeKey(_ name: String, sealed: Bool = false) throws {
        try done(
            ["registry", "root", "make-key", folder.file(name)]
                + (sealed ? ["--passphrase-file", folder.file("passphrase")] : ["--plain"]))
    }

    func run(_ arguments: [String]) throws -> EccoeProcess.Outcome {
        try eccoe.run(arguments + ["-o", "json"])
    }

    @discardableResult
    func done(_ arguments: [String]) throws -> JSON {
        let outcome = try run(arguments)
        try #require(outcome.status == 0, "\(arguments): \(outcome.error)")
        return try JSON.read(Array(outcome.output.utf8), limits: .operatorFile)
    }

    /// A command of the registry's operator.
    func operate(_ arguments: [String]) throws -> EccoeProcess.Outcome {
        try run(["registry"] + arguments + ["--data", folder.file("a")])
    }

    func jwk(_ name: String) -> String { folder.file(name + ".jwk") }

    func sign(_ file: String, _ keys: [String]) throws {
        for key in keys {
            try done([
                "registry", "root", "sign", folder.file(file), "--key", folder.file(key), "--yes",
                "--passphrase-file", folder.file("passphrase"),
            ])
        }
    }

    func publish(_ files: [String]) throws -> EccoeProcess.Outcome {
        try operate(["root", "publish", "--yes"] + files.map { folder.file($0) })
    }

    /// Founds the network with these signatures.
    func found(signedBy keys: [String]) throws -> EccoeProcess.Outcome {
        let root = (1...5).flatMap { ["--root-key", jwk("root-\($0)")] }
        let targets = (1...3).flatMap { ["--targets-key", jwk("targets-\($0)")] }
        let proposed = try operate(
            [
                "init", "--name", "trial", "--body", "trial", "--suffix", "example", "--out",
                folder.file("found.json"),
            ] + root + targets)
        try #require(proposed.status == 0, "\(proposed.error)")
        try sign("found.json", keys)
        return try publish(["found.json"])
    }

    /// A network that is founded.
    static func founded() throws -> OfflineRegistry {
        let registry = try OfflineRegistry()
        let outcome = try registry.found(
            signedBy: ["root-1", "root-2", "root-3", "targets-1", "targets-3"])
        try #require(outcome.status == 0, "\(outcome.error)")
        return registry
    }

    func members() throws -> [String] {
        try done(["registry", "list", "--data", folder.file("a")])["members"]?.array?
            .compactMap { $0["domain"]?.string } ?? []
    }
}

@Suite struct `Ceremonies by files` {
    @Test func `found a network only with enough signatures`() throws {
        let registry = try OfflineRegistry()
        let early = try registry.found(signedBy: ["root-1", "root-2", "targets-1", "targets-2"])
        #expect(early.status == 1)
        #expect(early.error.contains("2 valid signatures by keys of root, 3 are needed"))
        #expect(try registry.operate(["list"]).status != 0)
        try registry.sign("found.json", ["root-5"])
        let founded = try registry.publish(["found.json"])
        try #require(founded.status == 0, "\(founded.error)")
        #expect(try registry.members() == ["registry.example"])
        let answer = try JSON.read(Array(founded.output.utf8))
        #expect(answer["versions"]?["root"]?.integer == 1)
        let digest = try #require(answer["root"]?.string)
        #expect(try registry.operate(["invite"]).output.contains("#1.\(digest)"))
        #expect(try registry.publish(["found.json"]).status == 73)
        let keys = try FileManager.default.contentsOfDirectory(
            atPath: registry.folder.file("a/registry-authority/keys"))
        #expect(Set(keys) == ["snapshot.key", "timestamp.key", "body-trial.key"])
    }

    @Test func `a key signs only after the change was shown, and with its passphrase`() throws {
        let registry = try OfflineRegistry.founded()
        let file = registry.folder.file("next.json")
        let proposed = try registry.operate(["root", "propose", "--out", file])
        try #require(proposed.status == 0, "\(proposed.error)")
        let before = try registry.folder.read("next.json")
        let sign = ["registry", "root", "sign", file, "--key", registry.folder.file("root-1")]
        let unasked = try registry.run(sign)
        #expect(unasked.status == 64)
        for part in ["version 1, expires", "version 2, expires", "SHA-256", "--yes"] {
            #expect(unasked.error.contains(part), "\(unasked.error)")
        }
        try registry.folder.write("wrong", Array("another passphrase".utf8))
        chmod(registry.folder.file("wrong"), 0o400)
        let wrong = try registry.run(
            sign + ["--yes", "--passphrase-file", registry.folder.file("wrong")])
        #expect(wrong.status == 78 && wrong.error.contains("passphrase"), "\(wrong.error)")
        try registry.folder.write("open", Array(OfflineRegistry.passphrase.utf8))
        chmod(registry.folder.file("open"), 0o644)
        let exposed = try registry.run(
            sign + ["--yes", "--passphrase-file", registry.folder.file("open")])
        #expect(exposed.status == 78 && exposed.error.contains("chmod"), "\(exposed.error)")
        let other = try registry.run(
            sign + ["--yes", "--root-digest", String(repeating: "0", count: 64)])
        #expect(other.status == 1)
        #expect(try registry.folder.read("next.json") == before)
        let body = registry.folder.file("a/registry-authority/keys/body-trial.key")
        let idle = try registry.run(["registry", "root", "sign", file, "--yes", "--key", body])
        #expect(idle.status == 1 && idle.error.contains("speaks for none"), "\(idle.error)")
        let named = ["ECCOE_PASSPHRASE_FILE": registry.folder.file("passphrase")]
        let signed = try EccoeProcess(environment: named).run(sign + ["--yes", "-o", "json"])
        #expect(signed.status == 0, "\(signed.error)")
        #expect(signed.output.contains("\"signed\":1"), "\(signed.output)")
    }

    @Test func `renew a root, and rotate one key of it`() throws {
        let registry = try OfflineRegistry.founded()
        func propose(_ more: [String]) throws {
            let outcome = try registry.operate(
                ["root", "propose", "--out", registry.folder.file("next.json")] + more)
            try #require(outcome.status == 0, "\(outcome.error)")
        }
        try propose([])
        try registry.sign("next.json", ["root-2", "root-3"])
        let short = try registry.publish(["next.json"])
        #expect(short.status == 1 && short.error.contains("2 valid signatures"), "\(short.error)")
        try registry.sign("next.json", ["root-4"])
        #expect(try registry.publish(["next.json"]).status == 0)

        try registry.makeKey("root-6")
        try propose(
            [2, 3, 4, 5, 6].flatMap { ["--root-key", registry.jwk("root-\($0)")] }
                + ["--root-threshold", "2"])
        try FileManager.default.copyItem(
            atPath: registry.folder.file("next.json"), toPath: registry.folder.file("copy.json"))
        try registry.sign("next.json", ["root-2", "root-6"])
        #expect(try registry.publish(["next.json"]).status == 1, "two of the three old keys")
        try registry.sign("copy.json", ["root-1", "root-3"])
        let rotated = try registry.publish(["next.json", "copy.json"])
        try #require(rotated.status == 0, "\(rotated.error)")
        let answer = try JSON.read(Array(rotated.output.utf8))
        #expect(answer["versions"]?["root"]?.integer == 3)
        try propose([])
        try registry.sign("next.json", ["root-6", "root-5"])
        #expect(try registry.publish(["next.json"]).status == 0)
    }

    @Test func `a body is added and admits a member with a key that is elsewhere`() throws {
        let registry = try OfflineRegistry.founded()
        try registry.makeKey("west", sealed: true)
        let file = registry.folder.file("west.json")
        let proposed = try registry.operate([
            "body", "add", "west", "--suffix", "west", "--key", registry.jwk("west"), "--out", file,
        ])
        try #require(proposed.status == 0, "\(proposed.error)")
        try registry.sign("west.json", ["targets-2", "targets-3"])
        #expect(try registry.publish(["west.json"]).status == 1, "the body has not signed")
        try registry.sign("west.json", ["west"])
        #expect(try registry.publish(["west.json"]).status == 0)
        #expect(try registry.operate(["body", "list"]).output.contains("\"west\""))

        let request = try joining("uni.west")
        try registry.folder.write("a/registry-requests/uni.west.json", request)
        let here = try registry.operate(["admit", "uni.west"])
        #expect(here.status == 1 && here.error.contains("0 of the 1 signatures"), "\(here.error)")
        let admission = registry.folder.file("admission.json")
        let asked = try registry.operate(["admit", "uni.west", "--propose", admission])
        try #require(asked.status == 0, "\(asked.error)")
        try registry.sign("admission.json", ["west"])
        let admitted = try registry.publish(["admission.json"])
        try #require(admitted.status == 0, "\(admitted.error)")
        #expect(try registry.members() == ["registry.example", "uni.west"])
        #expect(
            !FileManager.default.fileExists(
                atPath: registry.folder.file("a/registry-requests/uni.west.json")))
    }

    private func joining(_ domain: String) throws -> [UInt8] {
        let now = Instant(secondsSince1970: Int64(Date().timeIntervalSince1970))
        let keys = (0..<2).map { _ in Ed25519Key() }
        let listed = zip(keys, [MemberKey.Use.node, .recovery]).compactMap { key, use in
            MemberKey(key.publicKey, use: use, notBefore: now)
        }
        let document = MemberDocument(
            domain: domain, names: ["en": "University"], country: "FR", kind: .higherEducation,
            node: "https://\(domain):8443", keys: listed)
        return try RegistryRequest(
            network: "trial", action: .join, at: now, base: nil, document: document
        ).signed(by: keys)
    }
}
