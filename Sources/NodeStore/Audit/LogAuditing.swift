import Foundation
import GRDB
import Keys
import Synchronization
package import TransparencyLog

/// How far an audit is: leaves seen, and leaves in all.
package typealias AuditProgress = (_ done: Int, _ total: Int) -> Void

extension LogReader {
    /// Audits the log in one read transaction, beside a daemon that goes on writing.
    ///
    /// - Parameters:
    ///   - witnesses: keys whose cosignatures are verified.
    ///   - views: path of the views that are compared; left out when there is no such file.
    /// - Throws: what SQLite says when the file cannot be read at all.
    package func audit(
        witnesses: [VerifierKey],
        views: String,
        progress: AuditProgress
    ) throws -> AuditReport {
        guard let head = try head() else { throw StoreError.missing("head") }
        var audit = StoredLogAudit(key: try VerifierKey(head.vkey), witnesses: witnesses)
        let found = try queue.reading { db in
            let total = try Int.fetchOne(db, sql: "SELECT size FROM head") ?? 0
            while try audit.takeEntries(db, bundles: 16) { progress(audit.report.size, total) }
            while try audit.takePayloads(db, limit: 1000) { progress(audit.report.size, total) }
            try audit.finish(db)
            progress(audit.report.size, total)
        }
        var report = audit.report
        if let found { report.add(found) }
        let hasViews = FileManager.default.fileExists(atPath: views)
        if report.isSound, hasViews {
            let checks = ViewsAudit(origin: report.origin, fold: audit.fold, size: report.size)
            let found = try Database.openReadOnly(views).reading { try checks.compare($0, &report) }
            if let found { report.add(.init(found.place, found.reason, in: .views)) }
        }
        return report
    }
}

/// An audit of a log that is in use, in steps as short as the caller wants them; each is a read
/// transaction of its own, the last one sees the tables in one state.
package final class LogScrub: Sendable {
    private let log: LogStore
    private let views: ViewsStore?
    private let state: Mutex<State>

    private struct State {
        var audit: StoredLogAudit
        var phase = Phase.entries
    }

    private enum Phase {
        case entries
        case payloads
        case rest
        case over
    }

    /// A scrub of `log`.
    package init(of log: LogStore, views: ViewsStore?, witnesses: [VerifierKey]) {
        self.log = log
        self.views = views
        state = Mutex(State(audit: StoredLogAudit(key: log.key, witnesses: witnesses)))
    }

    /// Audits a little: some thousand leaves or some hundred payloads.
    ///
    /// - Returns: the report when that was the last step.
    /// - Throws: what SQLite says when the file cannot be read at all.
    package func step() throws -> AuditReport? {
        try state.withLock { state in
            let found = try log.pool.reading { db in
                switch state.phase {
                case .entries:
                    state.phase = try state.audit.takeEntries(db, bundles: 4) ? .entries : .payloads
                case .payloads:
                    state.phase = try state.audit.takePayloads(db, limit: 256) ? .payloads : .rest
                case .rest, .over:
                    try state.audit.finish(db)
                    state.phase = .over
                }
            }
            guard found != nil || state.phase == .over else { return nil }
            return try report(state.audit, adding: found)
        }
    }

    private func report(
        _ audit: StoredLogAudit,
        adding found: AuditFinding?
    ) throws -> AuditReport {
        var report = audit.report
        if let found { report.add(found) }
        guard report.isSound, let views else { return report }
        let checks = ViewsAudit(origin: report.origin, fold: audit.fold, size: report.size)
        let damage = try views.pool.reading { try checks.compare($0, &report) }
        if let damage { report.add(.init(damage.place, damage.reason, in: .views)) }
        return report
    }
}

extension DatabaseReader {
    /// Reads in one transaction; damage that SQLite itself notices is a finding.
    fileprivate func reading(_ body: (GRDB.Database) throws -> Void) throws -> AuditFinding? {
        do {
            try read(body)
            return nil
        } catch let error as DatabaseError
            where [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode)
        {
            return AuditFinding("the file", "SQLite says: \(error.message ?? "damaged")")
        } catch let error as StoreError {
            return AuditFinding("the file", error.description)
        }
    }
}
