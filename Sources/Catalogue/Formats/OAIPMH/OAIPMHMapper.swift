import XML

/// Saved answers of an OAI-PMH repository: one item a record in LOM or Dublin Core.
struct OAIPMHMapper: MarkupMapper {
    let defaults: ImportDefaults
    private var resumption: XMLElement?

    init(defaults: ImportDefaults) {
        self.defaults = defaults
    }

    static func isRecord(_ path: [XMLElement]) -> Bool {
        if path.count == 2 { return path[0].name == "OAI-PMH" && path[1].name == "error" }
        guard path.count == 3, path[0].name == "OAI-PMH" else { return false }
        switch path[1].name {
        case "ListRecords", "GetRecord":
            return ["record", "resumptionToken"].contains(path[2].name)
        case "ListIdentifiers": return path[2].name == "header"
        default: return false
        }
    }

    static let expectation = "a saved answer to ListRecords or GetRecord, with the root <OAI-PMH>"

    mutating func records(of element: XMLElement) -> [ImportRecord] {
        switch element.name {
        case "record", "header": return [OAIRecordMapping.record(of: element, defaults: defaults)]
        case "resumptionToken":
            if OAIResumption(element).token != nil { resumption = element }
            return []
        default:
            var reader = ElementReader(element, defaults: defaults)
            let code = PlainText(element.attribute("code") ?? "").text
            reader.remark(
                .error,
                element,
                "the repository answered \(code): \(PlainText(element.text).text.prefix(200))",
                "ask it again"
            )
            return [reader.refused()]
        }
    }

    mutating func rest() -> [ImportRecord]? {
        guard let element = resumption else { return nil }
        resumption = nil
        let resumption = OAIResumption(element)
        let size = resumption.completeListSize.map { " of \($0) records" } ?? ""
        return [
            ImportRecord(
                refused: ImportProblem(
                    at: ElementReader.place(element),
                    message: "the answer is one page of a list\(size); the others are not in it",
                    remedy: "import the other pages too, or harvest from the repository's address",
                    severity: .warning
                )
            )
        ]
    }
}

/// Makes an item of a record, whatever format its metadata are in.
package enum OAIRecordMapping {
    /// What becomes of a record of a repository.
    package static func record(of record: OAIRecord, defaults: ImportDefaults) -> ImportRecord {
        self.record(of: record.element, defaults: defaults)
    }

    static func record(of element: XMLElement, defaults: ImportDefaults) -> ImportRecord {
        var reader = ElementReader(element, defaults: defaults)
        guard let record = OAIRecord(element) else {
            reader.remark(.error, element, "no identifier", "a record has a header with one")
            return reader.refused()
        }
        if record.isDeleted {
            reader.remark(
                .note,
                element,
                "\(record.identifier.prefix(200)) is deleted at the source",
                "an import asks whether to withdraw the item, if it was taken from there"
            )
            let remarks = reader.refused()
            return ImportRecord(
                at: remarks.at, item: nil,
                removed: ItemIdentifier.adopted(
                    record.identifier, format: .oaiPMH, domain: defaults.domain),
                problems: remarks.problems)
        }
        guard let metadata = record.metadata else {
            reader.remark(
                .error,
                element,
                "\(record.identifier.prefix(200)) comes without metadata",
                "ask for it with ListRecords or GetRecord"
            )
            return reader.refused()
        }
        if let lom = lom(in: metadata) {
            var mapping = LOMMapping(reader, lom: lom)
            mapping.outerID = (record.identifier, .oaiPMH)
            return mapping.record()
        }
        if metadata.name == "dc" {
            var mapping = DublinCoreMapping(reader, dc: metadata, identifier: record.identifier)
            return mapping.record()
        }
        reader.remark(
            .error,
            metadata,
            "metadata in <\(metadata.name)>, which is neither LOM nor Dublin Core",
            "ask for metadataPrefix lom or oai_dc"
        )
        return reader.refused()
    }

    private static func lom(in metadata: XMLElement) -> XMLElement? {
        metadata.name.lowercased() == "lom" ? metadata : metadata.part("lom")
    }
}
