import CanonicalJSON
import Keys

extension ObjectReader {
    /// The object that a whole document is, in RFC 8785 form and within our own limits.
    init(document bytes: [UInt8]) throws(DocumentError) {
        let value: JSON
        do {
            value = try JSON.read(bytes)
        } catch {
            throw DocumentError(error)
        }
        guard value.canonicalBytes == bytes else {
            throw DocumentError(
                "",
                "not in RFC 8785 form",
                remedy: "write it with eccoe json canonicalize, so that its hash is one"
            )
        }
        self = try ObjectReader(value, at: "")
    }

    /// Demands version 1 of a format.
    func version() throws(DocumentError) {
        guard try integer("v", atLeast: 1) == 1 else {
            throw error("v", "a format that this software does not know", remedy: "update eccoe")
        }
    }

    /// A value out of a closed list.
    func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String,
        _ type: Choice.Type
    ) throws(DocumentError) -> Choice {
        let text = try string(name)
        guard let choice = Choice(rawValue: text) else {
            let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw error(name, "\"\(text)\" is not known", remedy: "choose one of \(known)")
        }
        return choice
    }
}

extension MemberDocument {
    private static let memberNames = [
        "v", "domain", "names", "country", "kind", "mailboxes", "node", "tls", "dids", "keys",
        "epochs", "events",
    ]

    /// Reads the exact bytes of a member's document.
    ///
    /// - Throws: `DocumentError` with place, reason and remedy.
    package init(reading bytes: [UInt8]) throws(DocumentError) {
        try self.init(ObjectReader(document: bytes))
    }

    init(_ reader: ObjectReader) throws(DocumentError) {
        try reader.allow(only: Self.memberNames)
        try reader.version()
        domain = try reader.string("domain")
        guard MemberDomain.isDomain(domain) else {
            throw reader.error(
                "domain",
                "\"\(domain)\" is no domain",
                remedy: "use lower-case A-labels"
            )
        }
        names = try Self.names(reader.nested("names"))
        country = try reader.string("country")
        guard country.utf8.count == 2, country.utf8.allSatisfy({ (0x41...0x5a).contains($0) })
        else {
            throw reader.error(
                "country",
                "\"\(country)\" is no country",
                remedy: "use ISO 3166-1, such as FR"
            )
        }
        kind = try reader.choice("kind", Kind.self)
        mailboxes = try Self.mailboxes(reader.nested("mailboxes"))
        node = try Self.node(reader)
        tls = try Self.tls(reader)
        dids = try reader.names("dids", limit: 64)
        for (index, did) in dids.enumerated() where !did.hasPrefix("did:") {
            throw DocumentError(
                "/dids/\(index)",
                "\"\(did)\" is no DID",
                remedy: "write did:<method>:<id>"
            )
        }
        var keys: [MemberKey] = []
        for entry in try reader.objects("keys", limit: 512) { keys.append(try MemberKey(entry)) }
        self.keys = keys
        var epochs: [LogEpoch] = []
        for entry in try reader.objects("epochs", limit: 512) { epochs.append(try LogEpoch(entry)) }
        self.epochs = epochs
        var events: [StandingEvent] = []
        for entry in try reader.objects("events", limit: 512) {
            events.append(try StandingEvent(entry))
        }
        self.events = events
        try checkKeys()
        try checkEpochs()
        try checkEvents()
    }

    private static func names(_ reader: ObjectReader) throws(DocumentError) -> [String: String] {
        var names: [String: String] = [:]
        for language in reader.object.names {
            let isTag =
                (1...35).contains(language.utf8.count)
                && language.utf8.allSatisfy {
                    (0x30...0x39).contains($0) || (0x41...0x5a).contains($0)
                        || (0x61...0x7a).contains($0) || $0 == UInt8(ascii: "-")
                }
            guard isTag else {
                throw reader.error(
                    language,
                    "no language tag",
                    remedy: "use BCP 47, such as en"
                )
            }
            names[language] = try reader.text(language, limit: 1024)
        }
        guard !names.isEmpty else {
            throw DocumentError(reader.place, "no name", remedy: "state one at least")
        }
        return names
    }

    private static func mailboxes(
        _ reader: ObjectReader
    ) throws(DocumentError) -> [String: String] {
        var mailboxes: [String: String] = [:]
        for role in reader.object.names {
            let address = try reader.ascii(role)
            let parts = address.split(separator: "@", omittingEmptySubsequences: false)
            guard ObjectReader.isASCII(role), address.utf8.count <= 254, parts.count == 2,
                parts.allSatisfy({ !$0.isEmpty })
            else {
                throw reader.error(
                    role,
                    "\"\(address)\" is no mail address",
                    remedy: "write name@domain"
                )
            }
            mailboxes[role] = address
        }
        return mailboxes
    }

    private static func node(_ reader: ObjectReader) throws(DocumentError) -> String? {
        guard let node = try reader.optionalNested("node") else { return nil }
        try node.allow(only: ["url"])
        let url = try node.string("url")
        guard NodeAddress.isBaseURL(url) else {
            throw node.error(
                "url",
                "\"\(url)\" is no base URL",
                remedy: "write https://<host>[:<port>]"
            )
        }
        return url
    }

    private static func tls(_ reader: ObjectReader) throws(DocumentError) -> TLS {
        let text = try reader.string("tls")
        if text == "system" { return .system }
        guard let der = Base64.decode(text), der.count >= 64, der.count <= 8192, der[0] == 0x30
        else {
            throw reader.error(
                "tls",
                "neither \"system\" nor a certificate",
                remedy: "write system, or the authority's certificate, DER in base64"
            )
        }
        return .authority(der)
    }
}

extension MemberKey {
    fileprivate init(_ reader: ObjectReader) throws(DocumentError) {
        try reader.allow(only: ["jwk", "kid", "use", "nbf", "exp", "revoked"])
        let jwk = try reader.required("jwk")
        guard let key = JWK.decode(jwk), JWK.encode(key) == jwk else {
            throw reader.error(
                "jwk",
                "no public Ed25519 or P-256 key in its shortest form",
                remedy: "write kty, crv, x (and y) and nothing else"
            )
        }
        let kid = try reader.string("kid")
        guard kid == JWK.thumbprint(key) else {
            throw reader.error(
                "kid",
                "\"\(kid)\" is not the key's RFC 7638 thumbprint",
                remedy: "write \(JWK.thumbprint(key) ?? "the thumbprint")"
            )
        }
        let use = try reader.choice("use", Use.self)
        if case .p256 = key, use != .credential {
            throw reader.error(
                "jwk",
                "a P-256 key for \(use.rawValue)",
                remedy: "use Ed25519; P-256 is for credential keys only"
            )
        }
        let notBefore = try reader.instant("nbf")
        let expires = try reader.optionalInstant("exp")
        if let expires, use == .log || expires <= notBefore {
            throw reader.error(
                "exp",
                use == .log ? "a log key does not expire" : "not after nbf",
                remedy: use == .log ? "close its epoch instead" : "correct exp or nbf"
            )
        }
        var revoked: (at: Instant, reason: Revocation)?
        if let entry = try reader.optionalNested("revoked") {
            try entry.allow(only: ["at", "reason"])
            revoked = (try entry.instant("at"), try entry.choice("reason", Revocation.self))
        }
        self.init(
            kid: kid,
            publicKey: key,
            use: use,
            notBefore: notBefore,
            expires: expires,
            revoked: revoked
        )
    }
}

extension LogEpoch {
    fileprivate init(_ reader: ObjectReader) throws(DocumentError) {
        try reader.allow(only: ["n", "kid", "opened", "closed"])
        number = try reader.integer("n", atLeast: 1)
        kid = try reader.string("kid")
        opened = try reader.instant("opened")
        closed = try reader.optionalNested("closed").map { entry throws(DocumentError) in
            try entry.allow(only: ["at", "size", "root", "reason"])
            return Closing(
                at: try entry.instant("at"),
                size: try entry.integer("size", atLeast: 0),
                root: try entry.digest("root"),
                reason: try entry.text("reason", limit: 256)
            )
        }
    }
}

extension StandingEvent {
    fileprivate init(_ reader: ObjectReader) throws(DocumentError) {
        try reader.allow(only: ["seq", "at", "event", "reason"])
        sequence = try reader.integer("seq", atLeast: 1)
        at = try reader.instant("at")
        event = try reader.choice("event", Event.self)
        let hasReason = event != .registration || reader.object["reason"] != nil
        reason = hasReason ? try reader.text("reason", limit: 256) : nil
    }
}
