-- Backups made over HTTP. How far one is its job says; `host` is whose data
-- folder has the file once it is whole.

CREATE TABLE backup (
  workspace BLOB NOT NULL,
  id BLOB NOT NULL,
  name TEXT NOT NULL,
  job BLOB NOT NULL,
  host TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  finished_at INTEGER,
  PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;
