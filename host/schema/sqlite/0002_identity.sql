-- Workspaces, the tree of units, users, roles, tokens, sessions.

CREATE TABLE workspace (
  id BLOB NOT NULL PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  locale TEXT NOT NULL,
  zone TEXT NOT NULL,
  currency TEXT NOT NULL,
  labels TEXT NOT NULL,
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- `path` is the ids from the root to this unit, each with a slash after it, so
-- that a subtree is one range of the index.
CREATE TABLE unit (
  workspace BLOB NOT NULL,
  id BLOB NOT NULL,
  parent BLOB,
  kind TEXT NOT NULL,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  path TEXT NOT NULL,
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX unit_code ON unit (workspace, code);
CREATE INDEX unit_path ON unit (workspace, path);

CREATE TABLE user_account (
  workspace BLOB NOT NULL,
  id BLOB NOT NULL,
  email TEXT NOT NULL,
  name TEXT NOT NULL,
  locale TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  state TEXT NOT NULL,
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX user_account_email ON user_account (workspace, email);

CREATE TABLE role_assignment (
  workspace BLOB NOT NULL,
  user_account BLOB NOT NULL,
  unit BLOB NOT NULL,
  role TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (workspace, user_account, unit, role)
) STRICT, WITHOUT ROWID;

CREATE TABLE api_token (
  workspace BLOB NOT NULL,
  id BLOB NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  hint TEXT NOT NULL,
  hash BLOB NOT NULL UNIQUE,
  role TEXT NOT NULL,
  unit BLOB NOT NULL,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  revoked_at INTEGER,
  last_used_at INTEGER,
  PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
  workspace BLOB NOT NULL,
  hash BLOB NOT NULL UNIQUE,
  user_account BLOB NOT NULL,
  user_agent TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  seen_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (workspace, hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE sign_in_failure (
  subject TEXT NOT NULL,
  at INTEGER NOT NULL,
  id BLOB NOT NULL,
  PRIMARY KEY (subject, at, id)
) STRICT, WITHOUT ROWID;

-- One row a subject: attempts of one account, or from one address, take turns.
CREATE TABLE sign_in_gate (
  subject TEXT NOT NULL PRIMARY KEY,
  touched_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX session_by_user ON session (workspace, user_account);

-- A link, valid once, by which a person sets a password.
CREATE TABLE invitation (
  workspace BLOB NOT NULL,
  hash BLOB NOT NULL UNIQUE,
  user_account BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (workspace, hash)
) STRICT, WITHOUT ROWID;

-- The end of a workspace's audit chain: its number and hash.
CREATE TABLE audit_head (
  workspace BLOB NOT NULL PRIMARY KEY,
  number INTEGER NOT NULL,
  hash BLOB NOT NULL
) STRICT, WITHOUT ROWID;
