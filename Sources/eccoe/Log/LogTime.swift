import ArgumentParser
import CanonicalJSON
import Federation

/// `eccoe log time <origin> <index>`
struct LogTime: Verb {
    static let configuration = CommandConfiguration(
        commandName: "time",
        abstract: "Tell when an entry of a log was confirmed by its witnesses.",
        discussion: """
            The time is an upper bound: the smallest one by which a quorum of the log's witnesses \
            had cosigned a checkpoint that covers the entry. The daemon asks the log's author for \
            an older checkpoint when its own are too recent to tell. Ends with 1 when the entry is \
            unconfirmed.

            Example:  eccoe log time uni-a.example/eccoe/1 42
            """
    )

    @Argument(help: "The log's origin, such as uni-a.example/eccoe/1.")
    var origin: String

    @Argument(help: "The entry's index, from 0.")
    var index: Int

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard index >= 0 else { throw ValidationError("the index \(index) is negative") }
    }

    func execute() async throws {
        let answer = try await node.ask(
            .logTime, ["origin": .string(origin), "index": .number(JSONNumber(Int64(index)))])
        output.write(answer, Self.text)
        guard answer["confirmed"]?.bool == true else {
            throw ExitCode(ExitStatus.negative.rawValue)
        }
    }

    private static func text(_ answer: JSON) -> String {
        var pairs = [
            ("log", TextTable.cell(answer["origin"])), ("entry", TextTable.cell(answer["index"])),
        ]
        let quorum =
            "\(TextTable.cell(answer["quorum"])) of \(TextTable.cell(answer["witnesses"])) needed"
        if answer["confirmed"]?.bool == true {
            pairs.append(("time", TextTable.cell(answer["time"])))
            pairs.append(("checkpoint", "\(TextTable.cell(answer["size"])) entries"))
            pairs.append(("quorum", "\(quorum), as of \(TextTable.cell(answer["witnessesAsOf"]))"))
            for vote in answer["cosignatures"]?.array ?? [] {
                pairs.append(
                    (
                        "cosigned",
                        "\(TextTable.cell(vote["time"])) by \(TextTable.cell(vote["witness"]))"
                    ))
            }
        } else {
            pairs.append(("time", "unconfirmed: \(TextTable.cell(answer["reason"]))"))
            pairs.append(("quorum", quorum))
        }
        for member in answer["asked"]?.array ?? [] {
            pairs.append(
                (
                    "asked",
                    "\(TextTable.cell(member["domain"])): "
                        + TextTable.cell(member["outcome"])
                ))
        }
        return TextTable.pairs(pairs)
    }
}
