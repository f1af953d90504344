import Keys

/// The items that an import has taken so far, from one source or from several.
package struct SeenItems: Sendable {
    private var items: [String: (place: String, digest: Digest)] = [:]

    /// None yet.
    package init() {}

    /// Their ids.
    package var ids: Set<String> { Set(items.keys) }

    /// The second record with an id is refused: which of the two is right, nobody knows. The same
    /// item once more does no harm: many credentials describe one item.
    package mutating func withoutDuplicate(_ record: ImportRecord) -> ImportRecord {
        guard let item = record.item else { return record }
        let digest = item.contentDigest
        guard let first = items[item.id] else {
            items[item.id] = (record.at, digest)
            return record
        }
        let isSame = first.digest == digest
        let problem = ImportProblem(
            at: record.at,
            message: isSame
                ? "the same item as at \(first.place), word for word; taken once"
                : "the id \"\(item.id)\" was already used at \(first.place)",
            remedy: isSame
                ? "nothing to do" : "give each item its own id, or remove one of the two",
            severity: isSame ? .note : .error
        )
        let problems = isSame ? [problem] : record.problems + [problem]
        return ImportRecord(at: record.at, item: nil, problems: problems)
    }
}
