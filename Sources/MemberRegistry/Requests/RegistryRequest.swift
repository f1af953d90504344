import CanonicalJSON
package import Keys

/// What an institution asks of the registry (protocol.md section 5, requests).
package struct RegistryRequest: Equatable, Sendable {
    /// The kinds of request.
    package enum Action: String, CaseIterable, Sendable {
        case join, update, close, withdraw
    }

    /// The `typ` of the JWS.
    package static let type = "eccoe-request"

    /// The network's name.
    package let network: String
    /// What is asked.
    package let action: Action
    /// When it was written.
    package let at: Instant
    /// SHA-256 of the member's document that the request builds on; nil for `join`.
    package let base: Digest?
    /// The document as the institution wants it; events are the registry's to write.
    package let document: MemberDocument

    /// A request as given.
    package init(
        network: String,
        action: Action,
        at: Instant,
        base: Digest?,
        document: MemberDocument
    ) {
        self.network = network
        self.action = action
        self.at = at
        self.base = base
        self.document = document
    }

    /// The payload in RFC 8785 form.
    package var payload: [UInt8] {
        var object = JSONObject()
        object["v"] = 1
        object["network"] = .string(network)
        object["action"] = .string(action.rawValue)
        object["at"] = .string(at.text)
        object["base"] = base.map { .string($0.hex) }
        object["document"] = document.json
        return JSON.object(object).canonicalBytes
    }

    /// SHA-256 of the payload: what the TXT record `_eccoe.<domain>` shows in hexadecimal.
    package var digest: Digest { Digest(of: payload) }

    /// The first 80 bits of the digest in four groups of five digits, to be compared by voice.
    package var shortAuthenticationString: String {
        let digits = Array(digest.hex.utf8.prefix(20))
        return stride(from: 0, to: 20, by: 5).map {
            String(decoding: digits[$0..<($0 + 5)], as: UTF8.self)
        }.joined(separator: " ")
    }

    /// The request as a JWS: for `join` by every declared key, otherwise by the recovery key and
    /// every new key.
    ///
    /// - Throws: what a signer throws.
    package func signed(by signers: [any Signer]) throws -> [UInt8] {
        try GeneralJWS.sign(payload, type: Self.type, signers: signers)
    }

    /// Reads a payload.
    ///
    /// - Throws: `DocumentError`.
    package init(readingPayload bytes: [UInt8]) throws(DocumentError) {
        let reader = try ObjectReader(document: bytes)
        try reader.allow(only: ["v", "network", "action", "at", "base", "document"])
        try reader.version()
        network = try reader.ascii("network")
        action = try reader.choice("action", Action.self)
        at = try reader.instant("at")
        base = reader.object["base"] == nil ? nil : try reader.digest("base")
        guard (action == .join) == (base == nil) else {
            throw reader.error(
                "base",
                action == .join ? "a base for a join" : "missing",
                remedy: "state the SHA-256 of the current document, except to join"
            )
        }
        document = try MemberDocument(reader.nested("document"))
    }
}

extension RegistryRequest {
    /// What is wrong with a request.
    package enum Refusal: Error, Equatable, Sendable, CustomStringConvertible {
        /// It cannot be read.
        case malformed(DocumentError)
        /// It is meant for another network.
        case otherNetwork(String)
        /// A key that must sign did not; its id and use.
        case unsigned(kid: String, use: MemberKey.Use)
        /// No recovery key of the current document that is valid now has signed.
        case noRecoveryKey
        /// A join without any key.
        case noKeys
        /// It builds on another document than the one in force.
        case otherBase(current: Digest?)
        /// It changes what may not change.
        case conflict(HistoryConflict)
        /// Events are not the institution's to write.
        case events
        /// It changes what its action does not change, or not what it changes.
        case unsuited(Action)
        /// A new key begins long before the request was written.
        case backDated(kid: String, from: Instant)

        /// One sentence with the remedy.
        package var description: String {
            switch self {
            case .malformed(let error): "\(error)"
            case .otherNetwork(let name): "meant for the network \"\(name)\"; ask for its invite"
            case .unsigned(let kid, let use):
                "the \(use.rawValue) key \(kid) has not signed; sign with every declared key"
            case .noRecoveryKey: "no valid recovery key has signed; sign with the recovery key"
            case .noKeys: "the document declares no keys; run eccoe init first"
            case .otherBase(let current):
                "the document in force is \(current?.hex ?? "none"); refresh and ask again"
            case .conflict(let conflict):
                "\(conflict.place) \(conflict.change); history only grows"
            case .events: "the request changes events; only the registry writes them"
            case .unsuited(.close): "a request to close closes the open epoch; this one does not"
            case .unsuited(.withdraw): "a request to withdraw changes nothing else; ask twice"
            case .unsuited(let action):
                "a request to \(action.rawValue) closes no epoch; use eccoe log close"
            case .backDated(let kid, let from):
                "the new key \(kid) begins at \(from), before the request was written; a key that "
                    + "nobody knew cannot have been valid: let it begin now"
            }
        }
    }

    /// Reads and verifies a request for `network` against the member's document in force, nil when
    /// the domain is no member.
    ///
    /// - Throws: `Refusal`.
    package static func verified(
        _ jws: [UInt8],
        network: String,
        current: Member?,
        at time: Instant
    ) throws(Refusal) -> RegistryRequest {
        let envelope: GeneralJWS
        let request: RegistryRequest
        do throws(DocumentError) {
            envelope = try GeneralJWS(reading: jws, type: type)
            request = try RegistryRequest(readingPayload: envelope.payload)
        } catch {
            throw .malformed(error)
        }
        guard request.network == network else { throw .otherNetwork(request.network) }
        guard request.base == current?.digest,
            current.map({ $0.document.domain == request.document.domain }) ?? true
        else { throw .otherBase(current: current?.digest) }
        guard request.document.events == current?.document.events ?? [] else { throw .events }
        if let conflict = current.flatMap({ request.document.conflict(with: $0.document) }) {
            throw .conflict(conflict)
        }
        if let current, !request.isSuited(to: current.document) {
            throw .unsuited(request.action)
        }
        guard !request.document.keys.isEmpty else { throw .noKeys }
        for key in request.document.keys where current?.document.key(key.kid) == nil {
            guard envelope.isSigned(by: key.publicKey) else {
                throw .unsigned(kid: key.kid, use: key.use)
            }
        }
        if let current {
            for key in request.document.keys where current.document.key(key.kid) == nil {
                guard request.at - key.notBefore <= clockTolerance else {
                    throw .backDated(kid: key.kid, from: key.notBefore)
                }
            }
            let recovery = current.document.keys(for: .recovery, at: time)
            guard recovery.contains(where: { envelope.isSigned(by: $0.publicKey) }) else {
                throw .noRecoveryKey
            }
        }
        return request
    }

    /// Seconds by which clocks may differ (protocol.md section 8).
    package static let clockTolerance: Int64 = 300

    /// Whether the request can have been written now, as far as clocks agree: what it says of the
    /// beginning of its keys is measured by it. Nothing counts before the registration of those who
    /// join.
    package func isFresh(at now: Instant) -> Bool {
        action == .join || abs(now - at) <= Self.clockTolerance
    }

    /// Whether the request changes what its action is about, and nothing beyond.
    private func isSuited(to current: MemberDocument) -> Bool {
        switch action {
        case .join: true
        case .update: document.epochs.prefix(current.epochs.count) == current.epochs[...]
        case .withdraw: document == current
        case .close:
            current.epochs.last?.closed == nil
                && current.epochs.indices.contains { document.epochs[$0] != current.epochs[$0] }
        }
    }
}

extension RegistryRequest {
    /// The reason code of a withdrawal that the member has asked for.
    package static let ownWish = "own-request"

    /// The document that the registry publishes when it grants this at `time`: with the event that
    /// belongs to the action, if one does.
    package func granted(at time: Instant) -> MemberDocument {
        switch action {
        case .join: document.adding(.registration, at: time)
        case .withdraw: document.adding(.withdrawal, at: time, reason: Self.ownWish)
        case .update, .close: document
        }
    }
}
