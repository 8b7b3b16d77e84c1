-- The preflight of a large audience: the last one a campaign was asked for.

CREATE TABLE campaign_preflight (
  workspace BLOB NOT NULL,
  campaign BLOB NOT NULL,
  id BLOB NOT NULL,
  plan_version INTEGER NOT NULL,
  state TEXT NOT NULL,
  job BLOB NOT NULL,
  counts TEXT,
  error TEXT,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  finished_at INTEGER,
  PRIMARY KEY (workspace, campaign)
) STRICT, WITHOUT ROWID;
