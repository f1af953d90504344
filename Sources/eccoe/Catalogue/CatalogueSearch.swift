import ArgumentParser
import CanonicalJSON
import Federation

/// Items of the federated catalogue as lines.
private enum ItemTable {
    static func text(_ rows: [JSON]) -> String {
        guard !rows.isEmpty else { return "Nothing found.\n" }
        return TextTable.rows(
            ["DOMAIN", "ID", "CREDITS", "EVIDENCE", "TITLE"],
            rows.map { row in
                [
                    TextTable.cell(row["domain"]), TextTable.cell(row["id"]),
                    TextTable.cell(row["credits"]), evidence(row["evidence"]),
                    TextTable.cell(row["title"]) + recognition(row["recognisedBy"]),
                ]
            }
        )
    }

    /// What is proven of an item, in a few words.
    static func evidence(_ evidence: JSON?) -> String {
        guard let evidence else { return "-" }
        return "\(TextTable.cell(evidence["inclusion"])), "
            + TextTable.cell(evidence["confirmation"])
    }

    /// Why an item has no text; nil when it has one, or it has not arrived yet.
    static func missingText(_ item: JSON) -> String? {
        if item["erased"]?.bool == true { return "erased by its institution" }
        guard item["stale"]?.bool == true else { return nil }
        return "stale: the log was not polled for 72 h, so that it may have been erased"
    }

    /// Who has recognised an item.
    static func recognition(_ precedents: JSON?) -> String {
        let names = (precedents?.array ?? []).map { line in
            let credits = line["credits"]?["number"]?.string.map { " for \($0) credits" } ?? ""
            return
                "\(TextTable.cell(line["outcome"])) by \(TextTable.cell(line["domain"]))\(credits)"
        }
        return names.isEmpty ? "" : " [" + names.joined(separator: "; ") + "]"
    }
}

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

/// `eccoe catalogue show <id>`
struct CatalogueShow: Verb {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show an item with the proof that it was published.",
        discussion: """
            Examples:
              eccoe catalogue show BC-101
              eccoe catalogue show https://uni-b.example/items/CS-7 -o json
            """
    )

    @Argument(help: "A global id, or an id of the own catalogue.")
    var id: String

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let answer = try await node.ask(.catalogueShow, ["id": .string(id)])
        output.write(answer) { answer in
            let evidence = answer["evidence"]
            let witnesses = (evidence?["witnesses"]?.array ?? []).map {
                "\(TextTable.cell($0["name"])) at \(TextTable.cell($0["time"]))"
            }
            let checkpoint = evidence?["checkpoint"]
            var pairs = [
                ("title", TextTable.cell(answer["title"])),
                ("id", TextTable.cell(answer["globalId"])),
                ("institution", TextTable.cell(answer["domain"])),
                ("standing", TextTable.cell(answer["standing"])),
                ("offered", TextTable.cell(answer["living"])),
                ("revision", TextTable.cell(answer["revision"])),
                (
                    "entry",
                    "\(TextTable.cell(answer["index"])) of \(TextTable.cell(answer["origin"]))"
                ),
                ("inclusion", TextTable.cell(evidence?["inclusion"])),
                (
                    "checkpoint",
                    "size \(TextTable.cell(checkpoint?["size"])), "
                        + "root \(TextTable.cell(checkpoint?["root"]))"
                ),
                ("confirmed", TextTable.cell(evidence?["confirmed"])),
                ("cosignatures", TextTable.cell(evidence?["confirmation"])),
            ]
            pairs += witnesses.map { ("cosigned by", $0) }
            let recognised = ItemTable.recognition(answer["recognisedBy"])
            if !recognised.isEmpty { pairs.append(("recognised", recognised)) }
            if let gone = ItemTable.missingText(answer) { pairs.append(("text", gone)) }
            let item = answer["item"]?.object ?? JSONObject()
            return TextTable.pairs(pairs) + "\n"
                + TextTable.pairs(item.map { ($0.name, TextTable.cell($0.value)) })
        }
    }
}

/// `eccoe catalogue search <words>`
struct CatalogueSearch: Verb {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "Search the items of all institutions.",
        discussion: """
            Each result is proven against the signed log of its institution.

            Example:  eccoe catalogue search data literacy
            """
    )

    @Argument(help: "Words that must all occur.")
    var words: [String]

    @Option(help: "Only items of this institution.")
    var domain: String?

    @Option(help: "At most so many.")
    var limit = 20

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        var body = JSONObject()
        body["query"] = .string(words.joined(separator: " "))
        body["domain"] = domain.map { .string($0) }
        body["limit"] = .number(JSONNumber(Int64(max(1, limit))))
        let answer = try await node.ask(.catalogueSearch, .object(body))
        output.write(list: "results", of: answer, ItemTable.text)
    }
}
