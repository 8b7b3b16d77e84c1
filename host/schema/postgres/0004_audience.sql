-- Contacts and who they are, what they agreed to, what happened, and segments.

CREATE TABLE contact (
  workspace UUID NOT NULL,
  id UUID NOT NULL,
  unit UUID,
  name TEXT NOT NULL,
  first_name TEXT NOT NULL,
  last_name TEXT NOT NULL,
  locale TEXT NOT NULL,
  zone TEXT NOT NULL,
  region TEXT NOT NULL,
  source TEXT NOT NULL,
  merged_into UUID,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (workspace, id)
);
-- Few contacts are merged away; these two stay small and cost an import nothing.
CREATE INDEX contact_merged ON contact (workspace, merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX contact_loser ON contact (workspace, id, merged_into) WHERE merged_into IS NOT NULL;

CREATE TABLE identity (
  workspace UUID NOT NULL,
  kind TEXT NOT NULL,
  issuer TEXT NOT NULL,
  value TEXT NOT NULL,
  contact UUID NOT NULL,
  shown TEXT NOT NULL,
  source TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (workspace, kind, issuer, value)
);
CREATE INDEX identity_contact ON identity (workspace, contact, kind);

CREATE TABLE contact_merge (
  workspace UUID NOT NULL,
  id UUID NOT NULL,
  winner UUID NOT NULL,
  loser UUID NOT NULL,
  reason TEXT NOT NULL,
  actor TEXT NOT NULL,
  at BIGINT NOT NULL,
  undone_at BIGINT,
  PRIMARY KEY (workspace, id)
);

CREATE INDEX contact_merge_loser ON contact_merge (workspace, loser);
CREATE INDEX contact_merge_winner ON contact_merge (workspace, winner);

-- The first kind a trait's key is given is its kind in this workspace.
CREATE TABLE trait_key (
  workspace UUID NOT NULL,
  key TEXT NOT NULL,
  kind TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (workspace, key)
);

-- A typed fact: `text` or `number` is set; an instant is a number of microseconds.
CREATE TABLE trait (
  workspace UUID NOT NULL,
  contact UUID NOT NULL,
  key TEXT NOT NULL,
  kind TEXT NOT NULL,
  text TEXT,
  number DOUBLE PRECISION,
  source TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (workspace, contact, key)
);
CREATE INDEX trait_text ON trait (workspace, key, text, contact);
CREATE INDEX trait_number ON trait (workspace, key, number, contact);

CREATE TABLE tag (
  workspace UUID NOT NULL,
  contact UUID NOT NULL,
  name TEXT NOT NULL,
  source TEXT NOT NULL,
  at BIGINT NOT NULL,
  expires_at BIGINT,
  PRIMARY KEY (workspace, contact, name)
);
CREATE INDEX tag_name ON tag (workspace, name, contact);

-- Every consent given or withdrawn, with its proof; never changed.
CREATE TABLE consent_record (
  workspace UUID NOT NULL,
  id UUID NOT NULL,
  contact UUID NOT NULL,
  channel TEXT NOT NULL,
  topic TEXT NOT NULL,
  state TEXT NOT NULL,
  source TEXT NOT NULL,
  proof TEXT NOT NULL,
  actor TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (workspace, id)
);
CREATE INDEX consent_record_contact ON consent_record (workspace, contact, at);

-- What holds now.
CREATE TABLE consent (
  workspace UUID NOT NULL,
  contact UUID NOT NULL,
  channel TEXT NOT NULL,
  topic TEXT NOT NULL,
  state TEXT NOT NULL,
  record UUID NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (workspace, contact, channel, topic)
);

CREATE INDEX consent_state ON consent (workspace, channel, topic, state, contact);

CREATE TABLE suppression (
  workspace UUID NOT NULL,
  channel TEXT NOT NULL,
  address_hash BYTEA NOT NULL,
  reason TEXT NOT NULL,
  source TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (workspace, channel, address_hash)
);

-- One row a person; whoever decides a send or records an opt-out updates it first.
CREATE TABLE gate (
  workspace UUID NOT NULL,
  contact UUID NOT NULL,
  turns BIGINT NOT NULL,
  PRIMARY KEY (workspace, contact)
);

-- The one stream everything reads. A touch is an event with a channel. One
-- partition a month, made when it is first needed (`event_months_make`); there is
-- no default one, which would hide a wrong instant.
CREATE TABLE event (
  workspace UUID NOT NULL,
  at BIGINT NOT NULL,
  id UUID NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  contact UUID,
  channel TEXT,
  campaign UUID,
  send UUID,
  source TEXT NOT NULL,
  value_minor BIGINT,
  currency TEXT,
  properties TEXT NOT NULL,
  received_at BIGINT NOT NULL,
  PRIMARY KEY (workspace, at, id)
) PARTITION BY RANGE (at);
CREATE INDEX event_contact ON event (workspace, contact, at);
CREATE INDEX event_name ON event (workspace, name, at, contact);
CREATE INDEX event_campaign ON event (workspace, campaign, name, at);

CREATE TABLE event_seen (
  workspace UUID NOT NULL,
  message_id TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (workspace, message_id)
);
CREATE INDEX event_seen_at ON event_seen (workspace, at);

CREATE TABLE segment (
  workspace UUID NOT NULL,
  id UUID NOT NULL,
  unit UUID,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  rule TEXT NOT NULL,
  strategy TEXT NOT NULL,
  owner TEXT NOT NULL,
  measure TEXT NOT NULL,
  archived BOOLEAN NOT NULL,
  version BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (workspace, id)
);
CREATE UNIQUE INDEX segment_name ON segment (workspace, name);

CREATE TABLE audience_snapshot (
  workspace UUID NOT NULL,
  id UUID NOT NULL,
  segment UUID,
  name TEXT NOT NULL,
  rule TEXT NOT NULL,
  size BIGINT NOT NULL,
  complete BOOLEAN NOT NULL,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (workspace, id)
);

CREATE TABLE audience_member (
  workspace UUID NOT NULL,
  snapshot UUID NOT NULL,
  contact UUID NOT NULL,
  PRIMARY KEY (workspace, snapshot, contact)
);

-- A file being read in: any area's rows go through the same reader.
CREATE TABLE import (
  workspace UUID NOT NULL,
  id UUID NOT NULL,
  kind TEXT NOT NULL,
  file_name TEXT NOT NULL,
  file_path TEXT NOT NULL,
  digest TEXT NOT NULL,
  options TEXT NOT NULL,
  state TEXT NOT NULL,
  job UUID,
  bytes_total BIGINT NOT NULL,
  bytes_read BIGINT NOT NULL,
  rows_read BIGINT NOT NULL,
  rows_good BIGINT NOT NULL,
  rows_bad BIGINT NOT NULL,
  report TEXT NOT NULL,
  error TEXT,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  finished_at BIGINT,
  PRIMARY KEY (workspace, id)
);

CREATE TABLE import_error (
  workspace UUID NOT NULL,
  import UUID NOT NULL,
  row BIGINT NOT NULL,
  field TEXT NOT NULL,
  message TEXT NOT NULL,
  line TEXT NOT NULL,
  PRIMARY KEY (workspace, import, row, field)
);
