package import Federation
import MemberRegistry

extension Node {
    /// What a member says of itself, signed with its node key; asked now, at its registered address.
    ///
    /// - Throws: `Problem`.
    package func manifest(of domain: String) async throws -> NodeManifest {
        guard let address = registry.address(of: domain),
            let member = registry.current?.member(domain)
        else { throw Problem(.notAMember, "\(domain) has no node in the registry") }
        let response = try await transport.send(
            PeerRequest(
                "GET", Endpoint.node.template, of: address, maximumBytes: Limits.manifestBytes))
        guard response.status == 200 else {
            throw Problem(.unreachable, "\(domain) answered \(response.status)")
        }
        let keys = member.document.keys(for: .node, at: time.now()).map(\.publicKey)
        return try NodeManifest(response.body, of: domain, keys: keys)
    }
}
