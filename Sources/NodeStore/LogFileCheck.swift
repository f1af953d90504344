import Federation
import Foundation
import GRDB
import Keys
import TransparencyLog

/// One thing that is wrong with a file.
package struct BackupFinding: Sendable, Equatable, CustomStringConvertible {
    /// The file, relative to the folder.
    package let file: String
    /// One sentence.
    package let reason: String

    /// File and reason.
    package var description: String { "\(file): \(reason)" }
}

/// What a whole look at a log's file found.
package struct LogFileReport: Sendable, Equatable {
    /// The log; empty when the file does not say.
    package var origin = ""
    /// Leaves under the stored head.
    package var size = 0
    /// Stored checkpoints whose signatures were checked, the head among them.
    package var checkpoints = 0
    /// What does not fit, in sentences.
    package var findings: [String] = []
}

/// Recomputes everything in a log's file that follows from its entries, and checks every signature.
///
/// The file is only read.
struct LogFileCheck {
    /// Whose cosignatures are checked; lines of others are skipped.
    let witnesses: [VerifierKey]

    /// Checks a file; one of an older version is brought to this one in a copy first.
    func report(_ path: String) throws -> LogFileReport {
        let queue = try Database.openReadOnly(path)
        let version = try queue.read { try Int.fetchOne($0, sql: "PRAGMA user_version") } ?? 0
        guard version < LogSchema.migrations.count else { return try report(queue) }
        let copy = NSTemporaryDirectory() + "eccoe-verify-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: copy) }
        try Database.copy(queue, to: copy + "/log.sqlite")
        let migrated = try Database.open(
            copy + "/log.sqlite", migrations: LogSchema.migrations, mayCreate: false)
        defer { try? migrated.close() }
        return try report(migrated)
    }

    private func report(_ queue: some DatabaseReader) throws -> LogFileReport {
        return try queue.read { db in
            var report = LogFileReport()
            report.findings = try db.damage(known: LogSchema.migrations.count)
            guard report.findings.isEmpty else { return report }
            do {
                try check(db, &report)
            } catch let error as DatabaseError {
                throw error
            } catch {
                report.findings.append("\(error)")
            }
            return report
        }
    }

    private func check(_ db: GRDB.Database, _ report: inout LogFileReport) throws {
        guard let row = try Row.fetchOne(db, sql: "SELECT origin, vkey FROM log") else {
            throw StoreError.corrupt("log", reason: "it does not say whose it is")
        }
        let key = try VerifierKey(row["vkey"] as String)
        report.origin = row["origin"]
        guard key.name == report.origin else {
            throw StoreError.corrupt("log", reason: "the key is not of its origin")
        }
        let count = try Int.fetchOne(db, sql: "SELECT count(*) FROM entry") ?? 0
        guard let note = try Data.fetchOne(db, sql: "SELECT note FROM head") else {
            if count > 0 { report.findings.append("\(count) entries and no signed head") }
            return
        }
        let head = try VerifiedCheckpoint(Array(note), key: key)
        _ = try head.cosignatures(by: witnesses)
        report.size = head.checkpoint.size
        report.checkpoints = 1
        if count != report.size {
            report.findings.append("\(count) entries under a head of \(report.size)")
        }
        try audit(db, head: head)
        report.findings += try checkpoints(db, key: key, report: &report)
        report.findings += try payloads(db)
    }

    /// Recomputes tiles and root, and folds the entries anew.
    private func audit(_ db: GRDB.Database, head: VerifiedCheckpoint) throws {
        var audit = LogAudit(checkpoint: head)
        var subjects = try inherited(db)
        var flagged: [Int: String] = [:]
        var index = 0
        while let resource = audit.next {
            guard let bytes = try db.resource(resource) else {
                throw StoreError.corrupt(resource.path, reason: "it is missing")
            }
            for entry in try audit.receive(bytes) {
                switch Fold.judge(entry, index: index, current: { subjects[$0] }) {
                case .accepted(_, let key?, let state?): subjects[key] = state
                case .flagged(let reason): flagged[index] = reason
                default: break
                }
                index += 1
            }
        }
        try audit.finish()
        try compare(db, subjects: subjects, flagged: flagged)
    }

    /// What the earlier epochs say of each subject.
    private func inherited(_ db: GRDB.Database) throws -> [SubjectKey: SubjectState] {
        try db.inheritedSubjects().reduce(into: [:]) { $0[$1.key] = $1.state }
    }

    private func compare(
        _ db: GRDB.Database, subjects: [SubjectKey: SubjectState], flagged: [Int: String]
    ) throws {
        let rows = try Row.fetchAll(db, sql: "SELECT scope, subject FROM subject")
        for row in rows {
            let key = SubjectKey(scope: row["scope"], subject: row["subject"])
            guard try db.subjectState(key) == subjects[key] else {
                throw StoreError.corrupt(
                    "subject", reason: "\(key.scope) \(key.subject) is not what the entries say")
            }
        }
        let marked = try Row.fetchAll(db, sql: "SELECT idx, reason FROM flagged")
            .reduce(into: [Int: String]()) { $0[$1["idx"]] = $1["reason"] }
        guard rows.count == subjects.count, marked == flagged else {
            throw StoreError.corrupt("subject", reason: "the fold of the entries is another")
        }
    }

    /// Checks every checkpoint that reached its quorum against the tree.
    private func checkpoints(
        _ db: GRDB.Database, key: VerifierKey, report: inout LogFileReport
    ) throws -> [String] {
        var findings: [String] = []
        let reader = TileReader(db: db, size: report.size)
        let rows = try Row.fetchCursor(db, sql: "SELECT size, note FROM confirmed")
        while let row = try rows.next() {
            let note: Data = row["note"]
            let size: Int = row["size"]
            do {
                let checkpoint = try VerifiedCheckpoint(Array(note), key: key)
                _ = try checkpoint.cosignatures(by: witnesses)
                report.checkpoints += 1
                guard checkpoint.checkpoint.size == size, size <= report.size,
                    try MerkleTree.hash(of: 0..<size, node: reader.node)
                        == checkpoint.checkpoint.root
                else {
                    findings.append("the checkpoint of \(size) leaves is of another tree")
                    continue
                }
            } catch let error as NoteError {
                findings.append("the checkpoint of \(size) leaves: \(error)")
            }
        }
        return findings
    }

    private func payloads(_ db: GRDB.Database) throws -> [String] {
        var findings: [String] = []
        let rows = try Row.fetchCursor(db, sql: "SELECT digest, bytes FROM payload")
        while let row = try rows.next() {
            let digest: Data = row["digest"]
            let bytes: Data = row["bytes"]
            if Digest(of: Array(bytes)).bytes != Array(digest) {
                findings.append("the payload \(Hex.encode(Array(digest))) has other bytes")
            }
        }
        return findings
    }
}

extension GRDB.Database {
    /// Why this is no database that this program can use; nothing when it is.
    func damage(known: Int) throws -> [String] {
        let found = try Int.fetchOne(self, sql: "PRAGMA user_version") ?? 0
        guard found <= known else {
            return ["it has schema \(found), this program knows \(known)"]
        }
        let lines = try String.fetchAll(self, sql: "PRAGMA integrity_check")
        return lines == ["ok"] ? [] : lines
    }
}
