-- Runs that are kept word for word. The words are in a file outside the
-- database, under a key of their own; the key is here, sealed. A row that is
-- deleted takes the key with it: nothing opens its file any more.
-- `about` is whose words they are: `nobody`, `contacts` (the rows below) or
-- `everyone` (whoever is erased, they go).

CREATE TABLE plugin_recording (
  workspace UUID NOT NULL,
  run UUID NOT NULL,
  installation UUID NOT NULL,
  installation_version UUID NOT NULL,
  kind TEXT NOT NULL,
  at BIGINT NOT NULL,
  outcome TEXT NOT NULL,
  bytes BIGINT NOT NULL,
  about TEXT NOT NULL,
  sealed BYTEA NOT NULL,
  PRIMARY KEY (workspace, run)
);
CREATE INDEX plugin_recording_of ON plugin_recording (workspace, installation_version, at);

CREATE TABLE plugin_recording_contact (
  workspace UUID NOT NULL,
  run UUID NOT NULL,
  contact UUID NOT NULL,
  PRIMARY KEY (workspace, run, contact)
);
CREATE INDEX plugin_recording_contact_of ON plugin_recording_contact (workspace, contact);

-- What replaying recorded runs on a version showed.
CREATE TABLE plugin_shadow (
  workspace UUID NOT NULL,
  id UUID NOT NULL,
  installation UUID NOT NULL,
  installation_version UUID NOT NULL,
  against UUID NOT NULL,
  at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  report TEXT NOT NULL,
  PRIMARY KEY (workspace, id)
);
CREATE INDEX plugin_shadow_of ON plugin_shadow (workspace, installation_version, at);

-- What lets anyone run an attribution or a report again: digests, signed.
-- `subject` is the attribution run or report run it belongs to.
CREATE TABLE plugin_receipt (
  workspace UUID NOT NULL,
  run UUID NOT NULL,
  subject UUID NOT NULL,
  installation UUID NOT NULL,
  at BIGINT NOT NULL,
  receipt TEXT NOT NULL,
  PRIMARY KEY (workspace, run)
);
CREATE INDEX plugin_receipt_of ON plugin_receipt (workspace, subject);
CREATE INDEX plugin_receipt_by ON plugin_receipt (workspace, installation, at);
