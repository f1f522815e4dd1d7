-- The journal: what happened, and what the platform has not yet acknowledged.
-- Several worker processes write, the relay reads and deletes. Times are UTC, ISO 8601.

CREATE TABLE counters (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) WITHOUT ROWID;

INSERT INTO counters VALUES ('seq', 0);

CREATE TABLE passages (
    id            TEXT NOT NULL,
    revision      INTEGER NOT NULL,
    seq           INTEGER NOT NULL UNIQUE,
    camera_id     TEXT NOT NULL,
    direction     TEXT NOT NULL,
    decision      TEXT NOT NULL,
    resident_id   TEXT,
    similarity    REAL,
    decided_at    TEXT NOT NULL,
    payload       BLOB NOT NULL,
    PRIMARY KEY (id, revision)
) WITHOUT ROWID;

CREATE INDEX passages_by_time ON passages (decided_at);
CREATE INDEX passages_by_resident ON passages (resident_id, decided_at) WHERE resident_id IS NOT NULL;

-- In the order of position; seq is empty for evidence, which is named by the message before it.
CREATE TABLE outbox (
    position      INTEGER PRIMARY KEY AUTOINCREMENT,
    seq           INTEGER UNIQUE,
    leaf          TEXT NOT NULL,
    content_type  TEXT NOT NULL,
    payload       BLOB NOT NULL,
    created_at    TEXT NOT NULL,
    drops         INTEGER NOT NULL DEFAULT 0,
    parked_reason TEXT
);

CREATE INDEX outbox_waiting ON outbox (position) WHERE parked_reason IS NULL;

CREATE TABLE delivered (
    position     INTEGER PRIMARY KEY,
    seq          INTEGER,
    leaf         TEXT NOT NULL,
    delivered_at TEXT NOT NULL
);

-- What each camera is doing; the last word of its worker.
CREATE TABLE cameras (
    camera_id    TEXT PRIMARY KEY,
    state        TEXT NOT NULL,
    detail       TEXT NOT NULL,
    fps          REAL NOT NULL,
    analysed_fps REAL NOT NULL,
    lag_s        REAL NOT NULL,
    dropped      INTEGER NOT NULL,
    corrupt      INTEGER NOT NULL,
    reconnects   INTEGER NOT NULL,
    reported_at  TEXT NOT NULL
) WITHOUT ROWID;
