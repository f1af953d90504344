import CanonicalJSON

/// What an item states, as the middle of its page.
struct ItemFacts {
    private let item: LearningOpportunity

    init(_ item: LearningOpportunity) {
        self.item = item
    }

    func write(_ page: inout HTMLWriter) {
        writeGlance(&page)
        section("Description", item.description, &page)
        writeOutcomes(&page)
        section("How it is earned", item.criteria, &page)
        section("What is needed to enter", item.entryRequirements, &page)
        writeQuality(&page)
        writeRelations(&page)
    }

    // MARK: At a glance

    private func writeGlance(_ page: inout HTMLWriter) {
        page.element("dl") { page in
            organisation("Provider", item.provider, &page)
            if item.awardingBody.json != item.provider.json {
                organisation("Awarded by", item.awardingBody, &page)
            }
            coded("Type", item.types, &page)
            plain("Code", item.code, &page)
            level(&page)
            credits(&page)
            plain("Workload", item.workloadHours.map { $0 + " hours" }, &page)
            coded("Taught in", item.languages, &page)
            coded("Mode", item.modes, &page)
            coded("Setting", item.setting.map { [$0] } ?? [], &page)
            coded("Assessment", item.assessmentTypes, &page)
            coded("Supervision", item.supervision.map { [$0] } ?? [], &page)
            coded("Field", item.iscedFields + item.otherFields, &page)
            localized("Field in words", item.fieldOfStudy, &page)
            localized("Specialisation", item.specialization, &page)
            coded("Stackability", item.stackability.map { [$0] } ?? [], &page)
            plain(
                "Keywords", item.keywords.isEmpty ? nil : item.keywords.joined(separator: ", "),
                &page)
            coded("Status", item.status.map { [$0] } ?? [], &page)
            plain("Approved", item.approvalDate, &page)
            plain("Review due", item.reviewDate, &page)
            address("Licence", item.licence, &page)
            address("Homepage", item.homepage, &page)
        }
    }

    private func level(_ page: inout HTMLWriter) {
        if let level = item.eqfLevel {
            let number = EQF.level(of: level).map { "EQF level \($0)" }
            plain("Level", number ?? CodedValue(level).label, &page)
        }
        if let level = item.nqfLevel { coded("National level", [level.level], &page) }
    }

    private func credits(_ page: inout HTMLWriter) {
        guard !item.creditPoints.isEmpty else { return }
        let texts = item.creditPoints.map { credit in
            credit.number + (credit.framework.map { " " + CodedValue($0).label } ?? "")
        }
        plain("Credits", texts.joined(separator: "; "), &page)
    }

    private func row(
        _ name: String, _ page: inout HTMLWriter, _ value: (inout HTMLWriter) -> Void
    ) {
        page.element("dt", text: name)
        page.element("dd", [:], value)
    }

    private func plain(_ name: String, _ value: String?, _ page: inout HTMLWriter) {
        guard let value else { return }
        row(name, &page) { $0.isolated(value) }
    }

    private func coded(_ name: String, _ uris: [String], _ page: inout HTMLWriter) {
        guard !uris.isEmpty else { return }
        row(name, &page) { page in
            for (index, uri) in uris.enumerated() {
                if index > 0 { page.write(", ") }
                CodedValue(uri).write(&page)
            }
        }
    }

    private func address(_ name: String, _ address: String?, _ page: inout HTMLWriter) {
        guard let address else { return }
        row(name, &page) { CodedValue(address).write(&$0) }
    }

    private func localized(_ name: String, _ text: LocalizedText?, _ page: inout HTMLWriter) {
        guard let text else { return }
        row(name, &page) { Self.inline(text, item.defaultLanguage, &$0) }
    }

    private func organisation(
        _ name: String, _ body: Organisation, _ page: inout HTMLWriter
    ) {
        row(name, &page) { page in
            Self.inline(body.name, item.defaultLanguage, &page)
            if let country = body.country.flatMap({ Country.countries.label(of: $0) }) {
                page.write(", " + country)
            }
            if let homepage = body.homepage {
                page.write(" ")
                CodedValue(homepage).write(&page)
            }
        }
    }

    /// A text in the item's language, or in another one that it has.
    static func inline(_ text: LocalizedText, _ language: String, _ page: inout HTMLWriter) {
        let best = text.best(for: language) ?? ""
        let tag = text.texts.keys.sorted().first { text.texts[$0] == best }
        page.isolated(best, language: tag)
    }

    // MARK: Texts

    private func section(_ title: String, _ text: LocalizedText?, _ page: inout HTMLWriter) {
        guard let text, !text.texts.isEmpty else { return }
        page.element("h2", text: title)
        let first = item.defaultLanguage
        let rank: (String) -> Int = { $0 == first ? 0 : 1 }
        let texts = text.texts.sorted { (rank($0.key), $0.key) < (rank($1.key), $1.key) }
        for (tag, text) in texts {
            page.element("p", ["class": "text", "lang": tag, "dir": "auto"], text: text)
        }
    }

    private func writeOutcomes(_ page: inout HTMLWriter) {
        guard !item.learningOutcomes.isEmpty else { return }
        page.element("h2", text: "What is learned")
        page.element("ul") { page in
            for outcome in item.learningOutcomes {
                page.element("li", ["dir": "auto"]) { page in
                    Self.inline(outcome.title, item.defaultLanguage, &page)
                    if let type = outcome.type { page.write(" (\(CodedValue(type).label))") }
                    for skill in outcome.escoSkills + outcome.otherSkills {
                        page.write(" ")
                        CodedValue(skill).write(&page)
                    }
                }
            }
        }
    }

    // MARK: Quality

    private func writeQuality(_ page: inout HTMLWriter) {
        let hasAny =
            !item.qualityAssurance.isEmpty || !item.accreditations.isEmpty
            || !item.validations.isEmpty || !item.studentEvaluations.isEmpty
            || !item.endorsements.isEmpty
        guard hasAny else { return }
        page.element("h2", text: "Quality")
        page.element("dl") { page in
            coded("Quality assurance", item.qualityAssurance, &page)
            for accreditation in item.accreditations {
                row("Accreditation", &page) { write(accreditation, &$0) }
            }
            for validation in item.validations {
                plain(
                    "Validation",
                    [
                        CodedValue(validation.committee).label + ":",
                        CodedValue(validation.verdict).label, validation.date ?? "",
                    ].joined(separator: " "),
                    &page)
            }
            for evaluation in item.studentEvaluations {
                row("Students' evaluation", &page) { Self.write(evaluation, &$0) }
            }
            for endorsement in item.endorsements {
                row("Endorsement", &page) { write(endorsement, &$0) }
            }
        }
    }

    private func write(_ accreditation: Accreditation, _ page: inout HTMLWriter) {
        Self.inline(accreditation.title, item.defaultLanguage, &page)
        if let agency = accreditation.agency {
            page.write(" by ")
            Self.inline(agency.name, item.defaultLanguage, &page)
        }
        if let date = accreditation.date { page.write(", from \(date)") }
        if let date = accreditation.expiryDate { page.write(", until \(date)") }
        if let homepage = accreditation.homepage {
            page.write(" ")
            CodedValue(homepage).write(&page)
        }
    }

    private static func write(_ evaluation: StudentEvaluation, _ page: inout HTMLWriter) {
        var text = evaluation.score
        if let least = evaluation.scaleMinimum, let most = evaluation.scaleMaximum {
            text += " on a scale from \(least) to \(most)"
        }
        if let count = evaluation.sampleSize { text += ", \(count) students" }
        if let date = evaluation.date { text += ", \(date)" }
        page.isolated(text)
        if let url = evaluation.url {
            page.write(" ")
            CodedValue(url).write(&page)
        }
    }

    private func write(_ endorsement: Endorsement, _ page: inout HTMLWriter) {
        Self.inline(endorsement.agency.name, item.defaultLanguage, &page)
        if let statement = endorsement.statement {
            page.write(": ")
            Self.inline(statement, item.defaultLanguage, &page)
        }
        if let date = endorsement.date { page.write(", \(date)") }
        if let url = endorsement.url {
            page.write(" ")
            CodedValue(url).write(&page)
        }
    }

    // MARK: Relations

    private func writeRelations(_ page: inout HTMLWriter) {
        let rows: [(String, [String])] = [
            ("Part of", item.isPartOf), ("Has parts", item.hasPart), ("Also known as", item.sameAs),
            ("Aligned with", item.alignments.map(\.url)),
        ]
        let stated = rows.filter { !$0.1.isEmpty }
        guard !stated.isEmpty || !item.entitlements.isEmpty else { return }
        page.element("h2", text: "Relations")
        page.element("dl") { page in
            for (name, uris) in stated { coded(name, uris, &page) }
            for entitlement in item.entitlements {
                row("Entitles to", &page) { page in
                    Self.inline(entitlement.title, item.defaultLanguage, &page)
                    if let type = entitlement.type {
                        page.write(" (\(CodedValue(type).label))")
                    }
                }
            }
        }
    }
}

/// A coded value as people read it: by its label; what no list knows, as it is, and as a link only
/// when it is one of the web.
struct CodedValue {
    private static let esco = "http://data.europa.eu/esco/"

    private let uri: String

    init(_ uri: String) {
        self.uri = uri
    }

    /// The label, or the value itself.
    var label: String { Vocabulary.label(of: uri) ?? uri }

    func write(_ page: inout HTMLWriter) {
        if let label = Vocabulary.label(of: uri) { return page.isolated(label) }
        if uri.hasPrefix(Self.esco), let code = uri.split(separator: "/").last {
            return page.isolated("ESCO " + code)
        }
        guard uri.prefix(8).lowercased() == "https://", WrittenForm.isWebAddress(uri) else {
            return page.isolated(uri)
        }
        page.element("a", ["href": uri, "rel": "nofollow noopener noreferrer"]) {
            $0.isolated(uri)
        }
    }
}
