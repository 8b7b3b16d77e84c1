-- Conversion definitions, attribution runs and their credit, report runs.

CREATE TABLE conversion_definition (
  workspace UUID NOT NULL,
  id UUID NOT NULL,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  rule TEXT NOT NULL,
  window_days BIGINT NOT NULL,
  counting TEXT NOT NULL,
  version BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (workspace, id)
);
CREATE UNIQUE INDEX conversion_definition_code ON conversion_definition (workspace, code);

CREATE TABLE attribution_run (
  workspace UUID NOT NULL,
  id UUID NOT NULL,
  installation UUID NOT NULL,
  installation_version UUID NOT NULL,
  model TEXT NOT NULL,
  settings TEXT NOT NULL,
  conversion_definition UUID NOT NULL,
  campaign UUID,
  starts_at BIGINT NOT NULL,
  ends_at BIGINT NOT NULL,
  state TEXT NOT NULL,
  job UUID,
  currency TEXT NOT NULL,
  paths BIGINT NOT NULL,
  touches BIGINT NOT NULL,
  conversions BIGINT NOT NULL,
  value_minor BIGINT NOT NULL,
  untouched BIGINT NOT NULL,
  untouched_value_minor BIGINT NOT NULL,
  channels TEXT NOT NULL,
  drillable BOOLEAN NOT NULL,
  digests TEXT NOT NULL,
  error TEXT,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  finished_at BIGINT,
  PRIMARY KEY (workspace, id)
);

-- `day_at` is the first instant of a day in the workspace's zone; without it and
-- `campaign` a row is a channel's credit that its model cannot spread. Rows sum
-- exactly to the run's conversions (in millionths) and value. `people` counts
-- those behind the row, `people_…` those behind its channel, its campaign and both.
CREATE TABLE attribution_credit (
  workspace UUID NOT NULL,
  run UUID NOT NULL,
  number BIGINT NOT NULL,
  channel TEXT NOT NULL,
  campaign UUID,
  day_at BIGINT,
  touches BIGINT NOT NULL,
  people BIGINT NOT NULL,
  people_channel BIGINT NOT NULL,
  people_campaign BIGINT NOT NULL,
  people_channel_campaign BIGINT NOT NULL,
  conversions_micro BIGINT NOT NULL,
  value_minor BIGINT NOT NULL,
  PRIMARY KEY (workspace, run, number)
);

CREATE TABLE report_run (
  workspace UUID NOT NULL,
  id UUID NOT NULL,
  installation UUID NOT NULL,
  installation_version UUID NOT NULL,
  title TEXT NOT NULL,
  locale TEXT NOT NULL,
  parameters TEXT NOT NULL,
  state TEXT NOT NULL,
  job UUID,
  document TEXT,
  digests TEXT NOT NULL,
  error TEXT,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  finished_at BIGINT,
  PRIMARY KEY (workspace, id)
);
