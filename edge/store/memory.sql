-- What a camera must know after a restart, and which incidents it has to answer for.

CREATE TABLE memory (
    camera_id TEXT NOT NULL,
    duty      TEXT NOT NULL,
    saved_at  TEXT NOT NULL,
    content   BLOB NOT NULL,
    PRIMARY KEY (camera_id, duty)
);

INSERT INTO memory SELECT camera_id, 'street', saved_at, content FROM street_memory;

DROP TABLE street_memory;

ALTER TABLE incident_views ADD COLUMN camera_id TEXT;
ALTER TABLE incident_views ADD COLUMN duty TEXT;
ALTER TABLE incident_views ADD COLUMN content TEXT; -- the camera's own last revision, while open

CREATE INDEX incident_views_by_camera ON incident_views (camera_id, duty) WHERE open = 1;
