package import Keys

/// What a key was worth at some moment.
package struct KeyAnswer: Equatable, Sendable {
    /// Intervals begin with their first moment and end before the next.
    package enum State: Equatable, Sendable {
        case valid
        case notYet
        /// Since this moment.
        case expired(at: Instant)
        /// Since this moment.
        case revoked(MemberKey.Revocation, at: Instant)
        /// Nobody registered such a key.
        case unknown
    }

    /// Whose key it is, and what that rests on.
    package struct Holder: Equatable, Sendable {
        /// The member.
        package let domain: String
        /// The key as registered; see its `revoked` for what came later.
        package let key: MemberKey
        /// SHA-256 of the member's document that says so.
        package let document: Digest
    }

    /// The state at the moment asked for.
    package let state: State
    /// nil only for an unknown key.
    package let holder: Holder?
}

extension MemberKey {
    /// The state at `time`; a revocation outweighs the rest.
    func state(at time: Instant) -> KeyAnswer.State {
        if let revoked, revoked.at <= time { return .revoked(revoked.reason, at: revoked.at) }
        if time < notBefore { return .notYet }
        if let expires, expires <= time { return .expired(at: expires) }
        return .valid
    }
}

/// One log that the registry vouches for.
package struct LogKey: Equatable, Sendable {
    /// `<domain>/eccoe/<epoch>`.
    package let origin: String
    /// The author.
    package let domain: String
    /// The epoch with its closing, if it is closed.
    package let epoch: LogEpoch
    /// What verifies its checkpoints.
    package let key: NoteKey

    static func all(of document: MemberDocument) -> [LogKey] {
        document.epochs.compactMap { epoch in
            let origin = document.origin(epoch: epoch.number)
            guard let publicKey = document.key(epoch.kid)?.publicKey,
                let key = NoteKey(name: origin, type: .log, publicKey: publicKey)
            else { return nil }
            return LogKey(origin: origin, domain: document.domain, epoch: epoch, key: key)
        }
    }
}
