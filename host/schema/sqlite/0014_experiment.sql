-- Experiments: arms, and who was given which.

CREATE TABLE experiment (
  workspace BLOB NOT NULL,
  id BLOB NOT NULL,
  name TEXT NOT NULL,
  scope TEXT NOT NULL,
  state TEXT NOT NULL,
  starts_at INTEGER,
  ends_at INTEGER,
  salt BLOB NOT NULL,
  version INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX experiment_name ON experiment (workspace, name);
CREATE INDEX experiment_scope ON experiment (workspace, scope, state);

-- Shares are basis points and sum to 10,000.
CREATE TABLE experiment_arm (
  workspace BLOB NOT NULL,
  experiment BLOB NOT NULL,
  place INTEGER NOT NULL,
  name TEXT NOT NULL,
  share_bp INTEGER NOT NULL,
  held_out INTEGER NOT NULL,
  PRIMARY KEY (workspace, experiment, place)
) STRICT, WITHOUT ROWID;

-- Written once for a person, never changed; `contact` is the root at that moment.
CREATE TABLE experiment_assignment (
  workspace BLOB NOT NULL,
  experiment BLOB NOT NULL,
  contact BLOB NOT NULL,
  place INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (workspace, experiment, contact)
) STRICT, WITHOUT ROWID;
CREATE INDEX experiment_assignment_place ON experiment_assignment (workspace, experiment, place);
CREATE INDEX experiment_assignment_contact ON experiment_assignment (workspace, contact);

-- The experiment a campaign is measured by.
ALTER TABLE campaign ADD COLUMN experiment BLOB;
