package import Keys

/// A member as this registry accepted it.
package struct Member: Equatable, Sendable {
    /// What the registry says of it.
    package let document: MemberDocument
    /// The target's path, the domain's for ever.
    package let path: String
    /// SHA-256 of the document's exact bytes: its version.
    package let digest: Digest

    /// The body that admitted it.
    package var body: String { RegistryPath.member(of: path)?.body ?? "" }
}

/// The members accepted so far, and the rules by which another document is let in.
struct MemberIndex: Sendable {
    private(set) var members: [String: Member] = [:]
    /// Key id to domain.
    private(set) var keyOwners: [String: String] = [:]
    private var didOwners: [String: String] = [:]

    /// Lets a document in, or tells why not.
    mutating func admit(
        _ bytes: [UInt8],
        path: String,
        network: NetworkDocument
    ) -> RegistryAlarm.Reason? {
        let document: MemberDocument
        do {
            document = try MemberDocument(reading: bytes)
        } catch {
            return .malformed(error)
        }
        return admit(
            Member(document: document, path: path, digest: Digest(of: bytes)),
            network: network
        )
    }

    mutating func admit(_ member: Member, network: NetworkDocument) -> RegistryAlarm.Reason? {
        if let reason = refusal(of: member, network: network) { return reason }
        restore(member)
        return nil
    }

    /// Lets in what was accepted before: suffixes may have moved since.
    mutating func restore(_ member: Member) {
        let domain = member.document.domain
        for did in members[domain]?.document.dids ?? [] { didOwners[did] = nil }
        for did in member.document.dids { didOwners[did] = domain }
        for key in member.document.keys { keyOwners[key.kid] = domain }
        members[domain] = member
    }

    private func refusal(
        of member: Member,
        network: NetworkDocument
    ) -> RegistryAlarm.Reason? {
        let document = member.document
        guard let place = RegistryPath.member(of: member.path), place.domain == document.domain
        else { return .otherDomain(document.domain) }
        let older = members[document.domain]
        if let older, older.path != member.path { return .secondPath(first: older.path) }
        // A member stays where it was admitted, even when suffixes move later.
        if older == nil, network.body(of: document.domain)?.name != place.body {
            return .outsideBody(document.domain)
        }
        guard !document.events.isEmpty else { return .notRegistered }
        if let conflict = older.flatMap({ document.conflict(with: $0.document) }) {
            return .historyChanged(conflict)
        }
        for key in document.keys {
            if let owner = keyOwners[key.kid], owner != document.domain {
                return .foreignKey(kid: key.kid, owner: owner)
            }
        }
        for did in document.dids {
            if let owner = didOwners[did], owner != document.domain {
                return .foreignDID(did, owner: owner)
            }
        }
        return nil
    }
}
