import CanonicalJSON

extension ELMMapping {
    /// What is learned, on which level, with which effort.
    mutating func readAchievement(into item: inout LearningOpportunity) {
        readOutcomes(into: &item)
        readFields(into: &item)
        let specification = source.specification
        item.eqfLevel =
            reading.codes(
                graph.concepts(specification, "eqfLevel", "EQFLevel"),
                of: EQF.levels,
                isClosed: true
            ).first
        readNationalLevel(into: &item)
        readCredits(into: &item)
        readWorkload(into: &item)
    }

    private mutating func readOutcomes(into item: inout LearningOpportunity) {
        for node in graph.nodes(source.specification, "learningOutcome") {
            guard let title = reading.text(node.member("title")) else {
                reading.remark(
                    .warning,
                    node.pointer,
                    "an outcome without title; left out",
                    "add its title"
                )
                continue
            }
            item.learningOutcomes.append(
                LearningOutcome(
                    title: title,
                    type: reading.codes(
                        graph.concepts(node, "dcType"),
                        of: Vocabulary.outcomeTypes
                    ).first,
                    escoSkills: graph.concepts(node, "relatedESCOSkill").compactMap(\.uri),
                    otherSkills: graph.concepts(node, "relatedSkill").compactMap(\.uri)
                )
            )
        }
        for note in graph.nodes(source.specification, "learningOutcomeSummary") {
            guard let text = reading.text(note.member("noteLiteral")) else { continue }
            guard item.learningOutcomes.isEmpty else {
                reading.remark(
                    .note,
                    note.pointer,
                    "the summary is not carried over, since the single outcomes are there"
                )
                continue
            }
            item.learningOutcomes = [LearningOutcome(title: text)]
            reading.remark(
                .warning,
                note.pointer,
                "only a summary of the outcomes; it was taken as one outcome",
                "write each outcome as a learningOutcome"
            )
        }
    }

    /// `ISCEDFCode` in RDF is `thematicArea` in the JSON of Europass: both are read.
    private mutating func readFields(into item: inout LearningOpportunity) {
        let specification = source.specification
        let areas = graph.concepts(specification, "thematicArea")
        let codes = graph.concepts(specification, "ISCEDFCode")
        item.iscedFields = reading.codes(areas + codes, of: ISCEDF.fields, isClosed: true)
        if !areas.isEmpty, let place = specification?.member("thematicArea")?.pointer {
            let differ = !codes.isEmpty && areas.map(\.uri) != codes.map(\.uri)
            reading.remark(
                differ ? .warning : .note,
                place,
                differ
                    ? "thematicArea and ISCEDFCode are the same property, but differ here; both "
                        + "were taken"
                    : "thematicArea, the name of ISCEDFCode in the JSON of Europass, was read as "
                        + "ISCED-F",
                differ ? "keep one of the two" : "nothing to do"
            )
        }
        item.otherFields = graph.concepts(specification, "educationSubject").compactMap(\.uri)
            .filter { !LocalIdentifier.isLocal($0) }
    }

    private mutating func readNationalLevel(into item: inout LearningOpportunity) {
        let levels = graph.concepts(source.specification, "nqfLevel", "NQFLevel")
        guard let level = levels.first else { return }
        guard let uri = level.uri, !LocalIdentifier.isLocal(uri) else {
            reading.remark(
                .warning,
                level.pointer,
                "the national level has no URI; left out",
                "use a URI of the list nqf, such as http://data.europa.eu/snb/qdr/c_c392e7a2"
            )
            return
        }
        item.nqfLevel = NationalLevel(
            framework: level.scheme ?? NQF.scheme,
            level: uri
        )
        if levels.count > 1 {
            reading.remark(.note, levels[1].pointer, "an item has one national level; the first")
        }
    }

    private mutating func readCredits(into item: inout LearningOpportunity) {
        for node in graph.nodes(source.specification, "creditPoint") {
            guard let number = reading.decimal(node.member("point"), of: "credits") else {
                continue
            }
            let framework = reading.codes(
                graph.concepts(node, "framework"),
                of: Vocabulary.creditSystems
            ).first
            if framework == nil {
                reading.remark(
                    .warning,
                    node.pointer,
                    "\(number) credits without their framework",
                    "name the framework, such as \(Vocabulary.ects)"
                )
            }
            item.creditPoints.append(CreditPoints(framework: framework, number: number))
        }
    }

    /// The hours of the specification; failing that of the activity that leads to it. A volume that
    /// is not in hours is questioned wherever it stands.
    private mutating func readWorkload(into item: inout LearningOpportunity) {
        let nodes = [source.specification].compactMap { $0 } + activities()
        for node in nodes {
            let member = node.member("volumeOfLearning", "workload")
            let hours = reading.hours(member)
            if item.workloadHours == nil { item.workloadHours = hours }
        }
    }

    /// How it is taught and assessed, what it asks for and what it leads to.
    mutating func readConditions(into item: inout LearningOpportunity) {
        let specification = source.specification
        let activities = activities()
        let modes =
            graph.concepts(source.opportunity, "mode") + graph.concepts(specification, "mode")
            + activities.flatMap { graph.concepts($0, "mode") }
        item.modes = reading.codes(modes, of: Vocabulary.modes)
        item.setting =
            reading.codes(
                graph.concepts(specification, "learningSetting"),
                of: Vocabulary.settings
            ).first
        let languages =
            graph.concepts(specification, "language")
            + activities.flatMap { graph.concepts($0, "language") }
        item.languages = reading.codes(languages, of: Language.languages)
        item.entryRequirements = graph.nodes(specification, "entryRequirement").first
            .flatMap { reading.text($0.member("noteLiteral")) }
        readAssessment(into: &item)
        readEntitlements(into: &item)
        readAccreditations(into: &item)
        let partial = specification?.member("isPartialQualification")?.value
        if partial?.bool == true || partial?["@value"]?.bool == true || !item.isPartOf.isEmpty {
            item.stackability = Vocabulary.partOfSomething
        }
    }

    private mutating func readAssessment(into item: inout LearningOpportunity) {
        let assessments = assessments()
        item.assessmentTypes = reading.codes(
            assessments.flatMap { graph.concepts($0, "dcType") },
            of: Vocabulary.assessmentTypes
        )
        let checks = assessments.flatMap { graph.concepts($0, "idVerification") }
        item.supervision = reading.codes(checks, of: Vocabulary.supervision).first
        let schemes = assessments.flatMap { graph.nodes($0, "gradingScheme") }
        guard let scheme = schemes.first, let title = reading.text(scheme.member("title")) else {
            return
        }
        item.gradingScheme = GradingScheme(
            title: title,
            description: reading.text(scheme.member("description"))
        )
    }

    private mutating func readEntitlements(into item: inout LearningOpportunity) {
        for node in graph.nodes(source.specification, "entitlesTo") {
            guard let title = reading.text(node.member("title")) else { continue }
            item.entitlements.append(
                Entitlement(
                    title: title,
                    type: reading.codes(
                        graph.concepts(node, "dcType"),
                        of: Vocabulary.entitlementTypes
                    ).first,
                    status: reading.codes(
                        graph.concepts(node, "entitlementStatus"),
                        of: Vocabulary.entitlementStatuses
                    ).first
                )
            )
        }
    }
}
