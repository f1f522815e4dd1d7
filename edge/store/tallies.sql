-- What reports count, so that no page has to look at a million passages.

-- Passages per hour of UTC, a revision counted instead of the one before it.
CREATE TABLE passage_tallies (
    hour      TEXT NOT NULL, -- 2026-11-24T03
    camera_id TEXT NOT NULL,
    decision  TEXT NOT NULL,
    direction TEXT NOT NULL,
    count     INTEGER NOT NULL,
    PRIMARY KEY (hour, camera_id, decision, direction)
) WITHOUT ROWID;

INSERT INTO passage_tallies
    SELECT substr(decided_at, 1, 13), camera_id, decision, direction, COUNT(*)
    FROM passages AS latest
    WHERE revision = (SELECT MAX(revision) FROM passages WHERE id = latest.id)
    GROUP BY 1, 2, 3, 4;

CREATE TRIGGER passages_are_tallied AFTER INSERT ON passages
WHEN NEW.revision = (SELECT MAX(revision) FROM passages WHERE id = NEW.id) BEGIN
    UPDATE passage_tallies SET count = count - 1
    WHERE (hour, camera_id, decision, direction) = (
        SELECT substr(decided_at, 1, 13), camera_id, decision, direction FROM passages
        WHERE id = NEW.id AND revision < NEW.revision ORDER BY revision DESC LIMIT 1
    );
    INSERT INTO passage_tallies
        VALUES (substr(NEW.decided_at, 1, 13), NEW.camera_id, NEW.decision, NEW.direction, 1)
        ON CONFLICT DO UPDATE SET count = count + 1;
END;

-- Terms of a rule that were suggested by verdicts, and what they would have done since.
CREATE TABLE proposals (
    id         INTEGER PRIMARY KEY,
    camera_id  TEXT NOT NULL,
    zone_id    TEXT NOT NULL,
    type       TEXT NOT NULL,
    term       TEXT NOT NULL, -- the key of the rule: confidence or dwell
    value      REAL NOT NULL,
    confirmed  INTEGER NOT NULL, -- verdicts it rests on
    rejected   INTEGER NOT NULL,
    would_drop INTEGER NOT NULL,
    state      TEXT NOT NULL, -- shadow, applied, dropped
    began_at   TEXT NOT NULL,
    began_by   TEXT NOT NULL,
    ended_at   TEXT,
    ended_by   TEXT
);

CREATE UNIQUE INDEX proposals_in_shadow ON proposals (camera_id, zone_id, type, term)
    WHERE state = 'shadow';
