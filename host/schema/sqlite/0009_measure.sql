-- Conversion definitions, attribution runs and their credit, report runs.

CREATE TABLE conversion_definition (
  workspace BLOB NOT NULL,
  id BLOB NOT NULL,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  rule TEXT NOT NULL,
  window_days INTEGER NOT NULL,
  counting TEXT NOT NULL,
  version INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX conversion_definition_code ON conversion_definition (workspace, code);

CREATE TABLE attribution_run (
  workspace BLOB NOT NULL,
  id BLOB NOT NULL,
  installation BLOB NOT NULL,
  installation_version BLOB NOT NULL,
  model TEXT NOT NULL,
  settings TEXT NOT NULL,
  conversion_definition BLOB NOT NULL,
  campaign BLOB,
  starts_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL,
  state TEXT NOT NULL,
  job BLOB,
  currency TEXT NOT NULL,
  paths INTEGER NOT NULL,
  touches INTEGER NOT NULL,
  conversions INTEGER NOT NULL,
  value_minor INTEGER NOT NULL,
  untouched INTEGER NOT NULL,
  untouched_value_minor INTEGER NOT NULL,
  channels TEXT NOT NULL,
  drillable INTEGER NOT NULL,
  digests TEXT NOT NULL,
  error TEXT,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  finished_at INTEGER,
  PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;

-- `day_at` is the first instant of a day in the workspace's zone; without it and
-- `campaign` a row is a channel's credit that its model cannot spread. Rows sum
-- exactly to the run's conversions (in millionths) and value. `people` counts
-- those behind the row, `people_…` those behind its channel, its campaign and both.
CREATE TABLE attribution_credit (
  workspace BLOB NOT NULL,
  run BLOB NOT NULL,
  number INTEGER NOT NULL,
  channel TEXT NOT NULL,
  campaign BLOB,
  day_at INTEGER,
  touches INTEGER NOT NULL,
  people INTEGER NOT NULL,
  people_channel INTEGER NOT NULL,
  people_campaign INTEGER NOT NULL,
  people_channel_campaign INTEGER NOT NULL,
  conversions_micro INTEGER NOT NULL,
  value_minor INTEGER NOT NULL,
  PRIMARY KEY (workspace, run, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE report_run (
  workspace BLOB NOT NULL,
  id BLOB NOT NULL,
  installation BLOB NOT NULL,
  installation_version BLOB NOT NULL,
  title TEXT NOT NULL,
  locale TEXT NOT NULL,
  parameters TEXT NOT NULL,
  state TEXT NOT NULL,
  job BLOB,
  document TEXT,
  digests TEXT NOT NULL,
  error TEXT,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  finished_at INTEGER,
  PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;
