-- Passages of one decision, one camera or both, the newest first, without reading any others.

CREATE INDEX passages_by_decision ON passages (decision, decided_at);
CREATE INDEX passages_by_camera ON passages (camera_id, decided_at);
CREATE INDEX passages_by_camera_and_decision ON passages (camera_id, decision, decided_at);
