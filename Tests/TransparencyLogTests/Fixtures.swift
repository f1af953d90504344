import Keys
import Testing
import TransparencyLog

/// Keys from fixed seeds and notes made with them.
enum Fixtures {
    static let origin = "log.uni-a.example/credits"
    /// Key id and one byte: the shortest well-formed signature.
    static let line = "— name AAAAAAE=\n"

    static func signer(
        _ name: String = origin,
        _ type: VerifierKey.SignatureType = .ed25519,
        seed: UInt8 = 0
    ) throws -> NoteSigner {
        let key = try #require(Ed25519Key(seed: Array(seed..<(seed + 32))))
        return try #require(NoteSigner(name: name, type: type, signer: key))
    }

    static func checkpoint(
        size: Int = 7,
        root: Digest = Digest(of: [7] as [UInt8])
    ) throws -> VerifiedCheckpoint {
        try VerifiedCheckpoint(
            signing: Checkpoint(origin: origin, size: size, root: root),
            by: signer()
        )
    }

    /// The error of reading `text` as a note.
    static func noteError(_ text: String) -> NoteError? {
        noteError(Array(text.utf8))
    }

    static func noteError(_ bytes: [UInt8]) -> NoteError? {
        do throws(NoteError) {
            _ = try SignedNote(bytes)
            return nil
        } catch { return error }
    }
}
