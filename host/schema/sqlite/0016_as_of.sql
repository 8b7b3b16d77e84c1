-- A workspace may stand in the past: what is later than this is hidden from
-- every query. Empty when it goes with the present.
ALTER TABLE workspace ADD COLUMN stands_at INTEGER;
