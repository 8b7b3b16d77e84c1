-- The ledger of sends, its attempts, what came back, and tracking links.

CREATE TABLE mail_server (
  workspace BLOB NOT NULL,
  id BLOB NOT NULL,
  name TEXT NOT NULL,
  host TEXT NOT NULL,
  port INTEGER NOT NULL,
  security TEXT NOT NULL,
  username TEXT NOT NULL,
  password BLOB,
  connections INTEGER NOT NULL,
  rate_per_second INTEGER,
  bounce_domain TEXT NOT NULL,
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX mail_server_name ON mail_server (workspace, name);

-- One wave of sends over a fixed audience snapshot on one channel.
CREATE TABLE occurrence (
  workspace BLOB NOT NULL,
  id BLOB NOT NULL,
  campaign BLOB,
  channel TEXT NOT NULL,
  message BLOB NOT NULL,
  message_version INTEGER NOT NULL,
  installation BLOB NOT NULL,
  sender BLOB,
  mail_server BLOB,
  topic TEXT NOT NULL,
  snapshot BLOB NOT NULL,
  audience_size INTEGER NOT NULL,
  state TEXT NOT NULL,
  on_uncertain TEXT NOT NULL,
  unit_cost_minor INTEGER NOT NULL,
  currency TEXT NOT NULL,
  budget_minor INTEGER,
  budget_used INTEGER NOT NULL,
  fan_out_after BLOB,
  fanned_out_at INTEGER,
  starts_at INTEGER NOT NULL,
  expires_at INTEGER,
  created_at INTEGER NOT NULL,
  finished_at INTEGER,
  PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX occurrence_campaign ON occurrence (workspace, campaign);
CREATE INDEX occurrence_state ON occurrence (workspace, state);

-- The ledger: one row a person, channel and occurrence. `state` is pending,
-- leased, dispatching, deferred, accepted, rejected, uncertain or not_sent
-- (then `reason` says why).
CREATE TABLE send (
  workspace BLOB NOT NULL,
  id BLOB NOT NULL,
  occurrence BLOB NOT NULL,
  campaign BLOB,
  contact BLOB NOT NULL,
  channel TEXT NOT NULL,
  address TEXT,
  address_hash BLOB,
  state TEXT NOT NULL,
  reason TEXT,
  attempt INTEGER NOT NULL,
  failures INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  lease_until INTEGER NOT NULL,
  locale TEXT NOT NULL,
  variant TEXT NOT NULL,
  topic TEXT NOT NULL,
  content_hash BLOB,
  connector_version TEXT,
  provider_id TEXT,
  code TEXT,
  detail TEXT,
  cost_minor INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  dispatched_at INTEGER,
  settled_at INTEGER,
  PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX send_person ON send (workspace, occurrence, contact, channel);
CREATE UNIQUE INDEX send_address ON send (workspace, occurrence, channel, address_hash);
CREATE INDEX send_due ON send (workspace, occurrence, state, due_at);
CREATE INDEX send_contact ON send (workspace, contact, created_at);
CREATE INDEX send_campaign ON send (workspace, campaign, id);
CREATE INDEX send_provider ON send (workspace, provider_id);

CREATE TABLE send_attempt (
  workspace BLOB NOT NULL,
  send BLOB NOT NULL,
  attempt INTEGER NOT NULL,
  host TEXT NOT NULL,
  run BLOB,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  state TEXT NOT NULL,
  code TEXT,
  detail TEXT,
  PRIMARY KEY (workspace, send, attempt)
) STRICT, WITHOUT ROWID;

CREATE TABLE delivery_report (
  workspace BLOB NOT NULL,
  id BLOB NOT NULL,
  send BLOB NOT NULL,
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  at INTEGER NOT NULL,
  detail TEXT NOT NULL,
  PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX delivery_report_key ON delivery_report (workspace, send, kind, key);

CREATE TABLE tracking_link (
  workspace BLOB NOT NULL,
  occurrence BLOB NOT NULL,
  number INTEGER NOT NULL,
  url TEXT NOT NULL,
  PRIMARY KEY (workspace, occurrence, number)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX tracking_link_url ON tracking_link (workspace, occurrence, url);
