/// A format from which items can be read; the raw value is its name on the command line.
package enum ImportFormat: String, CaseIterable, Sendable {
    /// Our own: an item, a list of items or JSON Lines of items.
    case json
    /// Open Badges 3.0: an Achievement, alone or in a credential, a list of them, or JSON Lines.
    case ob3
    /// The register of micro-credentials of New Zealand: CSV.
    case nzqa
    /// Europass QDR: `Courses` of learning opportunities, XML.
    case qdr
    /// IEEE LOM, LOMFR and SupLOMFR: XML.
    case lom
    /// Answers of the Courses API of Erasmus Without Paper: XML.
    case ewpCourses = "ewp-courses"
    /// Saved answers of an OAI-PMH repository with records in `lom` or `oai_dc`: XML.
    case oaiPMH = "oai-pmh"
    /// European Learning Model v3, JSON-LD: LOQ documents and European Digital Credentials.
    case elm
    /// Open Badges 2.0: a BadgeClass, alone or in an Assertion.
    case ob2
    /// Credential Transparency Description Language, JSON-LD: records, and envelopes of the
    /// Credential Registry.
    case ctdl
    /// A sheet of comma-separated values, read by a mapping file.
    case csv

    /// The endings of files in this format, in lower case and without the dot: what is read of a
    /// folder.
    package var fileExtensions: [String] {
        switch self {
        case .json: ["json", "jsonl", "ndjson"]
        case .ob3, .ob2, .elm, .ctdl: ["json", "jsonl", "ndjson", "jsonld"]
        case .nzqa, .csv: ["csv", "tsv", "txt"]
        case .qdr, .lom, .ewpCourses, .oaiPMH: ["xml"]
        }
    }

    /// What a server is asked for, if it has several.
    package var accept: String {
        switch self {
        case .json, .ob3, .ob2: "application/json, */*;q=0.5"
        case .elm, .ctdl: "application/ld+json, application/json;q=0.9, */*;q=0.5"
        case .nzqa, .csv: "text/csv, */*;q=0.5"
        case .qdr, .lom, .ewpCourses, .oaiPMH: "application/xml, text/xml;q=0.9, */*;q=0.5"
        }
    }
}

/// What an import assumes where a source does not say.
package struct ImportDefaults: Sendable {
    /// The importing institution's domain, a lower-case A-label.
    package let domain: String
    /// Its name: provider and awarding body where the source names none.
    package let institutionName: String
    /// BCP 47 tag of the language of texts without one.
    package let language: String
    /// Its country, a URI of `Country.countries`; nil when it is not configured.
    package let country: String?

    /// Defaults as given; `country` may be a code of ISO 3166-1 or a URI.
    package init(domain: String, institutionName: String, language: String, country: String? = nil)
    {
        self.domain = domain
        self.institutionName = institutionName
        self.language = language
        self.country = country.flatMap { Country.uri(code: $0) ?? $0 }
    }

    /// The importing institution.
    var institution: Organisation {
        Organisation(
            name: LocalizedText([language: institutionName]),
            id: "https://\(domain)",
            country: country
        )
    }
}
