-- Packages, installations, grants, secrets, state and runs of plugins.

CREATE TABLE plugin_package (
  workspace BLOB NOT NULL,
  digest TEXT NOT NULL,
  plugin TEXT NOT NULL,
  version TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  inspection TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (workspace, digest)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX plugin_package_version ON plugin_package (workspace, plugin, version);

-- The kinds a package is, read off its exports.
CREATE TABLE plugin_role (
  workspace BLOB NOT NULL,
  digest TEXT NOT NULL,
  kind TEXT NOT NULL,
  PRIMARY KEY (workspace, digest, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE plugin_binary (
  workspace BLOB NOT NULL,
  digest TEXT NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (workspace, digest)
) STRICT;

CREATE TABLE installation (
  workspace BLOB NOT NULL,
  id BLOB NOT NULL,
  unit BLOB,
  plugin TEXT NOT NULL,
  name TEXT NOT NULL,
  enabled INTEGER NOT NULL,
  active_version BLOB,
  previous_version BLOB,
  settings TEXT NOT NULL,
  version INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX installation_name ON installation (workspace, name);

-- One version of an installation; `state` is waiting, approved, active or superseded.
-- `described` is what the plugin answered to `describe`, by language.
CREATE TABLE installation_version (
  workspace BLOB NOT NULL,
  id BLOB NOT NULL,
  installation BLOB NOT NULL,
  digest TEXT NOT NULL,
  version TEXT NOT NULL,
  state TEXT NOT NULL,
  grants TEXT NOT NULL,
  difference TEXT NOT NULL,
  described TEXT NOT NULL,
  approved_by TEXT,
  approved_at INTEGER,
  activated_at INTEGER,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX installation_version_of ON installation_version (workspace, installation, created_at);

CREATE TABLE installation_secret (
  workspace BLOB NOT NULL,
  installation BLOB NOT NULL,
  name TEXT NOT NULL,
  sealed BLOB NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (workspace, installation, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE plugin_state (
  workspace BLOB NOT NULL,
  installation BLOB NOT NULL,
  key TEXT NOT NULL,
  value BLOB NOT NULL,
  size_bytes INTEGER NOT NULL,
  version INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (workspace, installation, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE plugin_run (
  workspace BLOB NOT NULL,
  id BLOB NOT NULL,
  installation BLOB NOT NULL,
  installation_version BLOB NOT NULL,
  digest TEXT NOT NULL,
  kind TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  limit_name TEXT,
  error TEXT,
  wall_us INTEGER NOT NULL,
  cpu_us INTEGER NOT NULL,
  memory_peak_bytes INTEGER NOT NULL,
  host_calls INTEGER NOT NULL,
  record TEXT NOT NULL,
  logs TEXT NOT NULL,
  PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX plugin_run_of ON plugin_run (workspace, installation, started_at);
