-- What the conformance suite found of a package: the latest list, and how far
-- the job is that makes one.

CREATE TABLE plugin_conformance (
  workspace BLOB NOT NULL,
  digest TEXT NOT NULL,
  job BLOB NOT NULL,
  state TEXT NOT NULL,
  suite INTEGER NOT NULL,
  checks TEXT NOT NULL,
  error TEXT,
  asked_at INTEGER NOT NULL,
  finished_at INTEGER,
  PRIMARY KEY (workspace, digest)
) STRICT, WITHOUT ROWID;
