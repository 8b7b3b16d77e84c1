-- The preflight of a large audience: the last one a campaign was asked for.

CREATE TABLE campaign_preflight (
  workspace UUID NOT NULL,
  campaign UUID NOT NULL,
  id UUID NOT NULL,
  plan_version BIGINT NOT NULL,
  state TEXT NOT NULL,
  job UUID NOT NULL,
  counts TEXT,
  error TEXT,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  finished_at BIGINT,
  PRIMARY KEY (workspace, campaign)
);
