-- Frames a second that would be analysed if the machine had the time.

ALTER TABLE cameras ADD COLUMN due_fps REAL NOT NULL DEFAULT 0;
