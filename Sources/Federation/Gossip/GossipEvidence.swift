/// How gossip deals with quarantined logs: nothing of them is fetched, and each neighbour is shown
/// the evidence once.
extension GossipState {
    /// There is evidence against a log.
    ///
    /// - Parameters:
    ///   - known: members that need not be told: who reported it, and the author.
    ///   - registryNode: the registry's node, told although it may be no neighbour.
    package mutating func quarantined(
        _ origin: String,
        knownTo known: Set<String>,
        registryNode: String?
    ) -> [Effect] {
        evidence[origin, default: []].formUnion(known)
        forget(origin)
        var listeners = Set(peers.filter(\.value.isNeighbour).keys)
        if let registryNode, peers[registryNode] != nil { listeners.insert(registryNode) }
        return showEvidence(to: listeners)
    }

    /// The epoch of a log was closed: what is left of it may be fetched again. The rows that told of
    /// it were not taken, and no feed repeats a row.
    package mutating func released(_ origin: String) -> [Effect] {
        guard evidence.removeValue(forKey: origin) != nil else { return [] }
        for domain in peers.keys { peers[domain]?.since = 0 }
        return []
    }

    /// A member could not be shown the evidence; it is tried again after its next answer.
    package mutating func notShown(_ origin: String, to domain: String) -> [Effect] {
        evidence[origin]?.remove(domain)
        return []
    }

    mutating func showEvidence(to listeners: Set<String>) -> [Effect] {
        var effects: [Effect] = []
        for origin in evidence.keys.sorted() {
            for domain in listeners.subtracting(evidence[origin] ?? []).sorted() {
                evidence[origin]?.insert(domain)
                effects.append(.passOn(evidence: origin, to: domain))
            }
        }
        return effects
    }
}
