import ArgumentParser
import CanonicalJSON
import Federation
import NodeStore
import Recognition

/// `eccoe decision lost`
struct DecisionLost: Verb {
    static let configuration = CommandConfiguration(
        commandName: "lost",
        abstract: "List the decisions in the log whose private record was lost with a disk.",
        discussion: """
            The log holds only a commitment to each record. A learner's receipt brings it back: \
            eccoe decision refill.

            Example:  eccoe decision lost
            """
    )

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let answer = try await node.ask(.decisionLost)
        output.write(list: "decisions", of: answer) { rows in
            rows.isEmpty
                ? "No record is lost.\n"
                : TextTable.rows(
                    ["DECISION", "ENTRY", "DAY"],
                    rows.map { row in
                        ["subject", "index", "day"].map { TextTable.cell(row[$0]) }
                    })
        }
    }
}

/// `eccoe decision refill <receipt>`
struct DecisionRefill: Verb {
    static let configuration = CommandConfiguration(
        commandName: "refill",
        abstract: "Take a lost record back from the receipt that the learner was given.",
        discussion: """
            The receipt must be of a decision in the own log, and the log's leaf must commit to \
            exactly the record in it.

            Example:  eccoe decision refill receipt.json
            """
    )

    @Argument(help: "The receipt's file, or - for standard input.")
    var receipt: String

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let receipt = try JSON.read(
            InputFile.read(receipt, limit: 16 << 20), limits: Receipt.limits)
        let answer = try await node.ask(.decisionRefill, ["receipt": receipt])
        output.write(answer) {
            "The record of decision \(TextTable.cell($0["subject"])) is here again.\n"
        }
    }
}
