import CLibXML2
import FoundationEssentials

/// Validates XML against an XSD that lies in a folder.
struct SchemaCheck {
    /// What libxml2 says, one line a message; empty when the document is valid. nil when the schema
    /// itself cannot be read.
    static func problems(of document: [UInt8], schema path: String) -> [String]? {
        let messages = Messages()
        let pointer = Unmanaged.passUnretained(messages).toOpaque()
        let collect: xmlStructuredErrorFunc = { context, error in
            guard let context, let message = error?.pointee.message else { return }
            Unmanaged<Messages>.fromOpaque(context).takeUnretainedValue().lines.append(
                "line \(error?.pointee.line ?? 0): \(String(cString: message))"
            )
        }
        let parser = xmlSchemaNewParserCtxt(path)
        defer { xmlSchemaFreeParserCtxt(parser) }
        xmlSchemaSetParserStructuredErrors(parser, collect, pointer)
        guard let schema = xmlSchemaParse(parser) else { return nil }
        defer { xmlSchemaFree(schema) }
        let text = document.withUnsafeBytes { bytes in
            xmlReadMemory(
                bytes.bindMemory(to: CChar.self).baseAddress,
                Int32(bytes.count),
                nil,
                nil,
                Int32(XML_PARSE_NONET.rawValue | XML_PARSE_BIG_LINES.rawValue)
            )
        }
        defer { xmlFreeDoc(text) }
        let validation = xmlSchemaNewValidCtxt(schema)
        defer { xmlSchemaFreeValidCtxt(validation) }
        xmlSchemaSetValidStructuredErrors(validation, collect, pointer)
        let result = xmlSchemaValidateDoc(validation, text)
        return result != 0 && messages.lines.isEmpty ? ["invalid: \(result)"] : messages.lines
    }

    private final class Messages {
        var lines: [String] = []
    }
}

/// The XSD of QDR, which imports schemas that are not there: stand-ins with the types that it asks
/// for take their places, so that all that the XSD itself says can be checked.
struct QDRSchema {
    static let source = SharedFiles.folder + "/samples/elm/loq.xsd"
    let path: String
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("qdr-schema-\(UUID().uuidString)")
        let text = try String(contentsOf: URL(filePath: Self.source), encoding: .utf8)
        for name in ["cv", "external"] {
            try FileManager.default.createDirectory(
                at: folder.appendingPathComponent(name), withIntermediateDirectories: true)
        }
        path = folder.appendingPathComponent("loq.xsd").path
        try Data(text.utf8).write(to: URL(filePath: path))
        var prefixes: [String: String] = [:]
        for match in text.matches(of: /xmlns:(\w+)="([^"]+)"/) {
            prefixes[String(match.2)] = String(match.1)
        }
        for match in text.matches(of: /<xs:import\s+namespace="([^"]+)"\s+schemaLocation="([^"]+)"/)
        {
            let prefix = prefixes[String(match.1)] ?? ""
            var names: [String] = []
            for use in text.matches(of: /\b(\w+):([\w\-]+EnumType|NutsCodeEnumType)\b/) {
                let name = String(use.2)
                if use.1 == prefix, !names.contains(name) { names.append(name) }
            }
            try write(
                String(match.2),
                namespace: String(match.1),
                Self.classes[prefix] ?? names.map(Self.openList).joined()
            )
        }
        try write(
            "cv/loq_individuals.xsd",
            namespace: nil,
            ["AccreditationStatusEnumType", "SubjectTypeCodeEnumType"].map(Self.openList).joined()
        )
    }

    func remove() {
        try? FileManager.default.removeItem(at: folder)
    }

    private func write(_ name: String, namespace: String?, _ content: String) throws {
        let target = namespace.map { "targetNamespace=\"\($0)\" xmlns=\"\($0)\"" } ?? ""
        let text = """
            <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified"
             xmlns:skos="http://www.w3.org/2004/02/skos/core#"
             xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" \(target)>
            \(Self.imports[namespace ?? ""] ?? "")\(content)
            </xs:schema>
            """
        try Data(text.utf8).write(to: folder.appendingPathComponent(name))
    }

    private static func openList(_ name: String) -> String {
        "<xs:simpleType name=\"\(name)\"><xs:restriction base=\"xs:anyURI\"/></xs:simpleType>"
    }

    private static func element(_ name: String, _ type: String, _ bounds: String = "") -> String {
        "<xs:element name=\"\(name)\" type=\"\(type)\"\(bounds)/>"
    }

    private static func emptyType(_ name: String) -> String {
        "<xs:complexType name=\"\(name)\"><xs:sequence/></xs:complexType>"
    }

    private static let skos = "http://www.w3.org/2004/02/skos/core#"
    private static let importSKOS = "<xs:import namespace=\"\(skos)\" schemaLocation=\"skos.xsd\"/>"
    private static let imports = [
        skos: "<xs:import namespace=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" "
            + "schemaLocation=\"rdf.xsd\"/>",
        "http://purl.org/dc/terms/": importSKOS, "http://www.w3.org/ns/regorg#": importSKOS,
        "http://www.w3.org/ns/adms#": importSKOS
            + "<xs:import namespace=\"http://purl.org/dc/terms/\" schemaLocation=\"dc.xsd\"/>",
    ]

    /// The types and elements of other vocabularies, as the samples use them.
    private static let classes: [String: String] = [
        "skos": element("prefLabel", "rdf:LangStringType")
            + element("altLabel", "rdf:LangStringType")
            + element("notation", "NotationType") + element("inScheme", "xs:anyURI")
            + "<xs:complexType name=\"NotationType\"><xs:simpleContent>"
            + "<xs:extension base=\"xs:string\"><xs:attribute name=\"type\" type=\"xs:anyURI\"/>"
            + "</xs:extension></xs:simpleContent></xs:complexType>"
            + "<xs:complexType name=\"ConceptType\"><xs:sequence>"
            + "<xs:element ref=\"prefLabel\" minOccurs=\"0\" maxOccurs=\"unbounded\"/>"
            + "<xs:element ref=\"altLabel\" minOccurs=\"0\" maxOccurs=\"unbounded\"/>"
            + "<xs:element ref=\"notation\" minOccurs=\"0\"/>"
            + "<xs:element ref=\"inScheme\" minOccurs=\"0\" maxOccurs=\"unbounded\"/>"
            + "</xs:sequence><xs:attribute name=\"uri\" type=\"xs:anyURI\"/></xs:complexType>",
        "rdf": "<xs:complexType name=\"LangStringType\"><xs:simpleContent>"
            + "<xs:extension base=\"xs:string\">"
            + "<xs:attribute name=\"language\" type=\"xs:language\" use=\"required\"/>"
            + "</xs:extension></xs:simpleContent></xs:complexType>",
        "foaf": emptyType("AgentType"),
        "dc": emptyType("LocationType") + emptyType("PeriodOfTimeType")
            + element("creator", "xs:anyURI") + element("subject", "skos:ConceptType")
            + element("type", "skos:ConceptType"),
        "adms": "<xs:complexType name=\"IdentifierType\"><xs:sequence>"
            + "<xs:element ref=\"skos:notation\"/>"
            + "<xs:element xmlns:dc=\"http://purl.org/dc/terms/\" ref=\"dc:creator\" minOccurs=\"0\"/>"
            + "</xs:sequence></xs:complexType>",
        "locn": "<xs:element name=\"geometry\"><xs:complexType><xs:sequence>"
            + "<xs:any processContents=\"skip\" minOccurs=\"0\" maxOccurs=\"unbounded\"/>"
            + "</xs:sequence></xs:complexType></xs:element>",
        "rov": "<xs:complexType name=\"RegisteredOrganizationType\"><xs:sequence>"
            + "<xs:element ref=\"skos:altLabel\" minOccurs=\"0\" maxOccurs=\"unbounded\"/>"
            + "</xs:sequence></xs:complexType>",
        "org": "",
    ]
}
