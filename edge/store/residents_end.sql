-- The last audit row's number and hash, sealed with a key outside: rows that are cut off are missed.

CREATE TABLE audit_end (
    one    INTEGER PRIMARY KEY CHECK (one = 1),
    number INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    seal   TEXT NOT NULL
);
