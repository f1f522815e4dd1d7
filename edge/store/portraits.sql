-- Pictures of registered people, kept only with a consent of its own, and whom a gate once confused.

ALTER TABLE consents ADD COLUMN portrait INTEGER NOT NULL DEFAULT 0;

-- The aligned picture, sealed like a template; the database itself wants its person.
CREATE TABLE portraits (
    resident_id TEXT PRIMARY KEY REFERENCES residents (id) ON DELETE CASCADE,
    nonce       BLOB NOT NULL,
    sealed      BLOB NOT NULL,
    made_at     TEXT NOT NULL
) WITHOUT ROWID;

-- "This is not X": how much less similar X is to everybody from now on. A new registration begins anew.
CREATE TABLE handicaps (
    passage_id  TEXT NOT NULL,
    resident_id TEXT NOT NULL REFERENCES residents (id) ON DELETE CASCADE,
    amount      REAL NOT NULL CHECK (amount >= 0),
    by          TEXT NOT NULL,
    at          TEXT NOT NULL,
    expires_at  TEXT NOT NULL,
    PRIMARY KEY (resident_id, passage_id)
) WITHOUT ROWID;

CREATE INDEX handicaps_by_end ON handicaps (expires_at);
