/// The tables of one log, own or mirrored. What a log holds for ever refuses UPDATE and DELETE.
enum LogSchema {
    /// The n-th leads from version n to n + 1; what has been released is never changed, only added to.
    static let migrations = [
        first, epochs, noPartialLeafTile, staging, pending, confirmedByTime, erasure, cosigned,
        folded, answered, bundles, decided,
    ]

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

    /// The partial tile of leaf hashes follows from the entries and is stored no more.
    private static let noPartialLeafTile = """
        DELETE FROM tile WHERE level = 0 AND length(hashes) < 8192;
        """

    private static let staging = """
        CREATE TABLE staged(idx INTEGER PRIMARY KEY, leaf BLOB NOT NULL) STRICT;
        """

    /// What is pushed to a copy before it is part of it.
    private static let pending = """
        CREATE TABLE pending(size INTEGER PRIMARY KEY, note BLOB NOT NULL) STRICT;
        CREATE TABLE pending_entry(idx INTEGER PRIMARY KEY, leaf BLOB NOT NULL) STRICT;
        """

    /// A leaf's time is looked up among all confirmed checkpoints ever kept.
    private static let confirmedByTime = """
        CREATE INDEX confirmed_by_time ON confirmed(time, size);
        """

    /// Payloads that were erased stay named for ever, so that they are never taken again; `idx` is
    /// null when a leaf of another epoch erased them. `erasure` holds what leaves here ask of other
    /// epochs. What is inherited forgets the hash of an erased content, and nothing else.
    private static let erasure = """
        CREATE TABLE erased(digest BLOB PRIMARY KEY, idx INTEGER) STRICT;
        CREATE INDEX erased_by_leaf ON erased(idx);
        CREATE TABLE erasure(
            idx INTEGER NOT NULL, origin TEXT NOT NULL, leaf INTEGER NOT NULL, hash BLOB NOT NULL,
            PRIMARY KEY (idx, origin, leaf)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE polled(
            id INTEGER PRIMARY KEY CHECK (id = 1), time INTEGER NOT NULL
        ) STRICT;
        DROP TRIGGER inherited_is_final;
        CREATE TRIGGER inherited_is_final BEFORE UPDATE ON inherited WHEN NEW.content IS NOT NULL
            BEGIN SELECT RAISE(ABORT, 'an earlier epoch changes nothing'); END;
        CREATE TRIGGER erased_is_kept BEFORE DELETE ON erased
            BEGIN SELECT RAISE(ABORT, 'what was erased stays erased'); END;
        """

    /// One row once somebody else has cosigned the log.
    private static let cosigned = """
        CREATE TABLE cosigned(id INTEGER PRIMARY KEY CHECK (id = 1)) STRICT;
        INSERT INTO cosigned SELECT 1 WHERE EXISTS (SELECT 1 FROM confirmed);
        """

    /// How many entries the table of subjects has taken; the fold of the rest is in memory.
    private static let folded = """
        ALTER TABLE head ADD COLUMN folded INTEGER NOT NULL DEFAULT 0;
        UPDATE head SET folded = size;
        """

    /// Requests whose body and answer follow from their entries.
    private static let answered = """
        CREATE TABLE answered(
            id BLOB PRIMARY KEY, first INTEGER NOT NULL, count INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        """

    /// Full bundles; entries that are in none have a row.
    private static let bundles = """
        CREATE TABLE bundle(idx INTEGER PRIMARY KEY, leaves BLOB NOT NULL) STRICT;
        DROP TRIGGER entry_is_kept;
        CREATE TRIGGER entry_is_kept BEFORE DELETE ON entry
            WHEN NOT EXISTS (SELECT 1 FROM bundle WHERE idx = OLD.idx >> 8)
            BEGIN SELECT RAISE(ABORT, 'a log forgets nothing'); END;
        CREATE TRIGGER bundle_is_kept BEFORE DELETE ON bundle
            BEGIN SELECT RAISE(ABORT, 'a log forgets nothing'); END;
        CREATE TRIGGER bundle_is_final BEFORE UPDATE ON bundle
            BEGIN SELECT RAISE(ABORT, 'a log changes nothing'); END;
        """

    /// Decisions have a row half as long; `folded` shows all subjects.
    private static let decided = """
        CREATE TABLE decided(
            id BLOB PRIMARY KEY, revision INTEGER NOT NULL, idx INTEGER NOT NULL,
            living INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE VIEW folded AS
            SELECT scope, subject, revision, idx, living, payload, content, earlier FROM subject
            UNION ALL
            SELECT 'decision', lower(hex(id)), revision, idx, living, NULL, NULL, 0 FROM decided;
        """
}
