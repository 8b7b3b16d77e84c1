-- Hosts that work on this database, which start of each is the present one,
-- and the mark by which a data folder knows its database from a copy of it.

CREATE TABLE host_instance (
  name TEXT NOT NULL PRIMARY KEY,
  instance UUID NOT NULL,
  previous UUID,
  held BOOLEAN NOT NULL,
  started_at BIGINT NOT NULL,
  heartbeat_at BIGINT NOT NULL
);

CREATE TABLE host_epoch (
  key TEXT NOT NULL PRIMARY KEY,
  epoch TEXT NOT NULL,
  at BIGINT NOT NULL
);

ALTER TABLE outbox ADD COLUMN lease_owner TEXT;
