package import Keys
package import MemberRegistry
package import TransparencyLog

extension LogPolicy {
    /// The policy of one log that follows from the registry as of a time (protocol section 4); nil
    /// for an origin that the registry does not know.
    package init?(forOrigin origin: String, in registry: TrustedRegistry, at time: Instant) {
        guard let log = registry.logKey(forOrigin: origin), let key = try? VerifierKey(log.key.text)
        else { return nil }
        let set = registry.witnessSet(forOrigin: origin, at: time)
        let witnesses = set.cosigners.compactMap { cosigner -> Witness? in
            guard let note = cosigner.keys.last, let key = try? VerifierKey(note.text) else {
                return nil
            }
            let url = registry.member(cosigner.domain)?.document.node.map { "\($0)/witness" }
            return Witness(name: Array(cosigner.domain.utf8), key: key, url: url)
        }
        let node = registry.member(log.domain)?.document.node
        do {
            try self.init(
                log: Log(key: key, url: node.map { "\($0)/log/\(log.epoch.number)" }),
                witnesses: witnesses,
                required: set.required
            )
        } catch { return nil }
    }
}
