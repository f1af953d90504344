package import Keys

/// The next documents of a member: each extends the one that it is made from.
extension MemberDocument {
    /// With one more event. Whether it may follow is checked when the document is read.
    package func adding(
        _ event: StandingEvent.Event,
        at time: Instant,
        reason: String? = nil
    ) -> MemberDocument {
        var next = self
        next.events.append(
            StandingEvent(
                sequence: Int64(events.count) + 1,
                at: time,
                event: event,
                reason: reason
            )
        )
        return next
    }

    /// With the key `kid` revoked from `time` on; nil when there is no such key.
    package func revoking(
        _ kid: String,
        at time: Instant,
        _ reason: MemberKey.Revocation
    ) -> MemberDocument? {
        guard let index = keys.firstIndex(where: { $0.kid == kid }) else { return nil }
        var next = self
        next.keys[index].revoked = (time, reason)
        return next
    }

    /// With the last epoch closed and its key revoked; nil when no epoch is open.
    package func closingEpoch(
        _ closing: LogEpoch.Closing,
        revokingKeyAs revocation: MemberKey.Revocation
    ) -> MemberDocument? {
        guard let epoch = epochs.last, epoch.closed == nil,
            var next = revoking(epoch.kid, at: closing.at, revocation)
        else { return nil }
        next.epochs[epochs.count - 1].closed = closing
        return next
    }

    /// With a log key added and the next epoch opened with it; nil while an epoch is open, or when
    /// the key has no thumbprint.
    package func openingEpoch(_ publicKey: PublicKey, at time: Instant) -> MemberDocument? {
        guard epochs.allSatisfy({ $0.closed != nil }),
            let key = MemberKey(publicKey, use: .log, notBefore: time)
        else { return nil }
        var next = self
        next.keys.append(key)
        next.epochs.append(
            LogEpoch(number: Int64(epochs.count) + 1, kid: key.kid, opened: time)
        )
        return next
    }

    /// With `publicKey` added for `use` from `time` on, and every other key of that use that would
    /// be valid at `end` superseded from then on; between the two both are valid. nil for log keys,
    /// which change with their epoch, and for a key without a thumbprint.
    package func rotating(
        _ use: MemberKey.Use,
        to publicKey: PublicKey,
        at time: Instant,
        endingOthers end: Instant
    ) -> MemberDocument? {
        guard use != .log, let key = MemberKey(publicKey, use: use, notBefore: time) else {
            return nil
        }
        var next = self
        for old in keys where old.use == use && old.isValid(at: end) {
            next = next.revoking(old.kid, at: end, .superseded) ?? next
        }
        next.keys.append(key)
        return next
    }
}
