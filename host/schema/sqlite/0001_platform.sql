-- Jobs, schedules, outbox, idempotency and the audit log: what every area leans on.
-- A host-wide row carries the nil workspace.

CREATE TABLE job (
  workspace BLOB NOT NULL,
  id BLOB NOT NULL,
  kind TEXT NOT NULL,
  key TEXT,
  payload TEXT NOT NULL,
  state TEXT NOT NULL,
  due_at INTEGER NOT NULL,
  lease_until INTEGER NOT NULL,
  lease_owner TEXT,
  attempt INTEGER NOT NULL,
  failures INTEGER NOT NULL,
  failures_max INTEGER NOT NULL,
  crashes INTEGER NOT NULL,
  checkpoint TEXT,
  progress_done INTEGER NOT NULL,
  progress_total INTEGER NOT NULL,
  message TEXT,
  result TEXT,
  error TEXT,
  cancel_requested INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  finished_at INTEGER,
  PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX job_key ON job (workspace, kind, key);
CREATE INDEX job_due ON job (state, due_at);

CREATE TABLE schedule (
  workspace BLOB NOT NULL,
  id BLOB NOT NULL,
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  payload TEXT NOT NULL,
  cron TEXT NOT NULL,
  zone TEXT NOT NULL,
  next_at INTEGER NOT NULL,
  last_at INTEGER,
  enabled INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX schedule_key ON schedule (workspace, kind, key);
CREATE INDEX schedule_next ON schedule (enabled, next_at);

CREATE TABLE outbox (
  workspace BLOB NOT NULL,
  id BLOB NOT NULL,
  consumer TEXT NOT NULL,
  topic TEXT NOT NULL,
  payload BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  lease_until INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  failures INTEGER NOT NULL,
  error TEXT,
  PRIMARY KEY (workspace, id, consumer)
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_due ON outbox (consumer, due_at);

CREATE TABLE idempotency (
  workspace BLOB NOT NULL,
  actor TEXT NOT NULL,
  key TEXT NOT NULL,
  request_hash BLOB NOT NULL,
  status INTEGER NOT NULL,
  content_type TEXT,
  body BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (workspace, actor, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit_log (
  workspace BLOB NOT NULL,
  number INTEGER NOT NULL,
  id BLOB NOT NULL,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  object TEXT NOT NULL,
  object_id TEXT NOT NULL,
  detail TEXT NOT NULL,
  hash BLOB NOT NULL,
  PRIMARY KEY (workspace, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX audit_log_object ON audit_log (workspace, object, object_id);
