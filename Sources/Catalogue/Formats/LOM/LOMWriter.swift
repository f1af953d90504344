package import XML

/// Writes items as IEEE LOM (1484.12.3), one `lom` an item.
package struct LOMWriter {
    /// The namespace of LOM.
    package static let namespace = "http://ltsc.ieee.org/xsd/LOM"
    /// The fields that LOM has no place for, the awarding body among them.
    package static let lost: Set<ItemName> = [
        .code, .approvalDate, .reviewDate, .awardingBody, .criteria, .specialization, .otherFields,
        .nqfLevel, .creditPoints, .assessmentTypes, .gradingScheme, .modes, .setting,
        .stackability, .supervision, .entitlements, .qualityAssurance, .accreditations,
        .studentEvaluations, .endorsements,
    ]

    private let item: LearningOpportunity
    private let globalID: String

    /// Writes an item of the catalogue of `domain` into `xml`.
    package static func write(
        _ item: LearningOpportunity,
        domain: String,
        into xml: inout XMLWriter
    ) {
        let writer = LOMWriter(item: item, globalID: item.globalID(domain: domain))
        xml.element("lom:lom", ["xmlns:lom": namespace]) { xml in
            writer.writeGeneral(&xml)
            writer.writeLifeCycle(&xml)
            xml.element("lom:metaMetadata") {
                $0.element("lom:language", text: item.defaultLanguage)
            }
            xml.element("lom:technical") {
                $0.element("lom:location", text: item.homepage ?? writer.globalID)
            }
            writer.writeEducational(&xml)
            writer.writeRights(&xml)
            writer.writeRelations(&xml)
            writer.writeClassifications(&xml)
        }
    }

    // MARK: Values

    private func texts(_ name: String, _ text: LocalizedText?, _ xml: inout XMLWriter) {
        guard let text, !text.texts.isEmpty else { return }
        xml.element("lom:" + name) { xml in
            for (tag, text) in text.texts.sorted(by: { $0.key < $1.key }) {
                xml.element("lom:string", ["language": tag], text: text)
            }
        }
    }

    private func text(_ name: String, _ text: String, _ xml: inout XMLWriter) {
        xml.element("lom:" + name) { $0.element("lom:string", text: text) }
    }

    private func term(
        _ name: String, _ value: String, source: String = "LOMv1.0", _ xml: inout XMLWriter
    ) {
        xml.element("lom:" + name) { xml in
            xml.element("lom:source", text: source)
            xml.element("lom:value", text: value)
        }
    }

    private func identifier(_ id: String, _ xml: inout XMLWriter) {
        xml.element("lom:identifier") { xml in
            xml.element("lom:catalog", text: WrittenForm.isURI(id) ? "URI" : "local")
            xml.element("lom:entry", text: id)
        }
    }

    // MARK: Parts

    private func writeGeneral(_ xml: inout XMLWriter) {
        xml.element("lom:general") { xml in
            identifier(globalID, &xml)
            for id in item.sameAs { identifier(id, &xml) }
            texts("title", item.title, &xml)
            for uri in item.languages {
                if let tag = Language.tag(of: uri) {
                    xml.element("lom:language", text: tag)
                }
            }
            texts("description", item.description, &xml)
            for keyword in item.keywords {
                texts("keyword", [item.defaultLanguage: keyword], &xml)
            }
        }
    }

    private static let states = [
        "urn:eccoe:status:released": "final", "urn:eccoe:status:to-be-reviewed": "draft",
        "urn:eccoe:status:obsolete": "unavailable", "urn:eccoe:status:withdrawn": "unavailable",
    ]

    private func writeLifeCycle(_ xml: inout XMLWriter) {
        xml.element("lom:lifeCycle") { xml in
            if let version = item.version { text("version", version, &xml) }
            if let state = item.status.flatMap({ Self.states[$0] }) { term("status", state, &xml) }
            xml.element("lom:contribute") { xml in
                term("role", "publisher", &xml)
                xml.element("lom:entity", text: card(of: item.provider))
            }
            for validation in item.validations
            where validation.verdict == "urn:eccoe:verdict:accepted" {
                write(validation, &xml)
            }
        }
    }

    /// Only accepted validations: LOM's role says that somebody validated, not what he found.
    private func write(_ validation: CommitteeValidation, _ xml: inout XMLWriter) {
        let committee = validation.committee.split(separator: ":").last.map(String.init) ?? ""
        let roles = ["pedagogical": "educational validator", "technical": "technical validator"]
        xml.element("lom:contribute") { xml in
            term(
                "role",
                roles[committee] ?? committee + " validator",
                source: roles[committee] == nil ? "urn:eccoe:committee" : "LOMv1.0",
                &xml
            )
            if let date = validation.date {
                xml.element("lom:date") { $0.element("lom:dateTime", text: date) }
            }
        }
    }

    private func card(of body: Organisation) -> String {
        let name = VCard.escaped(body.name.best(for: item.defaultLanguage) ?? "")
        var lines = ["BEGIN:VCARD", "VERSION:3.0", "N:;;;;", "FN:\(name)", "ORG:\(name)"]
        if let id = body.id ?? body.homepage { lines.append("URL:\(id)") }
        return (lines + ["END:VCARD"]).joined(separator: "\n")
    }

    private func writeEducational(_ xml: inout XMLWriter) {
        guard !item.types.isEmpty || item.workloadHours != nil else { return }
        xml.element("lom:educational") { xml in
            for type in item.types {
                let name =
                    type.hasPrefix(LOMMapping.typePrefix)
                    ? PercentEncoding.decode(String(type.dropFirst(LOMMapping.typePrefix.count)))
                    : nil
                let source = name == nil ? "http://data.europa.eu/snb" : "SupLOMFRv1.0"
                term("learningResourceType", name ?? type, source: source, &xml)
            }
            if let hours = item.workloadHours {
                xml.element("lom:typicalLearningTime") {
                    $0.element("lom:duration", text: ISODuration.text(hours: hours))
                }
            }
        }
    }

    private func writeRights(_ xml: inout XMLWriter) {
        guard let licence = item.licence else { return }
        xml.element("lom:rights") { xml in
            term("copyrightAndOtherRestrictions", "yes", &xml)
            text("description", licence, &xml)
        }
    }

    private func writeRelations(_ xml: inout XMLWriter) {
        let relations =
            item.isPartOf.map { ("ispartof", $0) } + item.hasPart.map { ("haspart", $0) }
        for (kind, target) in relations {
            xml.element("lom:relation") { xml in
                term("kind", kind, &xml)
                xml.element("lom:resource") { identifier(target, &$0) }
            }
        }
    }

    // MARK: Classifications

    private func classification(
        _ purpose: String,
        _ xml: inout XMLWriter,
        _ content: (inout XMLWriter) -> Void
    ) {
        xml.element("lom:classification") { xml in
            term("purpose", purpose, &xml)
            content(&xml)
        }
    }

    private func path(
        source: String?,
        id: String?,
        entry: LocalizedText?,
        _ xml: inout XMLWriter
    ) {
        xml.element("lom:taxonPath") { xml in
            if let source { text("source", source, &xml) }
            xml.element("lom:taxon") { xml in
                if let id { xml.element("lom:id", text: id) }
                texts("entry", entry, &xml)
            }
        }
    }

    private func writeClassifications(_ xml: inout XMLWriter) {
        if item.fieldOfStudy != nil || !item.iscedFields.isEmpty || !item.alignments.isEmpty {
            classification("discipline", &xml) { xml in
                if let field = item.fieldOfStudy { path(source: nil, id: nil, entry: field, &xml) }
                for field in item.iscedFields {
                    let label = ISCEDF.fields.label(of: field).map { LocalizedText(["en": $0]) }
                    path(source: "ISCED-F 2013", id: field, entry: label, &xml)
                }
                for node in item.alignments {
                    // LOM has one id: the address, unless it is one that we made of the code.
                    let isMade = node.url.hasPrefix(LOMMapping.taxonPrefix)
                    let id = isMade ? node.code ?? node.url : node.url
                    path(source: node.framework, id: id, entry: node.name, &xml)
                }
            }
        }
        for outcome in item.learningOutcomes {
            classification("competency", &xml) { xml in
                path(
                    source: nil,
                    id: (outcome.escoSkills + outcome.otherSkills).first,
                    entry: outcome.title,
                    &xml
                )
            }
        }
        if let level = item.eqfLevel {
            classification("educational level", &xml) { xml in
                let label = EQF.levels.label(of: level).map { LocalizedText(["en": "EQF " + $0]) }
                path(source: "EQF", id: level, entry: label, &xml)
            }
        }
        if let requirements = item.entryRequirements {
            classification("prerequisite", &xml) { texts("description", requirements, &$0) }
        }
    }
}
