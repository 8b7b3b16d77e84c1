-- What the conformance suite found of a package: the latest list, and how far
-- the job is that makes one.

CREATE TABLE plugin_conformance (
  workspace UUID NOT NULL,
  digest TEXT NOT NULL,
  job UUID NOT NULL,
  state TEXT NOT NULL,
  suite BIGINT NOT NULL,
  checks TEXT NOT NULL,
  error TEXT,
  asked_at BIGINT NOT NULL,
  finished_at BIGINT,
  PRIMARY KEY (workspace, digest)
);
