import ArgumentParser
import CanonicalJSON
import Keys
import TransparencyLog

/// `eccoe proof ...`
struct ProofNoun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "proof",
        abstract: "Proofs that an entry is in a log.",
        subcommands: [ProofVerify.self]
    )
}

/// `eccoe proof verify <file> --leaf <file>`
struct ProofVerify: Verb {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Verify that an entry is in a log, from a proof alone.",
        discussion: """
            Needs no network and no daemon: the proof carries the signed checkpoint. With --policy the \
            cosignatures must satisfy the quorum of that file.

            Example:  eccoe proof verify entry5.tlog-proof --leaf entry5 --key <vkey>
            """
    )

    @Argument(help: "A C2SP tlog-proof, as eccoe log prove writes it.")
    var file: String

    @Option(help: ArgumentHelp("The entry's exact bytes.", valueName: "file"))
    var leaf: String

    @OptionGroup var witness: WitnessOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let trust = try witness.trust()
        let bytes = try InputFile.read(file, limit: 1 << 20)
        let entry = try InputFile.read(leaf, limit: 1 << 20)
        let proof = try InclusionProof(bytes)
        let head = try proof.verify(leaf: entry, key: trust.logKey(of: proof.checkpoint))
        let summary = try trust.check(head)
        switch output.format {
        case .table:
            StandardStream.output.write(
                TextTable.pairs([("index", String(proof.index))] + summary.pairs)
            )
        case .json, .jsonl:
            var object = summary.json
            object["index"] = .number(JSONNumber(Int64(proof.index)))
            StandardStream.output.write(line: .object(object))
        }
    }
}
