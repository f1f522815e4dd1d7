-- Loose messages: what has no number, such as answers to the platform.

ALTER TABLE outbox ADD COLUMN lane INTEGER NOT NULL DEFAULT 2;
ALTER TABLE outbox ADD COLUMN correlation BLOB; -- what the receiver knows its question by
