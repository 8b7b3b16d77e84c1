-- Workspaces, the tree of units, users, roles, tokens, sessions.

CREATE TABLE workspace (
  id UUID NOT NULL PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  locale TEXT NOT NULL,
  zone TEXT NOT NULL,
  currency TEXT NOT NULL,
  labels TEXT NOT NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);

-- `path` is the ids from the root to this unit, each with a slash after it, so
-- that a subtree is one range of the index.
CREATE TABLE unit (
  workspace UUID NOT NULL,
  id UUID NOT NULL,
  parent UUID,
  kind TEXT NOT NULL,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  path TEXT COLLATE "C" NOT NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (workspace, id)
);
CREATE UNIQUE INDEX unit_code ON unit (workspace, code);
CREATE INDEX unit_path ON unit (workspace, path);

CREATE TABLE user_account (
  workspace UUID NOT NULL,
  id UUID NOT NULL,
  email TEXT NOT NULL,
  name TEXT NOT NULL,
  locale TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  state TEXT NOT NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (workspace, id)
);
CREATE UNIQUE INDEX user_account_email ON user_account (workspace, email);

CREATE TABLE role_assignment (
  workspace UUID NOT NULL,
  user_account UUID NOT NULL,
  unit UUID NOT NULL,
  role TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (workspace, user_account, unit, role)
);

CREATE TABLE api_token (
  workspace UUID NOT NULL,
  id UUID NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  hint TEXT NOT NULL,
  hash BYTEA NOT NULL UNIQUE,
  role TEXT NOT NULL,
  unit UUID NOT NULL,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT,
  revoked_at BIGINT,
  last_used_at BIGINT,
  PRIMARY KEY (workspace, id)
);

CREATE TABLE session (
  workspace UUID NOT NULL,
  hash BYTEA NOT NULL UNIQUE,
  user_account UUID NOT NULL,
  user_agent TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (workspace, hash)
);

CREATE TABLE sign_in_failure (
  subject TEXT NOT NULL,
  at BIGINT NOT NULL,
  id UUID NOT NULL,
  PRIMARY KEY (subject, at, id)
);

-- One row a subject: attempts of one account, or from one address, take turns.
CREATE TABLE sign_in_gate (
  subject TEXT NOT NULL PRIMARY KEY,
  touched_at BIGINT NOT NULL
);

CREATE INDEX session_by_user ON session (workspace, user_account);

-- A link, valid once, by which a person sets a password.
CREATE TABLE invitation (
  workspace UUID NOT NULL,
  hash BYTEA NOT NULL UNIQUE,
  user_account UUID NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (workspace, hash)
);

-- The end of a workspace's audit chain: its number and hash.
CREATE TABLE audit_head (
  workspace UUID NOT NULL PRIMARY KEY,
  number BIGINT NOT NULL,
  hash BYTEA NOT NULL
);
