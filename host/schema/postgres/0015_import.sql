-- Files as people have them: what columns meant last time, and what an import
-- made, so that it can be taken back.

-- Which column each header meant, by the header's digest; used again when the
-- same header comes without word about it.
CREATE TABLE import_mapping (
  workspace UUID NOT NULL,
  kind TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  map TEXT NOT NULL,
  used_at BIGINT NOT NULL,
  PRIMARY KEY (workspace, kind, fingerprint)
);
CREATE INDEX import_mapping_used ON import_mapping (workspace, used_at);

-- The ids of what a batch of an import made, sixteen bytes each.
CREATE TABLE import_made (
  workspace UUID NOT NULL,
  import UUID NOT NULL,
  object TEXT NOT NULL,
  batch BIGINT NOT NULL,
  ids BYTEA NOT NULL,
  PRIMARY KEY (workspace, import, object, batch)
);

-- What an import made and its undoing left alone, and why.
CREATE TABLE import_kept (
  workspace UUID NOT NULL,
  import UUID NOT NULL,
  object TEXT NOT NULL,
  id UUID NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (workspace, import, object, id)
);

ALTER TABLE import ADD COLUMN undo TEXT;
