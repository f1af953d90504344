import ArgumentParser
import CanonicalJSON
import Federation

/// `eccoe catalogue list`
struct CatalogueList: Verb {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the items that this node knows, of all institutions.",
        discussion: "Example:  eccoe catalogue list --domain uni-b.example -o jsonl"
    )

    @Option(help: "Only items of this institution.")
    var domain: String?

    @Option(help: ArgumentHelp("Begin behind this item.", valueName: "global id"))
    var after: String?

    @Option(help: "At most so many (default: all).")
    var limit: Int?

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        var items: [JSON] = []
        var next = after
        repeat {
            var body = JSONObject()
            body["domain"] = domain.map { .string($0) }
            body["after"] = next.map { .string($0) }
            let wanted = limit.map { $0 - items.count } ?? 1000
            body["limit"] = .number(JSONNumber(Int64(max(1, min(wanted, 1000)))))
            let page = try await node.ask(.catalogueList, .object(body))
            items += page["items"]?.array ?? []
            next = page["next"]?.string
        } while next != nil && (limit.map { items.count < $0 } ?? true)
        var answer = JSONObject()
        answer["items"] = .array(items)
        answer["next"] = next.map { .string($0) }
        output.write(list: "items", of: .object(answer)) { rows in
            TextTable.rows(
                ["DOMAIN", "ID", "REVISION", "CREDITS", "TITLE"],
                rows.map { row in
                    ["domain", "id", "revision", "credits"].map { TextTable.cell(row[$0]) }
                        + [ItemTable.missingText(row) ?? TextTable.cell(row["title"])]
                }
            )
        }
    }
}
