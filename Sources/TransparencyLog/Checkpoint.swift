public import Keys

/// The text of a C2SP checkpoint: a log's Merkle tree head.
public struct Checkpoint: Sendable, Hashable {
    /// The log's identity.
    public let origin: String
    /// Leaves in the tree.
    public let size: Int
    /// RFC 6962 root at that size.
    public let root: Digest
    /// Opaque further lines; our own logs write none.
    public let extensions: [String]

    /// A tree head without extension lines.
    public init(origin: String, size: Int, root: Digest) {
        self.origin = origin
        self.size = size
        self.root = root
        extensions = []
    }

    /// Reads the text of a note.
    ///
    /// - Throws: `NoteError.malformedCheckpoint` with the reason.
    public init(text: [UInt8]) throws(NoteError) {
        // Carriage returns first: with a newline they would make one Character.
        guard let whole = String(validating: text, as: UTF8.self), whole.utf8.last == 0x0a,
            !whole.utf8.contains(where: { $0 < 0x20 && $0 != 0x0a })
        else { throw .malformedCheckpoint("the text is no UTF-8 lines") }
        let lines = whole.dropLast().split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 3 else { throw .malformedCheckpoint("fewer than three lines") }
        guard lines.allSatisfy({ !$0.isEmpty }) else {
            throw .malformedCheckpoint("an empty line")
        }
        guard let size = Int(decimal: lines[1]) else {
            throw .malformedCheckpoint("the second line is no tree size")
        }
        guard let root = Digest(base64: lines[2]) else {
            throw .malformedCheckpoint("the third line is no SHA-256 root in base64")
        }
        guard size > 0 || root == MerkleTree.emptyRoot else {
            throw .malformedCheckpoint("the root of an empty tree is another")
        }
        origin = String(lines[0])
        self.size = size
        self.root = root
        extensions = lines.dropFirst(3).map(String.init)
    }

    /// The lines, each with its newline.
    public var text: [UInt8] {
        let lines = [origin, String(size), root.base64] + extensions
        return Array((lines.joined(separator: "\n") + "\n").utf8)
    }

    /// SHA-256 of the origin: names a mirrored or witnessed log in paths.
    public static func originHash(_ origin: String) -> Digest {
        Digest(of: Array(origin.utf8))
    }
}

/// A checkpoint whose signature by the log's own key was verified. Only verification makes one.
public struct VerifiedCheckpoint: Sendable, Equatable {
    /// The tree head.
    public let checkpoint: Checkpoint
    /// The note that carried it, with all its signature lines.
    public let note: SignedNote
    /// The log's key.
    public let key: VerifierKey

    /// Verifies `note` as a checkpoint of the log that `key` belongs to; the origin must be the
    /// key's name. Lines of unknown keys are skipped.
    ///
    /// - Throws: `NoteError`.
    public init(_ note: SignedNote, key: VerifierKey) throws(NoteError) {
        let checkpoint = try Checkpoint(text: note.text)
        guard checkpoint.origin.utf8.elementsEqual(key.name.utf8) else {
            throw .wrongOrigin(expected: key.name, found: checkpoint.origin)
        }
        let own = note.signatures.filter(key.matches)
        guard !own.isEmpty else { throw .notSignedBy(key.name) }
        for signature in own { _ = try key.verify(signature, over: note.text) }
        self.checkpoint = checkpoint
        self.note = note
        self.key = key
    }

    /// Reads and verifies a note.
    ///
    /// - Throws: `NoteError`.
    public init(_ bytes: [UInt8], key: VerifierKey) throws(NoteError) {
        try self.init(SignedNote(bytes), key: key)
    }

    /// Signs a tree head with the log's own key.
    ///
    /// - Throws: what the signer throws, and `NoteError` when the signer is not of this origin.
    public init(signing checkpoint: Checkpoint, by signer: NoteSigner) throws {
        let signature = try signer.sign(
            checkpoint.text,
            at: Instant(secondsSince1970: 0)
        )
        let note = try SignedNote(text: checkpoint.text, signatures: [signature])
        try self.init(note, key: signer.key)
    }

    /// The cosignatures that the given witnesses made, one per witness (its earliest). Witnesses
    /// with the same public key are one, under whatever names.
    ///
    /// - Throws: `NoteError.invalidSignature` when a line of a known witness does not verify.
    public func cosignatures(by witnesses: [VerifierKey]) throws(NoteError) -> [Cosignature] {
        var found: [Cosignature] = []
        var counted: Set<[UInt8]> = []
        for witness in witnesses where witness.type == .cosignature {
            let earliest = try cosignatureTimes(by: witness).first
            if let earliest, counted.insert(witness.publicKey).inserted {
                found.append(Cosignature(witness: witness, time: earliest))
            }
        }
        return found
    }

    /// Every time at which a witness cosigned this head, earliest first.
    ///
    /// - Throws: `NoteError.invalidSignature` when a line of the witness does not verify.
    public func cosignatureTimes(by witness: VerifierKey) throws(NoteError) -> [Instant] {
        var times: [Instant] = []
        for signature in note.signatures where witness.matches(signature) {
            if let time = try witness.verify(signature, over: note.text) { times.append(time) }
        }
        return times.sorted()
    }

    /// The smallest time by which `quorum` of the witnesses had cosigned; nil below quorum.
    ///
    /// - Throws: as `cosignatures(by:)`.
    public func confirmed(
        by witnesses: [VerifierKey],
        quorum: Int
    ) throws(NoteError) -> Instant? {
        let times = try cosignatures(by: witnesses).map(\.time).sorted()
        guard quorum > 0, times.count >= quorum else { return nil }
        return times[quorum - 1]
    }

    /// The same checkpoint with further signature lines, whose keys the caller knows.
    ///
    /// Of each cosigner its earliest and its latest line are kept: the one says since when the head
    /// is known, the other until when it was the newest. Beyond 16 lines the latest ones give way,
    /// then the latest of the earliest: what confirmed the head first stays.
    ///
    /// - Throws: `NoteError` when a line of the log's own key does not verify.
    public func adding(_ signatures: [NoteSignature]) throws(NoteError) -> VerifiedCheckpoint {
        var lines: [NoteSignature] = []
        for line in note.signatures + signatures where !lines.contains(line) { lines.append(line) }
        let kept = CosignatureLines(lines).kept(at: SignedNote.maximumSignatures)
        return try VerifiedCheckpoint(SignedNote(text: note.text, signatures: kept), key: key)
    }
}

/// A verified cosignature: this witness saw this head at this time.
public struct Cosignature: Sendable, Hashable {
    /// Who saw it.
    public let witness: VerifierKey
    /// When it says it saw it.
    public let time: Instant
}

extension Int {
    /// ASCII decimal without sign and leading zeros, as C2SP writes sizes and indices.
    init?(decimal text: some StringProtocol) {
        let digits = Array(text.utf8)
        guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }),
            digits.count == 1 || digits[0] != UInt8(ascii: "0")
        else { return nil }
        self.init(text, radix: 10)
    }
}
