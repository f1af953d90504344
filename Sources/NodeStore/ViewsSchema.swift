/// The tables of `views.sqlite`.
enum ViewsSchema {
    /// The n-th leads from version n to n + 1; what has been released is never changed, only added to.
    static let migrations = [first, erased, byChange, search, needs, spaceless]

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

    /// What a search narrows down and sorts by, and the words that there are. Everything but what was
    /// erased is folded anew, since the index is made from the items as they come.
    private static let search = """
        DROP TABLE item_text;
        \(forgetting)
        CREATE VIRTUAL TABLE item_text USING fts5(
            title, body, tokenize = "unicode61 remove_diacritics 2", prefix = '2 3');
        CREATE VIRTUAL TABLE item_term USING fts5vocab(item_text, 'row');
        ALTER TABLE precedent ADD COLUMN recognises INTEGER;
        CREATE TABLE item_index(
            item INTEGER PRIMARY KEY, facets TEXT NOT NULL, title TEXT NOT NULL,
            title_words INTEGER NOT NULL, credits REAL NOT NULL, level INTEGER NOT NULL,
            at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX item_by_title ON item_index(title);
        CREATE INDEX item_by_credits ON item_index(credits);
        CREATE INDEX item_by_level ON item_index(level);
        CREATE INDEX item_by_time ON item_index(at);
        """

    /// What institutions are looking for. Leaves about needs may have been passed over: folded anew.
    private static let needs = """
        \(forgetting)
        DELETE FROM item_text; DELETE FROM item_index;
        CREATE TABLE need(
            domain TEXT NOT NULL, id TEXT NOT NULL, origin TEXT NOT NULL, idx INTEGER NOT NULL,
            revision INTEGER NOT NULL, living INTEGER NOT NULL, at INTEGER NOT NULL,
            payload BLOB, document BLOB, PRIMARY KEY (domain, id)
        ) STRICT;
        CREATE INDEX need_by_payload ON need(domain, payload);
        CREATE INDEX need_by_time ON need(at);
        """

    /// Letters of scripts without spaces stand alone in the index: folded anew.
    private static let spaceless = """
        \(forgetting)
        DELETE FROM item_text; DELETE FROM item_index; DELETE FROM need;
        """

    private static let forgetting = """
        DELETE FROM item; DELETE FROM alias; DELETE FROM precedent; DELETE FROM decision;
        DELETE FROM folded;
        """
}
