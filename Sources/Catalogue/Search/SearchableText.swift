extension LearningOpportunity {
    /// The titles in all languages, a line each, as a search looks through them.
    package var searchableTitle: String { title.texts.values.sorted().joined(separator: "\n") }

    /// What a search looks through beside the title.
    package var searchableBody: String {
        let texts: [LocalizedText?] =
            [
                description, criteria, fieldOfStudy, specialization, provider.name,
                awardingBody.name,
            ] + learningOutcomes.map(\.title)
        let words = texts.compactMap(\.self).flatMap { $0.texts.values.sorted() }
        return (words + keywords + [code ?? "", id]).joined(separator: "\n")
    }
}
