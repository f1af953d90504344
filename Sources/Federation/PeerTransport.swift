package import MemberRegistry

/// Where a member's node listens and by what its certificate is checked.
package struct PeerAddress: Sendable, Hashable {
    /// What makes a server certificate good. The host name is checked always.
    package enum Trust: Sendable, Hashable {
        /// The system's roots.
        case system
        /// The member's own authority: a certificate in DER.
        case authority([UInt8])
    }

    /// The member.
    package let domain: String
    /// Such as `https://node.uni-a.example:8443`, without a path.
    package let url: String
    /// The certificate check.
    package let trust: Trust

    /// An address from its parts.
    package init(domain: String, url: String, trust: Trust) {
        self.domain = domain
        self.url = url
        self.trust = trust
    }

    /// The node of a member as its document has it; nil when it has none.
    package init?(of document: MemberDocument) {
        guard let url = document.node else { return nil }
        let trust: Trust =
            switch document.tls {
            case .system: .system
            case .authority(let certificate): .authority(certificate)
            }
        self.init(domain: document.domain, url: url, trust: trust)
    }
}

/// One request to a peer.
package struct PeerRequest: Sendable {
    /// Whom to ask.
    package let peer: PeerAddress
    /// `GET`, `POST` or `PUT`.
    package let method: String
    /// Path and query, from `/`.
    package let path: String
    /// Further headers.
    package let headers: [(name: String, value: String)]
    /// The body.
    package let body: [UInt8]
    /// Bytes of an answer; a longer one is an error.
    package let maximumBytes: Int
    /// Whether the bulk deadline (120 s) holds instead of the usual one (30 s).
    package let isBulk: Bool
    /// Whether the node signs it as a member, and expects a signed answer.
    package let isSigned: Bool

    /// A request from its parts.
    package init(
        _ method: String,
        _ path: String,
        of peer: PeerAddress,
        headers: [(name: String, value: String)] = [],
        body: [UInt8] = [],
        maximumBytes: Int,
        isBulk: Bool = false,
        isSigned: Bool = false
    ) {
        self.peer = peer
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
        self.maximumBytes = maximumBytes
        self.isBulk = isBulk
        self.isSigned = isSigned
    }

    /// The same request with further headers.
    package func adding(_ more: [(name: String, value: String)]) -> PeerRequest {
        PeerRequest(
            method,
            path,
            of: peer,
            headers: headers + more,
            body: body,
            maximumBytes: maximumBytes,
            isBulk: isBulk,
            isSigned: isSigned
        )
    }
}

/// A peer's answer, whatever its status.
package struct PeerResponse: Sendable {
    /// The HTTP status.
    package let status: Int
    /// Header names in lower case.
    package let headers: [String: String]
    /// The body.
    package let body: [UInt8]

    /// An answer from its parts.
    package init(status: Int, headers: [String: String], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// The network, as far as a node knows it.
package protocol PeerTransport: Sendable {
    /// Sends a request and returns the answer.
    ///
    /// - Throws: `Problem` with slug `unreachable` or `too-large`.
    func send(_ request: PeerRequest) async throws -> PeerResponse
}
