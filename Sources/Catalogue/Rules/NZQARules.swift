extension RuleSet {
    /// NZQA's rules for listing a micro-credential (domain.md section 3.1). The bounds of credits
    /// are those of the rules (at most 40) and of the register's practice (from 5).
    package static let nzqa = RuleSet(
        id: "nzqa",
        title: "NZQA listing rules",
        rules: [
            Rule("level", .nqfLevel) { item in
                guard let level = item.nqfLevel, level.framework == NZQCF.framework else {
                    return .notStated
                }
                return NZQCF.level(of: level.level) != nil
                    ? .met : .notMet("<\(level.level)> is no level from 1 to 10")
            },
            Rule("credits", .creditPoints, NZQARules.credits),
            Rule("field", .otherFields, NZQARules.field),
            Rule("review-date", .reviewDate) { $0.reviewDate != nil },
            Rule("title-words", .title, NZQARules.titleWords),
        ]
    )
}

private enum NZQARules {
    static func credits(_ item: LearningOpportunity) -> Rule.Finding {
        let points = item.creditPoints.first { $0.framework == NZQCF.creditFramework }
        guard let points, let number = Double(points.number) else { return .notStated }
        return (5...40).contains(number)
            ? .met : .notMet("\(points.number) credits are not within 5 to 40")
    }

    /// A field of the New Zealand Standard Classification of Education with all six digits.
    static func field(_ item: LearningOpportunity) -> Rule.Finding {
        let codes = item.otherFields.filter { $0.hasPrefix(nzsced) }
            .map { $0.dropFirst(nzsced.count).utf8 }
        guard !codes.isEmpty else { return .notStated }
        let complete = codes.contains {
            $0.count == 6 && $0.allSatisfy { (0x30...0x39).contains($0) }
        }
        return complete ? .met : .notMet("no NZSCED code with six digits")
    }

    /// Whole words only: "international" is no "national".
    static func titleWords(_ item: LearningOpportunity) -> Rule.Finding {
        for title in item.title.texts.values.sorted() {
            let words = title.lowercased().split { !$0.isLetter }.map(String.init)
            if let word = words.first(where: { reserved.contains($0) }) {
                return .notMet("the title has the word \"\(word)\"")
            }
            for (word, next) in zip(words, words.dropFirst())
            where word == "new" && next == "zealand" {
                return .notMet("the title has the words \"New Zealand\"")
            }
        }
        return .met
    }

    private static let nzsced = "urn:eccoe:nzsced:"

    private static let reserved: Set<String> = [
        "degree", "degrees", "diploma", "diplomas", "national", "bachelor", "bachelors", "master",
        "masters", "doctor", "doctors", "doctorate",
    ]
}
