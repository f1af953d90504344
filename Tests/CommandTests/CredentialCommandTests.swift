import CanonicalJSON
import Credentials
import Keys
import Testing

struct CredentialCommandTests {
    private let eccoe = EccoeProcess()
    private let key = Ed25519Key()

    /// A signed credential of uni-a.example.
    private func credential() throws -> JSON {
        let start = Instant(secondsSince1970: 1_780_000_000)
        var credential = OpenBadgeCredential(
            id: "urn:uuid:00000000-0000-4000-8000-000000000000",
            issuerDomain: "uni-a.example",
            issuerName: "University A",
            name: "Data literacy",
            validFrom: start,
            subject: ["id": "did:example:learner"],
            achievement: .init(
                id: "https://uni-a.example/items/X-1",
                name: "Data literacy",
                description: "Reads data.",
                criteria: "Passes."
            )
        )
        credential.validUntil = start + 365 * 86_400
        return try credential.signed(kid: "key-1", created: start, signer: key)
    }

    private func folder() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try folder.write("credential", credential().canonicalBytes)
        let document = DIDWeb.document(
            domain: "uni-a.example",
            keys: [.init(kid: "key-1", key: key.publicKey)]
        )
        try folder.write("dids/a.json", document?.canonicalBytes ?? [])
        return folder
    }

    private func verify(
        _ folder: TemporaryFolder,
        at time: String = "2026-07-01T00:00:00Z",
        _ more: [String] = []
    ) throws -> EccoeProcess.Outcome {
        try eccoe.run(
            [
                "credential", "verify", folder.file("credential"), "--at", time, "--offline",
                "-o", "json", "--data", folder.file("no-node"),
            ] + more
        )
    }

    private func status(_ id: String, in outcome: EccoeProcess.Outcome) throws -> String? {
        let report = try JSON.read(Array(outcome.output.utf8))
        return report["checks"]?.array?.first { $0["id"]?.string == id }?["status"]?.string
    }

    @Test func `a credential verifies with the issuer's document from a folder`() throws {
        let folder = try folder()
        let outcome = try verify(folder, ["--did-documents", folder.file("dids")])
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.error)")
        #expect(try JSON.read(Array(outcome.output.utf8))["verdict"]?.string == "valid")
        #expect(try status("proof", in: outcome) == "pass")
        #expect(try status("member", in: outcome) == "unknown")
    }

    @Test func `offline and without a document the answer is open`() throws {
        let outcome = try verify(try folder())
        #expect(outcome.status == 2)
        #expect(try status("proof", in: outcome) == "unknown")
    }

    @Test func `a tampered credential is invalid`() throws {
        let folder = try folder()
        guard case .object(var object) = try credential() else { return }
        object["name"] = "Another"
        try folder.write("credential", JSON.object(object).canonicalBytes)
        let outcome = try verify(folder, ["--did-documents", folder.file("dids")])
        #expect(outcome.status == 1)
        #expect(try status("proof", in: outcome) == "fail")
    }

    @Test func `an expired credential is invalid`() throws {
        let folder = try folder()
        let outcome = try verify(
            folder,
            at: "2030-01-01T00:00:00Z",
            ["--did-documents", folder.file("dids")]
        )
        #expect(outcome.status == 1)
        #expect(try status("validity", in: outcome) == "fail")
    }

    @Test func `what cannot be read has its own statuses`() throws {
        let folder = try folder()
        try folder.write("credential", Array("{".utf8))
        #expect(try verify(folder).status == 1)
        #expect(try verify(folder, at: "yesterday").status == 64)
        #expect(try verify(folder, ["--did-documents", folder.file("none")]).status == 66)
        #expect(
            try eccoe.run(["credential", "verify", folder.file("none"), "--offline"]).status == 66
        )
        #expect(try eccoe.run(["decision", "verify", folder.file("none")]).status == 66)
        #expect(try eccoe.run(["decision", "verify", folder.file("credential")]).status == 65)
    }
}

struct CatalogueCommandTests {
    private let eccoe = EccoeProcess()
    private static let item =
        #"{"id":"X-1","title":{"en":"Data literacy"},"provider":{"name":{"en":"A"}},"#
        + #""awardingBody":{"name":{"en":"A"}},"defaultLanguage":"en"}"#

    @Test func `a file is checked and graded without a daemon`() throws {
        let folder = try TemporaryFolder()
        try folder.write("items.json", Array(Self.item.utf8))
        let outcome = try eccoe.run([
            "catalogue", "check", folder.file("items.json"), "--format", "json", "-o", "json",
        ])
        #expect(outcome.status == 0, "\(outcome.error)")
        let report = try JSON.read(Array(outcome.output.utf8))
        #expect(report["items"]?[0]?["id"]?.string == "X-1")
        #expect(report["items"]?[0]?["rules"]?["council-2022"]?["of"]?.integer == 9)
    }

    @Test func `a file of which nothing can be read fails with its place`() throws {
        let folder = try TemporaryFolder()
        try folder.write("items.json", Array(#"{"id":"X 1"}"#.utf8))
        let outcome = try eccoe.run([
            "catalogue", "check", folder.file("items.json"), "--format", "json",
        ])
        #expect(outcome.status == 65)
        #expect(outcome.output.contains("error: "))
        #expect(outcome.output.contains("  try: "))
    }

    @Test func `an import without a node or a file says what is missing`() throws {
        let folder = try TemporaryFolder()
        try folder.write("items.json", Array(Self.item.utf8))
        let data = ["--data", folder.path, "--format", "json"]
        let node = try eccoe.run(["catalogue", "import", folder.file("items.json")] + data)
        #expect(node.status == 66)
        #expect(node.error.contains("eccoe init"))
        #expect(try eccoe.run(["catalogue", "check", folder.file("none")] + data).status == 66)
    }
}
