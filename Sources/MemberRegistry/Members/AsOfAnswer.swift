package import Keys

/// An answer of the registry as of a time, in three values: what is not known is never shown as
/// good (protocol.md section 5). Intervals begin with `from` and end before `until`.
package struct AsOfAnswer: Equatable, Sendable {
    /// What the answer comes down to.
    package enum Verdict: String, Sendable {
        case yes, no, indeterminate
    }

    /// Yes: active, or valid.
    package let verdict: Verdict
    /// One word: a state of `Standing`, `valid`, `expired`, `superseded`, `compromised`, `unproven`
    /// or `unknown`; `stale` and `unchecked` where the registry at hand cannot tell.
    package let state: String
    /// The first moment at which the state held; nil where nothing begins it.
    package let from: Instant?
    /// The first moment at which it no longer held; nil where no end is known.
    package let until: Instant?
    /// The number of the event that it rests on; nil where there is none.
    package let event: Int64?
    /// One sentence.
    package let explanation: String

    init(
        _ verdict: Verdict,
        _ state: String,
        from: Instant? = nil,
        until: Instant? = nil,
        event: Int64? = nil,
        _ explanation: String
    ) {
        self.verdict = verdict
        self.state = state
        self.from = from
        self.until = until
        self.event = event
        self.explanation = explanation
    }

    /// The answer of a node that holds no registry.
    package static let unchecked = AsOfAnswer(
        .indeterminate,
        "unchecked",
        "This node holds no registry yet, so nothing was checked."
    )
}

extension TrustedRegistry {
    /// When the registry made the copy that is held here.
    package var made: Instant {
        (expiries["timestamp"] ?? Instant(secondsSince1970: .min)) + -86_400
    }

    /// Whether this copy is too old to tell, at `now`, what held at `time`: it is no longer fresh,
    /// and was made before.
    package func isOutdated(for time: Instant, at now: Instant) -> Bool {
        if case .fresh = freshness(at: now) { return false }
        return made < time
    }

    /// Whether the domain was a member in good standing at `time`.
    package func standingAnswer(of domain: String, at time: Instant, now: Instant) -> AsOfAnswer {
        guard !isOutdated(for: time, at: now) else { return stale(time) }
        let standing = standing(of: domain, at: time)
        let events = member(domain)?.document.events ?? []
        let until = events.first { $0.at > time }?.at
        let state = standing.state.rawValue
        let since = standing.since.map { "\($0)" } ?? ""
        switch standing.state {
        case .active:
            return AsOfAnswer(
                .yes, state, from: standing.since, until: until, event: standing.event,
                "\(domain) was a member in good standing, since \(since).")
        case .suspended, .withdrawn, .revoked:
            return AsOfAnswer(
                .no, state, from: standing.since, until: until, event: standing.event,
                "\(domain) was \(state), since \(since).")
        case .notYet:
            return AsOfAnswer(
                .no, state, until: until, "\(domain) became a member later.")
        case .notAMember:
            return AsOfAnswer(.no, state, "\(domain) is no member of \(network.name).")
        case .notCarried:
            return AsOfAnswer(
                .indeterminate, state,
                "This excerpt of the registry does not carry what it says of \(domain).")
        }
    }

    /// Whether the key with this id was valid at `time`.
    ///
    /// - Parameter isProven: whether a leaf's time or a proof of existence vouches for `time`. A
    ///   time that is merely claimed proves nothing for a key that was in foreign hands later.
    package func keyAnswer(
        kid: String,
        at time: Instant,
        isProven: Bool,
        now: Instant
    ) -> AsOfAnswer {
        let answer = key(kid: kid, at: time)
        let isOutdated = isOutdated(for: time, at: now)
        guard let key = answer.holder?.key else {
            return isOutdated
                ? stale(time)
                : AsOfAnswer(.no, "unknown", "Nobody registered a key with this id.")
        }
        switch answer.state {
        // What ends a key is never taken back, so an old copy suffices for a no.
        case .revoked(let reason, let end):
            return AsOfAnswer(
                .no, reason.rawValue, from: end, "It was revoked from \(end) on.")
        case .expired(let end):
            return AsOfAnswer(.no, "expired", from: end, "It expired at \(end).")
        case .notYet:
            return AsOfAnswer(
                .no, "notYet", until: key.notBefore, "It is valid from \(key.notBefore) on only.")
        case .unknown: return AsOfAnswer(.no, "unknown", "Nobody registered a key with this id.")
        case .valid: break
        }
        guard !isOutdated else { return stale(time) }
        if let revoked = key.revoked, revoked.reason == .compromised, !isProven {
            return AsOfAnswer(
                .indeterminate, "unproven", from: key.notBefore, until: key.end,
                "It was compromised from \(revoked.at) on, and who holds it can claim any time: "
                    + "what it signed counts only with proof that it existed before.")
        }
        return AsOfAnswer(
            .yes, "valid", from: key.notBefore, until: key.end,
            "It was valid, from \(key.notBefore) on.")
    }

    private func stale(_ time: Instant) -> AsOfAnswer {
        AsOfAnswer(
            .indeterminate, "stale",
            "This copy of the registry is of \(made) and cannot tell what held at "
                + "\(time); refresh it.")
    }
}
