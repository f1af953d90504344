import ArgumentParser
import CanonicalJSON
import Federation

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
