-- The latest time that the box believed: written again and again, which shows that the disk writes.

CREATE TABLE believed (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    at  TEXT NOT NULL
);
