import Keys

extension MemberDocument {
    /// What this document changes of `older` that may never change, as a JSON pointer and a
    /// sentence; nil when it extends it (protocol.md section 5, "history only grows").
    ///
    /// Keys, epochs and events may be appended; an expiry, a revocation or a closing may be added
    /// where there was none; a key revoked as superseded may turn out compromised, no later.
    /// Identity, names, addresses and DIDs may change.
    package func conflict(with older: MemberDocument) -> HistoryConflict? {
        guard domain == older.domain else {
            return HistoryConflict("/domain", "\(older.domain) became \(domain)")
        }
        guard keys.count >= older.keys.count, epochs.count >= older.epochs.count,
            events.count >= older.events.count
        else { return HistoryConflict("", "keys, epochs or events are gone") }
        for (index, key) in older.keys.enumerated() where !keys[index].extends(key) {
            return HistoryConflict("/keys/\(index)", "key \(key.kid) changed")
        }
        for (index, epoch) in older.epochs.enumerated() {
            let now = epochs[index]
            let extends =
                now.number == epoch.number && now.kid == epoch.kid && now.opened == epoch.opened
                && (epoch.closed == nil || epoch.closed == now.closed)
            if !extends {
                return HistoryConflict("/epochs/\(index)", "epoch \(epoch.number) changed")
            }
        }
        for (index, event) in older.events.enumerated() where events[index] != event {
            return HistoryConflict("/events/\(index)", "event \(event.sequence) changed")
        }
        return nil
    }
}

/// A published fact that a newer document contradicts.
package struct HistoryConflict: Equatable, Sendable {
    /// JSON pointer into the newer document.
    package let place: String
    /// What changed.
    package let change: String

    init(_ place: String, _ change: String) {
        self.place = place
        self.change = change
    }
}

extension MemberKey {
    fileprivate func extends(_ older: MemberKey) -> Bool {
        guard kid == older.kid, use == older.use, notBefore == older.notBefore,
            older.expires == nil || older.expires == expires
        else { return false }
        guard let before = older.revoked else { return true }
        guard let now = revoked else { return false }
        if before.at == now.at, before.reason == now.reason { return true }
        return before.reason == .superseded && now.reason == .compromised && now.at <= before.at
    }
}
