import ArgumentParser
import CanonicalJSON
import Credentials
import Federation
import Keys
import MemberRegistry
import NodeStore

/// `eccoe credential ...`
struct CredentialNoun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "credential",
        abstract: "Learners' credentials: issue, verify, and look up what they are worth here.",
        subcommands: [
            CredentialIssue.self, CredentialVerify.self, CredentialLookup.self,
            CredentialAnchor.self, CredentialErase.self, CredentialDID.self,
        ]
    )
}

/// `eccoe credential issue <item id>`
struct CredentialIssue: Verb {
    static let configuration = CommandConfiguration(
        commandName: "issue",
        abstract: "Issue a credential for an item of the own catalogue.",
        discussion: """
            Writes an Open Badges 3.0 credential, signed (eddsa-jcs-2022), to standard output. With \
            --anchor the proof that it existed goes into a file of its own, to be handed out with it; \
            without, the log has the proof within a quarter of an hour: eccoe credential anchor.

            Example:  eccoe credential issue BC-101 --subject '{"id":"did:example:learner"}' > badge.json
            """
    )

    @Argument(help: "The item's id in the own catalogue.")
    var item: String

    @Option(
        help: ArgumentHelp(
            "Who has achieved it: a JSON object, or a file that holds one.",
            valueName: "json"
        )
    )
    var subject: String

    @Option(help: ArgumentHelp("Until when it is valid.", valueName: "time"))
    var validUntil: String?

    @Option(help: ArgumentHelp("Where to write its anchor at once.", valueName: "file"))
    var anchor: String?

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let isInline = subject.drop { $0.isWhitespace }.hasPrefix("{")
        let text =
            isInline
            ? Array(subject.utf8) : try InputFile.read(subject, limit: Limits.lookupBytes)
        var body = JSONObject()
        body["item"] = .string(item)
        body["subject"] = try JSON.read(text, limits: .outsideCredential)
        body["validUntil"] = validUntil.map { .string($0) }
        let credential = try await node.ask(.credentialIssue, .object(body))
        StandardStream.output.write(line: credential)
        guard let anchor else { return }
        let proof = try await node.ask(.credentialAnchor, ["credential": credential])
        try DurableFile.write((proof["anchor"] ?? .null).canonicalBytes + [0x0a], to: anchor)
    }
}

/// `eccoe credential lookup <file>`
struct CredentialLookup: Verb {
    static let configuration = CommandConfiguration(
        commandName: "lookup",
        abstract: "Ask the own node what a learner's credential is worth here.",
        discussion: """
            Verifies it, and looks for its issuer among the members and its item in the issuer's \
            signed catalogue. The anchor that the issuer gave out with it saves it when the key that \
            signed it was stolen later. Exit status 0 valid, 1 invalid, 2 indeterminate.

            Example:  eccoe credential lookup badge.json --anchor badge.anchor.json
            """
    )

    @Argument(help: "The credential; - is standard input.")
    var file: String

    @Option(help: ArgumentHelp("Its anchor, as the issuer handed it out.", valueName: "file"))
    var anchor: String?

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        var body = JSONObject()
        body["credential"] = try CredentialFile.read(file)
        body["anchor"] = try anchor.map {
            try JSON.read(try InputFile.read($0, limit: Limits.lookupBytes))
        }
        let answer = try await node.ask(.credentialLookup, .object(body))
        output.write(answer) { answer in
            let item = answer["item"]
            return CheckTable.text(
                TextTable.cell(answer["verdict"]),
                answer["checks"]?.array ?? []
            )
                + (item == nil
                    ? ""
                    : "\n"
                        + TextTable.pairs([
                            ("item", TextTable.cell(item?["title"])),
                            ("institution", TextTable.cell(item?["domain"])),
                            ("credits", TextTable.cell(item?["credits"])),
                        ]))
        }
        try answer["verdict"]?.string.flatMap { CredentialReport.Verdict(rawValue: $0) }?.exit()
    }
}

/// `eccoe credential did`
struct CredentialDID: Verb {
    static let configuration = CommandConfiguration(
        commandName: "did",
        abstract: "Write the DID document of the institution's website.",
        discussion: """
            did:web:<domain> is resolved at https://<domain>/.well-known/did.json: put the file \
            there. Reads the data folder; needs no daemon.

            Example:  eccoe credential did > /srv/www/.well-known/did.json
            """
    )

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let own = try OwnMember.read(node.folder)
        let member =
            try RegistryFiles(folder: node.folder).accepted()?.member(own.domain)?.document ?? own
        let keys = member.keys.filter { $0.use == .credential && $0.isValid(at: now) }
            .map { DIDWeb.NamedKey(kid: $0.kid, key: $0.publicKey) }
        guard !keys.isEmpty, let document = DIDWeb.document(domain: member.domain, keys: keys)
        else {
            throw CommandFailure(
                Problem(.keyUnusable, "there is no valid credential key", at: member.domain)
            )
        }
        StandardStream.output.write(line: document)
    }
}
