-- What shows an incident, and what became of it. The files lie below the home's evidence folder.
-- Times are UTC, ISO 8601.

CREATE TABLE evidence (
    incident_id TEXT NOT NULL,
    name        TEXT NOT NULL,
    kind        TEXT NOT NULL, -- still or clip
    camera_id   TEXT NOT NULL,
    media_type  TEXT NOT NULL,
    bytes       INTEGER NOT NULL,
    sha256      TEXT NOT NULL,
    path        TEXT NOT NULL, -- below the evidence folder
    begins_at   TEXT NOT NULL,
    ends_at     TEXT NOT NULL, -- of a still as it begins
    made_at     TEXT NOT NULL,
    purged_at   TEXT,
    PRIMARY KEY (incident_id, name)
) WITHOUT ROWID;

CREATE INDEX evidence_kept ON evidence (kind, made_at, bytes) WHERE purged_at IS NULL;

-- What should show an incident and could not be written.
CREATE TABLE evidence_gaps (
    incident_id TEXT NOT NULL,
    name        TEXT NOT NULL,
    detail      TEXT NOT NULL,
    noted_at    TEXT NOT NULL,
    PRIMARY KEY (incident_id, name)
) WITHOUT ROWID;

-- The clip of an incident: wanted from the moment it opens, then written, or missing for a reason.
CREATE TABLE clips (
    incident_id TEXT PRIMARY KEY,
    camera_id   TEXT NOT NULL,
    moment      TEXT NOT NULL, -- the incident's own time, which the clip must contain
    begins_at   TEXT NOT NULL,
    ends_at     TEXT NOT NULL,
    state       TEXT NOT NULL,
    detail      TEXT NOT NULL
) WITHOUT ROWID;

CREATE INDEX clips_wanted ON clips (camera_id) WHERE state = 'wanted';

CREATE TABLE holds (
    number      INTEGER PRIMARY KEY,
    incident_id TEXT NOT NULL,
    reason      TEXT NOT NULL,
    held_by     TEXT NOT NULL,
    held_at     TEXT NOT NULL,
    released_by TEXT,
    released_at TEXT
);

CREATE UNIQUE INDEX holds_now ON holds (incident_id) WHERE released_at IS NULL;

CREATE TABLE purges (
    number      INTEGER PRIMARY KEY,
    incident_id TEXT NOT NULL,
    name        TEXT NOT NULL,
    bytes       INTEGER NOT NULL,
    sha256      TEXT NOT NULL,
    reason      TEXT NOT NULL,
    purged_at   TEXT NOT NULL
);

CREATE INDEX purges_by_incident ON purges (incident_id);
