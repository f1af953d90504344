import CanonicalJSON

extension AchievementMapping {
    /// The community extensions of Open Badges 2.0 that say what an item states: credits, level,
    /// outcome, workload, language of instruction.
    mutating func readExtensions(_ badge: JSON, into item: inout LearningOpportunity) {
        if let value = extensionValue("ECTS", of: badge),
            let number = decimal(value, named: "ECTS")
        {
            item.creditPoints.append(CreditPoints(framework: Vocabulary.ects, number: number))
        }
        if let value = extensionValue("StudyLoad", of: badge) {
            item.workloadHours = decimal(value, named: "StudyLoad")
        }
        if let value = extensionValue("EQF", of: badge) {
            let text = value.string ?? value.number?.canonicalText ?? ""
            item.eqfLevel = text.last.flatMap { Int(String($0)) }.flatMap { EQF.uri(level: $0) }
            if item.eqfLevel == nil {
                remark(
                    .warning,
                    Self.pointer("EQF"),
                    "no level of the EQF; left out",
                    "write a whole number from 1 to 8"
                )
            }
        }
        if let text = extensionValue("LearningOutcome", of: badge)?.string {
            item.learningOutcomes.append(LearningOutcome(title: [language: text]))
        }
        if let text = extensionValue("Language", of: badge)?.string {
            let tag = String(text.prefix { $0 != "_" && $0 != "-" })
            item.languages = Language.uri(tag: tag).map { [$0] } ?? []
        }
    }

    /// Names of the members that `readExtensions` reads.
    static let extensions: Set<String> = Set(
        ["ECTS", "StudyLoad", "EQF", "LearningOutcome", "Language"].map {
            "extensions:\($0)Extension"
        }
    )

    private static func pointer(_ name: String) -> String {
        "/extensions:\(name)Extension/\(name)"
    }

    private func extensionValue(_ name: String, of badge: JSON) -> JSON? {
        badge["extensions:\(name)Extension"]?[name]
    }

    private mutating func decimal(_ value: JSON, named name: String) -> String? {
        let text = value.number?.canonicalText ?? value.string
        if let number = text.flatMap({ WrittenForm.decimal(lenient: $0) }) { return number }
        remark(
            .warning,
            Self.pointer(name),
            "no number; left out",
            "write a JSON number"
        )
        return nil
    }
}
