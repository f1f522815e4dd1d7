-- Processors a camera's thread used between its last two reports.

ALTER TABLE cameras ADD COLUMN cpu_share REAL NOT NULL DEFAULT 0;
