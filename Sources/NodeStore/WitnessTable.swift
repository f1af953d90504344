package import Federation
import Foundation
import GRDB
package import TransparencyLog

/// What a witness is asked, and how it would cosign.
package struct WitnessRequest: Sendable {
    let checkpoint: ExaminedCheckpoint
    let origin: String
    let cosign: @Sendable (VerifiedCheckpoint) throws -> NoteSignature

    /// A request from its parts.
    ///
    /// - Parameter cosign: makes the cosignature line over a verified checkpoint.
    package init(
        _ checkpoint: ExaminedCheckpoint,
        origin: String,
        cosign: @escaping @Sendable (VerifiedCheckpoint) throws -> NoteSignature
    ) {
        self.checkpoint = checkpoint
        self.origin = origin
        self.cosign = cosign
    }
}

/// What a witness answers: the verdict, and the cosignature when it is to cosign.
package typealias WitnessAnswer = (verdict: WitnessVerdict, cosignature: NoteSignature?)

extension NodeDatabase {
    /// The head that this node's witness last cosigned, with its own cosignature; nil when never.
    package func witnessed(_ origin: String) throws -> SignedNote? {
        let data = try pool.look {
            try Data.fetchOne(
                $0.cachedStatement(sql: "SELECT note FROM witnessed WHERE origin = ?"),
                arguments: [origin]
            )
        }
        return try data.map { try SignedNote(Array($0)) }
    }

    /// Judges add-checkpoint requests one after the other against what is held, and persists every
    /// cosigned head before it returns: checks and writes are one transaction (tlog-witness), with
    /// one sync for all of them. Each is judged by what those before it have left.
    ///
    /// - Returns: in the same order what became of each; a failure is the signer's.
    /// - Throws: what SQLite says; then nothing was written, and no cosignature may leave.
    package func witness(
        _ requests: [WitnessRequest]
    ) throws -> [Result<WitnessAnswer, any Error>] {
        try pool.write { db in
            let table = try WitnessTable(db)
            return try requests.map { try table.judge($0) }
        }
    }
}

/// The table `witnessed` inside a transaction.
private struct WitnessTable {
    private let db: GRDB.Database
    private let held: DirectStatement
    private let put: DirectStatement

    init(_ db: GRDB.Database) throws {
        self.db = db
        held = try DirectStatement(db, "SELECT note FROM witnessed WHERE origin = ?")
        put = try DirectStatement(
            db,
            """
            INSERT INTO witnessed(origin, size, note) VALUES (?, ?, ?)
            ON CONFLICT(origin) DO UPDATE SET size = excluded.size, note = excluded.note
            WHERE excluded.size >= witnessed.size
            """)
    }

    func judge(_ request: WitnessRequest) throws -> Result<WitnessAnswer, any Error> {
        let verdict = request.checkpoint.verdict(held: try held(request.origin))
        guard case .cosign(let checkpoint) = verdict else { return .success((verdict, nil)) }
        let cosignature: NoteSignature
        do {
            cosignature = try request.cosign(checkpoint)
        } catch { return .failure(error) }
        try keep(checkpoint, cosignature, of: request.origin)
        return .success((verdict, cosignature))
    }

    private func held(_ origin: String) throws -> Checkpoint? {
        try held.bind(1, origin)
        return try held.first { try Checkpoint(text: SignedNote(Array($0.raw(0))).text) }
    }

    /// Only a signature that was verified is stored, and the own one. A log may repeat its line 16
    /// times, which would leave no room.
    private func keep(
        _ checkpoint: VerifiedCheckpoint, _ cosignature: NoteSignature, of origin: String
    ) throws {
        let own = checkpoint.note.signatures.first {
            $0.name == checkpoint.key.name && $0.keyID == checkpoint.key.keyID
        }
        let note = try SignedNote(
            text: checkpoint.note.text, signatures: [own, cosignature].compactMap(\.self))
        try put.bind(1, origin)
        try put.bind(2, checkpoint.checkpoint.size)
        try put.bind(3, note.bytes)
        try put.run()
        guard db.changesCount == 1 else { throw StoreError.headChanged }
    }
}
