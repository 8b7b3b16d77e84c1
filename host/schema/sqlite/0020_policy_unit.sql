-- The delivery policy by unit: what a unit sets itself stands before what the
-- units above it and the workspace set.

-- The parts a unit sets: a JSON object that is read whole.
CREATE TABLE delivery_policy_unit (
  workspace BLOB NOT NULL,
  unit BLOB NOT NULL,
  rules TEXT NOT NULL,
  version INTEGER NOT NULL,
  updated_by TEXT NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (workspace, unit)
) STRICT, WITHOUT ROWID;

-- The number of the last change of any policy of the workspace: one number says
-- by which policies a send was decided.
CREATE TABLE delivery_policy_change (
  workspace BLOB NOT NULL,
  last INTEGER NOT NULL,
  PRIMARY KEY (workspace)
) STRICT, WITHOUT ROWID;

-- The unit of the campaign, whose policy the wave is judged by.
ALTER TABLE occurrence ADD COLUMN unit BLOB;
