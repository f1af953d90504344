import GRDB

/// SQLite's own look at a database that may be in use, without its indices (`PRAGMA quick_check`).
package enum QuickCheck {
    /// What it found wrong with a file, in SQLite's words; empty for a sound one.
    ///
    /// - Throws: `StoreError.missing`, and what SQLite says when the file cannot be opened.
    package static func findings(_ path: String) throws -> [String] {
        do {
            let lines = try Database.openReadOnly(path).read {
                try String.fetchAll($0, sql: "PRAGMA quick_check(10)")
            }
            return lines == ["ok"] ? [] : lines
        } catch let error as DatabaseError
            where [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode)
        {
            return [error.message ?? "it is damaged"]
        }
    }
}
