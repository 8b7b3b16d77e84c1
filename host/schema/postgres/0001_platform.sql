-- Jobs, schedules, outbox, idempotency and the audit log: what every area leans on.
-- A host-wide row carries the nil workspace.

CREATE TABLE job (
  workspace UUID NOT NULL,
  id UUID NOT NULL,
  kind TEXT NOT NULL,
  key TEXT,
  payload TEXT NOT NULL,
  state TEXT NOT NULL,
  due_at BIGINT NOT NULL,
  lease_until BIGINT NOT NULL,
  lease_owner TEXT,
  attempt BIGINT NOT NULL,
  failures BIGINT NOT NULL,
  failures_max BIGINT NOT NULL,
  crashes BIGINT NOT NULL,
  checkpoint TEXT,
  progress_done BIGINT NOT NULL,
  progress_total BIGINT NOT NULL,
  message TEXT,
  result TEXT,
  error TEXT,
  cancel_requested BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  finished_at BIGINT,
  PRIMARY KEY (workspace, id)
);
CREATE UNIQUE INDEX job_key ON job (workspace, kind, key);
CREATE INDEX job_due ON job (state, due_at);

CREATE TABLE schedule (
  workspace UUID NOT NULL,
  id UUID NOT NULL,
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  payload TEXT NOT NULL,
  cron TEXT NOT NULL,
  zone TEXT NOT NULL,
  next_at BIGINT NOT NULL,
  last_at BIGINT,
  enabled BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (workspace, id)
);
CREATE UNIQUE INDEX schedule_key ON schedule (workspace, kind, key);
CREATE INDEX schedule_next ON schedule (enabled, next_at);

CREATE TABLE outbox (
  workspace UUID NOT NULL,
  id UUID NOT NULL,
  consumer TEXT NOT NULL,
  topic TEXT NOT NULL,
  payload BYTEA NOT NULL,
  created_at BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  lease_until BIGINT NOT NULL,
  attempt BIGINT NOT NULL,
  failures BIGINT NOT NULL,
  error TEXT,
  PRIMARY KEY (workspace, id, consumer)
);
CREATE INDEX outbox_due ON outbox (consumer, due_at);

CREATE TABLE idempotency (
  workspace UUID NOT NULL,
  actor TEXT NOT NULL,
  key TEXT NOT NULL,
  request_hash BYTEA NOT NULL,
  status BIGINT NOT NULL,
  content_type TEXT,
  body BYTEA NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (workspace, actor, key)
);

CREATE TABLE audit_log (
  workspace UUID NOT NULL,
  number BIGINT NOT NULL,
  id UUID NOT NULL,
  at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  object TEXT NOT NULL,
  object_id TEXT NOT NULL,
  detail TEXT NOT NULL,
  hash BYTEA NOT NULL,
  PRIMARY KEY (workspace, number)
);
CREATE INDEX audit_log_object ON audit_log (workspace, object, object_id);
