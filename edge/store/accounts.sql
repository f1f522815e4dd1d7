-- Who may use the console, who is signed in, and what they did. Passwords and tokens only as hashes.

CREATE TABLE users (
    name        TEXT PRIMARY KEY,
    role        TEXT NOT NULL,
    cameras     TEXT,             -- JSON list of ids; empty for all cameras
    password    TEXT NOT NULL,    -- argon2id
    must_change INTEGER NOT NULL,
    disabled    INTEGER NOT NULL DEFAULT 0,
    made_at     TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE sessions (
    sha256   TEXT PRIMARY KEY,    -- of the cookie
    csrf     TEXT NOT NULL,
    user     TEXT NOT NULL REFERENCES users (name) ON DELETE CASCADE,
    address  TEXT NOT NULL,
    begun_at TEXT NOT NULL,
    seen_at  TEXT NOT NULL
) WITHOUT ROWID;

CREATE INDEX sessions_of_user ON sessions (user);

CREATE TABLE tokens (
    id         TEXT PRIMARY KEY,
    sha256     TEXT NOT NULL UNIQUE,
    name       TEXT NOT NULL,
    user       TEXT NOT NULL REFERENCES users (name) ON DELETE CASCADE,
    role       TEXT NOT NULL,
    made_at    TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    used_at    TEXT
) WITHOUT ROWID;

-- Failed logins of the last while, by user and by address.
CREATE TABLE failures (
    subject TEXT NOT NULL,
    at      TEXT NOT NULL
);

CREATE INDEX failures_by_subject ON failures (subject, at);

-- Append-only; each row carries the hash of the one before it.
CREATE TABLE audit (
    number  INTEGER PRIMARY KEY,
    at      TEXT NOT NULL,
    actor   TEXT NOT NULL,
    act     TEXT NOT NULL,
    subject TEXT NOT NULL,
    result  TEXT NOT NULL,
    sha256  TEXT NOT NULL
);

CREATE TRIGGER audit_rows_stay BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'audit rows are never deleted');
END;

CREATE TRIGGER audit_rows_do_not_change BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'audit rows are never changed');
END;

-- The last row's number and hash, sealed with a key outside: rows that are cut off are missed.
CREATE TABLE audit_end (
    one    INTEGER PRIMARY KEY CHECK (one = 1),
    number INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    seal   TEXT NOT NULL
);
