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
        let report = CatalogueImport.read(
            try InputFile.read(source.file),
            format: source.format,
            mapping: try source.columnMapping(),
            defaults: try source.defaults(node.folder, isMemberNeeded: false)
        )
        switch output.format {
        case .json: StandardStream.output.write(line: CheckReport.json(of: report, by: ruleSets))
        case .jsonl:
            for item in report.items {
                StandardStream.output.write(line: CheckReport.json(of: item, by: ruleSets))
            }
            for problem in report.problems {
                StandardStream.output.write(line: ["problem": problem.json])
            }
        case .table: StandardStream.output.write(text(report))
        }
        if report.isFailure { throw ExitCode(ExitStatus.data.rawValue) }
    }

    private func text(_ report: ImportReport) -> String {
        var text = TextTable.rows(
            ["ID"] + ruleSets.map { $0.id.uppercased() } + ["TITLE"],
            report.items.map { item in
                let grades = ruleSets.map { Grade(item, by: $0) }
                return [item.id] + grades.map { "\($0.met)/\($0.checks.count)" }
                    + [item.displayTitle]
            }
        )
        if report.items.count == 1, let item = report.items.first {
            for ruleSet in ruleSets {
                text += "\n\(ruleSet.title)\n"
                text += TextTable.rows(
                    ["RULE", "STATUS", "FIELD", ""],
                    Grade(item, by: ruleSet).checks.map {
                        [$0.id, $0.status.rawValue, $0.field, $0.detail ?? ""]
                    }
                )
            }
        }
        for evidence in report.evidence {
            let evaluation = evidence.evaluation
            let students = evaluation.sampleSize.map { " by \($0) students" } ?? ""
            text += PlainText.line(
                "\(evidence.itemID): evaluated as \(evaluation.score)\(students)"
            )
            text += "\n"
        }
        for problem in report.problems {
            text += "\n\(problem.severity.rawValue): "
            text += PlainText.line("\(problem.at): \(problem.message)")
            text += "\n  try: \(PlainText.line(problem.remedy))\n"
        }
        return text
    }
}
