-- Where packages come from and who vouches for them.

-- Keys that a workspace trusts to sign for a publisher; a revoked one stays, so
-- that it is never trusted again.
CREATE TABLE publisher_key (
  workspace UUID NOT NULL,
  key_id TEXT NOT NULL,
  publisher TEXT NOT NULL,
  public_key TEXT NOT NULL,
  note TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  revoked_by TEXT,
  revoked_at BIGINT,
  revoked_reason TEXT,
  PRIMARY KEY (workspace, key_id, publisher)
);
CREATE INDEX publisher_key_of ON publisher_key (workspace, publisher, key_id);

-- Packages that must not be activated, here or not yet here.
CREATE TABLE package_revocation (
  workspace UUID NOT NULL,
  digest TEXT NOT NULL,
  reason TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (workspace, digest)
);

-- The keys whose signatures a package carries, each intact.
CREATE TABLE package_signer (
  workspace UUID NOT NULL,
  digest TEXT NOT NULL,
  key_id TEXT NOT NULL,
  PRIMARY KEY (workspace, digest, key_id)
);
CREATE INDEX package_signer_of ON package_signer (workspace, key_id, digest);

-- Where a package came from; `resolved` is what its tag or digest stood for.
CREATE TABLE package_origin (
  workspace UUID NOT NULL,
  digest TEXT NOT NULL,
  kind TEXT NOT NULL,
  reference TEXT,
  resolved TEXT,
  PRIMARY KEY (workspace, digest)
);

-- What becomes of packages that no trusted key signed: allow, warn or refuse.
CREATE TABLE package_policy (
  workspace UUID NOT NULL,
  unsigned TEXT NOT NULL,
  version BIGINT NOT NULL,
  updated_by TEXT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (workspace)
);

-- Which installations have a package.
CREATE INDEX installation_version_package ON installation_version (workspace, digest);
