import Federation
import Keys
import MemberRegistry

/// The network, with the requests that ask for it signed by this member and their answers verified.
struct SigningTransport: PeerTransport {
    let network: any PeerTransport
    let identity: NodeIdentity
    let registry: RegistryHolder
    let time: any TimeSource
    /// The own clock beside those of the members.
    let clock: @Sendable () -> PeerClock
    let random: any RandomSource

    /// As the network does; without a node key nothing is signed.
    ///
    /// - Throws: `Problem` `unauthenticated` as well, when a success is not signed by the member
    ///   that was asked. Refusals are believed unsigned: proxies make them too.
    func send(_ request: PeerRequest) async throws -> PeerResponse {
        guard request.isSigned, let key = identity.nodeKey,
            let kid = JWK.thumbprint(key.publicKey)
        else { return try await network.send(request) }
        try clock().check()
        let target = RequestTarget(
            method: request.method,
            nodeURL: request.peer.url,
            path: request.path
        )
        let signature = try MessageSignature(
            signing: target,
            body: request.body,
            by: key,
            kid: kid,
            nonce: Base64URL.encode(random.bytes(16)),
            at: time.now()
        )
        let response = try await network.send(request.adding(signature.fields))
        if (200..<300).contains(response.status) {
            let own = try ClaimedSignature(signature)
            try verify(response, of: request.peer.domain, answering: own, to: target)
        }
        return response
    }

    private func verify(
        _ response: PeerResponse,
        of domain: String,
        answering own: ClaimedSignature,
        to target: RequestTarget
    ) throws(Problem) {
        let now = time.now()
        let keys = registry.current?.member(domain)?.document.keys(for: .node, at: now) ?? []
        // Members without a registered node key cannot sign; TLS vouches for them alone.
        guard !keys.isEmpty else { return }
        guard let fields = try MessageSignature(field: { response.headers[$0] }) else {
            throw Problem(
                .unauthenticated,
                "\(domain) did not sign its answer",
                at: target.uri,
                try: "ask its operator whether the node holds the node key that is registered"
            )
        }
        let claimed = try ClaimedSignature(fields)
        guard let key = keys.first(where: { $0.kid == claimed.kid }) else {
            throw Problem(
                .unauthenticated,
                "the answer of \(domain) is signed by another key",
                at: target.uri
            )
        }
        try claimed.verify(
            status: response.status,
            answering: own,
            to: target,
            by: key.publicKey,
            at: now
        )
        try claimed.check(body: response.body)
    }
}
