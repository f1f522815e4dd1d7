-- Which version of the platform's list of residents the box has, and what each step did: the receipts.
CREATE TABLE deltas (
    to_version   INTEGER PRIMARY KEY,
    from_version INTEGER NOT NULL,
    command_id   TEXT NOT NULL,
    sha256       TEXT NOT NULL,
    applied_at   TEXT NOT NULL,
    registered   INTEGER NOT NULL,
    changed      INTEGER NOT NULL,
    removed      TEXT NOT NULL, -- ids, a JSON list
    absent       TEXT NOT NULL,
    erased_at    TEXT
);
