-- What campaigns changed: lift runs.

CREATE TABLE lift_run (
  workspace UUID NOT NULL,
  id UUID NOT NULL,
  campaign UUID,
  experiment UUID,
  conversion UUID,
  starts_at BIGINT NOT NULL,
  ends_at BIGINT NOT NULL,
  state TEXT NOT NULL,
  job UUID,
  result TEXT,
  error TEXT,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  finished_at BIGINT,
  PRIMARY KEY (workspace, id)
);
CREATE INDEX lift_run_campaign ON lift_run (workspace, campaign, id);
