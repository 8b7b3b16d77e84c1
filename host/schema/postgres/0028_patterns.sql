-- The ways a run's paths went, counted while they were laid out; NULL for runs
-- made before they were.

ALTER TABLE attribution_run ADD COLUMN patterns TEXT;
