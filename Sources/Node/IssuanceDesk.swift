package import CanonicalJSON
import Federation
import Keys
import Logging
import NodeStore
import Recognition
import TransparencyLog

/// Anchoring what this institution issues (protocol.md section 1, `issuance.anchored`), apart from
/// HTTP: one leaf for all credentials since the last, so that the log tells neither how many there
/// were nor when each was issued.
package struct IssuanceDesk: Sendable {
    /// Credentials that one leaf covers at most.
    package static let largestBatch = 4096

    private let node: Node

    /// A desk of this node.
    package init(node: Node) {
        self.node = node
    }

    /// Notes a credential for the next leaf, unless the operator wants none anchored.
    func note(_ credential: JSON) throws {
        guard node.settings.anchorsIssuances else { return }
        let digest = CredentialDigest.of(document: credential)
        let salt = node.random.bytes(IssuanceAnchor.saltBytes)
        try node.database.noteIssuance(
            of: digest, salt: salt, entry: IssuanceTree.entry(salt: salt, digest: digest),
            at: node.time.now())
    }

    /// Appends the leaves of all that wait.
    ///
    /// - Returns: how many credentials they cover.
    /// - Throws: what the log's writer throws; what was not appended is tried again.
    @discardableResult
    package func anchorWaiting() async throws -> Int {
        guard node.logs.own != nil else { return 0 }
        var count = 0
        for batch in try node.database.unfinishedIssuances() {
            _ = try await append(batch)
            count += batch.entries.count
        }
        while let batch = try gather() {
            _ = try await append(batch)
            count += batch.entries.count
        }
        return count
    }

    /// Finishes at start what a crash or a restore has left: a leaf that the log has lost is appended
    /// again.
    func resume() async throws {
        let size = node.logs.own?.size ?? 0
        for subject in try node.database.completedIssuances(from: size)
        where try node.ownLeaf(of: Self.key(subject)) == nil {
            try node.database.reopenIssuance(subject)
        }
        for batch in try node.database.unfinishedIssuances() { _ = try await append(batch) }
    }

    /// The anchor of a credential, for its learner; appends the leaf when that has not been done.
    ///
    /// - Parameter text: the credential as it was handed out.
    /// - Returns: {"anchor","origin","index","confirmed"}.
    /// - Throws: `Problem` `not-found` for a credential that this node has not issued, or issued
    ///   without anchoring.
    package func anchor(of text: [UInt8]) async throws -> JSON {
        let digest = try Self.digest(of: text)
        guard var known = try node.database.issuance(of: digest) else {
            throw Self.unknown()
        }
        if known.batch == nil {
            try await anchorWaiting()
            known = try node.database.issuance(of: digest) ?? known
        }
        guard let subject = known.batch, let batch = try node.database.issuanceBatch(subject)
        else { throw Problem(.notConfirmed, "this institution has no log to anchor it in yet") }
        let (log, index) = try await append(batch)
        guard let leaf = try log.entry(index) else {
            throw Problem(.notConfirmed, "the anchor's leaf is not in the log yet")
        }
        let tree = IssuanceTree(batch.entries)
        let anchor = try IssuanceAnchor(
            leaf: leaf, salt: known.salt, index: known.position, size: tree.size,
            path: tree.path(of: known.position))
        let evidence = try LeafEvidence.gather(
            index: index, in: log, registry: node.registry, at: node.time.now())
        return [
            "anchor": anchor.json, "origin": .string(log.origin),
            "index": .number(JSONNumber(Int64(index))),
            "confirmed": evidence?.confirmed.map { .string($0.text) } ?? .bool(false),
        ]
    }

    /// Forgets a credential's salt and digest: nobody can tell any more what the leaf commits to, but
    /// for a learner who kept the anchor.
    ///
    /// - Throws: `Problem` `not-found`.
    package func erase(_ text: [UInt8], reason: String, dryRun: Bool) throws -> JSON {
        let digest = try Self.digest(of: text)
        guard try node.database.issuance(of: digest) != nil else { throw Self.unknown() }
        if !dryRun {
            _ = try node.database.eraseIssuance(of: digest, reason: reason, at: node.time.now())
            do { try node.database.scrub() } catch {
                node.logger.warning(
                    "erased bytes may stay in a write-ahead log until the next start",
                    metadata: ["error": "\(error)"])
            }
        }
        var answer = JSONObject()
        answer["what"] = "the salt and digest of a credential's anchor"
        answer["record"] = true
        answer["payloads"] = []
        answer["leaves"] = []
        if dryRun { answer["dryRun"] = true }
        return .object(answer)
    }

    private func gather() throws -> IssuanceBatch? {
        try node.database.gatherIssuances(
            subject: Hex.encode(node.random.bytes(16)),
            request: RequestID(
                milliseconds: node.time.milliseconds(), random: node.random.bytes(10)),
            limit: Self.largestBatch, at: node.time.now())
    }

    /// Appends a batch's leaf unless a log has it: healing may have brought it.
    private func append(_ batch: IssuanceBatch) async throws -> (log: LogStore, index: Int) {
        let key = Self.key(batch.subject)
        if let found = try node.ownLeaf(of: key) {
            if batch.index == nil {
                try node.database.completeIssuance(batch.subject, index: found.index)
            }
            return found
        }
        let draft = Draft(
            type: .issuanceAnchored, subject: batch.subject,
            commitment: IssuanceTree(batch.entries).root)
        let done = try await node.appendWithinQuota(
            AppendRequest(id: batch.request, drafts: [draft], isResumed: true))
        try node.database.completeIssuance(batch.subject, index: done.results[0].index)
        guard let log = node.logs.own, let found = try node.ownLeaf(of: key) else {
            throw Problem(.notConfirmed, "the anchor's leaf is not in the log yet")
        }
        try await node.foldViews(of: log)
        return found
    }

    private static func key(_ subject: String) -> SubjectKey {
        SubjectKey(scope: LeafType.issuanceAnchored.scope, subject: subject)
    }

    private static func digest(of text: [UInt8]) throws -> Digest {
        do { return try CredentialDigest.of(text: text) } catch {
            throw Problem(
                .invalidCredential, "\(error)", try: "hand in the credential as it was issued")
        }
    }

    private static func unknown() -> Problem {
        Problem(
            .notFound, "this node knows of no anchor for that credential",
            try: "hand in the credential exactly as it was issued, at the node that issued it; one "
                + "that was issued while anchoring was off, or was erased, has none")
    }
}
