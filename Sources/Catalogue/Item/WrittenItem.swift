package import CanonicalJSON

extension LearningOpportunity {
    /// The written form of domain.md section 3.0: what is not stated is absent.
    package var json: JSON {
        var writer = MemberWriter()
        writeIdentity(into: &writer)
        writeAchievement(into: &writer)
        writeQuality(into: &writer)
        return .object(writer.object)
    }

    /// Reads the written form strictly: unknown members, null, empty lists and values in another
    /// than the one written form are refused.
    ///
    /// - Throws: `InvalidItem` with all problems.
    package init(json: JSON) throws(InvalidItem) {
        let log = ProblemLog()
        guard let object = json.object else {
            log.add("", "\(json.kind) where an item is expected", "write it as an object")
            throw InvalidItem(problems: log.problems)
        }
        var reader = MemberReader(object, pointer: "", log: log)
        let item = Self(from: &reader)
        reader.finish()
        guard let item, log.problems.isEmpty else { throw InvalidItem(problems: log.problems) }
        self = item
    }

    /// This item when its values are acceptable.
    ///
    /// - Throws: `InvalidItem` with all problems.
    package func validated() throws(InvalidItem) -> LearningOpportunity {
        try LearningOpportunity(json: json)
    }

    private init?(from reader: inout MemberReader) {
        let id = reader.identifier(.id)
        let title = reader.text(.title, required: true)
        let language = reader.language(.defaultLanguage, required: true)
        let provider: Organisation? = reader.part(.provider, required: true)
        let awardingBody: Organisation? = reader.part(.awardingBody, required: true)
        let nothing = Organisation(name: LocalizedText([:]))
        // Read on with a stand-in: the caller learns of every problem, not only of these.
        self.init(
            id: id ?? "",
            title: title ?? LocalizedText([:]),
            defaultLanguage: language ?? "",
            provider: provider ?? nothing,
            awardingBody: awardingBody ?? nothing
        )
        readIdentity(from: &reader)
        readAchievement(from: &reader)
        readQuality(from: &reader)
        guard id != nil, title != nil, language != nil, provider != nil, awardingBody != nil else {
            return nil
        }
    }

    private func writeIdentity(into writer: inout MemberWriter) {
        writer.set(.id, id)
        writer.set(.code, code)
        writer.set(.version, version)
        writer.set(.types, types)
        writer.set(.title, title)
        writer.set(.defaultLanguage, defaultLanguage)
        writer.set(.description, description)
        writer.set(.homepage, homepage)
        writer.set(.keywords, keywords)
        writer.set(.provider, provider)
        writer.set(.awardingBody, awardingBody)
        writer.set(.status, status)
        writer.set(.approvalDate, approvalDate)
        writer.set(.reviewDate, reviewDate)
        writer.set(.licence, licence)
        writer.set(.sameAs, sameAs)
    }

    private mutating func readIdentity(from reader: inout MemberReader) {
        code = reader.string(.code)
        version = reader.string(.version)
        types = reader.uris(.types)
        description = reader.text(.description)
        homepage = reader.web(.homepage)
        keywords = reader.strings(.keywords)
        status = reader.code(.status, of: Vocabulary.statuses)
        approvalDate = reader.date(.approvalDate)
        reviewDate = reader.date(.reviewDate)
        licence = reader.uri(.licence)
        sameAs = reader.strings(.sameAs)
    }

    private func writeAchievement(into writer: inout MemberWriter) {
        writer.set(.learningOutcomes, learningOutcomes)
        writer.set(.criteria, criteria)
        writer.set(.fieldOfStudy, fieldOfStudy)
        writer.set(.specialization, specialization)
        writer.set(.iscedFields, iscedFields)
        writer.set(.otherFields, otherFields)
        writer.set(.eqfLevel, eqfLevel)
        writer.set(.nqfLevel, nqfLevel)
        writer.set(.creditPoints, creditPoints)
        writer.set(.workloadHours, workloadHours)
        writer.set(.languages, languages)
        writer.set(.assessmentTypes, assessmentTypes)
        writer.set(.gradingScheme, gradingScheme)
        writer.set(.modes, modes)
        writer.set(.setting, setting)
        writer.set(.entryRequirements, entryRequirements)
        writer.set(.stackability, stackability)
        writer.set(.isPartOf, isPartOf)
        writer.set(.hasPart, hasPart)
        writer.set(.supervision, supervision)
        writer.set(.entitlements, entitlements)
        writer.set(.alignments, alignments)
    }

    private mutating func readAchievement(from reader: inout MemberReader) {
        learningOutcomes = reader.parts(.learningOutcomes)
        criteria = reader.text(.criteria)
        fieldOfStudy = reader.text(.fieldOfStudy)
        specialization = reader.text(.specialization)
        iscedFields = reader.codes(.iscedFields, of: ISCEDF.fields)
        otherFields = reader.uris(.otherFields)
        eqfLevel = reader.code(.eqfLevel, of: EQF.levels)
        nqfLevel = reader.part(.nqfLevel)
        creditPoints = reader.parts(.creditPoints)
        workloadHours = reader.decimal(.workloadHours)
        languages = reader.uris(.languages)
        assessmentTypes = reader.uris(.assessmentTypes)
        gradingScheme = reader.part(.gradingScheme)
        modes = reader.uris(.modes)
        setting = reader.uri(.setting)
        entryRequirements = reader.text(.entryRequirements)
        stackability = reader.uri(.stackability)
        isPartOf = reader.uris(.isPartOf)
        hasPart = reader.uris(.hasPart)
        supervision = reader.uri(.supervision)
        entitlements = reader.parts(.entitlements)
        alignments = reader.parts(.alignments)
    }

    private func writeQuality(into writer: inout MemberWriter) {
        writer.set(.qualityAssurance, qualityAssurance)
        writer.set(.accreditations, accreditations)
        writer.set(.validations, validations)
        writer.set(.studentEvaluations, studentEvaluations)
        writer.set(.endorsements, endorsements)
    }

    private mutating func readQuality(from reader: inout MemberReader) {
        qualityAssurance = reader.uris(.qualityAssurance)
        accreditations = reader.parts(.accreditations)
        validations = reader.parts(.validations)
        studentEvaluations = reader.parts(.studentEvaluations)
        endorsements = reader.parts(.endorsements)
    }
}
