package import CanonicalJSON
package import Keys
package import TransparencyLog

/// That an author signed two trees that cannot both be: a claim that nobody has checked yet
/// (protocol section 4).
///
/// Form (a): two notes of one size with different roots. Form (b): notes of sizes m < n, and the
/// root that the larger tree has at m, with a consistency proof from there to n.
package struct ForkEvidence: Sendable, Equatable {
    /// What a note of size n says of the tree at size m; form (b) only.
    package struct Prefix: Sendable, Equatable {
        /// The root of the first m leaves of the larger tree.
        package let root: Digest
        /// Leads from that root to the larger note's.
        package let proof: [Digest]

        /// A prefix from its parts.
        package init(root: Digest, proof: [Digest]) {
            self.root = root
            self.proof = proof
        }
    }

    /// The smaller note, or either when both are of one size.
    package let first: SignedNote
    /// The larger one.
    package let second: SignedNote
    /// nil in form (a).
    package let prefix: Prefix?

    /// Evidence from its parts.
    package init(_ first: SignedNote, _ second: SignedNote, prefix: Prefix? = nil) {
        self.first = first
        self.second = second
        self.prefix = prefix
    }

    /// The body of `POST /v1/evidence`.
    package var bytes: [UInt8] {
        var object = JSONObject()
        object["v"] = 1
        object["notes"] = .array(
            [first, second].map { .string(String(decoding: $0.bytes, as: UTF8.self)) })
        if let prefix {
            object["root"] = .string(prefix.root.base64)
            object["proof"] = .array(prefix.proof.map { .string($0.base64) })
        }
        return JSON.object(object).canonicalBytes
    }

    /// Reads a body.
    ///
    /// - Throws: `Problem` `malformed-request` with a JSON pointer, or `too-large`.
    package init(_ bytes: [UInt8]) throws(Problem) {
        guard bytes.count <= Limits.evidenceBytes else {
            throw Problem(.tooLarge, "evidence has at most \(Limits.evidenceBytes) bytes")
        }
        let json: JSON
        do {
            json = try JSON.read(bytes)
        } catch { throw Problem(.malformedRequest, error.description) }
        guard json["v"]?.integer == 1, let notes = json["notes"]?.array, notes.count == 2 else {
            throw Problem(.malformedRequest, "expected v 1 and two notes", at: "/notes")
        }
        first = try Self.note(notes[0], at: "/notes/0")
        second = try Self.note(notes[1], at: "/notes/1")
        prefix = try Self.prefix(json)
    }

    private static func note(_ json: JSON, at place: String) throws(Problem) -> SignedNote {
        do {
            return try SignedNote(Array((json.string ?? "").utf8))
        } catch { throw Problem(.malformedRequest, error.description, at: place) }
    }

    private static func prefix(_ json: JSON) throws(Problem) -> Prefix? {
        if json["root"] == nil, json["proof"] == nil { return nil }
        guard let root = json["root"]?.string.flatMap({ Digest(base64: $0) }) else {
            throw Problem(.malformedRequest, "no SHA-256 hash in base64", at: "/root")
        }
        guard let lines = json["proof"]?.array, lines.count <= AddCheckpoint.maximumHashes else {
            throw Problem(
                .malformedRequest, "no list of at most \(AddCheckpoint.maximumHashes) hashes",
                at: "/proof")
        }
        var proof: [Digest] = []
        for (index, line) in lines.enumerated() {
            guard let hash = line.string.flatMap({ Digest(base64: $0) }) else {
                throw Problem(.malformedRequest, "no hash in base64", at: "/proof/\(index)")
            }
            proof.append(hash)
        }
        return Prefix(root: root, proof: proof)
    }

    /// The origin that both notes name; nil when they name none, or two.
    package var origin: String? {
        guard let one = try? Checkpoint(text: first.text).origin,
            let other = try? Checkpoint(text: second.text).origin,
            one.utf8.elementsEqual(other.utf8)
        else { return nil }
        return one
    }
}

/// Evidence that was checked: the author of this log has forked it. Only verification makes one.
package struct ProvenFork: Sendable, Equatable {
    /// What proves it; the notes carry the author's lines and no others.
    package let evidence: ForkEvidence
    /// The smaller head.
    package let first: Checkpoint
    /// The larger one, or the other of the same size.
    package let second: Checkpoint

    /// The log.
    package var origin: String { first.origin }

    /// Verifies a claim with the key of the log's epoch.
    ///
    /// - Throws: `Problem` `invalid-proof` with what does not prove.
    package init(_ claim: ForkEvidence, key: VerifierKey) throws(Problem) {
        let one = try Self.head(claim.first, key: key, at: "/notes/0")
        let other = try Self.head(claim.second, key: key, at: "/notes/1")
        try Self.contradict(one.checkpoint, other.checkpoint, claim.prefix)
        first = one.checkpoint
        second = other.checkpoint
        evidence = ForkEvidence(
            try Self.trimmed(one), try Self.trimmed(other), prefix: claim.prefix)
    }

    private static func head(
        _ note: SignedNote,
        key: VerifierKey,
        at place: String
    ) throws(Problem) -> VerifiedCheckpoint {
        do {
            return try VerifiedCheckpoint(note, key: key)
        } catch { throw Problem(.invalidProof, error.description, at: place) }
    }

    private static func contradict(
        _ one: Checkpoint,
        _ other: Checkpoint,
        _ prefix: ForkEvidence.Prefix?
    ) throws(Problem) {
        guard let prefix else {
            guard one.size == other.size else {
                throw Problem(
                    .invalidProof, "notes of two sizes prove nothing without a root and a proof",
                    at: "/notes")
            }
            guard one.root != other.root else {
                throw Problem(.invalidProof, "both notes have the same root", at: "/notes")
            }
            return
        }
        // A proof from size 0 is empty and checks nothing.
        guard one.size > 0, one.size < other.size else {
            throw Problem(
                .invalidProof, "the first note must be of a smaller tree that has leaves",
                at: "/notes")
        }
        guard prefix.root != one.root else {
            throw Problem(.invalidProof, "the trees agree at \(one.size) leaves", at: "/root")
        }
        do {
            try MerkleTree.verifyConsistency(
                old: one.size, oldRoot: prefix.root, new: other.size, newRoot: other.root,
                proof: prefix.proof)
        } catch { throw Problem(.invalidProof, error.description, at: "/proof") }
    }

    private static func trimmed(_ head: VerifiedCheckpoint) throws(Problem) -> SignedNote {
        let own = head.note.signatures.filter {
            $0.keyID == head.key.keyID && $0.name.utf8.elementsEqual(head.key.name.utf8)
        }
        do {
            return try SignedNote(text: head.note.text, signatures: own)
        } catch { throw Problem(.invalidProof, error.description) }
    }
}

extension ProvenFork {
    /// Compares a head that is held with another one that the same author signed, of the same size
    /// or smaller.
    ///
    /// - Parameter node: perfect subtrees of the held tree.
    /// - Returns: nil when the held tree has that root at that size.
    /// - Throws: what `node` throws, and `Problem` when the other head is larger.
    package init?(
        held: VerifiedCheckpoint,
        contradicting other: VerifiedCheckpoint,
        node: (MerkleTree.Node) throws -> Digest
    ) throws {
        let size = other.checkpoint.size
        if size == held.checkpoint.size {
            guard held.checkpoint.root != other.checkpoint.root else { return nil }
            try self.init(ForkEvidence(held.note, other.note), key: held.key)
            return
        }
        guard size < held.checkpoint.size else {
            throw Problem(.invalidProof, "the other head is larger than the one that is held")
        }
        let root = try MerkleTree.hash(of: 0..<size, node: node)
        guard root != other.checkpoint.root else { return nil }
        let proof = try MerkleTree.consistencyProof(
            old: size, new: held.checkpoint.size, node: node)
        try self.init(
            ForkEvidence(
                other.note, held.note, prefix: ForkEvidence.Prefix(root: root, proof: proof)),
            key: held.key)
    }
}

extension ProvenFork {
    /// {"origin","first":{"size","root"},"second":{"size","root"}}, roots in base64.
    package var json: JSON {
        func head(_ checkpoint: Checkpoint) -> JSON {
            [
                "size": .number(JSONNumber(Int64(checkpoint.size))),
                "root": .string(checkpoint.root.base64),
            ]
        }
        return ["origin": .string(origin), "first": head(first), "second": head(second)]
    }
}
