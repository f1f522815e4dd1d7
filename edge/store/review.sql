-- What operators need to find, judge and count incidents quickly.

-- One row per incident: its last facts, whether it is there, and what was said about it.
-- The number plate is personal data and stays with the revisions.
CREATE TABLE incident_heads (
    id             TEXT PRIMARY KEY,
    revision       INTEGER NOT NULL,
    seq            INTEGER NOT NULL,
    camera_id      TEXT NOT NULL,
    zone_id        TEXT,
    type           TEXT NOT NULL,
    place          TEXT,
    stage          TEXT NOT NULL,
    severity       TEXT NOT NULL,
    rank           INTEGER NOT NULL, -- of the severity: the least is looked at first
    state          TEXT NOT NULL,    -- open, cleared, withdrawn
    first_seen_at  TEXT NOT NULL,
    opened_at      TEXT NOT NULL,
    observed_at    TEXT NOT NULL,
    cleared_at     TEXT,
    dwell_s        REAL NOT NULL,
    confidence     REAL NOT NULL,
    bbox           TEXT,             -- JSON: left, top, right, bottom as shares of the picture
    label          TEXT NOT NULL,
    rule           TEXT NOT NULL,
    review         TEXT NOT NULL DEFAULT 'pending', -- or reviewed
    verdict        TEXT,
    reason         TEXT,
    corrected_type TEXT,
    duplicate_of   TEXT,
    reviewed_at    TEXT
) WITHOUT ROWID;

-- Whoever writes a revision changes the head with it.
CREATE TRIGGER incident_heads_follow AFTER INSERT ON incidents BEGIN
    INSERT INTO incident_heads (
        id, revision, seq, camera_id, zone_id, type, place, stage, severity, rank, state,
        first_seen_at, opened_at, observed_at, cleared_at, dwell_s, confidence, bbox, label, rule
    )
    SELECT
        NEW.id, NEW.revision, NEW.seq, NEW.camera_id, json_extract(said, '$.zone_id'), NEW.type,
        NEW.place, NEW.stage, NEW.severity,
        CASE NEW.severity WHEN 'urgent' THEN 0 WHEN 'normal' THEN 1 WHEN 'review' THEN 2 ELSE 3 END,
        CASE WHEN NEW.action IN ('cleared', 'withdrawn') THEN NEW.action ELSE 'open' END,
        coalesce(json_extract(said, '$.first_seen_at'), NEW.opened_at), NEW.opened_at,
        NEW.observed_at, NEW.cleared_at, coalesce(json_extract(said, '$.dwell_s'), 0),
        coalesce(json_extract(said, '$.confidence'), 0), json_extract(said, '$.bbox'),
        coalesce(json_extract(said, '$.label'), ''),
        coalesce(json_extract(said, '$.rule.name'), NEW.type)
    FROM (
        SELECT CASE WHEN json_valid(CAST(NEW.payload AS TEXT))
            THEN CAST(NEW.payload AS TEXT) ELSE '{}' END AS said
    )
    WHERE true
    ON CONFLICT (id) DO UPDATE SET
        revision = excluded.revision, seq = excluded.seq, camera_id = excluded.camera_id,
        zone_id = excluded.zone_id, type = excluded.type, place = excluded.place,
        stage = excluded.stage, severity = excluded.severity, rank = excluded.rank,
        -- A review says nothing about whether it is still there.
        state = CASE NEW.action WHEN 'reviewed' THEN incident_heads.state ELSE excluded.state END,
        first_seen_at = excluded.first_seen_at, opened_at = excluded.opened_at,
        observed_at = excluded.observed_at, cleared_at = excluded.cleared_at,
        dwell_s = excluded.dwell_s, confidence = excluded.confidence, bbox = excluded.bbox,
        label = excluded.label, rule = excluded.rule;
END;

-- The last revision of each incident is written once more, so that it gets its head.
CREATE TABLE incidents_before AS SELECT * FROM incidents WHERE revision =
    (SELECT MAX(revision) FROM incidents AS latest WHERE latest.id = incidents.id);

DELETE FROM incidents WHERE (id, revision) IN (SELECT id, revision FROM incidents_before);

INSERT INTO incidents SELECT * FROM incidents_before;

DROP TABLE incidents_before;

-- The queue: what nobody has judged, the gravest first, then the oldest.
CREATE INDEX incident_heads_queue ON incident_heads (rank, opened_at, id, camera_id)
    WHERE review = 'pending' AND state <> 'withdrawn';
CREATE INDEX incident_heads_by_time ON incident_heads (opened_at, id);
CREATE INDEX incident_heads_by_camera ON incident_heads (camera_id, type, opened_at);
CREATE INDEX incident_heads_by_place ON incident_heads (place, type, opened_at)
    WHERE place IS NOT NULL;
CREATE INDEX incident_heads_by_zone ON incident_heads (zone_id, type, opened_at)
    WHERE zone_id IS NOT NULL;
CREATE INDEX incident_heads_open ON incident_heads (rank, opened_at, id) WHERE state = 'open';
CREATE INDEX incident_heads_withdrawn ON incident_heads (opened_at, id)
    WHERE state = 'withdrawn';
CREATE INDEX incident_heads_by_rank ON incident_heads (rank, opened_at, id);
CREATE INDEX incident_heads_by_verdict ON incident_heads (verdict, reviewed_at)
    WHERE verdict IS NOT NULL;

-- Every verdict, also those that were taken back (without a verdict) or replaced.
CREATE TABLE reviews (
    seq            INTEGER PRIMARY KEY, -- of its message
    incident_id    TEXT NOT NULL,
    verdict        TEXT,
    reason         TEXT,
    note           TEXT NOT NULL,
    corrected_type TEXT,
    duplicate_of   TEXT,
    reviewer       TEXT NOT NULL,
    at             TEXT NOT NULL
);

CREATE INDEX reviews_by_incident ON reviews (incident_id, seq);

-- Who reviews is told to the platform under a name that means nothing outside the box.
CREATE TABLE reviewers (
    name      TEXT PRIMARY KEY,
    pseudonym TEXT NOT NULL UNIQUE
) WITHOUT ROWID;

-- Places where a camera's incidents of a type are not told for a time.
CREATE TABLE suppressions (
    id        INTEGER PRIMARY KEY,
    camera_id TEXT NOT NULL,
    type      TEXT NOT NULL,
    bbox      TEXT NOT NULL,
    zone_id   TEXT,
    until     TEXT NOT NULL,
    by        TEXT NOT NULL,
    reason    TEXT NOT NULL,
    made_at   TEXT NOT NULL,
    hits      INTEGER NOT NULL DEFAULT 0,
    lifted_at TEXT
);

CREATE INDEX suppressions_by_camera ON suppressions (camera_id, type) WHERE lifted_at IS NULL;

ALTER TABLE incident_views ADD COLUMN muted INTEGER NOT NULL DEFAULT 0; -- lies on a suppressed place
