-- Packages, installations, grants, secrets, state and runs of plugins.

CREATE TABLE plugin_package (
  workspace UUID NOT NULL,
  digest TEXT NOT NULL,
  plugin TEXT NOT NULL,
  version TEXT NOT NULL,
  size_bytes BIGINT NOT NULL,
  inspection TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (workspace, digest)
);
CREATE UNIQUE INDEX plugin_package_version ON plugin_package (workspace, plugin, version);

-- The kinds a package is, read off its exports.
CREATE TABLE plugin_role (
  workspace UUID NOT NULL,
  digest TEXT NOT NULL,
  kind TEXT NOT NULL,
  PRIMARY KEY (workspace, digest, kind)
);

CREATE TABLE plugin_binary (
  workspace UUID NOT NULL,
  digest TEXT NOT NULL,
  bytes BYTEA NOT NULL,
  PRIMARY KEY (workspace, digest)
);

CREATE TABLE installation (
  workspace UUID NOT NULL,
  id UUID NOT NULL,
  unit UUID,
  plugin TEXT NOT NULL,
  name TEXT NOT NULL,
  enabled BOOLEAN NOT NULL,
  active_version UUID,
  previous_version UUID,
  settings TEXT NOT NULL,
  version BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (workspace, id)
);
CREATE UNIQUE INDEX installation_name ON installation (workspace, name);

-- One version of an installation; `state` is waiting, approved, active or superseded.
-- `described` is what the plugin answered to `describe`, by language.
CREATE TABLE installation_version (
  workspace UUID NOT NULL,
  id UUID NOT NULL,
  installation UUID NOT NULL,
  digest TEXT NOT NULL,
  version TEXT NOT NULL,
  state TEXT NOT NULL,
  grants TEXT NOT NULL,
  difference TEXT NOT NULL,
  described TEXT NOT NULL,
  approved_by TEXT,
  approved_at BIGINT,
  activated_at BIGINT,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (workspace, id)
);
CREATE INDEX installation_version_of ON installation_version (workspace, installation, created_at);

CREATE TABLE installation_secret (
  workspace UUID NOT NULL,
  installation UUID NOT NULL,
  name TEXT NOT NULL,
  sealed BYTEA NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (workspace, installation, name)
);

CREATE TABLE plugin_state (
  workspace UUID NOT NULL,
  installation UUID NOT NULL,
  key TEXT NOT NULL,
  value BYTEA NOT NULL,
  size_bytes BIGINT NOT NULL,
  version BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (workspace, installation, key)
);

CREATE TABLE plugin_run (
  workspace UUID NOT NULL,
  id UUID NOT NULL,
  installation UUID NOT NULL,
  installation_version UUID NOT NULL,
  digest TEXT NOT NULL,
  kind TEXT NOT NULL,
  started_at BIGINT NOT NULL,
  outcome TEXT NOT NULL,
  limit_name TEXT,
  error TEXT,
  wall_us BIGINT NOT NULL,
  cpu_us BIGINT NOT NULL,
  memory_peak_bytes BIGINT NOT NULL,
  host_calls BIGINT NOT NULL,
  record TEXT NOT NULL,
  logs TEXT NOT NULL,
  PRIMARY KEY (workspace, id)
);
CREATE INDEX plugin_run_of ON plugin_run (workspace, installation, started_at);
