-- Runs that are kept word for word. The words are in a file outside the
-- database, under a key of their own; the key is here, sealed. A row that is
-- deleted takes the key with it: nothing opens its file any more.
-- `about` is whose words they are: `nobody`, `contacts` (the rows below) or
-- `everyone` (whoever is erased, they go).

CREATE TABLE plugin_recording (
  workspace BLOB NOT NULL,
  run BLOB NOT NULL,
  installation BLOB NOT NULL,
  installation_version BLOB NOT NULL,
  kind TEXT NOT NULL,
  at INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  about TEXT NOT NULL,
  sealed BLOB NOT NULL,
  PRIMARY KEY (workspace, run)
) STRICT, WITHOUT ROWID;
CREATE INDEX plugin_recording_of ON plugin_recording (workspace, installation_version, at);

CREATE TABLE plugin_recording_contact (
  workspace BLOB NOT NULL,
  run BLOB NOT NULL,
  contact BLOB NOT NULL,
  PRIMARY KEY (workspace, run, contact)
) STRICT, WITHOUT ROWID;
CREATE INDEX plugin_recording_contact_of ON plugin_recording_contact (workspace, contact);

-- What replaying recorded runs on a version showed.
CREATE TABLE plugin_shadow (
  workspace BLOB NOT NULL,
  id BLOB NOT NULL,
  installation BLOB NOT NULL,
  installation_version BLOB NOT NULL,
  against BLOB NOT NULL,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  report TEXT NOT NULL,
  PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX plugin_shadow_of ON plugin_shadow (workspace, installation_version, at);

-- What lets anyone run an attribution or a report again: digests, signed.
-- `subject` is the attribution run or report run it belongs to.
CREATE TABLE plugin_receipt (
  workspace BLOB NOT NULL,
  run BLOB NOT NULL,
  subject BLOB NOT NULL,
  installation BLOB NOT NULL,
  at INTEGER NOT NULL,
  receipt TEXT NOT NULL,
  PRIMARY KEY (workspace, run)
) STRICT, WITHOUT ROWID;
CREATE INDEX plugin_receipt_of ON plugin_receipt (workspace, subject);
CREATE INDEX plugin_receipt_by ON plugin_receipt (workspace, installation, at);
