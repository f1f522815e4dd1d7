-- The networks that each worker process has loaded.

CREATE TABLE networks (
    worker TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    name   TEXT NOT NULL,
    PRIMARY KEY (worker, sha256)
) WITHOUT ROWID;
