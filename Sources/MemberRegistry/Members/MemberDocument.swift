package import Keys

/// What the registry says of one member (protocol.md section 5): identity, keys, epochs, events.
/// The parts with times are a history that only grows.
package struct MemberDocument: Equatable, Sendable {
    /// What kind of institution a member is (domain.md section 2).
    package enum Kind: String, CaseIterable, Sendable {
        case higherEducation = "higher-education"
        case alternativeProvider = "alternative-provider"
        case nationalBody = "national-body"
        case association = "association"
    }

    /// How the member's node proves itself; the host name is checked in either case.
    package enum TLS: Equatable, Sendable {
        /// By the system's roots.
        case system
        /// By the member's own certificate authority, a certificate in DER.
        case authority([UInt8])
    }

    /// The member's SCHAC domain in lower-case A-labels: its identity.
    package var domain: String
    /// The legal name by BCP 47 language tag; at least one.
    package var names: [String: String]
    /// ISO 3166-1 alpha-2, upper case.
    package var country: String
    /// What kind of institution it is.
    package var kind: Kind
    /// Mail addresses by role, such as `technical`; no personal names.
    package var mailboxes: [String: String]
    /// The node's base URL; nil for a member without a node.
    package var node: String?
    /// How the node proves itself.
    package var tls: TLS
    /// Decentralised identifiers that are the member's.
    package var dids: [String]
    /// In the order of admission; keys never leave.
    package var keys: [MemberKey]
    /// In order, from number 1.
    package var epochs: [LogEpoch]
    /// In order, from number 1; empty only in a request to join.
    package var events: [StandingEvent]

    /// A document as given; reading its `canonicalBytes` checks it.
    package init(
        domain: String,
        names: [String: String],
        country: String,
        kind: Kind,
        mailboxes: [String: String] = [:],
        node: String? = nil,
        tls: TLS = .system,
        dids: [String] = [],
        keys: [MemberKey] = [],
        epochs: [LogEpoch] = [],
        events: [StandingEvent] = []
    ) {
        self.domain = domain
        self.names = names
        self.country = country
        self.kind = kind
        self.mailboxes = mailboxes
        self.node = node
        self.tls = tls
        self.dids = dids
        self.keys = keys
        self.epochs = epochs
        self.events = events
    }

    /// The key with this id, or nil.
    package func key(_ kid: String) -> MemberKey? {
        keys.first { $0.kid == kid }
    }

    /// The keys of one use that are valid at `time`, in the document's order.
    package func keys(for use: MemberKey.Use, at time: Instant) -> [MemberKey] {
        keys.filter { $0.use == use && $0.isValid(at: time) }
    }

    /// The origin of epoch `number`: `<domain>/eccoe/<number>`.
    package func origin(epoch number: Int64) -> String { "\(domain)/eccoe/\(number)" }
}

/// One key of a member.
package struct MemberKey: Equatable, Sendable {
    /// What a key is for; a key has one use for ever.
    package enum Use: String, CaseIterable, Sendable {
        case log, witness, mirror, node, credential, recovery
    }

    /// Why a key is no longer to be trusted.
    package enum Revocation: String, CaseIterable, Sendable {
        /// Replaced in the ordinary course; what it signed before stays good.
        case superseded
        /// In foreign hands; a claimed time of signing proves nothing.
        case compromised
    }

    /// RFC 7638 thumbprint of the key.
    package let kid: String
    /// Ed25519, or P-256 for `credential`.
    package let publicKey: PublicKey
    /// What it is for.
    package let use: Use
    /// Valid from this moment on.
    package let notBefore: Instant
    /// Not valid from this moment on; log keys have none.
    package var expires: Instant?
    /// Revoked from this moment on.
    package var revoked: (at: Instant, reason: Revocation)?

    /// A key as given; nil when it has no thumbprint (RSA).
    package init?(
        _ publicKey: PublicKey,
        use: Use,
        notBefore: Instant,
        expires: Instant? = nil
    ) {
        guard let kid = JWK.thumbprint(publicKey) else { return nil }
        self.init(
            kid: kid,
            publicKey: publicKey,
            use: use,
            notBefore: notBefore,
            expires: expires,
            revoked: nil
        )
    }

    init(
        kid: String,
        publicKey: PublicKey,
        use: Use,
        notBefore: Instant,
        expires: Instant?,
        revoked: (at: Instant, reason: Revocation)?
    ) {
        self.kid = kid
        self.publicKey = publicKey
        self.use = use
        self.notBefore = notBefore
        self.expires = expires
        self.revoked = revoked
    }

    /// The first moment at which the key is no longer valid, by expiry or revocation; nil: never.
    package var end: Instant? {
        [expires, revoked?.at].compactMap(\.self).min()
    }

    /// Whether the key is valid at `time`: from `notBefore` on, before `end`.
    package func isValid(at time: Instant) -> Bool {
        notBefore <= time && end.map { time < $0 } ?? true
    }

    package static func == (left: MemberKey, right: MemberKey) -> Bool {
        left.kid == right.kid && left.publicKey == right.publicKey && left.use == right.use
            && left.notBefore == right.notBefore && left.expires == right.expires
            && left.revoked?.at == right.revoked?.at
            && left.revoked?.reason == right.revoked?.reason
    }
}

/// One epoch of a member's log.
package struct LogEpoch: Equatable, Sendable {
    /// The end of an epoch: what the log was worth up to there.
    package struct Closing: Equatable, Sendable {
        /// When the registry closed it.
        package let at: Instant
        /// The last good size.
        package let size: Int64
        /// The root at that size.
        package let root: Digest
        /// Why, in public words.
        package let reason: String

        /// A closing as given.
        package init(at: Instant, size: Int64, root: Digest, reason: String) {
            self.at = at
            self.size = size
            self.root = root
            self.reason = reason
        }
    }

    /// From 1, without gaps.
    package let number: Int64
    /// The id of the epoch's log key.
    package let kid: String
    /// When the registry opened it.
    package let opened: Instant
    /// Its end, if it has come.
    package var closed: Closing?

    /// An epoch as given.
    package init(number: Int64, kid: String, opened: Instant, closed: Closing? = nil) {
        self.number = number
        self.kid = kid
        self.opened = opened
        self.closed = closed
    }
}

/// One act of the registry upon a member's standing.
package struct StandingEvent: Equatable, Sendable {
    /// What was done.
    package enum Event: String, CaseIterable, Sendable {
        case registration, suspension, reinstatement, withdrawal, revocation
    }

    /// From 1, without gaps.
    package let sequence: Int64
    /// Holds from this moment on.
    package let at: Instant
    /// What was done.
    package let event: Event
    /// A reason code or short text; only a registration may lack it.
    package let reason: String?

    /// An event as given.
    package init(sequence: Int64, at: Instant, event: Event, reason: String? = nil) {
        self.sequence = sequence
        self.at = at
        self.event = event
        self.reason = reason
    }

    /// Whether a reason is a code: 1 to 64 lower-case letters, digits and hyphens. Documents may
    /// hold short texts too; what commands write names nobody.
    package static func isReasonCode(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d
            }
    }
}
