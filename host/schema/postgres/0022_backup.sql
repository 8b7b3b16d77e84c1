-- Backups made over HTTP. How far one is its job says; `host` is whose data
-- folder has the file once it is whole.

CREATE TABLE backup (
  workspace UUID NOT NULL,
  id UUID NOT NULL,
  name TEXT NOT NULL,
  job UUID NOT NULL,
  host TEXT NOT NULL,
  bytes BIGINT NOT NULL,
  sha256 TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  finished_at BIGINT,
  PRIMARY KEY (workspace, id)
);
