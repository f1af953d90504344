import ArgumentParser
import CanonicalJSON
import Federation
import Keys
import NodeStore
import TransparencyLog

/// `eccoe evidence ...`
struct EvidenceNoun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evidence",
        abstract: "Proofs that an institution has signed two histories of its log.",
        subcommands: [
            EvidenceList.self, EvidenceShow.self, EvidenceExport.self, EvidenceVerify.self,
        ]
    )
}

/// `eccoe evidence list`
struct EvidenceList: Verb {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the logs that there is evidence against.",
        discussion: """
            A log is quarantined until its epoch is closed: what was held of it stays readable, and \
            nothing new is accepted.

            Example:  eccoe evidence list
            """
    )

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let answer = try await node.ask(.evidenceList)
        output.write(list: "evidence", of: answer) { rows in
            if rows.isEmpty { return "No log is known to have two histories.\n" }
            return TextTable.rows(
                ["LOG", "SIZES", "FOUND", "REPORTED BY", "QUARANTINED"],
                rows.map { row in
                    [
                        TextTable.cell(row["origin"]),
                        "\(TextTable.cell(row["first"]?["size"])) and "
                            + TextTable.cell(row["second"]?["size"]),
                        TextTable.cell(row["time"]),
                        row["reporter"]?.string ?? "this node",
                        TextTable.cell(row["quarantined"]),
                    ]
                }
            )
        }
    }
}

/// `eccoe evidence show <origin>`
struct EvidenceShow: Verb {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show the two histories that an institution has signed.",
        discussion: "Example:  eccoe evidence show uni-b.example/eccoe/1"
    )

    @Argument(help: "The log's origin, as eccoe evidence list names it.")
    var origin: String

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let answer = try await node.ask(.evidenceShow, ["origin": .string(origin)])
        output.write(answer) { answer in
            TextTable.pairs(
                [
                    ("log", TextTable.cell(answer["origin"])),
                    ("key", TextTable.cell(answer["vkey"])),
                    ("found", TextTable.cell(answer["time"])),
                    ("reported by", answer["reporter"]?.string ?? "this node"),
                    ("quarantined", TextTable.cell(answer["quarantined"])),
                ]
                    + ["first", "second"].map { name in
                        (
                            "\(name) head",
                            "\(TextTable.cell(answer[name]?["size"])) entries, root "
                                + TextTable.cell(answer[name]?["root"])
                        )
                    })
        }
    }
}

/// `eccoe evidence export <origin> --out <file>`
struct EvidenceExport: Verb {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write the evidence to a file that anybody can check.",
        discussion: "Example:  eccoe evidence export uni-b.example/eccoe/1 --out fork.json"
    )

    @Argument(help: "The log's origin, as eccoe evidence list names it.")
    var origin: String

    @Option(help: ArgumentHelp("Where to write it (default: standard output).", valueName: "file"))
    var out: String?

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let answer = try await node.ask(.evidenceShow, ["origin": .string(origin)])
        let evidence = answer["evidence"] ?? .null
        guard let out else { return StandardStream.output.write(line: evidence) }
        try DurableFile.write(evidence.canonicalBytes + [0x0a], to: out)
        output.write([
            "file": .string(out), "origin": .string(origin), "vkey": answer["vkey"] ?? .null,
        ]) { written in
            "Wrote \(out). Anybody can check it: eccoe evidence verify \(out) --key "
                + "\(TextTable.cell(written["vkey"]))\n"
        }
    }
}

/// `eccoe evidence verify <file> --key <vkey>`
struct EvidenceVerify: Verb {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Verify that a log was forked, offline.",
        discussion: """
            Needs no daemon and no network. Exit status 0 when the key's owner has signed two \
            histories, 1 when the file does not prove it.

            Example:  eccoe evidence verify fork.json --key uni-b.example/eccoe/1+...
            """
    )

    @Argument(help: "The evidence, as eccoe evidence export writes it.")
    var file: String

    @Option(
        help: ArgumentHelp(
            "The log's verifier key, as the registry has it; eccoe evidence show names it.",
            valueName: "vkey"))
    var key: String

    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let verifier = try verifierKey()
        let claim = try ForkEvidence(InputFile.read(file, limit: Limits.evidenceBytes))
        let fork = try proven(claim, by: verifier)
        output.write(fork.json) { _ in
            TextTable.pairs(
                [("forked", fork.origin)]
                    + [fork.first, fork.second].map {
                        ("signed", "\($0.size) entries, root \($0.root.base64)")
                    })
        }
    }

    private func verifierKey() throws -> VerifierKey {
        do {
            return try VerifierKey(key)
        } catch { throw ValidationError("--key \(key): \(error.description)") }
    }

    private func proven(_ claim: ForkEvidence, by verifier: VerifierKey) throws -> ProvenFork {
        do {
            return try ProvenFork(claim, key: verifier)
        } catch { throw CommandFailure(.negative, error) }
    }
}
