import Foundation
import GRDB
import Keys
import TransparencyLog

/// A checkpoint as a table holds it.
struct StoredNote {
    let place: String
    let size: Int
    let note: [UInt8]
    /// Of confirmed ones.
    let time: Int64?
    /// Of the head: the root in its own column.
    let root: [UInt8]?

    /// Every checkpoint of the log that is stored.
    static func all(_ db: GRDB.Database) throws -> [StoredNote] {
        try read(db, "head", "SELECT size, note, root FROM head")
            + read(db, "confirmed", "SELECT size, note, time FROM confirmed ORDER BY size")
    }

    private static func read(
        _ db: GRDB.Database,
        _ table: String,
        _ sql: String
    ) throws -> [StoredNote] {
        try Row.fetchAll(db, sql: sql).map { row in
            let note: Data = row["note"]
            let root: Data? = row["root"]
            let size: Int = row["size"]
            return StoredNote(
                place: table == "head" ? table : "\(table) \(size)", size: size,
                note: Array(note), time: row["time"], root: root.map { Array($0) })
        }
    }
}

/// Verifies stored checkpoints: signature, root, cosignatures.
struct NoteAudit {
    let key: VerifierKey
    /// Whose cosignatures can be verified, by name.
    private let witnesses: [String: [VerifierKey]]

    init(key: VerifierKey, witnesses: [VerifierKey]) {
        self.key = key
        self.witnesses = Dictionary(grouping: witnesses, by: \.name)
    }

    /// Compares a note with the root of the entries up to its size.
    ///
    /// - Parameter root: the recomputed root; nil when the log is shorter than the note says.
    func check(_ stored: StoredNote, root: Digest?, _ report: inout AuditReport) {
        report.checkpoints += 1
        do {
            let verified = try VerifiedCheckpoint(stored.note, key: key)
            let checkpoint = verified.checkpoint
            if checkpoint.size != stored.size {
                report.add(
                    .init(stored.place, "its note is of \(checkpoint.size) leaves"))
            } else if let column = stored.root, column != checkpoint.root.bytes {
                report.add(.init(stored.place, "its root column is not the root of its note"))
            } else if root == nil {
                report.add(
                    .init(
                        stored.place,
                        "it was signed for \(checkpoint.size) leaves, which the log lacks"))
            } else if root != checkpoint.root {
                report.add(
                    .init(
                        stored.place,
                        "the entries hash to \(root?.hex ?? "nothing"), it says \(checkpoint.root)")
                )
            }
            try checkCosignatures(verified, stored, &report)
        } catch {
            report.add(.init(stored.place, "\(error)"))
        }
    }

    private func checkCosignatures(
        _ verified: VerifiedCheckpoint,
        _ stored: StoredNote,
        _ report: inout AuditReport
    ) throws(NoteError) {
        var known = 0
        var times: [Int64] = []
        let lines = verified.note.signatures
        for name in Set(lines.map(\.name)) where name != key.name {
            let found = try verified.cosignatures(by: witnesses[name] ?? [])
            times += found.map(\.time.secondsSince1970)
            known += lines.count { line in
                line.name == name && (witnesses[name] ?? []).contains { $0.keyID == line.keyID }
            }
        }
        report.cosignatures += known
        report.unknownLines += lines.count { $0.name != key.name } - known
        if let time = stored.time, let earliest = times.min(), let latest = times.max(),
            !(earliest...latest).contains(time)
        {
            report.add(.init(stored.place, "its time lies outside its cosignatures' times"))
        }
    }
}
