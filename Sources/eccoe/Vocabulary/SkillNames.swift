import CanonicalJSON
import Catalogue
import Federation
import NodeStore

/// The labels of skills, as far as they were loaded: people name skills by them, the network by URIs.
struct SkillNames {
    private let file: ESCOFile

    init(_ folder: DataFolder) {
        file = ESCOFile(folder)
    }

    /// The URIs of skills that somebody names by labels; a text with a colon is taken for a URI.
    ///
    /// - Throws: `CommandFailure` when no loaded skill, or more than one, has such a label.
    func uris(of texts: [String]) throws -> [String] {
        guard let label = texts.first(where: Self.isLabel) else { return texts }
        guard let skills = try file.skills() else {
            throw CommandFailure(
                .usage,
                Problem(
                    .notFound, "a skill is named by its URI until labels are loaded", at: label,
                    try: ESCOFile.loading))
        }
        return try texts.map { Self.isLabel($0) ? try Self.uri(of: $0, among: skills) : $0 }
    }

    private static func isLabel(_ text: String) -> Bool { !text.contains(":") }

    private static func uri(of text: String, among skills: [ESCOSkill]) throws -> String {
        let search = LabelSearch(text)
        let named = skills.filter { search.rank($0.label) == 0 }
        let called = skills.filter { $0.otherLabels.contains { search.rank($0) == 0 } }
        let found = named.isEmpty ? called : named
        guard found.count == 1, let skill = found.first else {
            let near = found.isEmpty ? skills.filter { search.rank($0.label) != nil } : found
            let names = near.prefix(3).map { "\($0.label) (\($0.uri))" }.joined(separator: ", ")
            let others = near.isEmpty ? "" : "; near it: \(PlainText.line(names))"
            throw CommandFailure(
                .usage,
                Problem(
                    .notFound,
                    (found.isEmpty ? "no skill" : "more than one skill") + " has this label"
                        + others,
                    at: text, try: "eccoe vocabulary search esco \(PlainText.line(text))"))
        }
        return skill.uri
    }

    /// The labels of those among `uris` that were loaded; empty when the file cannot be read.
    func labels(of uris: Set<String>) -> [String: String] {
        guard !uris.isEmpty, let skills = try? file.skills() else { return [:] }
        return skills.reduce(into: [:]) { if uris.contains($1.uri) { $0[$1.uri] = $1.label } }
    }
}
