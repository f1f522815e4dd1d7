-- What reports and metrics ask for, found without reading incidents or a year's hours.

CREATE INDEX incident_heads_for_reports
    ON incident_heads (opened_at, camera_id, type, verdict, reason, place, zone_id);

-- Passages of all time by decision; follows the hours, which a trigger of passages keeps.
CREATE TABLE passage_totals (
    decision TEXT PRIMARY KEY,
    count    INTEGER NOT NULL
) WITHOUT ROWID;

INSERT INTO passage_totals SELECT decision, SUM(count) FROM passage_tallies GROUP BY decision;

CREATE TRIGGER passage_totals_begin AFTER INSERT ON passage_tallies BEGIN
    INSERT INTO passage_totals VALUES (NEW.decision, NEW.count)
        ON CONFLICT DO UPDATE SET count = count + NEW.count;
END;

CREATE TRIGGER passage_totals_follow AFTER UPDATE ON passage_tallies BEGIN
    UPDATE passage_totals SET count = count + NEW.count - OLD.count WHERE decision = NEW.decision;
END;

-- How sure the network was: the mean over the looks at a place, which rules tell as a part.
ALTER TABLE incident_heads ADD COLUMN score REAL;

UPDATE incident_heads SET score = (
    SELECT coalesce(
        json_extract(said, '$.basis.parts.detector'), json_extract(said, '$.basis.parts.stall')
    )
    FROM (SELECT CAST(payload AS TEXT) AS said FROM incidents
        WHERE (id, revision) = (incident_heads.id, incident_heads.revision))
    WHERE json_valid(said)
);

CREATE TRIGGER incident_heads_are_scored AFTER INSERT ON incident_heads BEGIN
    UPDATE incident_heads SET score = (
        SELECT coalesce(
            json_extract(said, '$.basis.parts.detector'), json_extract(said, '$.basis.parts.stall')
        )
        FROM (SELECT CAST(payload AS TEXT) AS said FROM incidents
            WHERE (id, revision) = (NEW.id, NEW.revision))
        WHERE json_valid(said)
    ) WHERE id = NEW.id;
END;

CREATE TRIGGER incident_heads_are_scored_again AFTER UPDATE OF revision ON incident_heads BEGIN
    UPDATE incident_heads SET score = (
        SELECT coalesce(
            json_extract(said, '$.basis.parts.detector'), json_extract(said, '$.basis.parts.stall')
        )
        FROM (SELECT CAST(payload AS TEXT) AS said FROM incidents
            WHERE (id, revision) = (NEW.id, NEW.revision))
        WHERE json_valid(said)
    ) WHERE id = NEW.id;
END;

CREATE INDEX incident_heads_judged
    ON incident_heads (opened_at, camera_id, zone_id, type, verdict, state, dwell_s, score)
    WHERE verdict IS NOT NULL AND zone_id IS NOT NULL;
