import Federation
import Foundation
import GRDB
package import TransparencyLog

/// What is in a backup, and what is wrong with it.
package struct BackupReport: Sendable, Equatable {
    /// One per log's file, own ones and copies.
    package var logs: [LogFileReport] = []
    /// Heads that this node's witness has cosigned.
    package var witnessed = 0
    /// Private records of decisions.
    package var decisions = 0
    /// Nothing when the backup is good.
    package var findings: [BackupFinding] = []
}

extension Backup {
    /// Checks that every file is as it was written.
    ///
    /// - Returns: the files that are not.
    package func verifyHashes(progress: (String) -> Void) throws -> [BackupFinding] {
        try manifest.files.compactMap { file in
            progress(file.path)
            guard DurableFile.exists(path + "/" + file.path) else {
                return BackupFinding(file: file.path, reason: "it is missing")
            }
            let found = try DurableFile.describe(path + "/" + file.path)
            guard found.digest == file.digest, found.size == file.size else {
                return BackupFinding(file: file.path, reason: "its bytes are not those written")
            }
            return nil
        }
    }

    /// Checks hashes, opens every database, recomputes every tree, folds every log anew and checks
    /// every stored signature.
    ///
    /// - Parameters:
    ///   - logKey: the key of a log as the registry names it; nil when it names none.
    ///   - witnesses: whose cosignatures are checked.
    ///   - progress: told of each file.
    package func verify(
        logKey: (String) -> VerifierKey?,
        witnesses: [VerifierKey],
        progress: (String) -> Void
    ) throws -> BackupReport {
        var report = BackupReport()
        report.findings = try verifyHashes(progress: progress)
        guard report.findings.isEmpty else { return report }
        for file in manifest.files where file.path.hasSuffix(".sqlite") {
            progress(file.path)
            do {
                if file.path == "node.sqlite" {
                    try checkRecords(
                        file.path, logKey: logKey, witnesses: witnesses, report: &report)
                } else {
                    try check(log: file.path, logKey: logKey, witnesses, report: &report)
                }
            } catch let error as DatabaseError {
                report.findings.append(BackupFinding(file: file.path, reason: "\(error)"))
            }
        }
        return report
    }

    private func check(
        log file: String, logKey: (String) -> VerifierKey?, _ witnesses: [VerifierKey],
        report: inout BackupReport
    ) throws {
        var log = try LogFileCheck(witnesses: witnesses).report(path + "/" + file)
        if let key = logKey(log.origin),
            try LogReader(path: path + "/" + file).head().map(\.vkey) ?? key.text != key.text
        {
            log.findings.append("the registry names another key for \(log.origin)")
        }
        report.logs.append(log)
        report.findings += log.findings.map { BackupFinding(file: file, reason: $0) }
    }

    private func checkRecords(
        _ file: String, logKey: (String) -> VerifierKey?, witnesses: [VerifierKey],
        report: inout BackupReport
    ) throws {
        try Database.openReadOnly(path + "/" + file).read { db in
            let damage = try db.damage(known: NodeSchema.migrations.count)
            report.findings += damage.map { BackupFinding(file: file, reason: $0) }
            guard damage.isEmpty else { return }
            report.decisions = try Int.fetchOne(db, sql: "SELECT count(*) FROM decision") ?? 0
            let rows = try Row.fetchCursor(db, sql: "SELECT origin, size, note FROM witnessed")
            while let row = try rows.next() {
                let origin: String = row["origin"]
                let note: Data = row["note"]
                do {
                    report.witnessed += 1
                    guard let key = logKey(origin) else { continue }
                    let head = try VerifiedCheckpoint(Array(note), key: key)
                    _ = try head.cosignatures(by: witnesses)
                } catch {
                    report.findings.append(
                        BackupFinding(file: file, reason: "the witnessed \(origin): \(error)"))
                }
            }
        }
    }
}
