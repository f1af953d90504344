import XML

/// What an item of a QDR file leads to: the specification of its achievement and its parts.
extension QDRWriter {
    mutating func specification(_ item: LearningOpportunity, _ xml: inout XMLWriter) {
        let isQualification = isQualification(item)
        xml.element(
            isQualification ? "qualification" : "learningAchievementSpecification",
            ["id": id(item, "specification")]
        ) { xml in
            Self.texts("title", item.title, &xml)
            for keyword in item.keywords {
                xml.element("category", ["language": item.defaultLanguage], text: keyword)
            }
            Self.codes("ISCEDFCode", item.iscedFields, &xml)
            Self.codes("educationSubject", item.otherFields, &xml)
            if let hours = item.workloadHours {
                xml.element("volumeOfLearning", text: ISODuration.text(hours: hours))
            }
            writeCredits(of: item, &xml)
            if !isQualification { writeLevel(of: item, &xml) }
            Self.codes("language", item.languages, &xml)
            Self.codes("learningSetting", item.setting.map { [$0] } ?? [], &xml)
            if let tag = Self.requirementTag(of: item),
                let text = item.entryRequirements?.texts[tag]
            {
                Self.note("entryRequirement", nil, tag, text, &xml)
            }
            writeReferences(of: item, &xml)
            xml.element("awardingOpportunity") { xml in
                Self.references("awardingBody", [organisations.id(of: item.awardingBody)], &xml)
                Self.references(
                    "learningAchievementSpecification", [id(item, "specification")], &xml)
            }
            if isQualification { writeQualification(of: item, &xml) }
        }
    }

    private mutating func writeCredits(of item: LearningOpportunity, _ xml: inout XMLWriter) {
        for credit in item.creditPoints {
            guard let framework = credit.framework else {
                gap(
                    item, .creditPoints, "credits without a framework are left out: QDR requires it"
                )
                continue
            }
            xml.element("creditPoint") { xml in
                xml.element("framework", ["uri": framework])
                xml.element("point", text: credit.number)
            }
        }
    }

    /// A specification that is no qualification has no element for the EQF level, but one for a
    /// level of education.
    private mutating func writeLevel(of item: LearningOpportunity, _ xml: inout XMLWriter) {
        Self.codes("educationLevel", item.eqfLevel.map { [$0] } ?? [], &xml)
        if item.nqfLevel != nil {
            gap(item, .nqfLevel, "QDR has a national level only together with an EQF level")
        }
    }

    private func writeReferences(of item: LearningOpportunity, _ xml: inout XMLWriter) {
        let outcomes = item.learningOutcomes.indices.map { id(item, "outcome-\($0 + 1)") }
        Self.references("learningOutcome", outcomes, &xml)
        if hasAssessment(item) { Self.references("provenBy", [id(item, "assessment")], &xml) }
        let entitlements = item.entitlements.indices.map { id(item, "entitlement-\($0 + 1)") }
        Self.references("entitlesTo", entitlements, &xml)
    }

    private func writeQualification(of item: LearningOpportunity, _ xml: inout XMLWriter) {
        Self.codes("EQFLevel", item.eqfLevel.map { [$0] } ?? [], &xml)
        Self.codes("NQFLevel", item.nqfLevel.map { [$0.level] } ?? [], &xml)
        let accreditations = item.accreditations.indices.map { id(item, "accreditation-\($0 + 1)") }
        Self.references("accreditation", accreditations, &xml)
    }

    // MARK: Parts of their own

    func outcomes(_ item: LearningOpportunity, _ xml: inout XMLWriter) {
        for (index, outcome) in item.learningOutcomes.enumerated() {
            xml.element("learningOutcome", ["id": id(item, "outcome-\(index + 1)")]) { xml in
                Self.texts("title", outcome.title, &xml)
                Self.codes("type", outcome.type.map { [$0] } ?? [], &xml)
                Self.codes("relatedSkill", outcome.otherSkills, &xml)
                Self.codes("relatedESCOSkill", outcome.escoSkills, &xml)
            }
        }
    }

    private func hasAssessment(_ item: LearningOpportunity) -> Bool {
        !item.assessmentTypes.isEmpty || item.gradingScheme != nil
    }

    func assessment(_ item: LearningOpportunity, _ xml: inout XMLWriter) {
        guard hasAssessment(item) else { return }
        xml.element("learningAssessmentSpecification", ["id": id(item, "assessment")]) { xml in
            Self.texts("title", item.title, &xml)
            Self.codes("type", item.assessmentTypes, &xml)
            if item.gradingScheme != nil {
                Self.references("gradingScheme", [id(item, "grading")], &xml)
            }
        }
    }

    func gradingScheme(_ item: LearningOpportunity, _ xml: inout XMLWriter) {
        guard let scheme = item.gradingScheme else { return }
        xml.element("gradingScheme", ["id": id(item, "grading")]) { xml in
            Self.texts("title", scheme.title, &xml)
            Self.texts("description", scheme.description, &xml)
        }
    }

    mutating func entitlements(_ item: LearningOpportunity, _ xml: inout XMLWriter) {
        for (index, entitlement) in item.entitlements.enumerated() {
            xml.element(
                "learningEntitlementSpecification",
                ["id": id(item, "entitlement-\(index + 1)")]
            ) { xml in
                Self.texts("title", entitlement.title, &xml)
                Self.codes("type", entitlement.type.map { [$0] } ?? [], &xml)
                Self.codes("entitlementStatus", entitlement.status.map { [$0] } ?? [], &xml)
            }
            if entitlement.type == nil || entitlement.status == nil {
                gap(item, .entitlements, "QDR requires type and status; not valid without")
            }
        }
    }

    mutating func accreditations(_ item: LearningOpportunity, _ xml: inout XMLWriter) {
        guard isQualification(item) else { return }
        for (index, accreditation) in item.accreditations.enumerated() {
            xml.element("accreditation", ["id": id(item, "accreditation-\(index + 1)")]) { xml in
                Self.codes("type", accreditation.type.map { [$0] } ?? [], &xml)
                Self.texts("title", accreditation.title, &xml)
                Self.references("organisation", [organisations.id(of: item.provider)], &xml)
                if let agency = accreditation.agency {
                    Self.references("accreditingAgent", [organisations.id(of: agency)], &xml)
                }
                for (name, day) in [
                    ("issued", accreditation.date), ("expiryDate", accreditation.expiryDate),
                ] {
                    if let day { xml.element(name, text: day + "T00:00:00Z") }
                }
                Self.page("homepage", accreditation.homepage, &xml)
            }
            if accreditation.type == nil || accreditation.agency == nil {
                gap(item, .accreditations, "QDR requires type and agency; not valid without")
            }
        }
    }
}

extension ISODuration {
    /// Hours, a decimal, as a duration to the second: `PT62H30M`.
    static func text(hours: String) -> String {
        let parts = hours.split(separator: ".")
        let whole = parts.first.map(String.init) ?? "0"
        // Of the fraction, seconds: 0.25 hours are 900.
        let digits = parts.count == 2 ? String(parts[1].prefix(6)) : ""
        var scale = 1
        for _ in digits.utf8 { scale *= 10 }
        let seconds = ((Int(digits) ?? 0) * 3600 + scale / 2) / scale
        var text = "PT" + whole + "H"
        if seconds / 60 > 0 { text += "\(seconds / 60)M" }
        if seconds % 60 > 0 { text += "\(seconds % 60)S" }
        return text
    }
}
