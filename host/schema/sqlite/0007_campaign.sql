-- Campaigns, their messages, goals, offers and spend.

CREATE TABLE campaign (
  workspace BLOB NOT NULL,
  id BLOB NOT NULL,
  unit BLOB,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  objective TEXT NOT NULL,
  state TEXT NOT NULL,
  segment BLOB,
  rule TEXT,
  snapshot BLOB,
  topic TEXT NOT NULL,
  currency TEXT NOT NULL,
  unit_cost_minor INTEGER NOT NULL,
  budget_minor INTEGER,
  starts_at INTEGER,
  ends_at INTEGER,
  launched_at INTEGER,
  finished_at INTEGER,
  on_uncertain TEXT NOT NULL,
  source TEXT NOT NULL,
  version INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX campaign_code ON campaign (workspace, code);

CREATE TABLE campaign_message (
  workspace BLOB NOT NULL,
  campaign BLOB NOT NULL,
  channel TEXT NOT NULL,
  message BLOB NOT NULL,
  installation BLOB NOT NULL,
  sender BLOB,
  mail_server BLOB,
  PRIMARY KEY (workspace, campaign, channel)
) STRICT, WITHOUT ROWID;

CREATE TABLE campaign_goal (
  workspace BLOB NOT NULL,
  campaign BLOB NOT NULL,
  metric TEXT NOT NULL,
  expected REAL NOT NULL,
  due_at INTEGER,
  PRIMARY KEY (workspace, campaign, metric)
) STRICT, WITHOUT ROWID;

CREATE TABLE campaign_offer (
  workspace BLOB NOT NULL,
  campaign BLOB NOT NULL,
  offer BLOB NOT NULL,
  PRIMARY KEY (workspace, campaign, offer)
) STRICT, WITHOUT ROWID;
CREATE INDEX campaign_offer_offer ON campaign_offer (workspace, offer);

CREATE TABLE spend (
  workspace BLOB NOT NULL,
  id BLOB NOT NULL,
  campaign BLOB NOT NULL,
  channel TEXT NOT NULL,
  at INTEGER NOT NULL,
  amount_minor INTEGER NOT NULL,
  currency TEXT NOT NULL,
  note TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX spend_campaign ON spend (workspace, campaign, at);
