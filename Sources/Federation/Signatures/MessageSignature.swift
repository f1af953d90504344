package import Keys

/// The part of a request that its signature speaks of besides the body.
package struct RequestTarget: Sendable, Equatable {
    /// The HTTP method.
    package let method: String
    /// The absolute URI: the node's address in the registry, path and query.
    package let uri: String

    /// The target of a request to the node at `nodeURL`, an https URL without path; the ways to
    /// write one address become one.
    package init(method: String, nodeURL: String, path: String) {
        self.method = method
        var base = nodeURL.lowercased()
        while base.hasSuffix("/") { base.removeLast() }
        if base.hasPrefix("https://"), base.hasSuffix(":443") { base.removeLast(4) }
        uri = base + path
    }
}

/// The three fields of a signed message, in the network's one profile of RFC 9421 and RFC 9530
/// (protocol section 6): label `eccoe`, tag `eccoe-v1`, Ed25519 by a member's node key.
package struct MessageSignature: Sendable, Equatable {
    /// The signature's label.
    package static let label = "eccoe"
    /// The profile's tag.
    package static let tag = "eccoe-v1"
    /// Seconds by which two clocks may differ, and for which a signature holds.
    package static let tolerance: Int64 = 300

    /// `Content-Digest`.
    package let contentDigest: String
    /// `Signature-Input`.
    package let input: String
    /// `Signature`.
    package let signature: String

    /// Fields as they arrived, several of one name joined with commas.
    package init(contentDigest: String, input: String, signature: String) {
        self.contentDigest = contentDigest
        self.input = input
        self.signature = signature
    }

    /// The fields of a message, to be found by lower-case name; nil when it is not signed.
    ///
    /// - Throws: `Problem` `unauthenticated` when some of the fields are missing.
    package init?(field: (String) -> String?) throws(Problem) {
        guard let input = field("signature-input") else { return nil }
        guard let signature = field("signature"), let digest = field("content-digest") else {
            throw .unauthenticated(
                "a signed message carries Signature-Input, Signature and Content-Digest",
                at: "signature"
            )
        }
        self.init(contentDigest: digest, input: input, signature: signature)
    }

    /// The fields with their names.
    package var fields: [(name: String, value: String)] {
        [
            ("content-digest", contentDigest), ("signature-input", input), ("signature", signature),
        ]
    }

    /// Signs a request.
    ///
    /// - Parameters:
    ///   - nonce: 16 to 64 characters of ASCII that were never used before.
    ///   - kid: the id of the signer's key.
    /// - Throws: what the signer throws.
    package init(
        signing request: RequestTarget,
        body: [UInt8],
        by signer: any Signer,
        kid: String,
        nonce: String,
        at now: Instant
    ) throws {
        let digest = ContentDigest.field(Digest(of: body))
        let input = SignatureInput(
            ["@method", "@target-uri", "content-digest"].map { StructuredField.Item(.string($0)) },
            [
                .init("created", .integer(now.secondsSince1970)),
                .init("expires", .integer(now.secondsSince1970 + Self.tolerance)),
                .init("nonce", .string(nonce)),
                .init("keyid", .string(kid)),
                .init("alg", .string("ed25519")),
                .init("tag", .string(Self.tag)),
            ]
        )
        try self.init(input, contentDigest: digest, by: signer) { identifier in
            SignedComponent.ofRequest(identifier, request, contentDigest: digest)
        }
    }

    /// Signs the answer to a signed request.
    ///
    /// - Throws: what the signer throws.
    package init(
        signing status: Int,
        body: [UInt8],
        answering request: ClaimedSignature,
        to target: RequestTarget,
        by signer: any Signer,
        kid: String,
        at now: Instant
    ) throws {
        let digest = ContentDigest.field(Digest(of: body))
        let input = SignatureInput(
            SignedComponent.answerComponents,
            [
                .init("created", .integer(now.secondsSince1970)),
                .init("keyid", .string(kid)),
                .init("alg", .string("ed25519")),
                .init("tag", .string(Self.tag)),
            ]
        )
        try self.init(input, contentDigest: digest, by: signer) { identifier in
            SignedComponent.ofAnswer(
                identifier,
                status,
                contentDigest: digest,
                answering: request,
                to: target
            )
        }
    }

    private init(
        _ input: SignatureInput,
        contentDigest: String,
        by signer: any Signer,
        value: (String) -> String?
    ) throws {
        guard let base = input.base(value: value) else {
            throw Problem(.internalError, "the message cannot be signed")
        }
        self.contentDigest = contentDigest
        self.input = "\(Self.label)=\(input.text)"
        signature = "\(Self.label)=:\(Base64.encode(try signer.sign(base))):"
    }
}

extension Problem {
    /// 401: who asks could not be established, with the part of the signature that is at fault.
    static func unauthenticated(_ detail: String, at pointer: String? = nil) -> Problem {
        Problem(
            .unauthenticated,
            detail,
            at: pointer,
            try: "sign with the node key that the registry lists for you, by RFC 9421 with label "
                + "\(MessageSignature.label) and tag \(MessageSignature.tag)"
        )
    }
}
