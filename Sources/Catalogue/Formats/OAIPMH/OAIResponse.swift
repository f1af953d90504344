package import Keys
package import XML

/// A record as a repository hands it out.
package struct OAIRecord: Sendable {
    /// The repository's id, a URI.
    package let identifier: String
    /// When it was last changed; nil when that is no time.
    package let datestamp: Instant?
    /// Whether the repository says that it is gone.
    package let isDeleted: Bool
    /// The sets that it is in.
    package let sets: [String]
    /// The element within `<metadata>`; nil for a deleted record and in lists of identifiers.
    package let metadata: XMLElement?
    /// The `<record>` or `<header>`.
    package let element: XMLElement

    /// Reads a `<record>`, or a `<header>` alone; nil when it has no identifier.
    init?(_ element: XMLElement) {
        let header = element.name == "header" ? element : element.first("header")
        guard let header,
            let text = header.first("identifier").map({ PlainText($0.text).text }), !text.isEmpty
        else { return nil }
        identifier = text
        let stamp = PlainText(header.first("datestamp")?.text ?? "").text
        datestamp = Instant(lenient: stamp) ?? Instant(date: stamp)
        isDeleted = header.attribute("status") == "deleted"
        sets = header.all("setSpec").map { PlainText($0.text).text }
        metadata = element.first("metadata")?.children.first
        self.element = element
    }
}

/// Where an incomplete list goes on (section 3.5).
package struct OAIResumption: Hashable, Sendable {
    /// What to ask with; nil when the list is complete.
    package let token: String?
    /// When the token stops being valid.
    package let expirationDate: Instant?
    /// The length of the whole list.
    package let completeListSize: Int?
    /// How many records came before this answer.
    package let cursor: Int?

    init(_ element: XMLElement) {
        let text = element.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        token = text.isEmpty ? nil : text
        expirationDate = element.attribute("expirationDate").flatMap { Instant(lenient: $0) }
        completeListSize = element.attribute("completeListSize").flatMap { Int($0) }
        cursor = element.attribute("cursor").flatMap { Int($0) }
    }
}

/// What a repository answers.
package struct OAIResponse: Sendable {
    /// An error with its code; nil for a code that the protocol does not know.
    package struct Failure: Hashable, Sendable {
        /// The code.
        package let code: OAIErrorCode?
        /// What the repository says about it.
        package let text: String
    }

    /// When the repository answered.
    package let date: Instant?
    /// Of an answer with errors, all of them.
    package let failures: [Failure]
    /// Of `ListRecords`, `ListIdentifiers` and `GetRecord`.
    package let records: [OAIRecord]
    /// Of a list; nil when it came at once.
    package let resumption: OAIResumption?
    /// Of `Identify`: the element.
    package let identify: XMLElement?
    /// Of `ListMetadataFormats`: the prefixes.
    package let formats: [String]
    /// Of `ListSets`: name by `setSpec`.
    package let sets: [String: String]

    private static let limits: XMLRecords.Limits = {
        var limits = XMLRecords.Limits()
        limits.bytes = 64 << 20
        limits.nodes = 2_000_000
        return limits
    }()

    /// Reads an answer of at most 64 MiB.
    ///
    /// - Throws: `XMLFault` for what is no XML, and for XML that is no answer of OAI-PMH.
    package init(_ bytes: [UInt8]) throws(XMLFault) {
        let start = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
        let root = try XMLElement.read(Array(bytes[start...]), limits: Self.limits)
        guard root.name == "OAI-PMH" else {
            throw XMLFault(
                root.position,
                "the answer is <\(root.name)>, not <OAI-PMH>",
                "check the address: it must be the repository's base URL"
            )
        }
        date = root.first("responseDate").flatMap { Instant(lenient: PlainText($0.text).text) }
        failures = root.all("error").map {
            Failure(
                code: $0.attribute("code").flatMap(OAIErrorCode.init),
                text: PlainText($0.text).text
            )
        }
        let list =
            root.first("ListRecords") ?? root.first("ListIdentifiers")
            ?? root.first("GetRecord")
        let elements = list?.children.filter { $0.name == "record" || $0.name == "header" }
        records = (elements ?? []).compactMap { OAIRecord($0) }
        resumption = (list ?? root.first("ListSets"))?.first("resumptionToken")
            .map { OAIResumption($0) }
        identify = root.first("Identify")
        formats = (root.first("ListMetadataFormats")?.all("metadataFormat") ?? []).compactMap {
            $0.first("metadataPrefix").map { PlainText($0.text).text }
        }
        sets = Dictionary(
            (root.first("ListSets")?.all("set") ?? []).compactMap { set in
                set.first("setSpec").map {
                    (PlainText($0.text).text, PlainText(set.first("setName")?.text ?? "").text)
                }
            },
            uniquingKeysWith: { first, _ in first }
        )
    }
}
