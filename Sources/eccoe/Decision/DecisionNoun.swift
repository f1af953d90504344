import ArgumentParser
import CanonicalJSON
import Federation
import Keys
import MemberRegistry
import NodeStore
import Recognition

/// `eccoe decision ...`
struct DecisionNoun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decision",
        abstract: "Decisions on learners' credentials, and the receipts that prove them.",
        subcommands: [
            DecisionRecordVerb.self, DecisionShow.self, DecisionStatusVerb.self,
            DecisionReceipt.self, DecisionVerify.self, DecisionErase.self, DecisionLost.self,
            DecisionRefill.self,
        ]
    )
}

/// `eccoe decision show <subject>`
struct DecisionShow: Verb {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a decision of this institution.",
        discussion: "Example:  eccoe decision show 0f1e2d3c4b5a69788796a5b4c3d2e1f0"
    )

    @Argument(help: "The decision, as eccoe decision record named it.")
    var subject: String

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let answer = try await node.ask(.decisionShow, ["subject": .string(subject)])
        output.write(answer) { answer in
            let record = answer["record"]?.object ?? JSONObject()
            return TextTable.pairs(
                [
                    ("entry", TextTable.cell(answer["index"])),
                    ("confirmed", TextTable.cell(answer["evidence"]?["confirmed"])),
                ] + record.map { ($0.name, TextTable.cell($0.value)) }
            )
        }
    }
}

/// `eccoe decision receipt <subject>`
struct DecisionReceipt: Verb {
    static let configuration = CommandConfiguration(
        commandName: "receipt",
        abstract: "Write the learner's receipt of a decision.",
        discussion: """
            The receipt carries all that is needed to verify it offline, for ever. It is the \
            learner's: it names them.

            Example:  eccoe decision receipt 0f1e2d3c4b5a69788796a5b4c3d2e1f0 --out receipt.json
            """
    )

    @Argument(help: "The decision, as eccoe decision record named it.")
    var subject: String

    @Option(help: ArgumentHelp("Where to write it (default: standard output).", valueName: "file"))
    var out: String?

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let receipt = try await node.ask(.decisionReceipt, ["subject": .string(subject)])
        guard let out else { return StandardStream.output.write(line: receipt) }
        try DurableFile.write(receipt.canonicalBytes + [0x0a], to: out, mode: 0o600)
        output.write(["file": .string(out), "subject": .string(subject)]) { _ in
            "Wrote \(out). Anybody can check it: eccoe decision verify \(out) --root-digest <hex>\n"
        }
    }
}

/// `eccoe decision verify <receipt>`
struct DecisionVerify: Verb {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Verify a learner's receipt, offline.",
        discussion: """
            Needs no daemon and no network. To know that the receipt is of the network you mean, \
            give the root's hash from its invite, or the data folder of a node that belongs to it. \
            Exit status 0 valid, 1 invalid, 2 indeterminate.

            Example:  eccoe decision verify receipt.json --root-digest 9f2c...
            """
    )

    @Argument(help: "The receipt.")
    var file: String

    @Option(
        help: ArgumentHelp(
            "SHA-256 of a root file of the network: the part of an invite behind the dot.",
            valueName: "hex"
        )
    )
    var rootDigest: String?

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let bytes = try InputFile.read(file, limit: Receipt.limits.totalBytes)
        let digest = try rootDigest.map { text throws in
            guard let digest = Digest(hex: text) else {
                throw ValidationError("--root-digest is 64 lower-case hexadecimal digits")
            }
            return digest
        }
        let registry = digest == nil ? try RegistryFiles(folder: node.folder).accepted() : nil
        let report = try Receipt.verify(
            bytes,
            newerRegistry: registry,
            trustedRootDigest: digest
        )
        var answer = report.json.object ?? JSONObject()
        answer["record"] = (try? Receipt(bytes: bytes))?.record.json
        output.write(.object(answer)) { _ in
            CheckTable.text(report.verdict, report.checks)
        }
        try report.verdict.exit()
    }
}
