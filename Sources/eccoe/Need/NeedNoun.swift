import ArgumentParser
import CanonicalJSON
import Federation

/// `eccoe need ...`
struct NeedNoun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "need",
        abstract:
            "What institutions are looking for: publish the own needs, match them with items.",
        subcommands: [
            NeedPublish.self, NeedWithdraw.self, NeedErase.self, NeedList.self, NeedShow.self,
            NeedMatchVerb.self,
        ]
    )
}

/// `eccoe need publish <file>`
struct NeedPublish: Verb {
    static let configuration = CommandConfiguration(
        commandName: "publish",
        abstract: "Publish a need from a file.",
        discussion: """
            The file holds an object with id, title and defaultLanguage as an item has them, and at \
            least one of iscedFields, eqfLevels, escoSkills, otherSkills, creditsMinimum, \
            creditsMaximum (ECTS), languages and modes; description and contact may be added. The \
            contact is the mailbox of an office, never a person's: what is published stays published.

            Example:  eccoe need publish need-7.json
            """
    )

    @Argument(help: "A file with a need; - is standard input.")
    var file: String

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let need = try Self.read(file)
        let answer = try await node.ask(
            .needPublish, ["requestId": .string(FreshRequestID.text), "need": need])
        output.write(answer, NeedTable.outcome)
    }

    private static func read(_ file: String) throws -> JSON {
        let bytes = try InputFile.read(file, limit: 1 << 20)
        do {
            return try JSON.read(bytes)
        } catch {
            throw CommandFailure(
                Problem(.invalidItem, error.description, at: file, try: "write the need as JSON"))
        }
    }
}

/// `eccoe need withdraw <id>`
struct NeedWithdraw: Verb {
    static let configuration = CommandConfiguration(
        commandName: "withdraw",
        abstract: "Withdraw an own need; its history stays readable.",
        discussion: "Example:  eccoe need withdraw need-7 --reason \"found\""
    )

    @Argument(help: "The need's id.")
    var id: String

    @Option(help: "Why; it is published.")
    var reason = ""

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let answer = try await node.ask(
            .needWithdraw,
            WriteRequest.withdraw(id, reason: reason))
        output.write(answer, NeedTable.outcome)
    }
}

/// `eccoe need list`
struct NeedList: Verb {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the needs of all institutions, or those that an item serves.",
        discussion: """
            Examples:
              eccoe need list --domain uni-b.example
              eccoe need list --item BC-101
            """
    )

    @Option(help: "Only needs of this institution.")
    var domain: String?

    @Option(
        help: ArgumentHelp("Only needs that this item serves, the best first.", valueName: "id"))
    var item: String?

    @Option(help: "At most so many.")
    var limit = 100

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if domain != nil, item != nil {
            throw ValidationError("Give --domain or --item, not both.")
        }
    }

    func execute() async throws {
        var body = JSONObject()
        body["domain"] = domain.map { .string($0) }
        body["item"] = item.map { .string($0) }
        body["limit"] = .number(JSONNumber(Int64(max(1, limit))))
        let answer = try await node.ask(.needList, .object(body))
        output.write(list: "needs", of: answer) { rows in
            guard !rows.isEmpty else { return "No needs.\n" }
            return TextTable.rows(
                ["SCORE", "DOMAIN", "ID", "TITLE"],
                rows.map { row in
                    [
                        TextTable.cell(row["match"]?["score"]), TextTable.cell(row["domain"]),
                        TextTable.cell(row["id"]), TextTable.cell(row["title"]),
                    ]
                })
        }
    }
}

/// `eccoe need show <id>`
struct NeedShow: Verb {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a need.",
        discussion: "Example:  eccoe need show uni-b.example/need-7"
    )

    @Argument(help: "An id of the own needs, or <domain>/<id>.")
    var id: String

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let answer = try await node.ask(.needShow, ["id": .string(id)])
        output.write(answer) { answer in
            let names = ["domain", "id", "standing", "living", "revision", "index", "origin"]
            let need = answer["need"]?.object ?? JSONObject()
            let missing =
                answer["erased"]?.bool == true
                ? "Its text was erased by its institution.\n"
                : "Its text is not here (yet), or the copy of its log is too old to be told.\n"
            return TextTable.pairs(names.map { ($0, TextTable.cell(answer[$0])) }) + "\n"
                + (need.names.isEmpty
                    ? missing
                    : TextTable.pairs(need.map { ($0.name, TextTable.cell($0.value)) }))
        }
    }
}

/// `eccoe need match <id>`
struct NeedMatchVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "match",
        abstract: "Find the items of all institutions that serve a need.",
        discussion: """
            The score is the share of what the need states that the item has: skills weigh 40, the \
            field 35, the level 15, the credits 10. Items in none of the languages or modes are \
            left out.

            Example:  eccoe need match need-7
            """
    )

    @Argument(help: "An id of the own needs, or <domain>/<id>.")
    var id: String

    @Option(help: "At most so many, up to 100.")
    var limit = 20

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let answer = try await node.ask(
            .needMatch,
            ["id": .string(id), "limit": .number(JSONNumber(Int64(max(1, limit))))])
        output.write(list: "results", of: answer) { rows in
            guard !rows.isEmpty else { return "No item serves this need.\n" }
            return TextTable.rows(
                ["SCORE", "DOMAIN", "ID", "CREDITS", "EVIDENCE", "TITLE"],
                rows.map { row in
                    [
                        TextTable.cell(row["match"]?["score"]), TextTable.cell(row["domain"]),
                        TextTable.cell(row["id"]), TextTable.cell(row["credits"]),
                        ItemTable.evidence(row["evidence"]), TextTable.cell(row["title"]),
                    ]
                })
        }
    }
}

/// Needs as lines.
enum NeedTable {
    /// What became of a need.
    static func outcome(_ answer: JSON) -> String {
        TextTable.pairs([
            ("need", TextTable.cell(answer["id"])), ("outcome", TextTable.cell(answer["outcome"])),
            ("entry", TextTable.cell(answer["index"])),
        ])
    }
}
