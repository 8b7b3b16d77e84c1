-- What a person asked for: all that is known of them, or that it be erased. A
-- finished erasure keeps its certificate; an export's document, in parts, goes
-- after some days and with an erasure.

CREATE TABLE person_request (
  workspace BLOB NOT NULL,
  id BLOB NOT NULL,
  kind TEXT NOT NULL,
  contact BLOB NOT NULL,
  contacts TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  job BLOB NOT NULL,
  bytes INTEGER NOT NULL,
  certificate TEXT,
  signature TEXT,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  finished_at INTEGER,
  PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX person_request_contact ON person_request (workspace, contact, id);

CREATE TABLE person_document (
  workspace BLOB NOT NULL,
  request BLOB NOT NULL,
  part INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (workspace, request, part)
) STRICT, WITHOUT ROWID;

-- How many days a workspace keeps what areas forget after some time; no days is for ever.
CREATE TABLE retention (
  workspace BLOB NOT NULL,
  what TEXT NOT NULL,
  days INTEGER,
  updated_by TEXT NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (workspace, what)
) STRICT, WITHOUT ROWID;
