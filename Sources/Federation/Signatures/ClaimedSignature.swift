package import Keys

/// A signature of the profile as it arrived: well formed, believed by nobody yet.
package struct ClaimedSignature: Sendable, Equatable {
    /// The id of the key that is said to have signed.
    package let kid: String
    /// When it is said to have signed.
    package let created: Instant
    /// From when on the signature is worth nothing; nil for answers.
    package let expires: Instant?
    /// What makes a request unlike every other; nil for answers.
    package let nonce: String?
    /// What the body must hash to.
    package let bodyDigest: Digest
    let input: SignatureInput
    let contentDigest: String
    let signature: [UInt8]

    /// Reads the fields of a signed message.
    ///
    /// - Throws: `Problem` `unauthenticated` with the place.
    package init(_ fields: MessageSignature) throws(Problem) {
        let label = MessageSignature.label
        guard let inputs = StructuredField.dictionary(fields.input),
            case .innerList(let components, let parameters)? = inputs[label]
        else {
            throw .unauthenticated(
                "no inner list \(label) in Signature-Input", at: "signature-input")
        }
        guard let signatures = StructuredField.dictionary(fields.signature),
            case .item(let item)? = signatures[label], case .bytes(let bytes) = item.value
        else { throw .unauthenticated("no bytes \(label) in Signature", at: "signature") }
        guard let bodyDigest = ContentDigest.digest(fields.contentDigest) else {
            throw .unauthenticated("no sha-256 in Content-Digest", at: "content-digest")
        }
        let input = SignatureInput(components, parameters)
        guard case .string(let kid)? = input["keyid"],
            case .integer(let created)? = input["created"]
        else { throw .unauthenticated("keyid or created is missing", at: "signature-input") }
        guard input["alg"] == .string("ed25519"), input["tag"] == .string(MessageSignature.tag)
        else {
            throw .unauthenticated(
                "alg is not ed25519 or tag not \(MessageSignature.tag)",
                at: "signature-input"
            )
        }
        self.kid = kid
        self.created = Instant(secondsSince1970: created)
        if case .integer(let time)? = input["expires"] {
            expires = Instant(secondsSince1970: time)
        } else {
            expires = nil
        }
        if case .string(let text)? = input["nonce"] { nonce = text } else { nonce = nil }
        self.bodyDigest = bodyDigest
        self.input = input
        contentDigest = fields.contentDigest
        signature = bytes
    }

    /// Verifies the signature of a request.
    ///
    /// - Parameter target: the request as this node's own address in the registry makes it.
    /// - Throws: `Problem` `unauthenticated`, or `clock-skew` when `created` is more than 300 s off.
    package func verify(
        _ target: RequestTarget,
        by key: PublicKey,
        at now: Instant
    ) throws(Problem) {
        guard let expires, let nonce, (16...64).contains(nonce.utf8.count) else {
            throw .unauthenticated(
                "a request carries expires and a nonce of 16 to 64 characters",
                at: "signature-input"
            )
        }
        try checkClock(at: now)
        guard expires - created <= MessageSignature.tolerance, created <= expires else {
            throw .unauthenticated(
                "a request expires within \(MessageSignature.tolerance) s",
                at: "signature-input"
            )
        }
        guard now < expires else {
            throw .unauthenticated("the signature expired at \(expires)", at: "signature-input")
        }
        let covered = Set(input.components.map(StructuredField.text))
        guard covered == SignedComponent.requestIdentifiers else {
            throw .unauthenticated(
                "a request covers exactly @method, @target-uri and content-digest",
                at: "signature-input"
            )
        }
        let base = input.base { identifier in
            SignedComponent.ofRequest(identifier, target, contentDigest: contentDigest)
        }
        guard let base, key.isValid(signature: signature, over: base) else {
            throw .unauthenticated(
                "the signature does not verify for \(target.method) \(target.uri)",
                at: "signature"
            )
        }
    }

    /// Verifies the signature of an answer to the request with this signature.
    ///
    /// - Throws: `Problem`, as for requests.
    package func verify(
        status: Int,
        answering request: ClaimedSignature,
        to target: RequestTarget,
        by key: PublicKey,
        at now: Instant
    ) throws(Problem) {
        try checkClock(at: now)
        guard
            Set(input.components.map(StructuredField.text))
                == Set(SignedComponent.answerComponents.map(StructuredField.text))
        else {
            throw .unauthenticated("the answer covers other components", at: "signature-input")
        }
        let base = input.base { identifier in
            SignedComponent.ofAnswer(
                identifier,
                status,
                contentDigest: contentDigest,
                answering: request,
                to: target
            )
        }
        guard let base, key.isValid(signature: signature, over: base) else {
            throw .unauthenticated("the answer's signature does not verify", at: "signature")
        }
    }

    /// Compares a body with what was signed.
    ///
    /// - Throws: `Problem` `unauthenticated`.
    package func check(body: [UInt8]) throws(Problem) {
        guard Digest(of: body) == bodyDigest else {
            throw .unauthenticated("the body is not the one that was signed", at: "content-digest")
        }
    }

    private func checkClock(at now: Instant) throws(Problem) {
        let tolerance = MessageSignature.tolerance
        guard (-tolerance...tolerance).contains(created - now) else {
            throw Problem(
                .clockSkew,
                "signed at \(created), but here it is \(now): "
                    + "more than \(MessageSignature.tolerance) s apart",
                at: "signature-input",
                try: "set the clock of the machine that signs (timedatectl), or sign anew"
            )
        }
    }
}
