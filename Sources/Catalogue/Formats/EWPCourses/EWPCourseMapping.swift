import XML

/// Maps one `learningOpportunitySpecification` of Erasmus Without Paper to an item.
struct EWPCourseMapping {
    private var reader: ElementReader
    private let source: XMLElement

    init(_ reader: ElementReader) {
        self.reader = reader
        source = reader.record
    }

    mutating func record() -> ImportRecord {
        let idElement = source.first("los-id")
        guard let idElement, let id = reader.text(idElement) else {
            reader.remark(
                .error,
                idElement ?? source,
                "no <los-id>",
                "the Courses API requires it: Type/X, such as CR/1234"
            )
            return reader.refused()
        }
        let title = reader.texts(source.all("title"), tag: \.language)
        guard let title else {
            reader.remark(
                .error,
                source.first("title") ?? source,
                "no title, or an empty one",
                "give the course a name, in English if possible"
            )
            return reader.refused()
        }
        let language =
            title.covers(reader.language)
            ? reader.language : title.texts.keys.sorted().first ?? reader.language
        let body = reader.defaults.institution
        var item = LearningOpportunity(
            id: ItemIdentifier.fitting(format: ImportFormat.ewpCourses.rawValue, sourceID: id),
            title: title,
            defaultLanguage: language,
            provider: body,
            awardingBody: body
        )
        if item.id != id { item.sameAs = [id] }
        readIdentity(into: &item)
        readFields(into: &item)
        readInstance(into: &item)
        reader.leaveRest(of: source, mapped: Self.mapped)
        return reader.record(item)
    }

    private static let mapped: Set<String> = [
        "los-id", "los-code", "title", "type", "subjectArea", "iscedCode", "eqfLevelProvided",
        "url",
        "description", "specifies", "contains",
    ]

    private mutating func readIdentity(into item: inout LearningOpportunity) {
        item.code = reader.text(source.first("los-code"))
        item.description = reader.texts(source.all("description"), tag: \.language)
        if let element = source.first("type"), let name = reader.text(element) {
            if let label = Self.types[name] {
                item.types = Vocabulary.opportunityTypes.uri(labelled: label).map { [$0] } ?? []
            } else {
                reader.remark(
                    .warning,
                    element,
                    "\"\(name.prefix(40))\" is no type of the Courses API; left out",
                    "use Degree Programme, Module, Course or Class, or leave the type out"
                )
            }
        }
        let pages = source.all("url")
        let page = pages.first { $0.language == nil || $0.language == item.defaultLanguage }
        item.homepage = reader.web(page ?? pages.first)
        if pages.count > 1 { reader.leave(Array(pages.dropFirst())) }
        item.hasPart = (source.first("contains")?.all("los-id") ?? []).compactMap { element in
            reader.text(element).map {
                ItemIdentifier.global(
                    ItemIdentifier.fitting(format: ImportFormat.ewpCourses.rawValue, sourceID: $0),
                    domain: reader.defaults.domain
                )
            }
        }
    }

    private static let types = [
        "Degree Programme": "Educational programme", "Module": "Programme module",
        "Course": "Course", "Class": "Class",
    ]

    private mutating func readFields(into item: inout LearningOpportunity) {
        if let element = source.first("iscedCode"), let code = reader.text(element) {
            if let uri = ISCEDF.uri(code: code), ISCEDF.fields.contains(uri) {
                item.iscedFields = [uri]
            } else {
                reader.remark(
                    .warning,
                    element,
                    "\"\(code.prefix(40))\" is no code of ISCED-F 2013; left out",
                    "write two to four digits, such as 0541; codes of ISCED 1997 are others"
                )
            }
        }
        if let area = reader.text(source.first("subjectArea")) {
            item.otherFields = ["urn:eccoe:erasmus-subject-area:" + PercentEncoding.encode(area)]
        }
        if let element = source.first("eqfLevelProvided"), let text = reader.text(element) {
            item.eqfLevel = Int(text).flatMap { EQF.uri(level: $0) }
            if item.eqfLevel == nil {
                reader.remark(
                    .warning,
                    element,
                    "\"\(text.prefix(40))\" is no EQF level; left out",
                    "write 1 to 8"
                )
            }
        }
    }

    // MARK: Instance

    private mutating func readInstance(into item: inout LearningOpportunity) {
        let instances = source.first("specifies")?.all("learningOpportunityInstance") ?? []
        let starts = instances.map { $0.first("start")?.ownText ?? "" }
        guard let latest = starts.indices.max(by: { starts[$0] < starts[$1] }) else { return }
        let instance = instances[latest]
        if instances.count > 1 {
            reader.remark(
                .note,
                instance,
                "of \(instances.count) instances the latest is read; an item has no dates",
                "nothing to do"
            )
        }
        readCredits(of: instance, into: &item)
        if let tag = instance.first("languageOfInstruction"), let text = reader.text(tag) {
            item.languages = Language.uri(tag: text).map { [$0] } ?? []
            if item.languages.isEmpty { reader.leave([tag]) }
        }
        if let scheme = instance.first("gradingScheme") {
            if let title = reader.texts(scheme.all("label"), tag: \.language) {
                item.gradingScheme = GradingScheme(
                    title: title,
                    description: reader.texts(scheme.all("description"), tag: \.language)
                )
            }
        }
        remarkOnHours(of: instance)
        reader.leaveRest(
            of: instance,
            mapped: [
                "loi-id", "loi-code", "start", "end", "credit", "languageOfInstruction",
                "gradingScheme", "engagementHours",
            ]
        )
    }

    /// Attendance is not the notional workload, which counts all work of the learner.
    private mutating func remarkOnHours(of instance: XMLElement) {
        guard let element = instance.first("engagementHours"), let hours = reader.decimal(element)
        else { return }
        reader.remark(
            .warning,
            element,
            "\(hours) hours of attendance are not the workload, which counts all work; left out",
            "state the workload in hours; an ECTS credit stands for 25 to 30"
        )
    }

    private mutating func readCredits(
        of instance: XMLElement,
        into item: inout LearningOpportunity
    ) {
        for credit in instance.all("credit") {
            guard let number = reader.decimal(credit.first("value")) else { continue }
            let scheme = reader.text(credit.first("scheme")) ?? ""
            let framework =
                scheme.lowercased() == "ects"
                ? Vocabulary.ects
                : scheme.isEmpty
                    ? nil : "urn:eccoe:ewp-credit:" + PercentEncoding.encode(scheme)
            item.creditPoints.append(CreditPoints(framework: framework, number: number))
            readCycle(of: credit, into: &item)
        }
    }

    /// The cycles of the European Higher Education Area are EQF 6, 7 and 8 (domain.md section 3.2).
    private mutating func readCycle(of credit: XMLElement, into item: inout LearningOpportunity) {
        guard let element = credit.first("level"), let name = reader.text(element) else { return }
        let levels = ["Bachelor": 6, "Master": 7, "PhD": 8]
        guard item.eqfLevel == nil, let level = levels[name] else { return }
        item.eqfLevel = EQF.uri(level: level)
        reader.remark(
            .note,
            element,
            "\(name) was read as EQF level \(level)",
            "state <eqfLevelProvided> when the course has another level"
        )
    }
}
