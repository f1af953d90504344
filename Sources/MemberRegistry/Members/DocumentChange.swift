package import Keys

/// One change of a member's document, as a person reads it before signing.
package struct DocumentChange: Equatable, Sendable {
    /// JSON pointer into the newer document, into the older one for what goes.
    package let place: String
    /// What it is about, in words.
    package let subject: String
    /// What stood there; nil: nothing.
    package let was: String?
    /// What will stand there; nil: nothing.
    package let will: String?
    /// The first moment about which answers become other ones; nil where no times are concerned.
    package let from: Instant?

    init(_ place: String, _ subject: String, _ was: String?, _ will: String?, from: Instant? = nil)
    {
        self.place = place
        self.subject = subject
        self.was = was
        self.will = will
        self.from = from
    }
}

extension MemberDocument {
    /// Everything in which this document differs from `older`, in the order of the document; empty
    /// when nothing does.
    package func changes(from older: MemberDocument) -> [DocumentChange] {
        var changes: [DocumentChange] = []
        func compare(_ place: String, _ subject: String, _ was: String?, _ will: String?) {
            if was != will { changes.append(DocumentChange(place, subject, was, will)) }
        }
        compare("/domain", "domain", older.domain, domain)
        for language in Set(names.keys).union(older.names.keys).sorted() {
            compare("/names/\(language)", "name", older.names[language], names[language])
        }
        compare("/country", "country", older.country, country)
        compare("/kind", "kind", older.kind.rawValue, kind.rawValue)
        for role in Set(mailboxes.keys).union(older.mailboxes.keys).sorted() {
            compare("/mailboxes/\(role)", "mailbox", older.mailboxes[role], mailboxes[role])
        }
        compare("/node", "node's address", older.node, node)
        compare("/tls", "node's certificate", older.tls.words, tls.words)
        for did in older.dids where !dids.contains(did) { compare("/dids", "DID", did, nil) }
        for did in dids where !older.dids.contains(did) { compare("/dids", "DID", nil, did) }
        changes += entries(
            "keys", keys, older.keys, { "key for \($0.use.rawValue) \($0.kid)" }, \.words,
            Self.firstMoment)
        changes += entries(
            "epochs", epochs, older.epochs, { "epoch \($0.number)" }, \.words
        ) { now, before in before == nil ? now.opened : now.closed?.at }
        changes += entries(
            "events", events, older.events, { "event \($0.sequence)" }, \.words
        ) { now, _ in now.at }
        return changes
    }

    private func entries<Entry: Equatable>(
        _ name: String,
        _ now: [Entry],
        _ before: [Entry],
        _ subject: (Entry) -> String,
        _ words: (Entry) -> String,
        _ from: (Entry, Entry?) -> Instant?
    ) -> [DocumentChange] {
        (0..<max(now.count, before.count)).compactMap { index in
            let entry = index < now.count ? now[index] : nil
            let older = index < before.count ? before[index] : nil
            guard entry != older, let known = entry ?? older else { return nil }
            return DocumentChange(
                "/\(name)/\(index)", subject(known), older.map(words), entry.map(words),
                from: entry.flatMap { from($0, older) })
        }
    }

    /// Of a key that is new its beginning, of one that ends otherwise the earlier of both ends.
    private static func firstMoment(_ now: MemberKey, _ before: MemberKey?) -> Instant? {
        before == nil ? now.notBefore : [now.end, before?.end].compactMap(\.self).min()
    }
}

extension MemberDocument.TLS {
    fileprivate var words: String {
        switch self {
        case .system: "checked by the system's roots"
        case .authority(let der): "checked by an authority of its own, SHA-256 \(Digest(of: der))"
        }
    }
}

extension MemberKey {
    fileprivate var words: String {
        "valid from \(notBefore)" + (expires.map { ", expires \($0)" } ?? "")
            + (revoked.map { ", \($0.reason.rawValue) from \($0.at)" } ?? "")
    }
}

extension LogEpoch {
    fileprivate var words: String {
        "opened \(opened), key \(kid)"
            + (closed.map {
                ", closed \($0.at) at \($0.size) leaves, root \($0.root), \($0.reason)"
            } ?? "")
    }
}

extension StandingEvent {
    fileprivate var words: String {
        "\(event.rawValue) from \(at)" + (reason.map { ", reason \($0)" } ?? "")
    }
}
