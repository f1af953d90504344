import XML

/// The achievement specification of a QDR file, and what leads to it.
extension QDRMapping {
    mutating func readSpecification(
        _ specification: XMLElement,
        into item: inout LearningOpportunity
    ) {
        readFields(of: specification, into: &item)
        readLevels(of: specification, into: &item)
        readCredits(of: specification, into: &item)
        readModes(of: specification, into: &item)
        for element in specification.all("language") {
            guard let uri = reader.uri(element.attribute("uri"), of: element) else { continue }
            if !item.languages.contains(uri) { item.languages.append(uri) }
        }
        item.setting = specification.first("learningSetting").flatMap {
            reader.code($0.attribute("uri"), of: $0, in: Vocabulary.settings)
        }
        if let own = notes(specification.all("entryRequirement")) {
            let others = item.entryRequirements?.texts ?? [:]
            item.entryRequirements = LocalizedText(others.merging(own.texts) { $1 })
        }
        if item.keywords.isEmpty {
            item.keywords = specification.all("category").compactMap { reader.text($0) }
        }
        readOutcomes(of: specification, into: &item)
        readAssessments(of: specification, into: &item)
        readEntitlements(of: specification, into: &item)
        readAccreditations(of: specification, into: &item)
    }

    private mutating func readFields(
        of specification: XMLElement,
        into item: inout LearningOpportunity
    ) {
        // The model's own JSON calls the field thematicArea, and so do files made from it.
        for element in specification.all("ISCEDFCode") + specification.all("thematicArea") {
            let field = reader.code(
                element.attribute("uri"), of: element, in: ISCEDF.fields, isClosed: true)
            if let field, !item.iscedFields.contains(field) { item.iscedFields.append(field) }
        }
        for element in specification.all("educationSubject") {
            let field = reader.uri(element.attribute("uri"), of: element)
            if let field, !item.otherFields.contains(field) { item.otherFields.append(field) }
        }
    }

    private mutating func readLevels(
        of specification: XMLElement,
        into item: inout LearningOpportunity
    ) {
        if let element = specification.first("EQFLevel") {
            item.eqfLevel = reader.code(
                element.attribute("uri"), of: element, in: EQF.levels, isClosed: true)
        }
        let national = specification.all("NQFLevel")
        if let element = national.first,
            let level = reader.uri(element.attribute("uri"), of: element)
        {
            let scheme = element.first("inScheme").flatMap { reader.uri($0.ownText, of: $0) }
            item.nqfLevel = NationalLevel(
                framework: scheme ?? QDRScheme.framework(of: level),
                level: level
            )
        }
        reader.leave(Array(national.dropFirst()))
        for element in specification.all("educationLevel") {
            guard let uri = reader.uri(element.attribute("uri"), of: element) else { continue }
            if EQF.levels.contains(uri), item.eqfLevel == nil {
                item.eqfLevel = uri
            } else if item.eqfLevel != uri {
                item.alignments.append(Alignment(url: uri, name: texts(element.all("prefLabel"))))
            }
        }
    }

    private mutating func readCredits(
        of specification: XMLElement,
        into item: inout LearningOpportunity
    ) {
        for element in specification.all("creditPoint") {
            guard let number = reader.decimal(element.first("point")) else { continue }
            let framework = element.first("framework").flatMap {
                reader.code($0.attribute("uri"), of: $0, in: Vocabulary.creditSystems)
            }
            item.creditPoints.append(CreditPoints(framework: framework, number: number))
        }
    }

    /// The workload of the specification; failing that, of the activity that leads to it.
    mutating func readActivity(
        of specification: XMLElement?,
        into item: inout LearningOpportunity
    ) {
        if let element = specification?.first("volumeOfLearning") {
            item.workloadHours = reader.hours(element)
            return
        }
        let references =
            [opportunity?.first("learningActivitySpecification")]
            + (specification?.all("influencedBy") ?? [])
        for reference in references.compactMap({ $0 }) where item.workloadHours == nil {
            let activity = part(of: reference, [.learningActivitySpecification])
            item.workloadHours = reader.hours(activity?.first("volumeOfLearning"))
        }
    }

    private mutating func readOutcomes(
        of specification: XMLElement,
        into item: inout LearningOpportunity
    ) {
        for reference in specification.all("learningOutcome") {
            guard let part = part(of: reference, [.learningOutcome]),
                let title = texts(part.all("title"))
            else { continue }
            item.learningOutcomes.append(
                LearningOutcome(
                    title: title,
                    type: part.first("type").flatMap {
                        reader.code($0.attribute("uri"), of: $0, in: Vocabulary.outcomeTypes)
                    },
                    escoSkills: skills(part.all("relatedESCOSkill")),
                    otherSkills: skills(part.all("relatedSkill"))
                )
            )
        }
        guard let summary = specification.first("learningOutcomeSummary") else { return }
        if item.learningOutcomes.isEmpty, let title = notes([summary]) {
            item.learningOutcomes = [LearningOutcome(title: title)]
        } else {
            reader.leave([summary])
        }
    }

    private mutating func skills(_ elements: [XMLElement]) -> [String] {
        var uris: [String] = []
        for element in elements {
            let uri = reader.uri(element.attribute("uri"), of: element)
            if let uri, !uris.contains(uri) { uris.append(uri) }
        }
        return uris
    }

    private mutating func readAssessments(
        of specification: XMLElement,
        into item: inout LearningOpportunity
    ) {
        for reference in specification.all("provenBy") {
            guard let part = part(of: reference, [.learningAssessmentSpecification]) else {
                continue
            }
            for element in part.all("type") {
                let type = reader.code(
                    element.attribute("uri"), of: element, in: Vocabulary.assessmentTypes)
                if let type, !item.assessmentTypes.contains(type) {
                    item.assessmentTypes.append(type)
                }
            }
            guard let scheme = part.first("gradingScheme") else { continue }
            guard item.gradingScheme == nil else {
                reader.leave([scheme])
                continue
            }
            guard let grading = self.part(of: scheme, [.gradingScheme]),
                let title = texts(grading.all("title"))
            else { continue }
            item.gradingScheme = GradingScheme(
                title: title,
                description: texts(grading.all("description"))
            )
        }
    }

    private mutating func readEntitlements(
        of specification: XMLElement,
        into item: inout LearningOpportunity
    ) {
        for reference in specification.all("entitlesTo") {
            guard let part = part(of: reference, [.learningEntitlementSpecification]),
                let title = texts(part.all("title"))
            else { continue }
            item.entitlements.append(
                Entitlement(
                    title: title,
                    type: part.first("type").flatMap {
                        reader.code($0.attribute("uri"), of: $0, in: Vocabulary.entitlementTypes)
                    },
                    status: part.first("entitlementStatus").flatMap {
                        reader.code($0.attribute("uri"), of: $0, in: Vocabulary.entitlementStatuses)
                    }
                )
            )
        }
    }
}
