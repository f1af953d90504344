import ArgumentParser
import CanonicalJSON
import Catalogue
import Federation

/// `eccoe catalogue check <file or id>`
struct CatalogueCheck: Verb {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Read a source as an import would, and grade its items by the rule sets.",
        discussion: """
            With --format it reads a file, a folder or a URL, needs no daemon and publishes nothing. \
            Without, it grades the published item with this id. Each rule is met, not met or not \
            stated, with the field to fill.

            Examples:
              eccoe catalogue check --format json items.json
              eccoe catalogue check BC-101
              eccoe catalogue check --format elm --rules council-2022 credential.jsonld
              eccoe catalogue check --format csv --mapping mooc-platform.yaml courses.csv
            """
    )

    @OptionGroup var source: ImportSource
    @Option(
        help: ArgumentHelp(
            "Grade by this rule set only; may be repeated. One of "
                + RuleSet.all.map(\.id).joined(separator: ", ") + ".",
            valueName: "set"
        )
    )
    var rules: [String] = []

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if source.format == nil && (source.isURL || source.mapping != nil || source.file == "-")
            && !source.file.contains("/items/")
        {
            _ = try source.requiredFormat()
        }
        for name in rules where RuleSet.named(name) == nil {
            let known = RuleSet.all.map(\.id).joined(separator: ", ")
            throw ValidationError("there is no rule set \(name); there are \(known)")
        }
    }

    /// The sets in their own order, whatever the order of the options.
    private var ruleSets: [RuleSet] {
        rules.isEmpty ? RuleSet.all : RuleSet.all.filter { rules.contains($0.id) }
    }

    func execute() async throws {
        var found = CheckOutput(output.format, by: ruleSets)
        if source.format == nil {
            found.take(try await PublishedItem.ask(source.file, node).item)
        } else {
            try await read(into: &found)
        }
        found.finish()
        if found.isFailure { throw ExitCode(ExitStatus.data.rawValue) }
    }

    private func read(into found: inout CheckOutput) async throws {
        let progress = ProgressLine()
        let records = try await source.records(
            try source.defaults(node.folder, isMemberNeeded: false), node.folder,
            progress: progress)
        do {
            while let record = try await records.next() { found.take(record) }
        } catch {
            progress.clear()
            await records.close()
            throw error
        }
        progress.clear()
        await records.close()
    }
}

/// An item of the catalogue with the domain of its institution.
enum PublishedItem {
    /// Asks the daemon for an item.
    ///
    /// - Throws: `Problem` `not-found`, also for an item whose text is not there.
    static func ask(_ id: String, _ node: NodeOptions) async throws -> CatalogueExport.Entry {
        let answer: JSON
        do {
            answer = try await node.ask(.catalogueShow, ["id": .string(id)])
        } catch let problem as Problem where problem.slug == .notFound {
            throw Problem(
                .notFound, problem.detail, at: problem.pointer ?? id,
                try: "a file needs --format; an id is found with: eccoe catalogue list")
        }
        guard let entry = entry(answer) else {
            throw Problem(
                .notFound, "the text of this item is not here", at: id,
                try: "eccoe catalogue show \(id) says why")
        }
        return entry
    }

    /// The item of an answer that shows one; nil when its text is not there.
    static func entry(_ answer: JSON) -> CatalogueExport.Entry? {
        guard let value = answer["item"], let item = try? LearningOpportunity(json: value),
            let domain = answer["domain"]?.string
        else { return nil }
        return CatalogueExport.Entry(item: item, domain: domain)
    }
}
