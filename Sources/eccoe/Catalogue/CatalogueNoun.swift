import ArgumentParser
import CanonicalJSON
import Catalogue
import Federation

/// `eccoe catalogue ...`
struct CatalogueNoun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "catalogue",
        abstract: "Learning opportunities: publish the own ones, find everybody's.",
        subcommands: [
            CatalogueImportVerb.self, CatalogueCheck.self, CatalogueExportVerb.self,
            CataloguePublish.self, CatalogueWithdraw.self, CatalogueErase.self, CatalogueList.self,
            CatalogueShow.self,
            CatalogueSearch.self, CatalogueSimilar.self,
        ]
    )
}

/// `eccoe catalogue publish <file>`
struct CataloguePublish: Verb {
    static let configuration = CommandConfiguration(
        commandName: "publish",
        abstract: "Publish an item, or a few, from a file in our own JSON.",
        discussion: """
            All or nothing: when one item is not acceptable, none is published. For large files \
            use eccoe catalogue import.

            Example:  eccoe catalogue publish bc-101.json
            """
    )

    @Argument(help: "A file with an item or a list of items; - is standard input.")
    var file: String

    @Flag(help: "Tell what would happen, and publish nothing.")
    var dryRun = false

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let source = try ImportSource.parse([file, "--format", ImportFormat.json.rawValue])
        var reader = try source.reader(
            try source.defaults(node.folder, isMemberNeeded: true)
        )
        var items: [JSON] = []
        while let record = try reader.next() {
            if let problem = record.problems.first(where: { $0.severity == .error }) {
                throw CommandFailure(
                    Problem(
                        .invalidItem,
                        problem.message,
                        at: "\(file): \(problem.at)",
                        try: problem.remedy
                    )
                )
            }
            if let item = record.item { items.append(item.json) }
        }
        let answer = try await node.ask(
            .cataloguePublish,
            WriteRequest.publish(items, dryRun: dryRun)
        )
        output.write(list: "results", of: answer) { rows in
            TextTable.rows(
                ["ID", "OUTCOME", "INDEX", "REVISION"],
                rows.map { row in
                    ["id", "outcome", "index", "revision"].map { TextTable.cell(row[$0]) }
                }
            )
        }
    }
}

/// `eccoe catalogue withdraw <id>`
struct CatalogueWithdraw: Verb {
    static let configuration = CommandConfiguration(
        commandName: "withdraw",
        abstract: "Withdraw an own item; its history stays readable.",
        discussion: "Example:  eccoe catalogue withdraw BC-101 --reason \"no longer offered\""
    )

    @Argument(help: "The item's id in the own catalogue.")
    var id: String

    @Option(help: "Why; it is published.")
    var reason = ""

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let answer = try await node.ask(
            .catalogueWithdraw,
            WriteRequest.withdraw(id, reason: reason)
        )
        output.write(answer) {
            TextTable.pairs([
                ("item", TextTable.cell($0["id"])), ("outcome", TextTable.cell($0["outcome"])),
                ("entry", TextTable.cell($0["index"])),
            ])
        }
    }
}
