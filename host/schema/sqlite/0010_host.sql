-- Hosts that work on this database, which start of each is the present one,
-- and the mark by which a data folder knows its database from a copy of it.

CREATE TABLE host_instance (
  name TEXT NOT NULL PRIMARY KEY,
  instance BLOB NOT NULL,
  previous BLOB,
  held INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  heartbeat_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE host_epoch (
  key TEXT NOT NULL PRIMARY KEY,
  epoch TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

ALTER TABLE outbox ADD COLUMN lease_owner TEXT;
