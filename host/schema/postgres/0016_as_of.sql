-- A workspace may stand in the past: what is later than this is hidden from
-- every query. Empty when it goes with the present.
ALTER TABLE workspace ADD COLUMN stands_at BIGINT;

-- Changes of what holds now (profiles, consents) that came in before their time.
CREATE TABLE waiting (
  workspace UUID NOT NULL,
  at BIGINT NOT NULL,
  id UUID NOT NULL,
  contact UUID,
  topic TEXT NOT NULL,
  payload BYTEA NOT NULL,
  PRIMARY KEY (workspace, at, id)
);
CREATE INDEX waiting_contact ON waiting (workspace, contact);
