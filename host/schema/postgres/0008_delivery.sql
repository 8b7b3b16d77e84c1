-- The ledger of sends, its attempts, what came back, and tracking links.

CREATE TABLE mail_server (
  workspace UUID NOT NULL,
  id UUID NOT NULL,
  name TEXT NOT NULL,
  host TEXT NOT NULL,
  port BIGINT NOT NULL,
  security TEXT NOT NULL,
  username TEXT NOT NULL,
  password BYTEA,
  connections BIGINT NOT NULL,
  rate_per_second BIGINT,
  bounce_domain TEXT NOT NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (workspace, id)
);
CREATE UNIQUE INDEX mail_server_name ON mail_server (workspace, name);

-- One wave of sends over a fixed audience snapshot on one channel.
CREATE TABLE occurrence (
  workspace UUID NOT NULL,
  id UUID NOT NULL,
  campaign UUID,
  channel TEXT NOT NULL,
  message UUID NOT NULL,
  message_version BIGINT NOT NULL,
  installation UUID NOT NULL,
  sender UUID,
  mail_server UUID,
  topic TEXT NOT NULL,
  snapshot UUID NOT NULL,
  audience_size BIGINT NOT NULL,
  state TEXT NOT NULL,
  on_uncertain TEXT NOT NULL,
  unit_cost_minor BIGINT NOT NULL,
  currency TEXT NOT NULL,
  budget_minor BIGINT,
  budget_used BIGINT NOT NULL,
  fan_out_after UUID,
  fanned_out_at BIGINT,
  starts_at BIGINT NOT NULL,
  expires_at BIGINT,
  created_at BIGINT NOT NULL,
  finished_at BIGINT,
  PRIMARY KEY (workspace, id)
);
CREATE INDEX occurrence_campaign ON occurrence (workspace, campaign);
CREATE INDEX occurrence_state ON occurrence (workspace, state);

-- The ledger: one row a person, channel and occurrence. `state` is pending,
-- leased, dispatching, deferred, accepted, rejected, uncertain or not_sent
-- (then `reason` says why).
CREATE TABLE send (
  workspace UUID NOT NULL,
  id UUID NOT NULL,
  occurrence UUID NOT NULL,
  campaign UUID,
  contact UUID NOT NULL,
  channel TEXT NOT NULL,
  address TEXT,
  address_hash BYTEA,
  state TEXT NOT NULL,
  reason TEXT,
  attempt BIGINT NOT NULL,
  failures BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  lease_until BIGINT NOT NULL,
  locale TEXT NOT NULL,
  variant TEXT NOT NULL,
  topic TEXT NOT NULL,
  content_hash BYTEA,
  connector_version TEXT,
  provider_id TEXT,
  code TEXT,
  detail TEXT,
  cost_minor BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  dispatched_at BIGINT,
  settled_at BIGINT,
  PRIMARY KEY (workspace, id)
);
CREATE UNIQUE INDEX send_person ON send (workspace, occurrence, contact, channel);
CREATE UNIQUE INDEX send_address ON send (workspace, occurrence, channel, address_hash);
CREATE INDEX send_due ON send (workspace, occurrence, state, due_at);
CREATE INDEX send_contact ON send (workspace, contact, created_at);
CREATE INDEX send_campaign ON send (workspace, campaign, id);
CREATE INDEX send_provider ON send (workspace, provider_id);

CREATE TABLE send_attempt (
  workspace UUID NOT NULL,
  send UUID NOT NULL,
  attempt BIGINT NOT NULL,
  host TEXT NOT NULL,
  run UUID,
  started_at BIGINT NOT NULL,
  ended_at BIGINT,
  state TEXT NOT NULL,
  code TEXT,
  detail TEXT,
  PRIMARY KEY (workspace, send, attempt)
);

CREATE TABLE delivery_report (
  workspace UUID NOT NULL,
  id UUID NOT NULL,
  send UUID NOT NULL,
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  at BIGINT NOT NULL,
  detail TEXT NOT NULL,
  PRIMARY KEY (workspace, id)
);
CREATE UNIQUE INDEX delivery_report_key ON delivery_report (workspace, send, kind, key);

CREATE TABLE tracking_link (
  workspace UUID NOT NULL,
  occurrence UUID NOT NULL,
  number BIGINT NOT NULL,
  url TEXT NOT NULL,
  PRIMARY KEY (workspace, occurrence, number)
);
CREATE UNIQUE INDEX tracking_link_url ON tracking_link (workspace, occurrence, url);
