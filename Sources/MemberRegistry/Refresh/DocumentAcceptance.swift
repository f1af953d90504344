import Keys

/// Which documents of a registry are in force: the step from files that TUF vouches for to members
/// that the network believes (protocol.md section 5). What is refused raises an alarm, and what
/// was accepted before stays.
struct DocumentAcceptance: Sendable {
    private(set) var network: NetworkDocument?
    private(set) var index = MemberIndex()
    /// SHA-256 of the document in force, by target path.
    private(set) var accepted: [String: Digest] = [:]
    private(set) var alarms: [RegistryAlarm] = []

    init() {}

    /// Begins with what an earlier run accepted and `stored` still holds. Documents that `known`
    /// has with the same digest are not read again.
    init(restoring stored: StoredMetadata, known: TrustedRegistry? = nil) {
        for (path, digest) in stored.accepted.sorted(by: { $0.key < $1.key }) {
            guard let bytes = stored.target(path, digest), restore(bytes, path, digest, known)
            else {
                alarm(path, .localCopyLost(digest))
                continue
            }
            accepted[path] = digest
        }
    }

    private mutating func restore(
        _ bytes: [UInt8], _ path: String, _ digest: Digest, _ known: TrustedRegistry?
    ) -> Bool {
        if path == RegistryPath.network {
            network = try? NetworkDocument(reading: bytes)
            return network != nil
        }
        if let domain = RegistryPath.member(of: path)?.domain,
            let member = known?.member(domain), member.path == path, member.digest == digest
        {
            index.restore(member)
            return true
        }
        guard let document = try? MemberDocument(reading: bytes) else { return false }
        index.restore(Member(document: document, path: path, digest: digest))
        return true
    }

    mutating func alarm(_ path: String, _ reason: RegistryAlarm.Reason) {
        alarms.append(RegistryAlarm(path, reason))
    }

    /// Considers the file of a target whose length and hash are those signed.
    mutating func consider(
        _ bytes: [UInt8],
        path: String,
        description: TargetDescription
    ) {
        guard accepted[path] != description.sha256 else { return }
        if let reason = refusal(bytes, path, description) {
            alarm(path, reason)
        } else {
            accepted[path] = description.sha256
        }
    }

    private mutating func refusal(
        _ bytes: [UInt8],
        _ path: String,
        _ description: TargetDescription
    ) -> RegistryAlarm.Reason? {
        if path == RegistryPath.network { return replaceNetwork(bytes) }
        guard let network else { return .outsideBody(path) }
        let document: MemberDocument
        do {
            document = try MemberDocument(reading: bytes)
        } catch {
            return .malformed(error)
        }
        guard Self.agrees(description, with: document) else { return .customDisagrees }
        return index.admit(
            Member(document: document, path: path, digest: description.sha256),
            network: network
        )
    }

    private mutating func replaceNetwork(_ bytes: [UInt8]) -> RegistryAlarm.Reason? {
        do {
            let newer = try NetworkDocument(reading: bytes)
            if let conflict = network.flatMap({ newer.conflict(with: $0) }) {
                return .networkChanged(conflict)
            }
            network = newer
            return nil
        } catch {
            return .malformed(error)
        }
    }

    /// Looks at what a refresh did not change: `custom` must still follow from the document in
    /// force, and no member may have left the list unless its body is frozen.
    mutating func review(_ trusted: TrustedMetadata, frozen: Set<String>) {
        for member in index.members.values.sorted(by: { $0.path < $1.path }) {
            guard let (_, description) = trusted.target(member.path) else {
                if !frozen.contains(member.body) { alarm(member.path, .removed) }
                continue
            }
            if description.sha256 == member.digest,
                !Self.agrees(description, with: member.document)
            {
                alarm(member.path, .customDisagrees)
            }
        }
    }

    private static func agrees(
        _ description: TargetDescription,
        with document: MemberDocument
    ) -> Bool {
        let stated = try? CosignerIntervals(custom: description.custom, domain: document.domain)
        return stated?.witness == CosignerIntervals(document).witness
    }
}
