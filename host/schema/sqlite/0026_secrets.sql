-- Tokens that the host gets for accounts (OAuth2), sealed. Whoever holds the
-- lease gets the next one; everybody else waits for it.

CREATE TABLE installation_token (
  workspace BLOB NOT NULL,
  installation BLOB NOT NULL,
  name TEXT NOT NULL,
  sealed BLOB NOT NULL,
  renew_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  lease_of BLOB NOT NULL,
  lease_until INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (workspace, installation, name)
) STRICT, WITHOUT ROWID;

-- Keys that outlive the master key they were first derived from, sealed under
-- the one in use: hashes of addresses, links in mails that were sent, the chain
-- of the audit log. Empty until the master key is first replaced.

CREATE TABLE kept_key (
  purpose TEXT NOT NULL PRIMARY KEY,
  sealed BLOB NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
