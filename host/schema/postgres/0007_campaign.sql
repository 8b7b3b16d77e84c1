-- Campaigns, their messages, goals, offers and spend.

CREATE TABLE campaign (
  workspace UUID NOT NULL,
  id UUID NOT NULL,
  unit UUID,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  objective TEXT NOT NULL,
  state TEXT NOT NULL,
  segment UUID,
  rule TEXT,
  snapshot UUID,
  topic TEXT NOT NULL,
  currency TEXT NOT NULL,
  unit_cost_minor BIGINT NOT NULL,
  budget_minor BIGINT,
  starts_at BIGINT,
  ends_at BIGINT,
  launched_at BIGINT,
  finished_at BIGINT,
  on_uncertain TEXT NOT NULL,
  source TEXT NOT NULL,
  version BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (workspace, id)
);
CREATE UNIQUE INDEX campaign_code ON campaign (workspace, code);

CREATE TABLE campaign_message (
  workspace UUID NOT NULL,
  campaign UUID NOT NULL,
  channel TEXT NOT NULL,
  message UUID NOT NULL,
  installation UUID NOT NULL,
  sender UUID,
  mail_server UUID,
  PRIMARY KEY (workspace, campaign, channel)
);

CREATE TABLE campaign_goal (
  workspace UUID NOT NULL,
  campaign UUID NOT NULL,
  metric TEXT NOT NULL,
  expected DOUBLE PRECISION NOT NULL,
  due_at BIGINT,
  PRIMARY KEY (workspace, campaign, metric)
);

CREATE TABLE campaign_offer (
  workspace UUID NOT NULL,
  campaign UUID NOT NULL,
  offer UUID NOT NULL,
  PRIMARY KEY (workspace, campaign, offer)
);
CREATE INDEX campaign_offer_offer ON campaign_offer (workspace, offer);

CREATE TABLE spend (
  workspace UUID NOT NULL,
  id UUID NOT NULL,
  campaign UUID NOT NULL,
  channel TEXT NOT NULL,
  at BIGINT NOT NULL,
  amount_minor BIGINT NOT NULL,
  currency TEXT NOT NULL,
  note TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (workspace, id)
);
CREATE INDEX spend_campaign ON spend (workspace, campaign, at);
