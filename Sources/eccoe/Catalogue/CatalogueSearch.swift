import ArgumentParser
import CanonicalJSON
import Catalogue
import Federation

/// `eccoe catalogue search <words>`
struct CatalogueSearch: Verb {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "Search the items of all institutions.",
        discussion: """
            Each result is proven against the signed log of its institution. All words must occur; \
            "words in quotation marks" are a phrase, the last word may be the beginning of a word, and \
            what stands behind a hyphen must not occur (write -- before the first word then). A word that \
            is in no item is corrected when one is written nearly so. Of values of one option one must \
            be the item's.

            Examples:
              eccoe catalogue search data literacy
              eccoe catalogue search robot --country DE --country FR --eqf 6 --facets
              eccoe catalogue search --field 0613 --credits-max 5 --sort newest
              eccoe catalogue search -- '"machine learning"' -video
            """
    )

    @Argument(help: "Words that must all occur.")
    var words: [String] = []

    @OptionGroup var filters: SearchFilters

    @Option(help: "relevance, title, newest, credits or level.")
    var sort: String?

    @Option(help: ArgumentHelp("Go on behind the page before.", valueName: "next"))
    var cursor: String?

    @Option(help: "At most so many, up to 100.")
    var limit = 20

    @Flag(help: "Count the values by which the results can be narrowed down.")
    var facets = false

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let skills = SkillNames(node.folder)
        var filters = filters
        filters.skill = try skills.uris(of: filters.skill)
        var body = filters.body
        body["query"] = .string(words.joined(separator: " "))
        body["sort"] = sort.map { .string($0) }
        body["cursor"] = cursor.map { .string($0) }
        body["limit"] = .number(JSONNumber(Int64(max(1, limit))))
        body["facets"] = .bool(facets)
        let answer = try await node.ask(.catalogueSearch, .object(body))
        output.write(list: "results", of: answer) { rows in
            SearchText.corrections(answer)
                + (rows.isEmpty ? SearchText.nothing(filters.names) : ItemTable.text(rows))
                + SearchText.rest(answer, shown: rows.count) + SearchText.facets(answer, skills)
        }
    }
}

/// By what a search is narrowed down.
struct SearchFilters: ParsableArguments {
    @Option(help: "Only items of this institution.")
    var domain: [String] = []

    @Option(help: "Only of this country, such as DE.")
    var country: [String] = []

    @Option(help: "Only of this field of ISCED-F, such as 06 or 0613.")
    var field: [String] = []

    @Option(help: "Only of this EQF level: 1 to 8, or unlevelled.")
    var eqf: [String] = []

    @Option(help: "At least so many ECTS credits.")
    var creditsMin: String?

    @Option(help: "At most so many ECTS credits.")
    var creditsMax: String?

    @Option(help: "Only in this language of instruction, such as en.")
    var language: [String] = []

    @Option(help: "Only in this mode, such as online.")
    var mode: [String] = []

    @Option(help: "Only of this type, such as mooc.")
    var type: [String] = []

    @Option(
        help: ArgumentHelp(
            "Only with this skill; a label when ESCO is loaded (eccoe vocabulary load).",
            valueName: "uri or label"))
    var skill: [String] = []

    @Option(help: "Only with this sign of quality, such as accredited.")
    var quality: [String] = []

    @Option(help: ArgumentHelp("Only what this institution has recognised.", valueName: "domain"))
    var recognisedBy: [String] = []

    private var lists: [(dimension: FacetDimension, values: [String])] {
        [
            (.institution, domain), (.country, country), (.field, field), (.eqf, eqf),
            (.language, language), (.mode, mode), (.type, type), (.skill, skill),
            (.quality, quality), (.recognisedBy, recognisedBy),
        ]
    }

    /// The parameters of the request.
    var body: JSONObject {
        var body = JSONObject()
        for (dimension, values) in lists where !values.isEmpty {
            body[dimension.rawValue] = .array(values.map { .string($0) })
        }
        body["credits_min"] = creditsMin.map { .string($0) }
        body["credits_max"] = creditsMax.map { .string($0) }
        return body
    }

    /// The options that were given.
    var names: [String] {
        lists.filter { !$0.values.isEmpty }.map {
            "--" + $0.dimension.rawValue.replacing("_", with: "-")
        }
            + [("--credits-min", creditsMin), ("--credits-max", creditsMax)].filter { $0.1 != nil }
            .map(\.0)
    }
}

/// What a search tells people beside its results.
enum SearchText {
    /// Words that were searched for instead.
    static func corrections(_ answer: JSON) -> String {
        (answer["corrected"]?.object ?? JSONObject()).map { word, by in
            "\(PlainText.line(word)) is in no item: searched for \(TextTable.cell(by))\n"
        }.joined()
    }

    /// How to find something after all.
    static func nothing(_ filters: [String]) -> String {
        filters.isEmpty
            ? "Nothing found. All words must occur: try fewer, or the beginning of one.\n"
            : "Nothing found. Try without \(filters.joined(separator: ", without ")).\n"
    }

    /// How many there are beyond those shown, and how to get at them.
    static func rest(_ answer: JSON, shown: Int) -> String {
        guard let total = answer["total"]?.integer, shown > 0 else { return "" }
        let count = answer["atLeast"]?.bool == true ? "more than \(total)" : "\(total)"
        let next = answer["next"]?.string.map { "; go on with --cursor \(PlainText.line($0))" }
        return "\n\(shown) of \(count)\(next ?? "")\n"
    }

    /// The counted values, a dimension a line.
    static func facets(_ answer: JSON, _ skills: SkillNames) -> String {
        let shown = (answer["facets"]?[FacetDimension.skill.rawValue]?.array ?? [])
            .compactMap { $0["value"]?.string }
        let names = skills.labels(of: Set(shown))
        let lines = (answer["facets"]?.object ?? JSONObject()).compactMap {
            name, values -> (String, String)? in
            let cells = (values.array ?? []).prefix(8).map { value in
                let known =
                    value["label"] ?? value["value"]?.string.flatMap { names[$0] }.map(JSON.string)
                let label = known.map { " " + TextTable.cell($0) } ?? ""
                return
                    "\(TextTable.cell(value["value"]))\(label) (\(TextTable.cell(value["count"])))"
            }
            return cells.isEmpty ? nil : (name, cells.joined(separator: ", "))
        }
        return lines.isEmpty ? "" : "\n" + TextTable.pairs(lines)
    }
}
