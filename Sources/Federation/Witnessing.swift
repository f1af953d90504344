package import Keys
package import TransparencyLog

/// The body of `add-checkpoint` (C2SP tlog-witness).
package struct AddCheckpoint: Sendable, Equatable {
    /// Hashes that a consistency proof may have (C2SP tlog-witness).
    package static let maximumHashes = 63

    /// Size of the witness's last cosigned checkpoint, as the log believes.
    package let oldSize: Int
    /// Consistency proof from the old size, at most 63 hashes.
    package let proof: [Digest]
    /// The new checkpoint, not verified.
    package let note: SignedNote

    /// A request from its parts.
    package init(oldSize: Int, proof: [Digest], note: SignedNote) {
        self.oldSize = oldSize
        self.proof = proof
        self.note = note
    }

    /// The body.
    package var bytes: [UInt8] {
        let lines = ["old \(oldSize)"] + proof.map(\.base64)
        return Array((lines.joined(separator: "\n") + "\n\n").utf8) + note.bytes
    }

    /// Reads a body.
    ///
    /// - Throws: `Problem`, status 400 or 413.
    package init(_ bytes: [UInt8]) throws(Problem) {
        guard bytes.count <= Limits.addCheckpointBytes else {
            throw Problem(.tooLarge, "at most \(Limits.addCheckpointBytes) bytes")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Problem(.malformedRequest, "the body is not UTF-8")
        }
        var lines = text.split(separator: "\n", maxSplits: 65, omittingEmptySubsequences: false)[
            ...
        ]
        guard let first = lines.popFirst(), first.hasPrefix("old "),
            let oldSize = Self.size(first.dropFirst(4))
        else { throw Problem(.malformedRequest, "the first line is not old <size>", at: "line 1") }
        var proof: [Digest] = []
        while let line = lines.popFirst(), !line.isEmpty {
            guard proof.count < Self.maximumHashes else {
                throw Problem(.malformedRequest, "more than \(Self.maximumHashes) proof lines")
            }
            guard let hash = Digest(base64: line) else {
                throw Problem(
                    .malformedRequest,
                    "no hash in base64",
                    at: "line \(proof.count + 2)"
                )
            }
            proof.append(hash)
        }
        do {
            note = try SignedNote(Array(lines.joined(separator: "\n").utf8))
        } catch { throw Problem(.invalidCheckpoint, error.description) }
        self.oldSize = oldSize
        self.proof = proof
    }

    private static func size(_ text: Substring) -> Int? {
        guard let value = Int(text), String(value) == text, value >= 0 else { return nil }
        return value
    }
}

/// What a witness answers to add-checkpoint, before it persists anything.
package enum WitnessVerdict: Sendable, Equatable {
    /// Cosign and persist this head.
    case cosign(VerifiedCheckpoint)
    /// 404: the origin is not in the registry.
    case unknownOrigin(String)
    /// 403: no valid signature of the log's key, or the epoch is closed.
    case forbidden(String)
    /// 400.
    case malformed(String)
    /// 409 with `text/x.tlog.size`: the witness holds another size.
    case conflict(size: Int)
    /// 422: the consistency proof does not verify.
    case inconsistent(String)

    /// Whether the log's own key signed the checkpoint that was judged.
    package var isSignedByLog: Bool {
        switch self {
        case .cosign, .conflict, .inconsistent: true
        case .unknownOrigin, .forbidden, .malformed: false
        }
    }

    /// Judges a request in the order of the specification.
    ///
    /// - Parameters:
    ///   - key: the log's key, nil for origins that the registry does not know.
    ///   - held: the head that this witness last cosigned.
    package static func judge(
        _ request: AddCheckpoint,
        key: VerifierKey?,
        held: Checkpoint?
    ) -> WitnessVerdict {
        ExaminedCheckpoint(request, key: key).verdict(held: held)
    }
}

/// An add-checkpoint request of which everything is judged that does not depend on what the witness
/// holds: signatures are verified before anybody waits for the disk.
package struct ExaminedCheckpoint: Sendable {
    private let request: AddCheckpoint
    private let outcome: Outcome

    private enum Outcome {
        case signed(VerifiedCheckpoint)
        case refused(WitnessVerdict)
    }

    /// Examines a request.
    ///
    /// - Parameter key: the log's key, nil for origins that the registry does not know.
    package init(_ request: AddCheckpoint, key: VerifierKey?) {
        self.request = request
        outcome = Self.examine(request, key)
    }

    private static func examine(_ request: AddCheckpoint, _ key: VerifierKey?) -> Outcome {
        let claimed: Checkpoint
        do {
            claimed = try Checkpoint(text: request.note.text)
        } catch { return .refused(.malformed(error.description)) }
        guard let key else { return .refused(.unknownOrigin(claimed.origin)) }
        do {
            return .signed(try VerifiedCheckpoint(request.note, key: key))
        } catch { return .refused(.forbidden(error.description)) }
    }

    /// The verdict of a witness that last cosigned `held`.
    package func verdict(held: Checkpoint?) -> WitnessVerdict {
        switch outcome {
        case .refused(let verdict): verdict
        case .signed(let verified): Self.compare(request, verified, held)
        }
    }

    private static func compare(
        _ request: AddCheckpoint, _ verified: VerifiedCheckpoint, _ held: Checkpoint?
    ) -> WitnessVerdict {
        let head = verified.checkpoint
        guard request.oldSize <= head.size else {
            return .malformed("the old size \(request.oldSize) exceeds the checkpoint's")
        }
        guard request.oldSize == held?.size ?? 0 else { return .conflict(size: held?.size ?? 0) }
        if let held, held.size == head.size, held.root != head.root {
            return .conflict(size: held.size)
        }
        do {
            try MerkleTree.verifyConsistency(
                old: request.oldSize,
                oldRoot: held?.root ?? MerkleTree.emptyRoot,
                new: head.size,
                newRoot: head.root,
                proof: request.proof
            )
        } catch { return .inconsistent(error.description) }
        return .cosign(verified)
    }
}
