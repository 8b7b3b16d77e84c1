-- The rollout of versions: an installation's policy, the steps of each version,
-- canaries with the figures of both sides, and calls that were denied.

ALTER TABLE installation ADD COLUMN rollout TEXT NOT NULL DEFAULT '{}';
-- The canary that runs, if one does.
ALTER TABLE installation ADD COLUMN canary UUID;

-- How often in a row its breaker opened, and until when it rested last.
ALTER TABLE installation_version ADD COLUMN crashes BIGINT NOT NULL DEFAULT 0;
ALTER TABLE installation_version ADD COLUMN rested_until BIGINT NOT NULL DEFAULT 0;
-- What a shadow run of it showed, as JSON.
ALTER TABLE installation_version ADD COLUMN shadow TEXT;

CREATE TABLE plugin_step (
  workspace UUID NOT NULL,
  version UUID NOT NULL,
  number BIGINT NOT NULL,
  installation UUID NOT NULL,
  from_state TEXT NOT NULL,
  to_state TEXT NOT NULL,
  at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (workspace, version, number)
);
CREATE INDEX plugin_step_of ON plugin_step (workspace, installation);

-- `state` is running, held, activated, returned or stopped; the figures of the
-- candidate begin with new_, those of the version beside it with old_.
CREATE TABLE plugin_canary (
  workspace UUID NOT NULL,
  id UUID NOT NULL,
  installation UUID NOT NULL,
  version UUID NOT NULL,
  beside UUID NOT NULL,
  state TEXT NOT NULL,
  policy TEXT NOT NULL,
  verdict TEXT,
  began_at BIGINT NOT NULL,
  began_by TEXT NOT NULL,
  ended_at BIGINT,
  new_runs BIGINT NOT NULL DEFAULT 0,
  new_failed BIGINT NOT NULL DEFAULT 0,
  new_wrong BIGINT NOT NULL DEFAULT 0,
  new_cpu_us BIGINT NOT NULL DEFAULT 0,
  new_wall_us BIGINT NOT NULL DEFAULT 0,
  old_runs BIGINT NOT NULL DEFAULT 0,
  old_failed BIGINT NOT NULL DEFAULT 0,
  old_wrong BIGINT NOT NULL DEFAULT 0,
  old_cpu_us BIGINT NOT NULL DEFAULT 0,
  old_wall_us BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (workspace, id)
);
CREATE INDEX plugin_canary_of ON plugin_canary (workspace, installation, began_at);

CREATE TABLE plugin_denial (
  workspace UUID NOT NULL,
  installation UUID NOT NULL,
  capability TEXT NOT NULL,
  target TEXT NOT NULL,
  reason TEXT NOT NULL,
  version UUID NOT NULL,
  run UUID NOT NULL,
  calls BIGINT NOT NULL,
  first_at BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  PRIMARY KEY (workspace, installation, capability, target)
);
