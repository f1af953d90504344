package import Federation
package import Keys
import MemberRegistry
import Synchronization

/// A member whose signature on a request was verified: active now, its node key valid now. Only
/// verification makes one.
package struct VerifiedMember: Sendable, Hashable {
    /// The member's domain.
    package let domain: String
    /// The id of the node key that signed.
    package let kid: String

    fileprivate init(domain: String, kid: String) {
        self.domain = domain
        self.kid = kid
    }
}

/// A request whose head was verified. Its body is still to be compared, and its answer to be signed.
package struct SignedRequest: Sendable {
    /// Who asks.
    package let member: VerifiedMember
    private let signature: ClaimedSignature
    private let target: RequestTarget

    fileprivate init(member: VerifiedMember, signature: ClaimedSignature, target: RequestTarget) {
        self.member = member
        self.signature = signature
        self.target = target
    }

    /// Compares the body with what was signed.
    ///
    /// - Throws: `Problem` `unauthenticated`.
    package func check(body: [UInt8]) throws(Problem) {
        try signature.check(body: body)
    }

    /// The fields that sign an answer by this node; none when it has no node key.
    ///
    /// - Throws: what the signer throws.
    package func answerFields(
        status: Int,
        body: [UInt8],
        by node: NodeIdentity,
        at now: Instant
    ) throws -> [(name: String, value: String)] {
        guard let key = node.nodeKey, let kid = JWK.thumbprint(key.publicKey) else { return [] }
        return try MessageSignature(
            signing: status,
            body: body,
            answering: signature,
            to: target,
            by: key,
            kid: kid,
            at: now
        ).fields
    }
}

/// Establishes which member asks (protocol section 6).
///
/// Owns: the nonces of the last minutes. A restart forgets them: what is signed must bear being
/// asked twice.
package final class MemberAuthentication: Sendable {
    private let identity: NodeIdentity
    private let registry: RegistryHolder
    private let nonces = Mutex(NonceCache())

    init(identity: NodeIdentity, registry: RegistryHolder) {
        self.identity = identity
        self.registry = registry
    }

    /// Verifies the head of a request, before its body is read.
    ///
    /// - Parameters:
    ///   - path: path and query as they arrived; the rest of the target is the address that the
    ///     registry has for this node, whatever proxy stands before it.
    ///   - field: the value of a header by its lower-case name, several joined with commas.
    /// - Returns: nil for a request that is not signed.
    /// - Throws: `Problem` `unauthenticated`, `clock-skew`, `forbidden` or `busy`.
    package func verify(
        method: String,
        path: String,
        field: (String) -> String?,
        at now: Instant
    ) throws(Problem) -> SignedRequest? {
        guard let fields = try MessageSignature(field: field) else { return nil }
        let claimed = try ClaimedSignature(fields)
        let key = try memberKey(claimed.kid, at: now)
        let target = RequestTarget(
            method: method,
            nodeURL: registry.address(of: identity.domain)?.url ?? identity.url,
            path: path
        )
        try claimed.verify(target, by: key.publicKey, at: now)
        let standing = registry.standing(of: key.domain, at: now)
        guard standing == Standing.State.active.rawValue else {
            throw Problem(
                .forbidden,
                "\(key.domain) is \(standing) in the registry: only active members may ask this",
                try: "ask the registry's operator"
            )
        }
        let nonce = claimed.nonce ?? ""
        switch nonces.withLock({ $0.admit(nonce, of: claimed.kid, at: now) }) {
        case .fresh: break
        case .replayed:
            throw Problem(
                .unauthenticated,
                "this signed request was received before: its nonce is used",
                at: "signature-input",
                try: "sign every request anew, with a nonce of its own"
            )
        case .full:
            throw Problem(.busy, "too many signed requests within the last minutes")
        }
        return SignedRequest(
            member: VerifiedMember(domain: key.domain, kid: claimed.kid),
            signature: claimed,
            target: target
        )
    }

    private func memberKey(
        _ kid: String,
        at now: Instant
    ) throws(Problem) -> (domain: String, publicKey: PublicKey) {
        let answer = registry.current?.key(kid: kid, at: now)
        guard let answer, let holder = answer.holder, holder.key.use == .node else {
            throw Problem(
                .unauthenticated,
                "the registry that this node holds has no node key \(kid)",
                at: "keyid",
                try: "if the key was registered just now, ask again in a minute"
            )
        }
        let fault: String? =
            switch answer.state {
            case .valid: nil
            case .notYet: "is not valid yet"
            case .expired(let time): "expired at \(time)"
            case .revoked(let reason, let time): "was revoked at \(time): \(reason.rawValue)"
            case .unknown: "is unknown"
            }
        if let fault {
            throw Problem(
                .unauthenticated,
                "the node key of \(holder.domain) \(fault)",
                at: "keyid",
                try: "sign with the key that is registered now"
            )
        }
        return (holder.domain, holder.key.publicKey)
    }
}
