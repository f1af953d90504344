/// The sets of our repositories: the fields of ISCED-F 2013 in their hierarchy, such as
/// `isced:06:061:0613`.
package enum OAISets {
    /// A set.
    package struct Entry: Hashable, Sendable {
        /// The `setSpec`.
        package let spec: String
        /// Its English name.
        package let name: String
    }

    private static let root = "isced"

    /// All sets, each after the one that it belongs to.
    package static let all: [Entry] =
        [Entry(spec: root, name: "ISCED-F 2013")]
        + ISCEDF.fields.codes.compactMap { field in
            spec(of: field.uri).map { Entry(spec: $0, name: field.label) }
        }

    private static let known = Set(all.map(\.spec))

    /// Whether there is such a set.
    package static func contains(_ spec: String) -> Bool {
        known.contains(spec)
    }

    /// The smallest sets that an item is in. It is in all those too that they belong to.
    package static func of(_ item: LearningOpportunity) -> [String] {
        item.iscedFields.compactMap { spec(of: $0) }
    }

    /// Whether a record of the sets `specs` belongs to the set `spec`.
    package static func isMember(_ specs: [String], of spec: String) -> Bool {
        specs.contains { $0 == spec || $0.hasPrefix(spec + ":") }
    }

    private static func spec(of field: String) -> String? {
        guard let code = ISCEDF.code(of: field) else { return nil }
        return (2...code.count).reduce(root) { $0 + ":" + code.prefix($1) }
    }
}
