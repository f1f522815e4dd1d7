-- Ways out of the box, called sinks: the platform's broker, webhooks, files. All are told the same
-- messages from one list, and each has its own place in it.

-- Every numbered message, by lane: what goes first. What it says is with its incident or passage.
CREATE TABLE messages (
    lane INTEGER NOT NULL, -- 0 alerts, 1 street, 2 passages, 3 upkeep
    seq  INTEGER NOT NULL,
    PRIMARY KEY (lane, seq)
) WITHOUT ROWID;

INSERT INTO messages SELECT
    CASE WHEN type IN ('fire_lane_blocked', 'smoke_air', 'open_flame', 'open_burning') THEN 0
        WHEN type LIKE 'camera\_%' ESCAPE '\' THEN 3 ELSE 1 END,
    seq FROM incidents;

-- All revisions are in the lane of the first.
INSERT INTO messages SELECT
    CASE WHEN (
        SELECT json_extract(CASE WHEN json_valid(CAST(payload AS TEXT))
            THEN CAST(payload AS TEXT) END, '$.alert')
        FROM passages AS first WHERE first.id = passages.id ORDER BY revision LIMIT 1
    ) = 1 THEN 0 ELSE 2 END,
    seq FROM passages;

CREATE TABLE sinks (
    name          TEXT PRIMARY KEY, -- mqtt, webhook:NAME, file:NAME
    delivered     INTEGER NOT NULL DEFAULT 0,
    delivered_at  TEXT,             -- when it last took a message
    failing_since TEXT,             -- since when it takes nothing; empty while it does
    error         TEXT NOT NULL DEFAULT '',
    given_up      INTEGER NOT NULL DEFAULT 0 -- pictures that were dropped for want of room
) WITHOUT ROWID;

-- Up to here a sink has taken everything of a lane, but for its strays.
CREATE TABLE cursors (
    sink TEXT NOT NULL REFERENCES sinks ON DELETE CASCADE,
    lane INTEGER NOT NULL,
    seq  INTEGER NOT NULL,
    PRIMARY KEY (sink, lane)
) WITHOUT ROWID;

-- Messages that are out of line for a sink, on either side of its cursor.
CREATE TABLE strays (
    sink   TEXT NOT NULL REFERENCES sinks ON DELETE CASCADE,
    seq    INTEGER NOT NULL,
    lane   INTEGER NOT NULL, -- that it is sent in
    state  TEXT NOT NULL,    -- again: to be sent; awaiting: a receipt; parked: put aside
    reason TEXT NOT NULL DEFAULT '',
    drops  INTEGER NOT NULL DEFAULT 0, -- how often the connection broke over it
    sent   INTEGER NOT NULL DEFAULT 0, -- how often it was sent without a receipt
    due    REAL,             -- when it is sent again; seconds since 1970
    PRIMARY KEY (sink, seq)
) WITHOUT ROWID;

CREATE INDEX strays_by_lane ON strays (sink, state, lane, seq);
CREATE INDEX strays_due ON strays (sink, due) WHERE state = 'awaiting';

-- The platform: what waited, waits in the same order.
INSERT INTO sinks (name) VALUES ('mqtt');
INSERT INTO cursors SELECT 'mqtt', lane.value, counters.value
    FROM counters, json_each('[0, 1, 2, 3]') AS lane WHERE counters.name = 'seq';
INSERT INTO strays (sink, seq, lane, state, reason, drops)
    SELECT 'mqtt', o.seq, m.lane, CASE WHEN o.parked_reason IS NULL THEN 'again' ELSE 'parked' END,
        coalesce(o.parked_reason, ''), o.drops
    FROM outbox o JOIN messages m ON m.lane IN (0, 1, 2, 3) AND m.seq = o.seq;

-- The outbox has what no number names any more: pictures, and answers to the platform.
DROP INDEX outbox_waiting;
ALTER TABLE outbox RENAME TO outbox_before;
CREATE TABLE outbox (
    position      INTEGER PRIMARY KEY AUTOINCREMENT,
    lane          INTEGER NOT NULL,
    follows       INTEGER NOT NULL, -- seq of the message before it
    leaf          TEXT NOT NULL,
    content_type  TEXT NOT NULL,
    bytes         INTEGER NOT NULL,
    still         INTEGER NOT NULL, -- a picture, which is given up where there is no more room
    created_at    TEXT NOT NULL,
    correlation   BLOB,             -- what the receiver knows its question by
    drops         INTEGER NOT NULL DEFAULT 0,
    parked_reason TEXT,
    payload       BLOB NOT NULL
);

INSERT INTO outbox
    (position, lane, follows, leaf, content_type, bytes, still, created_at, drops, parked_reason,
    payload)
SELECT o.position,
    CASE WHEN h.type IS NULL THEN 3
        WHEN h.type IN ('fire_lane_blocked', 'smoke_air', 'open_flame', 'open_burning') THEN 0
        WHEN h.type LIKE 'camera\_%' ESCAPE '\' THEN 3 ELSE 1 END,
    coalesce((SELECT max(seq) FROM outbox_before AS b WHERE b.position < o.position), 0),
    o.leaf, o.content_type, length(o.payload), o.leaf LIKE 'evidence/%', o.created_at, o.drops,
    o.parked_reason, o.payload
FROM outbox_before o LEFT JOIN incident_heads h ON o.leaf LIKE 'evidence/%'
    AND h.id = substr(o.leaf, 10, instr(substr(o.leaf, 10), '/') - 1)
WHERE o.seq IS NULL OR NOT EXISTS
    (SELECT 1 FROM messages m WHERE m.lane IN (0, 1, 2, 3) AND m.seq = o.seq)
ORDER BY o.position;

DROP TABLE outbox_before;
DROP TABLE delivered;

CREATE INDEX outbox_by_lane ON outbox (lane, position) WHERE parked_reason IS NULL;
CREATE INDEX outbox_stills ON outbox (still, position, bytes);

-- Webhooks go on where they were.
INSERT INTO sinks (name, delivered, delivered_at, failing_since, error)
    SELECT 'webhook:' || name, delivered, delivered_at, failing_since, error FROM webhooks;
INSERT INTO cursors SELECT 'webhook:' || name, lane.value, seq
    FROM webhooks, json_each('[0, 1, 2, 3]') AS lane;
INSERT INTO strays (sink, seq, lane, state, reason)
    SELECT 'webhook:' || w.name, w.seq, m.lane,
        CASE WHEN w.reason IS NULL THEN 'again' ELSE 'parked' END, coalesce(w.reason, '')
    FROM webhook_parked w JOIN messages m ON m.lane IN (0, 1, 2, 3) AND m.seq = w.seq;
DROP TABLE webhook_parked;
DROP TABLE webhooks;
