import ArgumentParser
import CanonicalJSON
import Federation

/// `eccoe catalogue similar <id>`
struct CatalogueSimilar: Verb {
    static let configuration = CommandConfiguration(
        commandName: "similar",
        abstract: "Find the items that are most similar to one.",
        discussion: """
            The score is at most 100: 40 for skills, 35 for the field, 15 for the level, 10 for the workload.

            Examples:
              eccoe catalogue similar BC-101
              eccoe catalogue similar https://uni-b.example/items/CS-7 --limit 3
            """
    )

    @Argument(help: "A global id, or an id of the own catalogue.")
    var id: String

    @Option(help: "At most so many, up to 100.")
    var limit = 10

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let answer = try await node.ask(
            .catalogueSimilar,
            ["id": .string(id), "limit": .number(JSONNumber(Int64(max(1, limit))))])
        output.write(list: "results", of: answer) { rows in
            rows.isEmpty
                ? "No item has a skill or the field of this one.\n"
                : TextTable.rows(
                    ["SCORE", "DOMAIN", "ID", "TITLE", "SHARED"],
                    rows.map { row in
                        [
                            TextTable.cell(row["similarity"]?["score"]),
                            TextTable.cell(row["domain"]),
                            TextTable.cell(row["id"]), TextTable.cell(row["title"]),
                            Self.reasons(row["similarity"]),
                        ]
                    })
        }
    }

    /// What both items have.
    private static func reasons(_ similarity: JSON?) -> String {
        let skills = similarity?["skills"]?.array?.count ?? 0
        let fields = (similarity?["fields"]?.array ?? []).map {
            TextTable.cell($0["label"] ?? $0["value"])
        }
        let levels: [Int64: String] = [0: "same level", 1: "next level"]
        let parts =
            fields
            + [
                skills == 0 ? nil : skills == 1 ? "1 skill" : "\(skills) skills",
                similarity?["levelDistance"]?.integer.flatMap { levels[$0] },
                similarity?["workload"]?.integer.map { "workload \($0) %" },
            ].compactMap(\.self)
        return parts.joined(separator: ", ")
    }
}
