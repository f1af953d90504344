import ArgumentParser
import CanonicalJSON
import Catalogue
import Federation
import Recognition

/// `eccoe decision record`
struct DecisionRecordVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: "Record that a learner's credential was recognised, or was not.",
        discussion: """
            The record stays in this node; the public log gets only a commitment to it, and, by the \
            institution's policy, a precedent that names no learner.

            Example:  eccoe decision record --credential badge.json --outcome recognised --credits 5
            """
    )

    @Option(help: ArgumentHelp("The learner's credential.", valueName: "file"))
    var credential: String

    @Option(help: "recognised, alternative, partial, conditional or refused.")
    var outcome: String

    @Option(help: "Credit points that are granted, such as 2.5.")
    var credits: String?

    @Option(help: ArgumentHelp("Credit system: ects, or its URI.", valueName: "system"))
    var framework = "ects"

    @Option(help: ArgumentHelp("EQF level 1 to 8, or a level's URI.", valueName: "level"))
    var level: String?

    @Option(help: "What it counts towards, such as a programme.")
    var towards: String?

    @Option(help: "agreement, rule, precedent or assessment.")
    var basis = DecisionBasis.assessment.rawValue

    @Option(
        help: ArgumentHelp(
            "Why it is not as requested: level, workload, quality, ...; may be repeated.",
            valueName: "code"
        )
    )
    var reason: [String] = []

    @Option(help: "How the learner can appeal.")
    var appeal: String?

    @Option(help: "Who applies (default: the subject of the credential).")
    var applicant: String?

    @Option(help: "What the learner should know beside.")
    var remarks: String?

    @OptionGroup var node: NodeOptions
    @OptionGroup var output: OutputOptions

    func execute() async throws {
        let answer = try await node.ask(.decisionRecord, try request())
        output.write(answer) {
            let subject = TextTable.cell($0["subject"])
            return TextTable.pairs([
                ("decision", subject), ("entry", TextTable.cell($0["index"])),
                ("precedent published", TextTable.cell($0["precedent"])),
            ]) + "\nThe learner's receipt: eccoe decision receipt \(subject) --out receipt.json\n"
        }
    }

    private func request() throws -> JSON {
        let bytes = try InputFile.read(credential, limit: Limits.lookupBytes)
        var body = JSONObject()
        body["requestId"] = .string(FreshRequestID.text)
        body["credential"] = try JSON.read(bytes, limits: .outsideCredential)
        body["outcome"] = .string(outcome)
        body["basis"] = .string(basis)
        if let credits {
            body["credits"] = .string(credits)
            body["framework"] = .string(framework == "ects" ? Vocabulary.ects : framework)
        }
        body["level"] = level.map { .string(Int($0).flatMap { EQF.uri(level: $0) } ?? $0) }
        body["reasons"] = reason.isEmpty ? nil : .array(reason.map { .string($0) })
        body["appeal"] = appeal.map { .string($0) }
        body["applicant"] = applicant.map { ["name": .string($0)] }
        let remarks = [towards.map { "Counts towards \($0)." }, remarks].compactMap(\.self)
        body["remarks"] =
            remarks.isEmpty ? nil : .string(remarks.joined(separator: " "))
        return .object(body)
    }
}
