package import Federation
package import Keys
import MemberRegistry
import NodeStore
import Recognition
import TransparencyLog

/// The protocol steps of a mirror to which logs are pushed (C2SP tlog-mirror), apart from HTTP.
package struct MirrorDesk: Sendable {
    private let node: Node

    /// A desk of this node.
    package init(node: Node) {
        self.node = node
    }

    /// Takes a pending checkpoint, as a witness would take it; nothing is cosigned yet.
    ///
    /// - Throws: `Problem` `not-found` when this member is no mirror, and what the store throws.
    package func addCheckpoint(_ request: AddCheckpoint) throws -> WitnessVerdict {
        guard node.identity.mirrorSigner != nil else { throw Self.noMirror }
        guard let head = try? Checkpoint(text: request.note.text) else {
            return .malformed("the note is no checkpoint")
        }
        guard let identity = node.registry.log(head.origin),
            identity.domain != node.identity.domain
        else { return .unknownOrigin(head.origin) }
        if let reason = node.refusal(of: identity, storing: head.size, at: node.time.now()) {
            return .forbidden(reason)
        }
        if let closing = identity.closing {
            guard head.root == closing.root else { return .forbidden(Self.otherBranch) }
            try node.makeRoom(for: identity, closedAt: closing)
        }
        let log = try node.mirror(of: identity)
        let verdict = try log.pend(request) { try node.known($0, adding: $1) }
        if let signed = try? VerifiedCheckpoint(request.note, key: identity.key) {
            try examine(signed, log)
        }
        if case .cosign(let head) = verdict, head.checkpoint == log.head?.checkpoint {
            node.freshness.fetched(log, at: node.time.now())
            try node.noteHead(of: log)
        }
        return verdict
    }

    /// Keeps it as evidence when a signed head contradicts what is held or pending of its log. The
    /// answer stays that of the specification; from then on it is 403.
    private func examine(_ head: VerifiedCheckpoint, _ log: LogStore) throws {
        let desk = EvidenceDesk(node: node)
        guard try !desk.examine(head), let pending = try log.target(size: head.checkpoint.size),
            pending.checkpoint.root != head.checkpoint.root
        else { return }
        let fork = try ProvenFork(ForkEvidence(pending.note, head.note), key: head.key)
        _ = try desk.record(fork, reporter: nil)
    }

    /// Begins to take an add-entries request.
    ///
    /// - Throws: `Problem` `not-found` when this member is no mirror.
    package func addEntries() throws -> MirrorUpload {
        guard node.identity.mirrorSigner != nil else { throw Self.noMirror }
        return MirrorUpload(node: node)
    }

    /// Takes a payload that a member pushes.
    ///
    /// - Throws: `Problem` `too-large`, `malformed-request` when the bytes are others than named,
    ///   `conflict` when no leaf that is held here wants them.
    package func putPayload(
        _ digest: Digest,
        _ bytes: [UInt8],
        from member: VerifiedMember
    ) async throws {
        guard bytes.count <= Limits.payloadBytes else {
            throw Problem(.tooLarge, "a payload has at most \(Limits.payloadBytes) bytes")
        }
        guard Digest(of: bytes) == digest else {
            throw Problem(.malformedRequest, "the body has another SHA-256 than the path says")
        }
        guard try node.payload(digest) == nil else { return }
        // Most push what is theirs, so their logs are looked at first.
        let logs = node.logs.mirrors
        let own = logs.filter { ViewFolder.domain(of: $0.origin) == member.domain }
        let others = logs.filter { ViewFolder.domain(of: $0.origin) != member.domain }
        for log in own + others where try log.wants(digest) {
            guard try node.takesPayloads(of: log) else {
                throw Problem(
                    .rateLimited, "\(log.origin) is beyond its quota: no payload of it is taken",
                    try: "send it again when the log has grown less")
            }
            guard try !log.store(payloads: [bytes]).isEmpty else { continue }
            node.quotas.took(bytes: bytes.count, of: log.origin)
            try await node.viewFolder.show([bytes], of: log)
            if try log.wantedCount() == 0 { try node.noteHead(of: log) }
            return
        }
        throw Problem(
            .conflict,
            "no leaf that is held here wants this payload",
            try: "push the leaf first, with add-entries; an erased payload is not taken again"
        )
    }

    private static let otherBranch = "the epoch was closed on another branch"

    private static let noMirror = Problem(.notFound, "this member is no mirror")
}

extension Node {
    static let quarantined =
        "the log is quarantined: its author has signed two histories; only closing its epoch "
        + "lifts that"

    /// Why a log that the registry knows is cosigned no more; nil when it is. A suspended member's
    /// log goes on.
    func refusal(of log: LogIdentity, at now: Instant) -> String? {
        guard log.isOpen else { return "the epoch is closed" }
        guard !isQuarantined(log.key.name) else { return Self.quarantined }
        let standing = registry.standing(of: log.domain, at: now)
        let isOver = ["withdrawn", "revoked"].contains(standing)
        return isOver ? "\(log.domain) is \(standing) in the registry" : nil
    }

    /// Why a mirror stores no head of this size of a log; nil when it does. Of a closed epoch it stores
    /// the head that the registry closed, and no other.
    func refusal(of log: LogIdentity, storing size: Int, at now: Instant) -> String? {
        guard let closing = log.closing else { return refusal(of: log, at: now) }
        return size == Int(closing.size) ? nil : "the epoch is closed at \(closing.size) leaves"
    }

    /// Cosigns the head of a copy as its mirror, once, and keeps its confirmation: what the signature
    /// says is that the entries are stored. nil without a mirror key or a head.
    ///
    /// - Throws: what the store and the signer throw.
    @discardableResult
    func cosignAsMirror(_ log: LogStore) throws -> NoteSignature? {
        guard let signer = identity.mirrorSigner, log.head != nil,
            ViewFolder.domain(of: log.origin) != identity.domain
        else { return nil }
        let isOwn = { (line: NoteSignature) in
            line.name == signer.key.name && line.keyID == signer.key.keyID
        }
        let now = time.now()
        // With its confirmation, in one transaction.
        let head = try log.updateNote(
            keepingLastOf: .day, confirmed: { try registry.confirmation(of: $0)?.time }
        ) { head in
            if head.note.signatures.contains(where: isOwn),
                try !head.cosignatures(by: [signer.key]).isEmpty
            {
                return head
            }
            return try known(head, adding: [signer.sign(head.note.text, at: now)])
        }
        return head.note.signatures.first(where: isOwn)
    }
}
