package import CanonicalJSON
import Catalogue
import Credentials
import Federation
import Keys
import MemberRegistry
import NodeStore
import Recognition
import TransparencyLog

/// Issuing credentials and answering what one is worth here, apart from HTTP.
package struct CredentialDesk: Sendable {
    private let node: Node

    /// A desk of this node.
    package init(node: Node) {
        self.node = node
    }

    /// Issues a credential for an item of the own catalogue.
    ///
    /// - Parameter parameters: {"item": own id, "subject": object about the learner, "validUntil"?}.
    /// - Throws: `Problem` with field and remedy.
    package func issue(_ parameters: JSON) throws -> JSON {
        guard let key = node.identity.credentialKey, let kid = JWK.thumbprint(key.publicKey) else {
            throw Problem(
                .keyUnusable,
                "this node has no credential key",
                at: node.folder.file("keys/\(DataFolder.KeyUse.credential.rawValue).key")
            )
        }
        guard let id = parameters["item"]?.string else {
            throw Problem(.malformedRequest, "no item", at: "/item")
        }
        let item = try ownItem(id)
        let now = node.time.now()
        let title = item.displayTitle
        let fallback = "Awarded for \(title)."
        let achievement = OpenBadgeCredential.Achievement(
            id: item.globalID(domain: node.identity.domain),
            name: title,
            description: item.description?.best(for: item.defaultLanguage) ?? fallback,
            criteria: item.criteria?.best(for: item.defaultLanguage) ?? fallback
        )
        var credential = OpenBadgeCredential(
            id: OpenBadgeCredential.urn(uuid: node.random.bytes(16)) ?? "",
            issuerDomain: node.identity.domain,
            issuerName: issuerName,
            name: title,
            validFrom: now,
            subject: parameters["subject"] ?? [:],
            achievement: achievement
        )
        if let text = parameters["validUntil"]?.string {
            guard let until = Instant(text) else {
                throw Problem(
                    .invalidCredential,
                    "no time",
                    at: "/validUntil",
                    try: "write it as 2027-12-31T00:00:00Z"
                )
            }
            credential.validUntil = until
        }
        do {
            let document = try credential.signed(kid: kid, created: now, signer: key)
            try IssuanceDesk(node: node).note(document)
            return document
        } catch let error as OpenBadgeError {
            throw Problem(.invalidCredential, error.reason, at: error.pointer)
        }
    }

    /// The report for whoever asks over https, about the body of the request: a credential, or
    /// `{"anchor":...,"credential":...}`. Asks nobody.
    ///
    /// - Throws: what the stores throw; an unreadable credential is a report, not an error.
    package func lookup(body: [UInt8]) async throws -> JSON {
        guard let object = (try? JSON.read(body, limits: .outsideCredential))?.object,
            Set(object.names) == ["anchor", "credential"], let credential = object["credential"]
        else { return try await lookup(body, anchor: nil, isAsking: false) }
        return try await lookup(
            credential.canonicalBytes, anchor: object["anchor"], isAsking: false)
    }

    /// The report on a credential: what it is, who issued it, what it has counted for elsewhere.
    /// The evidence is what this node holds.
    ///
    /// - Parameters:
    ///   - text: the credential as it was handed over.
    ///   - anchor: what its issuer gave out with it.
    ///   - isAsking: whether members may be asked when the anchor was confirmed.
    /// - Throws: what the stores throw; an unreadable credential is a report, not an error.
    package func lookup(
        _ text: [UInt8], anchor: JSON?, isAsking: Bool
    ) async throws -> JSON {
        let now = node.time.now()
        let registry = node.registry.current
        let document = try? JSON.read(text, limits: .outsideCredential)
        let evidence = document.map { gather($0) } ?? Evidence()
        let report = CredentialVerification.verify(text, evidence: evidence, at: now)
        let holder = registry.flatMap { LookupReport.issuer(of: report, in: $0) }
        let issuer = holder?.domain
        let (item, row) = try itemEvidence(report, issuer: issuer, at: now)
        let anchored = try await AnchorSearch(node: node).evidence(
            anchor, of: text, by: holder, isAsking: isAsking)
        let lookup = LookupReport(
            report, registry: registry, item: item, anchor: anchored, at: now)
        guard case .object(var answer) = lookup.lines.json else { return lookup.lines.json }
        answer["verdict"] = .string(lookup.verdict.rawValue)
        answer["anchor"] = anchored.json
        answer["issuer"] = issuer.map { .string($0) }
        if let row {
            answer["item"] = try SearchDesk(node: node).show(row.globalID)
        }
        return .object(answer)
    }

    /// The institution's DID document.
    ///
    /// - Throws: `Problem` `not-found` when the registry lists no credential keys.
    package func didDocument() throws -> JSON {
        guard let document = try didDocument(of: node.identity.domain) else {
            throw Problem(
                .notFound,
                "the registry lists no credential keys of \(node.identity.domain)"
            )
        }
        return document
    }

    /// DID documents of members come from the registry: their credential keys as `<did>#<kid>`.
    private func gather(_ credential: JSON) -> Evidence {
        var evidence = Evidence()
        for need in CredentialVerification.needs(of: credential) {
            guard case .didDocument(let did) = need else { continue }
            let domain = node.registry.domain(ofDID: did)
            if let domain, let document = try? didDocument(of: domain) {
                evidence.didDocuments[did] = .document(
                    document,
                    source: "the member key registry's entry of \(domain)"
                )
            } else {
                evidence.didDocuments[did] = .unobtainable(
                    "No member of the registry that this node holds has it."
                )
            }
        }
        return evidence
    }

    private func didDocument(of domain: String) throws -> JSON? {
        guard let member = node.registry.current?.member(domain) else { return nil }
        let keys = member.document.keys.filter { $0.use == .credential }
            .map { DIDWeb.NamedKey(kid: $0.kid, key: $0.publicKey) }
        return keys.isEmpty ? nil : DIDWeb.document(domain: domain, keys: keys)
    }

    private func itemEvidence(
        _ report: CredentialReport,
        issuer: String?,
        at now: Instant
    ) throws -> (ItemEvidence, CatalogueRow?) {
        guard let issuer else {
            let reason =
                report.facts.issuerMethods.isEmpty
                ? "No proof by the issuer's own key passes, so no catalogue was looked in."
                : "The issuer is no member, so there is no catalogue to look in."
            return (.unchecked(reason), nil)
        }
        guard let log = node.registry.logs(of: issuer).last,
            let store = node.logs.log(log.key.name), let head = store.head
        else { return (.unchecked("This node holds no copy of the issuer's log."), nil) }
        for id in report.facts.achievementIDs {
            guard let row = try node.views.item(globalID: id, issuer: issuer) else { continue }
            return (
                try found(row, matching: id, in: node.logs.log(row.origin) ?? store), row
            )
        }
        let policy = node.registry.witnesses(of: store.origin, at: now)
        let asOf = try head.cosignatures(by: policy.witnesses).map(\.time).max()
        let missing = try store.wantedCount()
        if missing > 0 {
            return (.unchecked("\(missing) payloads of the issuer's log are missing here."), nil)
        }
        let erased = try node.views.erasedItems(domain: issuer)
        if erased > 0 {
            return (
                .unchecked(
                    "The issuer has erased the texts of \(erased) of its items, and the "
                        + "credential's may be one of them."), nil
            )
        }
        guard let asOf else {
            return (.unchecked("No witness has confirmed the copy of the issuer's log."), nil)
        }
        return (
            .notFound(origin: store.origin, size: head.checkpoint.size, asOf: asOf), nil
        )
    }

    private func found(
        _ row: CatalogueRow,
        matching id: String,
        in store: LogStore
    ) throws -> ItemEvidence {
        let evidence = try LeafEvidence.gather(
            index: row.index, in: store, registry: node.registry, at: node.time.now())
        let isFresh = node.isFresh(store, at: node.time.now())
        let title = (isFresh ? row.document : nil).flatMap { bytes in
            (try? LearningOpportunity(json: JSON.read(bytes, limits: .operatorFile)))?.displayTitle
        }
        return .found(
            ItemEvidence.Found(
                matched: id,
                title: title ?? row.id,
                origin: row.origin,
                index: row.index,
                isInclusionVerified: evidence != nil,
                confirmed: evidence?.confirmed,
                withdrawn: row.living ? nil : evidence?.confirmed,
                isErased: row.isErased
            )
        )
    }

    private func ownItem(_ id: String) throws -> LearningOpportunity {
        let global = ItemIdentifier.global(id, domain: node.identity.domain)
        guard let row = try node.views.item(globalID: global, issuer: nil), row.living,
            let document = row.document
        else {
            throw Problem(
                .notFound,
                "the own catalogue has no living item \(id)",
                at: "/item",
                try: "list it with eccoe catalogue list --domain \(node.identity.domain)"
            )
        }
        return try LearningOpportunity(json: JSON.read(document, limits: .operatorFile))
    }

    private var issuerName: String {
        let names = node.registry.current?.member(node.identity.domain)?.document.names
        return names?.sorted { $0.key < $1.key }.first?.value ?? node.identity.domain
    }
}
