-- Experiments: arms, and who was given which.

CREATE TABLE experiment (
  workspace UUID NOT NULL,
  id UUID NOT NULL,
  name TEXT NOT NULL,
  scope TEXT NOT NULL,
  state TEXT NOT NULL,
  starts_at BIGINT,
  ends_at BIGINT,
  salt BYTEA NOT NULL,
  version BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (workspace, id)
);
CREATE UNIQUE INDEX experiment_name ON experiment (workspace, name);
CREATE INDEX experiment_scope ON experiment (workspace, scope, state);

-- Shares are basis points and sum to 10,000.
CREATE TABLE experiment_arm (
  workspace UUID NOT NULL,
  experiment UUID NOT NULL,
  place BIGINT NOT NULL,
  name TEXT NOT NULL,
  share_bp BIGINT NOT NULL,
  held_out BOOLEAN NOT NULL,
  PRIMARY KEY (workspace, experiment, place)
);

-- Written once for a person, never changed; `contact` is the root at that moment.
CREATE TABLE experiment_assignment (
  workspace UUID NOT NULL,
  experiment UUID NOT NULL,
  contact UUID NOT NULL,
  place BIGINT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (workspace, experiment, contact)
);
CREATE INDEX experiment_assignment_place ON experiment_assignment (workspace, experiment, place);
CREATE INDEX experiment_assignment_contact ON experiment_assignment (workspace, contact);

-- The experiment a campaign is measured by.
ALTER TABLE campaign ADD COLUMN experiment UUID;
