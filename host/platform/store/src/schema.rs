//! The migrations, in order, embedded from `host/schema/`.

use crate::Migration;

macro_rules! migrations {
    ($($name:literal),* $(,)?) => {
        &[$(Migration {
            name: $name,
            sqlite: include_str!(concat!("../../../schema/sqlite/", $name, ".sql")),
            postgres: include_str!(concat!("../../../schema/postgres/", $name, ".sql")),
        }),*]
    };
}

/// Every migration, oldest first. A released one is never edited.
pub const MIGRATIONS: &[Migration] = migrations![
    "0001_platform",
    "0002_identity",
    "0003_plugins",
    "0004_audience",
    "0005_sales",
    "0006_creative",
    "0007_campaign",
    "0008_delivery",
    "0009_measure",
    "0010_host",
    "0011_row_security",
    "0012_gate",
    "0013_plan",
    "0014_experiment",
    "0015_import",
    "0016_as_of",
    "0017_strategy",
    "0018_person",
    "0019_lift",
    "0020_policy_unit",
    "0021_preflight",
    "0022_backup",
    "0023_supply",
    "0024_rollout",
    "0025_recorder",
    "0026_secrets",
    "0027_conformance",
    "0028_patterns",
];
