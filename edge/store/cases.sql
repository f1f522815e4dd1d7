-- What the platform says of its cases: one row for each move, the greatest sequence is the present.
CREATE TABLE case_moves (
    incident_id TEXT NOT NULL,
    sequence    INTEGER NOT NULL,
    state       TEXT NOT NULL,
    at          TEXT NOT NULL,
    case_number TEXT NOT NULL,
    department  TEXT NOT NULL,
    text        TEXT NOT NULL,
    heard_at    TEXT NOT NULL,
    PRIMARY KEY (incident_id, sequence)
) WITHOUT ROWID;

CREATE INDEX case_moves_heard ON case_moves (heard_at);
