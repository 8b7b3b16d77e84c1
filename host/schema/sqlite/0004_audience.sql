-- Contacts and who they are, what they agreed to, what happened, and segments.

CREATE TABLE contact (
  workspace BLOB NOT NULL,
  id BLOB NOT NULL,
  unit BLOB,
  name TEXT NOT NULL,
  first_name TEXT NOT NULL,
  last_name TEXT NOT NULL,
  locale TEXT NOT NULL,
  zone TEXT NOT NULL,
  region TEXT NOT NULL,
  source TEXT NOT NULL,
  merged_into BLOB,
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;
-- Few contacts are merged away; these two stay small and cost an import nothing.
CREATE INDEX contact_merged ON contact (workspace, merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX contact_loser ON contact (workspace, id, merged_into) WHERE merged_into IS NOT NULL;

CREATE TABLE identity (
  workspace BLOB NOT NULL,
  kind TEXT NOT NULL,
  issuer TEXT NOT NULL,
  value TEXT NOT NULL,
  contact BLOB NOT NULL,
  shown TEXT NOT NULL,
  source TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (workspace, kind, issuer, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX identity_contact ON identity (workspace, contact, kind);

CREATE TABLE contact_merge (
  workspace BLOB NOT NULL,
  id BLOB NOT NULL,
  winner BLOB NOT NULL,
  loser BLOB NOT NULL,
  reason TEXT NOT NULL,
  actor TEXT NOT NULL,
  at INTEGER NOT NULL,
  undone_at INTEGER,
  PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX contact_merge_loser ON contact_merge (workspace, loser);
CREATE INDEX contact_merge_winner ON contact_merge (workspace, winner);

-- The first kind a trait's key is given is its kind in this workspace.
CREATE TABLE trait_key (
  workspace BLOB NOT NULL,
  key TEXT NOT NULL,
  kind TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (workspace, key)
) STRICT, WITHOUT ROWID;

-- A typed fact: `text` or `number` is set; an instant is a number of microseconds.
CREATE TABLE trait (
  workspace BLOB NOT NULL,
  contact BLOB NOT NULL,
  key TEXT NOT NULL,
  kind TEXT NOT NULL,
  text TEXT,
  number REAL,
  source TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (workspace, contact, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX trait_text ON trait (workspace, key, text, contact);
CREATE INDEX trait_number ON trait (workspace, key, number, contact);

CREATE TABLE tag (
  workspace BLOB NOT NULL,
  contact BLOB NOT NULL,
  name TEXT NOT NULL,
  source TEXT NOT NULL,
  at INTEGER NOT NULL,
  expires_at INTEGER,
  PRIMARY KEY (workspace, contact, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX tag_name ON tag (workspace, name, contact);

-- Every consent given or withdrawn, with its proof; never changed.
CREATE TABLE consent_record (
  workspace BLOB NOT NULL,
  id BLOB NOT NULL,
  contact BLOB NOT NULL,
  channel TEXT NOT NULL,
  topic TEXT NOT NULL,
  state TEXT NOT NULL,
  source TEXT NOT NULL,
  proof TEXT NOT NULL,
  actor TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX consent_record_contact ON consent_record (workspace, contact, at);

-- What holds now.
CREATE TABLE consent (
  workspace BLOB NOT NULL,
  contact BLOB NOT NULL,
  channel TEXT NOT NULL,
  topic TEXT NOT NULL,
  state TEXT NOT NULL,
  record BLOB NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (workspace, contact, channel, topic)
) STRICT, WITHOUT ROWID;

CREATE INDEX consent_state ON consent (workspace, channel, topic, state, contact);

CREATE TABLE suppression (
  workspace BLOB NOT NULL,
  channel TEXT NOT NULL,
  address_hash BLOB NOT NULL,
  reason TEXT NOT NULL,
  source TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (workspace, channel, address_hash)
) STRICT, WITHOUT ROWID;

-- One row a person; whoever decides a send or records an opt-out updates it first.
CREATE TABLE gate (
  workspace BLOB NOT NULL,
  contact BLOB NOT NULL,
  turns INTEGER NOT NULL,
  PRIMARY KEY (workspace, contact)
) STRICT, WITHOUT ROWID;

-- The one stream everything reads. A touch is an event with a channel.
CREATE TABLE event (
  workspace BLOB NOT NULL,
  at INTEGER NOT NULL,
  id BLOB NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  contact BLOB,
  channel TEXT,
  campaign BLOB,
  send BLOB,
  source TEXT NOT NULL,
  value_minor INTEGER,
  currency TEXT,
  properties TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  PRIMARY KEY (workspace, at, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX event_contact ON event (workspace, contact, at);
CREATE INDEX event_name ON event (workspace, name, at, contact);
CREATE INDEX event_campaign ON event (workspace, campaign, name, at);

CREATE TABLE event_seen (
  workspace BLOB NOT NULL,
  message_id TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (workspace, message_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX event_seen_at ON event_seen (workspace, at);

CREATE TABLE segment (
  workspace BLOB NOT NULL,
  id BLOB NOT NULL,
  unit BLOB,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  rule TEXT NOT NULL,
  strategy TEXT NOT NULL,
  owner TEXT NOT NULL,
  measure TEXT NOT NULL,
  archived INTEGER NOT NULL,
  version INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX segment_name ON segment (workspace, name);

CREATE TABLE audience_snapshot (
  workspace BLOB NOT NULL,
  id BLOB NOT NULL,
  segment BLOB,
  name TEXT NOT NULL,
  rule TEXT NOT NULL,
  size INTEGER NOT NULL,
  complete INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE audience_member (
  workspace BLOB NOT NULL,
  snapshot BLOB NOT NULL,
  contact BLOB NOT NULL,
  PRIMARY KEY (workspace, snapshot, contact)
) STRICT, WITHOUT ROWID;

-- A file being read in: any area's rows go through the same reader.
CREATE TABLE import (
  workspace BLOB NOT NULL,
  id BLOB NOT NULL,
  kind TEXT NOT NULL,
  file_name TEXT NOT NULL,
  file_path TEXT NOT NULL,
  digest TEXT NOT NULL,
  options TEXT NOT NULL,
  state TEXT NOT NULL,
  job BLOB,
  bytes_total INTEGER NOT NULL,
  bytes_read INTEGER NOT NULL,
  rows_read INTEGER NOT NULL,
  rows_good INTEGER NOT NULL,
  rows_bad INTEGER NOT NULL,
  report TEXT NOT NULL,
  error TEXT,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  finished_at INTEGER,
  PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE import_error (
  workspace BLOB NOT NULL,
  import BLOB NOT NULL,
  row INTEGER NOT NULL,
  field TEXT NOT NULL,
  message TEXT NOT NULL,
  line TEXT NOT NULL,
  PRIMARY KEY (workspace, import, row, field)
) STRICT, WITHOUT ROWID;
