import Keys

extension Ceremony {
    /// What the proposal changes, as the holder of a key reads it before signing. What will be is
    /// what the signature is for; what was is only what the file claims.
    ///
    /// - Throws: `DocumentError` for a file that cannot be read.
    package func changes() throws(DocumentError) -> [DocumentChange] {
        var changes: [DocumentChange] = []
        if let root = try proposedRoot() {
            changes += Self.changes(of: root, from: try rootInForce())
        }
        for role in roles where role != "root" {
            guard let metadata = try targetsRole(role) else { continue }
            changes += Self.changes(of: role, metadata, from: try targetsRoleInForce(role))
        }
        for (path, bytes) in targets.sorted(by: { $0.key < $1.key }) {
            changes += try Self.changes(of: path, bytes, from: currentTargets[path])
        }
        return changes
    }

    private static func changes(
        of root: RootMetadata,
        from older: RootMetadata?
    ) -> [DocumentChange] {
        var changes = [
            DocumentChange(
                "root/version", "root", older?.words, root.words)
        ]
        for role in RootMetadata.roleNames {
            changes += difference("root/\(role)", older?.keys(of: role), root.keys(of: role))
        }
        return changes
    }

    private static func changes(
        of role: String,
        _ metadata: TargetsMetadata,
        from older: TargetsMetadata?
    ) -> [DocumentChange] {
        var changes = [
            DocumentChange("\(role)/version", role, older?.words, metadata.words)
        ]
        for path in Set(metadata.targets.keys).union((older?.targets ?? [:]).keys).sorted() {
            let (was, will) = (older?.targets[path], metadata.targets[path])
            guard was != will else { continue }
            changes.append(
                DocumentChange(
                    "\(role)/targets", path, was.map { "SHA-256 \($0.sha256)" },
                    will.map { "SHA-256 \($0.sha256)" }))
        }
        for body in metadata.delegations {
            let before = older?.delegations.first { $0.name == body.name }
            changes += difference("\(role)/\(body.name)", before?.keys, body.keys)
            guard before?.scopeWords != body.scopeWords else { continue }
            changes.append(
                DocumentChange(
                    "\(role)/\(body.name)", "paths of \(body.name)", before?.scopeWords,
                    body.scopeWords))
        }
        for body in older?.delegations ?? []
        where !metadata.delegations.contains(where: { $0.name == body.name }) {
            changes.append(DocumentChange("\(role)/\(body.name)", body.name, "delegation", nil))
        }
        return changes
    }

    /// The keys that come and go, and the threshold.
    private static func difference(
        _ place: String,
        _ older: RoleKeys?,
        _ newer: RoleKeys
    ) -> [DocumentChange] {
        func ids(_ keys: RoleKeys?) -> Set<String> { Set((keys?.keys ?? []).map(\.keyID)) }
        var changes: [DocumentChange] = []
        for id in ids(older).subtracting(ids(newer)).sorted() {
            changes.append(DocumentChange(place, "key \(id)", "may sign", nil))
        }
        for id in ids(newer).subtracting(ids(older)).sorted() {
            changes.append(DocumentChange(place, "key \(id)", nil, "may sign"))
        }
        let (was, will) = (older?.words, newer.words)
        if was != will { changes.append(DocumentChange(place, "threshold", was, will)) }
        return changes
    }

    private static func changes(
        of path: String,
        _ bytes: [UInt8],
        from older: [UInt8]?
    ) throws(DocumentError) -> [DocumentChange] {
        guard path != RegistryPath.network else {
            let newer = try NetworkDocument(reading: bytes)
            return try newer.changes(from: older.map(network))
        }
        let newer = try MemberDocument(reading: bytes)
        let before = try older.map(member) ?? MemberDocument(empty: newer.domain)
        return newer.changes(from: before)
    }

    private static func network(_ bytes: [UInt8]) throws(DocumentError) -> NetworkDocument {
        try NetworkDocument(reading: bytes)
    }

    private static func member(_ bytes: [UInt8]) throws(DocumentError) -> MemberDocument {
        try MemberDocument(reading: bytes)
    }
}

extension MemberDocument {
    /// A document of which everything is still to be said.
    fileprivate init(empty domain: String) {
        self.init(domain: domain, names: [:], country: "", kind: .higherEducation)
    }
}

extension NetworkDocument {
    /// Everything in which this document differs from `older`; nil: there was none.
    fileprivate func changes(from older: NetworkDocument?) -> [DocumentChange] {
        var changes: [DocumentChange] = []
        func compare(_ place: String, _ subject: String, _ was: String?, _ will: String?) {
            if was != will { changes.append(DocumentChange(place, subject, was, will)) }
        }
        compare("/name", "network", older?.name, name)
        compare("/mirrors", "mirrors", older.map { "\($0.mirrors)" }, "\(mirrors)")
        for row in quorums where older?.quorums.contains(row) != true {
            changes.append(
                DocumentChange(
                    "/quorums", "quorum", nil, row.words, from: older == nil ? nil : row.from))
        }
        for body in bodies {
            let before = older?.bodies.first { $0.name == body.name }
            compare(
                "/bodies", "domains of \(body.name)", before?.suffixes.joined(separator: ", "),
                body.suffixes.joined(separator: ", "))
        }
        return changes
    }
}

extension NetworkDocument.Quorum {
    fileprivate var words: String {
        "from \(from) on, \(minimum) to \(maximum.map { "\($0)" } ?? "any number of") eligible: "
            + "\(required) of \(witnesses)"
    }
}

extension RootMetadata {
    fileprivate var words: String { "version \(version), expires \(expires)" }
}

extension TargetsMetadata {
    fileprivate var words: String { "version \(version), expires \(expires)" }
}

extension RoleKeys {
    fileprivate var words: String { "\(threshold) of \(keys.count)" }
}

extension DelegatedRole {
    fileprivate var scopeWords: String {
        let end = isTerminating ? "" : ", not terminating"
        switch scope {
        case .paths(let paths): return paths.joined(separator: ", ") + end
        case .pathHashPrefixes(let prefixes):
            return "hashes " + prefixes.joined(separator: ", ") + end
        }
    }
}
