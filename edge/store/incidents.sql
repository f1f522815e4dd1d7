-- Incidents of the street, and what a camera must remember over a restart.

CREATE TABLE incidents (
    id          TEXT NOT NULL,
    revision    INTEGER NOT NULL,
    seq         INTEGER NOT NULL UNIQUE,
    camera_id   TEXT NOT NULL,
    type        TEXT NOT NULL,
    place       TEXT,
    action      TEXT NOT NULL,
    stage       TEXT NOT NULL,
    severity    TEXT NOT NULL,
    opened_at   TEXT NOT NULL,
    observed_at TEXT NOT NULL,
    cleared_at  TEXT,
    payload     BLOB NOT NULL,
    PRIMARY KEY (id, revision)
) WITHOUT ROWID;

CREATE INDEX incidents_by_time ON incidents (opened_at);
CREATE INDEX incidents_by_place ON incidents (place, type) WHERE place IS NOT NULL;

-- Which camera's incident is which of the box: cameras that share a place share its incident.
CREATE TABLE incident_views (
    own_id      TEXT PRIMARY KEY,
    incident_id TEXT NOT NULL,
    open        INTEGER NOT NULL,
    told        INTEGER NOT NULL -- last revision of the camera's own that was taken note of
) WITHOUT ROWID;

CREATE INDEX incident_views_by_incident ON incident_views (incident_id);

CREATE TABLE street_memory (
    camera_id TEXT PRIMARY KEY,
    saved_at  TEXT NOT NULL,
    content   BLOB NOT NULL
) WITHOUT ROWID;
