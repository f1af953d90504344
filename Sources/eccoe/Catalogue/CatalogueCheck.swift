import ArgumentParser
import CanonicalJSON
import Catalogue
import Federation

/// `eccoe catalogue check <file>`
struct CatalogueCheck: Verb {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Read a file as an import would, and grade its items by the rule sets.",
        discussion: """
            Needs no daemon and publishes nothing. Each rule is met, not met or not stated, with \
            the field to fill.

            Examples:
              eccoe catalogue check --format json items.json
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
        var reader = try source.reader(
            try source.defaults(node.folder, isMemberNeeded: false)
        )
        var found = CheckOutput(output.format, by: ruleSets)
        while let record = try reader.next() { found.take(record) }
        found.finish()
        if found.isFailure { throw ExitCode(ExitStatus.data.rawValue) }
    }
}
