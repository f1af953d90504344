import CanonicalJSON
package import Keys
import MemberRegistry

/// What a node says of itself, signed with its node key (protocol section 4): an RFC 7515 JWS in
/// general JSON, `typ` `eccoe-manifest`, whose payload is RFC 8785 JSON.
package struct NodeManifest: Sendable, Equatable {
    /// The `typ` of the JWS.
    package static let type = "eccoe-manifest"

    /// The member.
    package let domain: String
    /// The day on which it was written, at its beginning: one body a day is kept by caches.
    package let at: Instant
    /// Such as `eccoe`.
    package let software: String
    /// Its version.
    package let version: String
    /// The versions of the protocol that are spoken.
    package let protocols: [Int]
    /// What is offered: `log`, `witness`, `mirror`, and endpoints such as `POST /v1/heads`.
    package let capabilities: [String]
    /// Whether members can connect to it.
    package let isReachable: Bool
    /// The origin of the log that is written; nil without one.
    package let log: String?
    /// Who must cosign that log, as a C2SP tlog-policy.
    package let policy: String?

    /// A manifest of this software.
    ///
    /// - Parameter now: cut to the day.
    package init(
        domain: String,
        at now: Instant,
        roles: [String],
        isReachable: Bool,
        log: String?,
        policy: String?
    ) {
        self.domain = domain
        at = now.startOfDay
        software = Software.name
        version = Software.version
        protocols = [1]
        capabilities = roles + Endpoint.allCases.map(\.rawValue)
        self.isReachable = isReachable
        self.log = log
        self.policy = policy
    }

    /// The JWS.
    ///
    /// - Throws: what the signer throws.
    package func signed(by key: any Signer) throws -> [UInt8] {
        try GeneralJWS.sign(payload.canonicalBytes, type: Self.type, signers: [key])
    }

    private var payload: JSON {
        var payload = JSONObject()
        payload["v"] = 1
        payload["domain"] = .string(domain)
        payload["at"] = .string(at.text)
        payload["software"] = .string(software)
        payload["version"] = .string(version)
        payload["protocols"] = .array(protocols.map { .number(JSONNumber(Int64($0))) })
        payload["capabilities"] = .array(capabilities.map { .string($0) })
        payload["reachable"] = .bool(isReachable)
        payload["log"] = log.map { .string($0) }
        payload["policy"] = policy.map { .string($0) }
        return .object(payload)
    }

    /// Reads a manifest that one of a member's node keys has signed.
    ///
    /// - Throws: `Problem` `too-large`, `malformed-request`, or `unauthenticated` when none has, or
    ///   it speaks of another member.
    package init(
        _ jws: [UInt8],
        of domain: String,
        keys: [PublicKey]
    ) throws(Problem) {
        guard jws.count <= Limits.manifestBytes else {
            throw Problem(.tooLarge, "a manifest has at most \(Limits.manifestBytes) bytes")
        }
        let envelope: GeneralJWS
        do {
            envelope = try GeneralJWS(reading: jws, type: Self.type)
        } catch {
            throw Problem(.malformedRequest, "no signed manifest: \(error)")
        }
        guard keys.contains(where: { envelope.isSigned(by: $0) }) else {
            throw Problem(
                .unauthenticated, "no node key that the registry has for \(domain) has signed it")
        }
        guard let payload = try? JSON.read(envelope.payload, limits: .ownMessage),
            let manifest = Self(payload)
        else { throw Problem(.malformedRequest, "the manifest lacks a member, or has a wrong one") }
        guard manifest.domain == domain else {
            throw Problem(.unauthenticated, "the manifest speaks of \(manifest.domain)")
        }
        self = manifest
    }

    /// Members that are not known are passed over: a later version may have them.
    private init?(_ payload: JSON) {
        guard payload["v"]?.integer == 1, let domain = payload["domain"]?.string,
            let at = payload["at"]?.string.flatMap({ Instant($0) }),
            let software = payload["software"]?.string, let version = payload["version"]?.string,
            let protocols = payload["protocols"]?.array?.map({ $0.integer.map { Int($0) } }),
            let capabilities = payload["capabilities"]?.array?.map(\.string),
            let isReachable = payload["reachable"]?.bool,
            !protocols.contains(nil), !capabilities.contains(nil)
        else { return nil }
        self.domain = domain
        self.at = at
        self.software = software
        self.version = version
        self.protocols = protocols.compactMap(\.self)
        self.capabilities = capabilities.compactMap(\.self)
        self.isReachable = isReachable
        log = payload["log"]?.string
        policy = payload["policy"]?.string
    }
}
