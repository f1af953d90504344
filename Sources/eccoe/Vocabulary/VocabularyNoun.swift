import ArgumentParser
import CanonicalJSON
import Catalogue
import Federation
import NodeStore

/// `eccoe vocabulary ...`
struct VocabularyNoun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vocabulary",
        abstract: "Coded values: find the URI that a field asks for.",
        subcommands: [VocabularyList.self, VocabularySearch.self, VocabularyLoad.self]
    )
}

/// `eccoe vocabulary list`
struct VocabularyList: Verb {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "The lists of coded values, and how many values each has.",
        discussion: "Example:  eccoe vocabulary list"
    )

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        var lists = Vocabulary.all.map { (name: $0.name, count: $0.codes.count) }
        let skills = try ESCOFile(node.folder).skills()
        if let skills { lists.append((name: ESCOFile.name, count: skills.count)) }
        let rows = lists.map { list -> JSON in
            ["list": .string(list.name), "values": .number(JSONNumber(Int64(list.count)))]
        }
        output.write(list: "lists", of: ["lists": .array(rows)]) { rows in
            TextTable.rows(
                ["LIST", "VALUES"],
                rows.map { [TextTable.cell($0["list"]), TextTable.cell($0["values"])] }
            )
        }
    }
}

/// `eccoe vocabulary search <list> <words>`
struct VocabularySearch: Verb {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "Find coded values by the beginnings of the words of their labels.",
        discussion: """
            Without words the whole list is shown. The skills of ESCO have to be loaded before.

            Examples:
              eccoe vocabulary search isced-f software
              eccoe vocabulary search esco musical staff
            """
    )

    @Argument(help: "The name of a list, as eccoe vocabulary list shows it.")
    var list: String

    @Argument(help: "Words that must all occur.")
    var words: [String] = []

    @Option(help: "At most so many.")
    var limit = 20

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let skills = try candidates()
        let text = words.joined(separator: " ")
        let search = LabelSearch(text)
        let ranked = skills.enumerated().compactMap { position, skill -> (Int, Int, ESCOSkill)? in
            let rank = text.isEmpty ? 0 : search.rank(skill.label, others: skill.otherLabels)
            return rank.map { ($0, position, skill) }
        }
        let found = ranked.sorted { ($0.0, $0.1) < ($1.0, $1.1) }
            .prefix(text.isEmpty ? ranked.count : max(1, limit))
        output.write(list: "values", of: ["values": .array(found.map(\.2.json))]) { rows in
            guard !rows.isEmpty else { return "Nothing found.\n" }
            return TextTable.rows(
                ["URI", "LABEL"],
                rows.map { row in
                    [TextTable.cell(row["uri"]), TextTable.cell(row["label"])]
                }
            )
        }
        if found.isEmpty { throw ExitCode(ExitStatus.negative.rawValue) }
    }

    private func candidates() throws -> [ESCOSkill] {
        if let known = Vocabulary.all.first(where: { $0.name == list }) {
            return known.codes.map { ESCOSkill(uri: $0.uri, label: $0.label) }
        }
        guard list == ESCOFile.name else {
            throw CommandFailure(
                .usage,
                Problem(
                    .notFound,
                    "there is no list \(list)",
                    at: list,
                    try: "eccoe vocabulary list"
                )
            )
        }
        guard let skills = try ESCOFile(node.folder).skills() else {
            throw CommandFailure(
                .noInput,
                Problem(
                    .notFound,
                    "the skills of ESCO were not loaded",
                    at: ESCOFile(node.folder).path,
                    try: ESCOFile.loading
                )
            )
        }
        return skills
    }
}

/// `eccoe vocabulary load esco <file>`
struct VocabularyLoad: Verb {
    static let configuration = CommandConfiguration(
        commandName: "load",
        abstract: "Load the skills of ESCO from its official CSV.",
        discussion: """
            Takes the skills file of the ESCO download (conceptUri, preferredLabel, altLabels), or \
            a file with the columns id and description. What was loaded before is replaced. Needs \
            no daemon.

            Example:  eccoe vocabulary load esco skills_en.csv
            """
    )

    @Argument(help: "esco")
    var list: String

    @Argument(help: "The file; - is standard input.")
    var file: String

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard list == ESCOFile.name else {
            throw ValidationError(
                "only \(ESCOFile.name) can be loaded; the other lists are built in")
        }
    }

    func execute() async throws {
        var rest: [UInt8]? = try InputFile.read(file)
        var reader = ESCOReader {
            defer { rest = nil }
            return rest
        }
        var skills: [ESCOSkill] = []
        var problems: [ImportProblem] = []
        while let next = try reader.next() {
            switch next {
            case .skill(let skill): skills.append(skill)
            case .problem(let problem): problems.append(problem)
            }
        }
        for problem in problems.prefix(20) {
            StandardStream.error.write(
                PlainText.line("\(problem.severity.rawValue): \(problem.at): \(problem.message)")
                    + "\n  try: \(PlainText.line(problem.remedy))\n"
            )
        }
        guard !skills.isEmpty else {
            throw CommandFailure(
                Problem(
                    .malformedRequest,
                    "no skill could be read",
                    at: file,
                    try: problems.first?.remedy ?? "name the CSV of skills"
                )
            )
        }
        try ESCOFile(node.folder).write(skills)
        output.write(
            [
                "loaded": .number(JSONNumber(Int64(skills.count))),
                "refused": .number(JSONNumber(Int64(problems.count))),
            ]
        ) {
            TextTable.pairs([
                ("loaded", TextTable.cell($0["loaded"])),
                ("refused", TextTable.cell($0["refused"])),
            ])
        }
    }
}

/// The loaded skills in the data folder: one JSON object a line.
struct ESCOFile {
    static let name = "esco"
    /// How the skills come here.
    static let loading = "eccoe vocabulary load esco <the CSV of skills from the ESCO portal>"

    private let folder: DataFolder

    init(_ folder: DataFolder) {
        self.folder = folder
    }

    var path: String { folder.file("vocabularies/esco.jsonl") }

    /// nil when nothing was loaded; lines that cannot be read are passed over.
    func skills() throws -> [ESCOSkill]? {
        guard let bytes = try DurableFile.read(path, limit: 256 << 20) else { return nil }
        return bytes.split(separator: UInt8(ascii: "\n")).compactMap { line in
            (try? JSON.read(Array(line))).flatMap(ESCOSkill.init)
        }
    }

    func write(_ skills: [ESCOSkill]) throws {
        try DurableFile.makeFolder(folder.file("vocabularies"), mode: 0o750)
        try DurableFile.write(
            skills.flatMap { $0.json.canonicalBytes + [UInt8(ascii: "\n")] },
            to: path
        )
    }
}
