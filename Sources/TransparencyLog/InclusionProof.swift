public import Keys

/// A C2SP tlog-proof: an entry's index, audit path and (co)signed checkpoint in one file.
public struct InclusionProof: Sendable, Equatable {
    /// Opaque data that nothing vouches for.
    public let extra: [UInt8]?
    /// The entry's index.
    public let index: Int
    /// From the leaf's sibling up.
    public let path: [Digest]
    /// The checkpoint, not yet verified.
    public let checkpoint: SignedNote

    /// A proof from its parts.
    public init(index: Int, path: [Digest], checkpoint: SignedNote, extra: [UInt8]? = nil) {
        self.index = index
        self.path = path
        self.checkpoint = checkpoint
        self.extra = extra
    }

    /// Reads a `.tlog-proof` file.
    ///
    /// - Throws: `ProofError.malformed`.
    public init(_ bytes: [UInt8]) throws(ProofError) {
        guard bytes.count <= SignedNote.maximumBytes + 8192,
            let text = String(validating: bytes, as: UTF8.self)
        else { throw .malformed("too large or not UTF-8") }
        var lines = text.split(
            separator: "\n",
            maxSplits: 70,
            omittingEmptySubsequences: false
        )[...]
        guard lines.popFirst() == "c2sp.org/tlog-proof@v1" else {
            throw .malformed("the first line is not c2sp.org/tlog-proof@v1")
        }
        var extra: [UInt8]?
        if let line = lines.first, line.hasPrefix("extra ") {
            guard let data = Base64.decode(line.dropFirst(6)) else {
                throw .malformed("the extra line is not base64")
            }
            extra = data
            lines.removeFirst()
        }
        guard let line = lines.popFirst(), line.hasPrefix("index "),
            let index = Int(decimal: line.dropFirst(6))
        else { throw .malformed("no index line") }
        var path: [Digest] = []
        while let line = lines.popFirst(), !line.isEmpty {
            guard let hash = Digest(base64: line) else {
                throw .malformed("a path line is no hash: \(line.prefix(60))")
            }
            path.append(hash)
        }
        guard path.count <= 63 else { throw .malformed("more than 63 hashes") }
        do {
            let rest = lines.joined(separator: "\n")
            checkpoint = try SignedNote(Array(rest.utf8))
        } catch { throw .malformed(error.description) }
        self.extra = extra
        self.index = index
        self.path = path
    }

    /// The file.
    public var bytes: [UInt8] {
        var text = "c2sp.org/tlog-proof@v1\n"
        if let extra { text += "extra \(Base64.encode(extra))\n" }
        text += "index \(index)\n"
        for hash in path { text += hash.base64 + "\n" }
        return Array((text + "\n").utf8) + checkpoint.bytes
    }

    /// Verifies that `leaf` stands at `index` in the log of `key`.
    ///
    /// - Returns: the verified checkpoint, for its size and cosignatures.
    /// - Throws: `NoteError` or `ProofError`.
    public func verify(leaf: [UInt8], key: VerifierKey) throws -> VerifiedCheckpoint {
        let verified = try VerifiedCheckpoint(checkpoint, key: key)
        try verify(leaf: leaf, under: verified)
        return verified
    }

    /// Verifies that `leaf` stands at `index` under a checkpoint whose signature was verified before.
    ///
    /// - Throws: `ProofError`.
    public func verify(leaf: [UInt8], under verified: VerifiedCheckpoint) throws {
        try MerkleTree.verifyInclusion(
            leafHash: Digest.ofLeaf(leaf),
            index: index,
            size: verified.checkpoint.size,
            proof: path,
            root: verified.checkpoint.root
        )
    }
}
