import Foundation
import GRDB
import Glibc
package import Keys
import Synchronization

/// What an error of a store says about the disk.
package enum StoreFault: Sendable, Equatable {
    /// No space was left before COMMIT: the transaction was rolled back, and what was there is
    /// there. It may be tried again.
    case full
    /// What the disk holds is unknown, or is not what it must be: stop, and start again.
    case fatal
    /// Something else, which touched nothing.
    case other

    /// The fault that an error stands for.
    package init(of error: any Error) {
        switch error {
        case let error as DatabaseError:
            switch error.resultCode {
            case .SQLITE_FULL: self = .full
            case .SQLITE_IOERR, .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .fatal
            default: self = .other
            }
        case StoreError.file(_, let code) where code == ENOSPC || code == EDQUOT: self = .full
        case StoreError.headChanged, StoreError.hashChanged, StoreError.corrupt: self = .fatal
        default: self = .other
        }
    }
}

extension LogStore {
    /// Bytes that must be free before a log that was full is called writable again.
    private static let leastFree: UInt64 = 4 << 20

    /// Whether the file system of the log has room again; true when it cannot be told.
    package var hasSpace: Bool {
        var status = statvfs()
        guard statvfs(pool.path, &status) == 0 else { return true }
        return UInt64(status.f_bavail) * UInt64(status.f_frsize) >= Self.leastFree
    }

    /// Brings what the write-ahead log holds into the database and syncs it: after a failed sync the
    /// page cache may show what the disk does not have.
    ///
    /// - Throws: what SQLite says; then the log must not be used.
    package func settle() throws {
        try pool.writeWithoutTransaction { _ = try $0.checkpoint(.passive) }
    }
}

extension LogStore {
    /// Whether the store ever held somebody else's cosignature: then somebody knows the log.
    package func wasCosigned() throws -> Bool {
        if isMarked.withLock({ $0 }) { return true }
        return try pool.read {
            try Bool.fetchOne($0, sql: "SELECT EXISTS (SELECT 1 FROM cosigned)") ?? false
        }
    }

    /// Notes for ever that somebody has cosigned the log.
    ///
    /// - Throws: what SQLite says.
    package func markCosigned() throws {
        guard !isMarked.withLock({ $0 }) else { return }
        try pool.write { try $0.execute(sql: "INSERT OR IGNORE INTO cosigned VALUES (1)") }
        isMarked.withLock { $0 = true }
    }

    /// Answers to requests dated before this moment may have been lost: one that is not found is
    /// refused instead of carried out a second time.
    package func forgetAnswers(before moment: Instant) {
        answersSince.withLock { $0 = moment.secondsSince1970 * 1000 }
    }
}
