/// The tables of `node.sqlite`.
enum NodeSchema {
    /// The n-th leads from version n to n + 1; what has been released is never changed, only added to.
    static let migrations = [
        first, evidence, scrubs, pushed, erasures, recovery, quotas, issuances,
    ]

    private static let first = """
        CREATE TABLE decision(
            subject TEXT PRIMARY KEY, request BLOB NOT NULL, record BLOB NOT NULL,
            r BLOB NOT NULL, precedent BLOB, precedent_subject TEXT,
            idx INTEGER, created INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE witnessed(
            origin TEXT PRIMARY KEY, size INTEGER NOT NULL, note BLOB NOT NULL
        ) STRICT;
        CREATE TABLE audit(
            id INTEGER PRIMARY KEY, at INTEGER NOT NULL, action TEXT NOT NULL,
            detail TEXT NOT NULL
        ) STRICT;
        CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit
            BEGIN SELECT RAISE(ABORT, 'the audit log is kept'); END;
        CREATE TRIGGER audit_is_final BEFORE UPDATE ON audit
            BEGIN SELECT RAISE(ABORT, 'the audit log is final'); END;
        """

    private static let evidence = """
        CREATE TABLE evidence(
            origin TEXT PRIMARY KEY, at INTEGER NOT NULL, reporter TEXT, body BLOB NOT NULL
        ) STRICT;
        CREATE TRIGGER evidence_is_kept BEFORE DELETE ON evidence
            BEGIN SELECT RAISE(ABORT, 'evidence is kept for ever'); END;
        CREATE TRIGGER evidence_is_final BEFORE UPDATE ON evidence
            BEGIN SELECT RAISE(ABORT, 'evidence is final'); END;
        """

    /// The last audit of each log.
    private static let scrubs = """
        CREATE TABLE scrub(
            origin TEXT PRIMARY KEY, at INTEGER NOT NULL, size INTEGER NOT NULL,
            found INTEGER NOT NULL
        ) STRICT;
        """

    /// How far the own log was pushed to each of its mirrors.
    private static let pushed = """
        CREATE TABLE pushed(
            origin TEXT NOT NULL, mirror TEXT NOT NULL, size INTEGER NOT NULL,
            payloads INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (origin, mirror)
        ) STRICT, WITHOUT ROWID;
        """

    /// Erasures as they were decided; `done` is null until all of it is carried out.
    private static let erasures = """
        CREATE TABLE erasure(
            request BLOB PRIMARY KEY, what TEXT NOT NULL, decision TEXT, precedent_of TEXT,
            reason TEXT NOT NULL, refs TEXT NOT NULL, created INTEGER NOT NULL, done INTEGER
        ) STRICT;
        """

    /// Restores, and a counter that the anchor holds against: -1 means that no row is doubted.
    private static let recovery = """
        CREATE TABLE restored(
            id INTEGER PRIMARY KEY, at INTEGER NOT NULL, how TEXT NOT NULL
        ) STRICT;
        CREATE TABLE generation(
            id INTEGER PRIMARY KEY CHECK (id = 1), witness INTEGER NOT NULL,
            doubted INTEGER NOT NULL DEFAULT -1
        ) STRICT;
        INSERT INTO generation(id, witness) SELECT 1, count(*) FROM witnessed;
        ALTER TABLE witnessed ADD COLUMN generation INTEGER NOT NULL DEFAULT 0;
        CREATE TRIGGER witnessed_first AFTER INSERT ON witnessed BEGIN
            UPDATE generation SET witness = witness + 1;
            UPDATE witnessed SET generation = (SELECT witness FROM generation)
                WHERE origin = NEW.origin;
        END;
        CREATE TRIGGER witnessed_anew AFTER UPDATE OF note ON witnessed BEGIN
            UPDATE generation SET witness = witness + 1;
            UPDATE witnessed SET generation = (SELECT witness FROM generation)
                WHERE origin = NEW.origin;
        END;
        """

    /// How much each log may still grow.
    private static let quotas = """
        CREATE TABLE quota(
            origin TEXT PRIMARY KEY, size INTEGER NOT NULL, base INTEGER NOT NULL,
            leaves INTEGER NOT NULL, bytes INTEGER NOT NULL, credit INTEGER NOT NULL,
            at INTEGER NOT NULL
        ) STRICT;
        """

    /// Issued credentials by digest, and the batches that a leaf covers. Of an erased one only the
    /// entry's hash is left.
    private static let issuances = """
        CREATE TABLE issuance_batch(
            subject TEXT PRIMARY KEY, request BLOB NOT NULL, idx INTEGER,
            created INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE issuance(
            id INTEGER PRIMARY KEY, digest BLOB UNIQUE, salt BLOB, entry BLOB NOT NULL,
            batch TEXT, position INTEGER, created INTEGER NOT NULL, UNIQUE (batch, position)
        ) STRICT;
        CREATE INDEX issuance_waiting ON issuance(id) WHERE batch IS NULL;
        """
}
