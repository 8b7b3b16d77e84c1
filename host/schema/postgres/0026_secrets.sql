-- Tokens that the host gets for accounts (OAuth2), sealed. Whoever holds the
-- lease gets the next one; everybody else waits for it.

CREATE TABLE installation_token (
  workspace UUID NOT NULL,
  installation UUID NOT NULL,
  name TEXT NOT NULL,
  sealed BYTEA NOT NULL,
  renew_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  lease_of UUID NOT NULL,
  lease_until BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (workspace, installation, name)
);

-- Keys that outlive the master key they were first derived from, sealed under
-- the one in use: hashes of addresses, links in mails that were sent, the chain
-- of the audit log. Empty until the master key is first replaced.

CREATE TABLE kept_key (
  purpose TEXT NOT NULL PRIMARY KEY,
  sealed BYTEA NOT NULL,
  updated_at BIGINT NOT NULL
);
