import ArgumentParser
import CanonicalJSON
import Federation

/// `eccoe decision status <subject>`
struct DecisionStatusVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show how far a decision's entry has come in the network.",
        discussion: """
            Asks the members that keep copies of the own log, and the institution whose item was \
            decided on, whether they hold the entry.

            Example:  eccoe decision status 0f1e2d3c4b5a69788796a5b4c3d2e1f0
            """
    )

    @Argument(help: "The decision, as eccoe decision record named it.")
    var subject: String

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let answer = try await node.ask(.decisionStatus, ["subject": .string(subject)])
        output.write(answer, Self.text)
    }

    private static func text(_ answer: JSON) -> String {
        let other = answer["counterparty"]
        var pairs = [
            ("decision", TextTable.cell(answer["subject"])),
            ("entry", TextTable.cell(answer["index"])),
            (
                "cosignatures",
                "\(TextTable.cell(answer["cosignatures"])), \(TextTable.cell(answer["quorum"])) needed"
            ),
            ("confirmed", TextTable.cell(answer["confirmed"])),
        ]
        if answer["quarantined"]?.bool == true {
            pairs.append(("warning", "the log of the item's institution is quarantined"))
        }
        for copy in answer["copies"]?.array ?? [] {
            pairs.append(("copy at \(TextTable.cell(copy["domain"]))", state(copy)))
        }
        if let other {
            let seen = other["seen"].map {
                "seen by \(TextTable.cell($0)) (\(TextTable.cell(other["by"])))"
            }
            pairs.append((TextTable.cell(other["domain"]), seen ?? state(other)))
        }
        return TextTable.pairs(pairs.map { (PlainText.line($0.0), $0.1) })
    }

    private static func state(_ copy: JSON) -> String {
        if copy["holds"]?.bool == true { return "holds the entry" }
        if let error = copy["error"]?.string { return error }
        return "holds \(TextTable.cell(copy["size"])) entries, not this one yet"
    }
}
