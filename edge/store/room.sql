-- How much evidence takes and how far it goes back, without reading its rows.

CREATE INDEX evidence_room ON evidence (made_at, bytes) WHERE purged_at IS NULL;
