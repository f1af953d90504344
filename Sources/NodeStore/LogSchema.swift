/// The tables of one log, own or mirrored. What a log holds for ever refuses UPDATE and DELETE.
enum LogSchema {
    /// The n-th leads from version n to n + 1; what has been released is never changed, only added to.
    static let migrations = [first, epochs, cosigned]

    private static let first = """
        CREATE TABLE log(
            id INTEGER PRIMARY KEY CHECK (id = 1), origin TEXT NOT NULL, vkey TEXT NOT NULL
        ) STRICT;
        CREATE TABLE head(
            id INTEGER PRIMARY KEY CHECK (id = 1), size INTEGER NOT NULL,
            root BLOB NOT NULL, note BLOB NOT NULL
        ) STRICT;
        CREATE TABLE confirmed(
            size INTEGER PRIMARY KEY, time INTEGER NOT NULL, note BLOB NOT NULL
        ) STRICT;
        CREATE TABLE entry(idx INTEGER PRIMARY KEY, leaf BLOB NOT NULL) STRICT;
        CREATE TABLE tile(
            level INTEGER NOT NULL, idx INTEGER NOT NULL, hashes BLOB NOT NULL,
            PRIMARY KEY (level, idx)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE subject(
            scope TEXT NOT NULL, subject TEXT NOT NULL, revision INTEGER NOT NULL,
            idx INTEGER NOT NULL, living INTEGER NOT NULL, payload BLOB, content BLOB,
            PRIMARY KEY (scope, subject)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE payload(digest BLOB PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
        CREATE TABLE wanted(digest BLOB PRIMARY KEY, idx INTEGER NOT NULL) STRICT;
        CREATE TABLE flagged(idx INTEGER PRIMARY KEY, reason TEXT NOT NULL) STRICT;
        CREATE TABLE request(
            id BLOB PRIMARY KEY, body BLOB NOT NULL, answer TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TRIGGER entry_is_kept BEFORE DELETE ON entry
            BEGIN SELECT RAISE(ABORT, 'a log forgets nothing'); END;
        CREATE TRIGGER entry_is_final BEFORE UPDATE ON entry
            BEGIN SELECT RAISE(ABORT, 'a log changes nothing'); END;
        CREATE TRIGGER head_only_grows BEFORE UPDATE ON head WHEN NEW.size < OLD.size
            BEGIN SELECT RAISE(ABORT, 'a log never shrinks'); END;
        CREATE TRIGGER head_is_kept BEFORE DELETE ON head
            BEGIN SELECT RAISE(ABORT, 'a log keeps its head'); END;
        """

    /// Subjects go on across epochs: what the earlier ones say of each is written once, when the
    /// epoch's log is made.
    private static let epochs = """
        CREATE TABLE inherited(
            scope TEXT NOT NULL, subject TEXT NOT NULL, revision INTEGER NOT NULL,
            idx INTEGER NOT NULL, living INTEGER NOT NULL, payload BLOB, content BLOB,
            PRIMARY KEY (scope, subject)
        ) STRICT, WITHOUT ROWID;
        CREATE TRIGGER inherited_is_final BEFORE UPDATE ON inherited
            BEGIN SELECT RAISE(ABORT, 'an earlier epoch changes nothing'); END;
        CREATE TRIGGER inherited_is_kept BEFORE DELETE ON inherited
            BEGIN SELECT RAISE(ABORT, 'an earlier epoch forgets nothing'); END;
        ALTER TABLE subject ADD COLUMN earlier INTEGER NOT NULL DEFAULT 0;
        """

    /// One row once somebody else has cosigned the log.
    private static let cosigned = """
        CREATE TABLE cosigned(id INTEGER PRIMARY KEY CHECK (id = 1)) STRICT;
        INSERT INTO cosigned SELECT 1 WHERE EXISTS (SELECT 1 FROM confirmed);
        """
}
