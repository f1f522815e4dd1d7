-- Number plates, so that a camera of a shared place is known to add one.

ALTER TABLE incidents ADD COLUMN plate TEXT;
