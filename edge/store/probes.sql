-- The faces that gates decided on, sealed, for as long as the site keeps them. A file of its own: it
-- is written with every passage and purged all day, and a backup should not hold it.

CREATE TABLE probes (
    passage_id TEXT PRIMARY KEY,
    nonce      BLOB NOT NULL,
    sealed     BLOB NOT NULL,
    expires_at TEXT NOT NULL
) WITHOUT ROWID;

CREATE INDEX probes_by_end ON probes (expires_at);
