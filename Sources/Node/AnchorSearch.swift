import CanonicalJSON
import Federation
import Keys
import MemberRegistry
import NodeStore
import Recognition
import TransparencyLog

/// Looks for a credential's anchor in the copy of its issuer's logs.
struct AnchorSearch {
    let node: Node

    /// What an anchor proves.
    ///
    /// - Parameters:
    ///   - anchor: as it was handed in; nil for none.
    ///   - text: the credential.
    ///   - holder: whose key has signed it.
    ///   - isAsking: whether members may be asked for an older checkpoint, when the one at hand is
    ///     too late to save the credential.
    /// - Throws: what the stores throw.
    func evidence(
        _ anchor: JSON?, of text: [UInt8], by holder: KeyAnswer.Holder?, isAsking: Bool
    ) async throws -> AnchorEvidence {
        guard let anchor else { return .none }
        guard let holder else {
            return .unusable("the issuer is no member, so there is no log to look in.")
        }
        let read: IssuanceAnchor
        do { read = try IssuanceAnchor(json: anchor) } catch { return .unusable("\(error).") }
        guard let digest = try? CredentialDigest.of(text: text), read.covers(digest) else {
            return .unusable("it is not this credential's.")
        }
        guard let (log, index) = try find(read, of: holder.domain) else {
            return .unusable(
                "the copy of \(holder.domain)'s log that is held here has no such leaf.")
        }
        let first = try gather(index, of: log)
        guard isAsking, let revoked = holder.key.revoked, revoked.reason == .compromised,
            !first.isBefore(revoked.at)
        else { return first }
        _ = try await LogTimeDesk(node: node).time(of: log.origin, index: index)
        return try gather(index, of: log)
    }

    private func gather(_ index: Int, of log: LogStore) throws -> AnchorEvidence {
        let evidence = try LeafEvidence.gather(
            index: index, in: log, registry: node.registry, at: node.time.now())
        return evidence?.confirmed.map { .confirmed(origin: log.origin, index: index, time: $0) }
            ?? .unconfirmed(origin: log.origin, index: index)
    }

    /// Where the leaf stands. One beyond a closing counts for nothing; it may stand anew in a later
    /// epoch.
    private func find(
        _ anchor: IssuanceAnchor, of domain: String
    ) throws -> (log: LogStore, index: Int)? {
        let key = SubjectKey(
            scope: LeafType.issuanceAnchored.scope, subject: anchor.subject)
        for identity in node.registry.logs(of: domain) {
            guard let log = node.logs.log(identity.key.name), let state = try log.subject(key),
                !state.isEarlier, state.index < identity.closing.map({ Int($0.size) }) ?? .max,
                let leaf = try log.entry(state.index), anchor.isSaid(by: leaf)
            else { continue }
            return (log, state.index)
        }
        return nil
    }
}
