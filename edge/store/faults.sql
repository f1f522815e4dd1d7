-- What kind of trouble a camera has or had a moment ago; empty for none.

ALTER TABLE cameras ADD COLUMN fault TEXT NOT NULL DEFAULT '';
