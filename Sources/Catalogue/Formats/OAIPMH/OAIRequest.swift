package import Keys

/// The six verbs of OAI-PMH 2.0 (section 4).
package enum OAIVerb: String, CaseIterable, Sendable {
    case getRecord = "GetRecord"
    case identify = "Identify"
    case listIdentifiers = "ListIdentifiers"
    case listMetadataFormats = "ListMetadataFormats"
    case listRecords = "ListRecords"
    case listSets = "ListSets"
}

/// The arguments of requests other than the verb.
package enum OAIArgument: String, CaseIterable, Sendable {
    case identifier
    case metadataPrefix
    case from
    case until
    case set
    case resumptionToken
}

/// A request of OAI-PMH.
package struct OAIRequest: Hashable, Sendable {
    /// What is asked.
    package let verb: OAIVerb
    /// Each argument at most once.
    package let arguments: [OAIArgument: String]

    /// A request as given; not checked.
    package init(_ verb: OAIVerb, _ arguments: [OAIArgument: String] = [:]) {
        self.verb = verb
        self.arguments = arguments
    }

    /// `verb=...&...`: for the query of a GET, percent-encoded (section 3.1.1.3).
    package var query: String {
        let rest = OAIArgument.allCases.compactMap { name in
            arguments[name].map { "&\(name.rawValue)=\(PercentEncoding.encode($0))" }
        }
        return "verb=\(verb.rawValue)" + rest.joined()
    }
}

/// The precision of a repository's times (section 3.3.1).
package enum OAIGranularity: String, Sendable {
    case day = "YYYY-MM-DD"
    case second = "YYYY-MM-DDThh:mm:ssZ"

    /// A time in this precision, cut off.
    package func text(_ time: Instant) -> String {
        self == .day ? time.date : time.text
    }
}

/// The codes of errors (section 3.6).
package enum OAIErrorCode: String, CaseIterable, Sendable {
    case badArgument
    case badResumptionToken
    case badVerb
    case cannotDisseminateFormat
    case idDoesNotExist
    case noRecordsMatch
    case noMetadataFormats
    case noSetHierarchy
}
