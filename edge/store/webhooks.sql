-- Webhooks: how far each receiver beside the platform has been told, and what it refused.

CREATE TABLE webhooks (
    name          TEXT PRIMARY KEY,
    seq           INTEGER NOT NULL, -- of the last message that is settled; the next one follows
    delivered     INTEGER NOT NULL DEFAULT 0,
    delivered_at  TEXT,             -- when the receiver last took a message
    failing_since TEXT,             -- since when it takes nothing; empty while it does
    error         TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;

-- Without a reason it waits to be sent again.
CREATE TABLE webhook_parked (
    name   TEXT NOT NULL REFERENCES webhooks ON DELETE CASCADE,
    seq    INTEGER NOT NULL,
    reason TEXT,
    PRIMARY KEY (name, seq)
) WITHOUT ROWID;
