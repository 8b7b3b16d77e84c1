-- The delivery policy by unit: what a unit sets itself stands before what the
-- units above it and the workspace set.

-- The parts a unit sets: a JSON object that is read whole.
CREATE TABLE delivery_policy_unit (
  workspace UUID NOT NULL,
  unit UUID NOT NULL,
  rules TEXT NOT NULL,
  version BIGINT NOT NULL,
  updated_by TEXT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (workspace, unit)
);

-- The number of the last change of any policy of the workspace: one number says
-- by which policies a send was decided.
CREATE TABLE delivery_policy_change (
  workspace UUID NOT NULL,
  last BIGINT NOT NULL,
  PRIMARY KEY (workspace)
);

-- The unit of the campaign, whose policy the wave is judged by.
ALTER TABLE occurrence ADD COLUMN unit UUID;
