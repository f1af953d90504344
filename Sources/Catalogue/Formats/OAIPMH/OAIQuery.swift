/// Reads the query of a request as a provider must: each argument known, once, and where it belongs
/// (OAI-PMH 2.0 sections 3.1 and 4).
struct OAIQuery {
    let request: OAIRequest

    /// - Throws: `OAIRefusal` with `badVerb` or `badArgument`.
    init(_ query: String) throws(OAIRefusal) {
        var verbs: [String] = []
        var arguments: [OAIArgument: String] = [:]
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts.count == 2 ? parts[1].replacing("+", with: " ") : ""
            guard let name = PercentEncoding.decode(String(parts[0])),
                let text = PercentEncoding.decode(String(value))
            else { throw OAIRefusal(.badArgument, "a percent-encoding is broken") }
            if name == "verb" {
                verbs.append(text)
                continue
            }
            guard let argument = OAIArgument(rawValue: name) else {
                throw OAIRefusal(.badArgument, "there is no argument \"\(name.prefix(40))\"")
            }
            guard arguments.updateValue(text, forKey: argument) == nil else {
                throw OAIRefusal(.badArgument, "the argument \(name) is repeated")
            }
        }
        guard verbs.count == 1, let verb = OAIVerb(rawValue: verbs[0]) else {
            let text =
                verbs.isEmpty
                ? "the verb is missing"
                : verbs.count > 1
                    ? "the verb is repeated" : "there is no verb \"\(verbs[0].prefix(40))\""
            throw OAIRefusal(.badVerb, text)
        }
        request = OAIRequest(verb, arguments)
        try check()
    }

    private func check() throws(OAIRefusal) {
        let given = Set(request.arguments.keys)
        if given.contains(.resumptionToken), Self.lists.contains(request.verb) {
            guard given.count == 1 else {
                throw OAIRefusal(.badArgument, "resumptionToken comes without other arguments")
            }
            return
        }
        try checkForms()
        let rule = Self.rules[request.verb] ?? ([], [])
        for argument in OAIArgument.allCases {
            if given.contains(argument), !rule.0.contains(argument), !rule.1.contains(argument) {
                throw OAIRefusal(
                    .badArgument, "\(request.verb.rawValue) has no argument \(argument.rawValue)")
            }
            if rule.0.contains(argument), !given.contains(argument) {
                throw OAIRefusal(
                    .badArgument, "\(request.verb.rawValue) needs \(argument.rawValue)")
            }
        }
    }

    /// The forms that the protocol's XSD asks for, since an answer repeats the arguments.
    private func checkForms() throws(OAIRefusal) {
        func check(_ argument: OAIArgument, _ isGood: (String) -> Bool) throws(OAIRefusal) {
            if let text = request.arguments[argument], !isGood(text) {
                throw OAIRefusal(
                    .badArgument, "\(argument.rawValue) has characters that it may not have")
            }
        }
        try check(.metadataPrefix) { Self.isName($0[...]) }
        try check(.set) { set in
            set.split(separator: ":", omittingEmptySubsequences: false).allSatisfy(Self.isName)
        }
        try check(.identifier) { !$0.isEmpty && WrittenForm.escapingURI($0) == $0 }
    }

    private static func isName(_ text: Substring) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                PercentEncoding.encode(String(UnicodeScalar(byte))).utf8.count == 1
                    || "!*'()".utf8.contains(byte)
            }
    }

    private static let lists: Set<OAIVerb> = [.listRecords, .listIdentifiers, .listSets]

    /// The arguments that a verb needs, and those that it may have.
    private static let rules: [OAIVerb: (Set<OAIArgument>, Set<OAIArgument>)] = [
        .getRecord: ([.identifier, .metadataPrefix], []),
        .listMetadataFormats: ([], [.identifier]),
        .listRecords: ([.metadataPrefix], [.from, .until, .set]),
        .listIdentifiers: ([.metadataPrefix], [.from, .until, .set]),
    ]
}

/// Why a provider does not answer, as the protocol says it.
struct OAIRefusal: Error {
    let code: OAIErrorCode
    let text: String

    init(_ code: OAIErrorCode, _ text: String) {
        self.code = code
        self.text = text
    }
}
