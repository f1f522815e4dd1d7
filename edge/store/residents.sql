-- The people who are registered. Apart from the journal: identity and events do not share a file,
-- and this one is small enough to be wiped to the last byte when somebody is removed.

CREATE TABLE residents (
    id          TEXT PRIMARY KEY,
    name        TEXT NOT NULL,
    unit        TEXT NOT NULL,
    category    TEXT NOT NULL,
    valid_from  TEXT,
    valid_until TEXT,
    birth_date  TEXT
) WITHOUT ROWID;

CREATE TABLE consents (
    id             INTEGER PRIMARY KEY,
    resident_id    TEXT NOT NULL REFERENCES residents (id) ON DELETE CASCADE,
    notice_version TEXT NOT NULL CHECK (notice_version <> ''),
    given_at       TEXT NOT NULL,
    channel        TEXT NOT NULL CHECK (channel <> ''),
    guardian       TEXT,
    UNIQUE (resident_id, id)
);

-- No template without a consent of the same person.
CREATE TABLE templates (
    id           TEXT PRIMARY KEY,
    resident_id  TEXT NOT NULL REFERENCES residents (id) ON DELETE CASCADE,
    consent_id   INTEGER NOT NULL,
    model_sha256 TEXT NOT NULL,
    photos       INTEGER NOT NULL CHECK (photos > 0),
    nonce        BLOB NOT NULL,
    sealed       BLOB NOT NULL,
    made_at      TEXT NOT NULL,
    FOREIGN KEY (resident_id, consent_id) REFERENCES consents (resident_id, id) ON DELETE CASCADE
) WITHOUT ROWID;

CREATE INDEX templates_of_resident ON templates (resident_id);

-- What became of each photo that was handed in; the photos themselves are not kept.
CREATE TABLE photos (
    resident_id TEXT NOT NULL REFERENCES residents (id) ON DELETE CASCADE,
    sha256      TEXT NOT NULL,
    verdict     TEXT NOT NULL,
    face_px     REAL,
    norm        REAL,
    PRIMARY KEY (resident_id, sha256)
) WITHOUT ROWID;

CREATE TABLE calibrations (
    model_sha256 TEXT PRIMARY KEY,
    fpir         REAL NOT NULL,
    mean         REAL NOT NULL,
    sd           REAL NOT NULL,
    people       INTEGER NOT NULL,
    made_at      TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE state (
    gallery_version INTEGER NOT NULL
);

INSERT INTO state VALUES (1);

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
