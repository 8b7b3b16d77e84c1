-- A workspace may stand in the past: what is later than this is hidden from
-- every query. Empty when it goes with the present.
ALTER TABLE workspace ADD COLUMN stands_at INTEGER;

-- Changes of what holds now (profiles, consents) that came in before their time.
CREATE TABLE waiting (
  workspace BLOB NOT NULL,
  at INTEGER NOT NULL,
  id BLOB NOT NULL,
  contact BLOB,
  topic TEXT NOT NULL,
  payload BLOB NOT NULL,
  PRIMARY KEY (workspace, at, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX waiting_contact ON waiting (workspace, contact);
