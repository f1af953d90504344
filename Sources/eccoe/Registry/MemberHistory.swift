import Keys
import MemberRegistry

/// A member's document for people: who it is, and its events, keys and epochs with their intervals.
struct MemberHistory {
    let member: Member
    /// Keys are marked as they were at this moment.
    let time: Instant

    private var document: MemberDocument { member.document }

    /// All of it.
    func text(standing: String, registry: String) -> String {
        let mailboxes = document.mailboxes.sorted { $0.key < $1.key }
        return TextTable.pairs([
            ("domain", document.domain),
            ("standing at \(time)", standing),
            ("names", document.names.values.sorted().joined(separator: ", ")),
            ("country", document.country), ("kind", document.kind.rawValue),
            ("mailboxes", mailboxes.map { "\($0.key) \($0.value)" }.joined(separator: ", ")),
            ("node", document.node ?? "none"), ("body", member.body),
            ("DIDs", document.dids.joined(separator: ", ")),
            ("registry", registry), ("document", member.digest.hex),
        ]) + "\n" + events + "\n" + keys + (document.epochs.isEmpty ? "" : "\n" + epochs)
    }

    private var events: String {
        TextTable.rows(
            ["EVENT", "WHAT", "FROM", "REASON"],
            document.events.map {
                ["\($0.sequence)", $0.event.rawValue, $0.at.text, $0.reason ?? "-"]
            })
    }

    private var keys: String {
        TextTable.rows(
            ["KEY FOR", "FROM", "UNTIL", "STATE", "KID"],
            document.keys.map { key in
                [
                    key.use.rawValue, key.notBefore.text, key.end?.text ?? "-",
                    key.word(at: time), key.kid,
                ]
            })
    }

    private var epochs: String {
        TextTable.rows(
            ["LOG", "OPENED", "CLOSED", "SIZE", "REASON"],
            document.epochs.map { epoch in
                [
                    document.origin(epoch: epoch.number), epoch.opened.text,
                    epoch.closed?.at.text ?? "-", epoch.closed.map { "\($0.size)" } ?? "-",
                    epoch.closed?.reason ?? "-",
                ]
            })
    }
}

extension MemberKey {
    /// The key's state in a word; one that is valid and will end as compromised is marked.
    fileprivate func word(at time: Instant) -> String {
        if let revoked, revoked.at <= time { return revoked.reason.rawValue }
        if time < notBefore { return "notYet" }
        if let expires, expires <= time { return "expired" }
        return revoked?.reason == .compromised ? "unproven" : "valid"
    }
}
