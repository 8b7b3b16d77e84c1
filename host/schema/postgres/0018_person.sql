-- What a person asked for: all that is known of them, or that it be erased. A
-- finished erasure keeps its certificate; an export's document, in parts, goes
-- after some days and with an erasure.

CREATE TABLE person_request (
  workspace UUID NOT NULL,
  id UUID NOT NULL,
  kind TEXT NOT NULL,
  contact UUID NOT NULL,
  contacts TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  job UUID NOT NULL,
  bytes BIGINT NOT NULL,
  certificate TEXT,
  signature TEXT,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  finished_at BIGINT,
  PRIMARY KEY (workspace, id)
);
CREATE INDEX person_request_contact ON person_request (workspace, contact, id);

CREATE TABLE person_document (
  workspace UUID NOT NULL,
  request UUID NOT NULL,
  part BIGINT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (workspace, request, part)
);

-- How many days a workspace keeps what areas forget after some time; no days is for ever.
CREATE TABLE retention (
  workspace UUID NOT NULL,
  what TEXT NOT NULL,
  days BIGINT,
  updated_by TEXT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (workspace, what)
);
