-- Reports count incidents of a period without looking at the rows themselves.
CREATE INDEX incident_heads_counted
    ON incident_heads (opened_at, camera_id, zone_id, type, verdict, reason, place);
