import ArgumentParser
import CanonicalJSON
import Federation

/// `eccoe catalogue erase <id>`
struct CatalogueErase: Verb {
    static let configuration = CommandConfiguration(
        commandName: "erase",
        abstract: "Erase the texts of an own item, here and at everybody who holds them.",
        discussion: """
            The entries stay in the log, so that all proofs hold; their texts are deleted at once \
            here, and by every other node when it reads the entry that says so, within 72 hours. \
            It cannot be undone. An item that is offered stays offered without its texts: withdraw \
            it first. Without --yes it only tells what would be erased.

            Example:  eccoe catalogue erase BC-101 --revision 2 --reason "named a person" --yes
            """
    )

    @Argument(help: "The item's id in the own catalogue.")
    var id: String

    @OptionGroup var published: PublishedErasure

    var output: OutputOptions { published.output }

    func execute() async throws { try await published.erase(id, .catalogueErase) }
}

/// `eccoe need erase <id>`
struct NeedErase: Verb {
    static let configuration = CommandConfiguration(
        commandName: "erase",
        abstract: "Erase the texts of an own need, here and at everybody who holds them.",
        discussion: """
            As eccoe catalogue erase does with an item: the entries stay in the log, their texts \
            are deleted here at once and everywhere within 72 hours. It cannot be undone. Withdraw \
            the need first when it is no longer looked for. Without --yes it only tells what would \
            be erased.

            Example:  eccoe need erase need-7 --reason "named a person" --yes
            """
    )

    @Argument(help: "The need's id.")
    var id: String

    @OptionGroup var published: PublishedErasure

    var output: OutputOptions { published.output }

    func execute() async throws { try await published.erase(id, .needErase) }
}

/// `eccoe decision erase <subject>`
struct DecisionErase: Verb {
    static let configuration = CommandConfiguration(
        commandName: "erase",
        abstract: "Erase a decision's record, and the precedent that was published of it.",
        discussion: """
            The record and the key of its commitment are deleted here; nobody can tell any more \
            what the entry in the log commits to, but for a learner who kept the receipt. The \
            precedent's payload is deleted everywhere. It cannot be undone. Without --yes it only \
            tells what would be erased.

            Example:  eccoe decision erase 0f1e2d3c4b5a69788796a5b4c3d2e1f0 --reason "asked" --yes
            """
    )

    @Argument(help: "The decision, as eccoe decision record named it.")
    var subject: String

    @Flag(help: "Erase only the precedent, and keep the record.")
    var precedentOnly = false

    @OptionGroup var erasure: ErasureOptions
    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        var body = erasure.body
        body["subject"] = .string(subject)
        body["precedentOnly"] = .bool(precedentOnly)
        try erasure.finish(try await node.ask(.decisionErase, .object(body)), output)
    }
}

/// What the erasure of an item or a need asks for, beside its id.
struct PublishedErasure: ParsableArguments {
    @Option(help: ArgumentHelp("Only this revision (default: all of them).", valueName: "n"))
    var revision: Int?

    @OptionGroup var erasure: ErasureOptions
    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func erase(_ id: String, _ operation: ControlOperation) async throws {
        var body = erasure.body
        body["id"] = .string(id)
        body["revision"] = revision.map { .number(JSONNumber(Int64($0))) }
        try erasure.finish(try await node.ask(operation, .object(body)), output)
    }
}

/// What every erasure asks for.
struct ErasureOptions: ParsableArguments {
    @Option(help: "Why; it is kept in the node's audit log and not published.")
    var reason: String

    @Flag(help: "Do it.")
    var yes = false

    /// The request's common members.
    var body: JSONObject {
        var body = JSONObject()
        body["requestId"] = .string(FreshRequestID.text)
        body["reason"] = .string(reason)
        body["dryRun"] = .bool(!yes)
        return body
    }

    /// Writes what was erased; without `--yes` what would be, and ends with an error.
    func finish(_ answer: JSON, _ output: OutputOptions) throws {
        output.write(answer) { answer in
            let entries = (answer["payloads"]?.array ?? []).map { TextTable.cell($0["index"]) }
            let leaves = (answer["leaves"]?.array ?? []).map { TextTable.cell($0) }
            var pairs = [
                (yes ? "erased" : "to erase", TextTable.cell(answer["what"])),
                ("texts of entries", entries.isEmpty ? "-" : entries.joined(separator: ", ")),
                ("private record", TextTable.cell(answer["record"])),
            ]
            if !leaves.isEmpty { pairs.append(("said in entry", leaves.joined(separator: ", "))) }
            return TextTable.pairs(pairs)
        }
        guard !yes else { return }
        throw CommandFailure(
            .usage,
            Problem(
                .malformedRequest, "nothing was erased", at: "--yes",
                try: "add --yes; it cannot be undone"))
    }
}
