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

/// Audits a log's file as it lies in a backup. The file is only read.
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
        guard try Row.fetchOne(db, sql: "SELECT 1 FROM head") != nil else {
            let count = try db.entriesEnd()
            if count > 0 { report.findings.append("\(count) entries and no signed head") }
            return
        }
        var audit = StoredLogAudit(key: key, witnesses: witnesses)
        try audit.finish(db)
        report.size = audit.report.size
        report.checkpoints = audit.report.checkpoints
        if let first = audit.report.findings.first {
            let more = audit.report.found - 1
            report.findings.append(
                "\(first.place): \(first.reason)" + (more > 0 ? ", and \(more) more" : ""))
        }
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
