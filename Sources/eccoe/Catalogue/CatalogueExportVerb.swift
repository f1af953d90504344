import ArgumentParser
import CanonicalJSON
import Catalogue
import Federation
import NodeClient

extension ExportFormat: ExpressibleByArgument {}

/// `eccoe catalogue export --format <format>`
struct CatalogueExportVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write items in a format of the outside world.",
        discussion: """
            Writes to standard output, item by item. Without --file the items come from the daemon: \
            all institutions', those of --domain, or the named ones. With --file they come from a file in our own \
            JSON and no daemon is needed. --output only says how an error is written.

            Examples:
              eccoe catalogue export --format elm --domain uni-a.example > items.jsonld
              eccoe catalogue export --format csv --file items.json
              eccoe catalogue export --format ob3 BC-101 BC-102
            """
    )

    @Argument(help: "Only these items: global ids, or ids of the own catalogue.")
    var ids: [String] = []

    @Option(help: "How the items are written.")
    var format: ExportFormat

    @Option(help: "Only items of this institution.")
    var domain: String?

    @Option(help: "Items in our own JSON to write instead; - is standard input.")
    var file: String?

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if !ids.isEmpty && (file != nil || domain != nil) {
            throw ValidationError("name ids, --domain or --file, one of them")
        }
    }

    func execute() async throws {
        var export = CatalogueExport(format: format)
        if let file {
            try write(file, &export)
        } else if !ids.isEmpty {
            var entries: [CatalogueExport.Entry] = []
            for id in ids { entries.append(try await PublishedItem.ask(id, node)) }
            StandardStream.output.write(export.opening)
            for entry in entries { StandardStream.output.write(export.next(entry)) }
        } else {
            try await writeCatalogue(&export)
        }
        StandardStream.output.write(export.closing)
    }

    private func write(_ file: String, _ export: inout CatalogueExport) throws {
        let source = try ImportSource.parse([file, "--format", ImportFormat.json.rawValue])
        let defaults = try source.defaults(node.folder, isMemberNeeded: false)
        var reader = try source.reader(defaults)
        // Only now, so that a file that is not there leaves no half document behind.
        StandardStream.output.write(export.opening)
        var count = 0
        while let record = try reader.next() {
            for problem in record.problems where problem.severity == .error {
                StandardStream.error.write(
                    PlainText.line("error: \(problem.at): \(problem.message)")
                        + "\n  try: \(PlainText.line(problem.remedy))\n"
                )
            }
            guard let item = record.item else { continue }
            count += 1
            let entry = CatalogueExport.Entry(item: item, domain: domain ?? defaults.domain)
            StandardStream.output.write(export.next(entry))
        }
        if count == 0 {
            throw CommandFailure(
                Problem(
                    .invalidItem,
                    "no item could be read",
                    at: file,
                    try: "check it with: eccoe catalogue check --format json"
                )
            )
        }
    }

    private func writeCatalogue(_ export: inout CatalogueExport) async throws {
        var next: String?
        var isOpened = false
        repeat {
            var body = JSONObject()
            body["domain"] = domain.map { .string($0) }
            body["after"] = next.map { .string($0) }
            let page = try await node.ask(.catalogueList, .object(body))
            if !isOpened { StandardStream.output.write(export.opening) }
            isOpened = true
            for row in page["items"]?.array ?? [] {
                guard let entry = try await entry(of: row) else { continue }
                StandardStream.output.write(export.next(entry))
            }
            next = page["next"]?.string
        } while next != nil
    }

    /// The item of a row of the list; nil for one whose text is not there.
    private func entry(of row: JSON) async throws -> CatalogueExport.Entry? {
        guard let domain = row["domain"]?.string, let id = row["id"]?.string,
            row["erased"]?.bool != true
        else { return nil }
        let global = ItemIdentifier.global(id, domain: domain)
        return PublishedItem.entry(
            try await node.ask(.catalogueShow, ["id": .string(global)]))
    }
}
