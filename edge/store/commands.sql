-- Commands of the platform: their ids are remembered beyond their time, or they could be replayed.
CREATE TABLE commands (
    number      INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    name        TEXT NOT NULL,
    signer      TEXT NOT NULL,
    issued_at   TEXT NOT NULL,
    expires_at  TEXT NOT NULL,
    taken_at    TEXT NOT NULL,
    leaf        TEXT NOT NULL, -- where its answers go
    correlation BLOB,
    state       TEXT NOT NULL CHECK (state IN ('taken', 'done', 'failed', 'refused')),
    attempts    INTEGER NOT NULL DEFAULT 0,
    audited     INTEGER NOT NULL DEFAULT 0,
    ended_at    TEXT,
    code        TEXT NOT NULL DEFAULT '',
    said        TEXT NOT NULL DEFAULT '',
    bytes       INTEGER NOT NULL,
    nonce       BLOB, -- the body, sealed, as it may be about people; none when it has ended
    body        BLOB
);

CREATE INDEX commands_waiting ON commands (number) WHERE state = 'taken';
CREATE INDEX commands_by_end ON commands (expires_at);

-- What was not done, counted by its reason, since the box was set up.
CREATE TABLE command_counts (
    state   TEXT NOT NULL CHECK (state IN ('failed', 'refused')),
    code    TEXT NOT NULL,
    count   INTEGER NOT NULL,
    last_at TEXT NOT NULL,
    PRIMARY KEY (state, code)
) WITHOUT ROWID;
