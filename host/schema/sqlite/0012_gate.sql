-- The gate: a delivery policy a workspace, content frozen at launch, and what a
-- running wave is paused by.

-- How often and when people may be written to: a JSON object that is read whole.
CREATE TABLE delivery_policy (
  workspace BLOB NOT NULL,
  rules TEXT NOT NULL,
  version INTEGER NOT NULL,
  updated_by TEXT NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (workspace)
) STRICT, WITHOUT ROWID;

-- The message and the sender of a wave as they were at its launch, every language.
CREATE TABLE occurrence_content (
  workspace BLOB NOT NULL,
  occurrence BLOB NOT NULL,
  variant TEXT NOT NULL,
  content TEXT NOT NULL,
  digest BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (workspace, occurrence, variant)
) STRICT, WITHOUT ROWID;

-- The policy a row was decided by.
ALTER TABLE send ADD COLUMN policy_version INTEGER;
-- What reached a person lately.
CREATE INDEX send_reached ON send (workspace, contact, dispatched_at) WHERE dispatched_at IS NOT NULL;

ALTER TABLE occurrence ADD COLUMN experiment BLOB;
-- Since its begin, or since it was last resumed.
ALTER TABLE occurrence ADD COLUMN tried INTEGER NOT NULL DEFAULT 0;
ALTER TABLE occurrence ADD COLUMN hard_bounces INTEGER NOT NULL DEFAULT 0;
ALTER TABLE occurrence ADD COLUMN complaints INTEGER NOT NULL DEFAULT 0;
ALTER TABLE occurrence ADD COLUMN hold_reason TEXT;

ALTER TABLE mail_server ADD COLUMN dkim_domain TEXT NOT NULL DEFAULT '';
ALTER TABLE mail_server ADD COLUMN dkim_selector TEXT NOT NULL DEFAULT '';
-- Sealed like the password.
ALTER TABLE mail_server ADD COLUMN dkim_key BLOB;
