/// The tables of `views.sqlite`.
enum ViewsSchema {
    /// The n-th leads from version n to n + 1; what has been released is never changed, only added to.
    static let migrations = [first, erased, byChange]

    private static let first = """
        CREATE TABLE folded(origin TEXT PRIMARY KEY, size INTEGER NOT NULL) STRICT;
        CREATE TABLE item(
            rowid INTEGER PRIMARY KEY, domain TEXT NOT NULL, id TEXT NOT NULL,
            origin TEXT NOT NULL, idx INTEGER NOT NULL, revision INTEGER NOT NULL,
            living INTEGER NOT NULL, at INTEGER NOT NULL, payload BLOB,
            global_id TEXT NOT NULL, title TEXT, document BLOB,
            UNIQUE (domain, id)
        ) STRICT;
        CREATE INDEX item_by_global_id ON item(global_id);
        CREATE INDEX item_by_payload ON item(domain, payload);
        CREATE VIRTUAL TABLE item_text USING fts5(
            title, body, tokenize = "unicode61 remove_diacritics 2", prefix = '2 3');
        CREATE TABLE alias(
            domain TEXT NOT NULL, same_as TEXT NOT NULL, item INTEGER NOT NULL,
            PRIMARY KEY (domain, same_as)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX alias_by_item ON alias(item);
        CREATE TABLE precedent(
            domain TEXT NOT NULL, subject TEXT NOT NULL, origin TEXT NOT NULL,
            idx INTEGER NOT NULL, payload BLOB, item TEXT, document BLOB,
            PRIMARY KEY (domain, subject)
        ) STRICT;
        CREATE INDEX precedent_by_item ON precedent(item);
        CREATE INDEX precedent_by_payload ON precedent(domain, payload);
        CREATE TABLE decision(
            domain TEXT NOT NULL, subject TEXT NOT NULL, origin TEXT NOT NULL,
            idx INTEGER NOT NULL, revision INTEGER NOT NULL, commitment BLOB NOT NULL,
            PRIMARY KEY (domain, subject)
        ) STRICT;
        """

    /// Payloads whose texts were erased, by institution; and of which payload an item's text is:
    /// until a revision's own arrives, the text of the one before is found.
    private static let erased = """
        CREATE TABLE erased(
            domain TEXT NOT NULL, digest BLOB NOT NULL, PRIMARY KEY (domain, digest)
        ) STRICT, WITHOUT ROWID;
        ALTER TABLE item ADD COLUMN shown BLOB;
        UPDATE item SET shown = payload;
        CREATE INDEX item_by_shown ON item(domain, shown);
        """

    /// One institution's items in the order of their changes, withdrawn ones too: what harvesters ask for.
    private static let byChange = "CREATE INDEX item_by_change ON item(domain, at, id);"
}
