import GRDB
import GRDBSQLite
import Keys

/// A cached statement that is bound and stepped without values in between. The commit path runs
/// half a dozen a leaf, and GRDB's boxed arguments and rows cost more there than SQLite's work.
///
/// Binds by position from 1; what was bound stays bound until it is bound anew.
struct DirectStatement {
    private let statement: Statement

    /// Prepares `sql`, or takes it from the connection's cache.
    init(_ db: GRDB.Database, _ sql: String) throws {
        statement = try db.cachedStatement(sql: sql)
        sqlite3_reset(statement.sqliteStatement)
    }

    func bind(_ position: Int32, _ value: Int?) throws {
        guard let value else { return try bindNull(position) }
        try check(sqlite3_bind_int64(statement.sqliteStatement, position, Int64(value)))
    }

    func bind(_ position: Int32, _ value: String) throws {
        var value = value
        let code = value.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                sqlite3_bind_text(
                    statement.sqliteStatement, position, $0.baseAddress, Int32($0.count),
                    Self.copied)
            }
        }
        try check(code)
    }

    /// Binds a copy of the bytes.
    func bind(_ position: Int32, _ value: [UInt8]?) throws {
        guard let value else { return try bindNull(position) }
        let code = value.withUnsafeBytes {
            sqlite3_bind_blob(
                statement.sqliteStatement, position, $0.baseAddress, Int32($0.count), Self.copied)
        }
        try check(code)
    }

    func bind(_ position: Int32, _ value: Digest?) throws {
        guard let value else { return try bindNull(position) }
        try check(
            value.withBytes {
                sqlite3_bind_blob(
                    statement.sqliteStatement, position, $0.baseAddress, 32, Self.copied)
            })
    }

    /// Runs the statement with these very bytes bound, without a copy of them.
    ///
    /// - Parameter inspect: looks at the bound bytes before SQLite does.
    func run(
        binding position: Int32,
        inPlace value: [UInt8],
        _ inspect: (UnsafeRawBufferPointer) throws -> Void = { _ in }
    ) throws {
        try value.withUnsafeBytes { bytes in
            try run(binding: position, inPlace: bytes) { try inspect(bytes) }
        }
    }

    /// The same for bytes that lie somewhere already.
    func run(
        binding position: Int32,
        inPlace bytes: UnsafeRawBufferPointer,
        _ inspect: () throws -> Void
    ) throws {
        try check(
            sqlite3_bind_blob(
                statement.sqliteStatement, position, bytes.baseAddress, Int32(bytes.count), nil))
        try inspect()
        try run()
        try bindNull(position)
    }

    /// Runs a statement that returns no rows.
    func run() throws {
        let code = sqlite3_step(statement.sqliteStatement)
        sqlite3_reset(statement.sqliteStatement)
        guard code == SQLITE_DONE else { throw error(code) }
    }

    /// What `read` makes of the first row; nil when there is none.
    func first<Value>(_ read: (DirectRow) throws -> Value) throws -> Value? {
        let code = sqlite3_step(statement.sqliteStatement)
        defer { sqlite3_reset(statement.sqliteStatement) }
        switch code {
        case SQLITE_ROW: return try read(DirectRow(handle: statement.sqliteStatement))
        case SQLITE_DONE: return nil
        default: throw error(code)
        }
    }

    /// Hands over every row.
    func forEach(_ body: (DirectRow) throws -> Void) throws {
        defer { sqlite3_reset(statement.sqliteStatement) }
        while true {
            let code = sqlite3_step(statement.sqliteStatement)
            if code == SQLITE_DONE { return }
            guard code == SQLITE_ROW else { throw error(code) }
            try body(DirectRow(handle: statement.sqliteStatement))
        }
    }

    private func bindNull(_ position: Int32) throws {
        try check(sqlite3_bind_null(statement.sqliteStatement, position))
    }

    private func check(_ code: Int32) throws {
        guard code == SQLITE_OK else { throw error(code) }
    }

    private func error(_ code: Int32) -> DatabaseError {
        let connection = sqlite3_db_handle(statement.sqliteStatement)
        return DatabaseError(
            resultCode: ResultCode(rawValue: sqlite3_extended_errcode(connection)),
            message: String(cString: sqlite3_errmsg(connection)), sql: statement.sql)
    }

    /// SQLITE_TRANSIENT: SQLite makes a copy of its own.
    private static var copied: sqlite3_destructor_type {
        unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    }
}

/// A row that a `DirectStatement` stands on; valid only until it goes on.
struct DirectRow {
    fileprivate let handle: OpaquePointer

    func integer(_ column: Int32) -> Int { Int(sqlite3_column_int64(handle, column)) }

    func text(_ column: Int32) -> String {
        String(decoding: raw(column), as: UTF8.self)
    }

    func isNull(_ column: Int32) -> Bool {
        sqlite3_column_type(handle, column) == SQLITE_NULL
    }

    /// A copy; nil for NULL.
    func bytes(_ column: Int32) -> [UInt8]? {
        sqlite3_column_type(handle, column) == SQLITE_NULL ? nil : Array(raw(column))
    }

    func digest(_ column: Int32) -> Digest? { Digest(bytes: raw(column)) }

    /// The bytes where SQLite has them.
    func raw(_ column: Int32) -> UnsafeRawBufferPointer {
        let start = sqlite3_column_blob(handle, column)
        return UnsafeRawBufferPointer(
            start: start, count: Int(sqlite3_column_bytes(handle, column)))
    }
}
