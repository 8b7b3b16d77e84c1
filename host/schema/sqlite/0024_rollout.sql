-- The rollout of versions: an installation's policy, the steps of each version,
-- canaries with the figures of both sides, and calls that were denied.

ALTER TABLE installation ADD COLUMN rollout TEXT NOT NULL DEFAULT '{}';
-- The canary that runs, if one does.
ALTER TABLE installation ADD COLUMN canary BLOB;

-- How often in a row its breaker opened, and until when it rested last.
ALTER TABLE installation_version ADD COLUMN crashes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE installation_version ADD COLUMN rested_until INTEGER NOT NULL DEFAULT 0;
-- What a shadow run of it showed, as JSON.
ALTER TABLE installation_version ADD COLUMN shadow TEXT;

CREATE TABLE plugin_step (
  workspace BLOB NOT NULL,
  version BLOB NOT NULL,
  number INTEGER NOT NULL,
  installation BLOB NOT NULL,
  from_state TEXT NOT NULL,
  to_state TEXT NOT NULL,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (workspace, version, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX plugin_step_of ON plugin_step (workspace, installation);

-- `state` is running, held, activated, returned or stopped; the figures of the
-- candidate begin with new_, those of the version beside it with old_.
CREATE TABLE plugin_canary (
  workspace BLOB NOT NULL,
  id BLOB NOT NULL,
  installation BLOB NOT NULL,
  version BLOB NOT NULL,
  beside BLOB NOT NULL,
  state TEXT NOT NULL,
  policy TEXT NOT NULL,
  verdict TEXT,
  began_at INTEGER NOT NULL,
  began_by TEXT NOT NULL,
  ended_at INTEGER,
  new_runs INTEGER NOT NULL DEFAULT 0,
  new_failed INTEGER NOT NULL DEFAULT 0,
  new_wrong INTEGER NOT NULL DEFAULT 0,
  new_cpu_us INTEGER NOT NULL DEFAULT 0,
  new_wall_us INTEGER NOT NULL DEFAULT 0,
  old_runs INTEGER NOT NULL DEFAULT 0,
  old_failed INTEGER NOT NULL DEFAULT 0,
  old_wrong INTEGER NOT NULL DEFAULT 0,
  old_cpu_us INTEGER NOT NULL DEFAULT 0,
  old_wall_us INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX plugin_canary_of ON plugin_canary (workspace, installation, began_at);

CREATE TABLE plugin_denial (
  workspace BLOB NOT NULL,
  installation BLOB NOT NULL,
  capability TEXT NOT NULL,
  target TEXT NOT NULL,
  reason TEXT NOT NULL,
  version BLOB NOT NULL,
  run BLOB NOT NULL,
  calls INTEGER NOT NULL,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  PRIMARY KEY (workspace, installation, capability, target)
) STRICT, WITHOUT ROWID;
