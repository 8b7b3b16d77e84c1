-- What campaigns changed: lift runs.

CREATE TABLE lift_run (
  workspace BLOB NOT NULL,
  id BLOB NOT NULL,
  campaign BLOB,
  experiment BLOB,
  conversion BLOB,
  starts_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL,
  state TEXT NOT NULL,
  job BLOB,
  result TEXT,
  error TEXT,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  finished_at INTEGER,
  PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX lift_run_campaign ON lift_run (workspace, campaign, id);
