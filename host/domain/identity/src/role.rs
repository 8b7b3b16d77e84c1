//! The roles: a table of permission patterns. A role given in the root unit
//! holds for the whole workspace; one given further down holds in that subtree
//! and never for what belongs to the workspace as a whole.

use rialto_web::{Grant, UnitScope};

/// A role.
#[derive(Debug, Clone, Copy)]
pub struct Role {
    /// Its name in the API and the database.
    pub name: &'static str,
    /// What it is for.
    pub summary: &'static str,
    /// Permissions when it is given in the root unit.
    pub everywhere: &'static [&'static str],
    /// Permissions when it is given in another unit.
    pub in_unit: &'static [&'static str],
}

/// What a write key may do: deliver events, and nothing else.
pub const INTAKE_ROLE: &str = "intake";

/// The permission that intake of events asks for.
pub const INTAKE_PERMISSION: &str = "intake.write";

const READ_MARKETING: &[&str] = &[
    "workspace.read",
    "units.read",
    "jobs.read",
    "plugins.read",
    "audience.read",
    "sales.read",
    "creative.read",
    "campaign.read",
    "delivery.read",
    "measure.read",
    "strategy.read",
];

/// Every role a person or an API token can have.
pub const ROLES: &[Role] = &[
    Role {
        name: "admin",
        summary: "runs the workspace, or a part of it",
        everywhere: &["*"],
        in_unit: &[
            "workspace.read",
            "plugins.read",
            "units.*",
            "users.*",
            "jobs.*",
            "audience.*",
            "sales.*",
            "creative.*",
            "campaign.*",
            "delivery.*",
            "measure.*",
            "strategy.*",
        ],
    },
    Role {
        name: "manager",
        summary: "plans, approves and exports",
        everywhere: &[
            "*.read",
            "jobs.write",
            "audience.*",
            "sales.*",
            "creative.*",
            "campaign.*",
            "delivery.*",
            "measure.*",
            "strategy.*",
        ],
        in_unit: &[
            "workspace.read",
            "units.read",
            "users.read",
            "plugins.read",
            "jobs.*",
            "audience.*",
            "sales.*",
            "creative.*",
            "campaign.*",
            "delivery.*",
            "measure.*",
            "strategy.*",
        ],
    },
    Role { name: "marketer", summary: "makes and launches campaigns", everywhere: MARKETER, in_unit: MARKETER },
    Role { name: "analyst", summary: "reads, measures and reports", everywhere: ANALYST, in_unit: ANALYST },
    Role {
        name: "developer",
        summary: "connects systems and tries plugins",
        everywhere: &[
            "workspace.read",
            "units.read",
            "jobs.*",
            "plugins.read",
            "plugins.write",
            "plugins.inspect",
            "tokens.*",
            "intake.write",
            "audience.read",
            "audience.write",
            "sales.read",
            "sales.write",
            "creative.read",
            "campaign.read",
            "delivery.read",
            "measure.read",
            "strategy.read",
        ],
        in_unit: READ_MARKETING,
    },
    Role { name: "viewer", summary: "reads", everywhere: READ_MARKETING, in_unit: READ_MARKETING },
];

const MARKETER: &[&str] = &[
    "workspace.read",
    "units.read",
    "users.read",
    "jobs.read",
    "jobs.write",
    "plugins.read",
    "audience.read",
    "audience.write",
    "sales.read",
    "sales.write",
    "creative.read",
    "creative.write",
    "campaign.read",
    "campaign.write",
    "campaign.launch",
    "delivery.read",
    "delivery.write",
    "measure.read",
    "strategy.read",
    "measure.write",
];

const ANALYST: &[&str] = &[
    "workspace.read",
    "units.read",
    "jobs.read",
    "plugins.read",
    "audience.read",
    "sales.read",
    "creative.read",
    "campaign.read",
    "delivery.read",
    "measure.read",
    "strategy.read",
    "measure.write",
    "measure.export",
];

/// The role of this name.
#[must_use]
pub fn role(name: &str) -> Option<&'static Role> {
    ROLES.iter().find(|role| role.name == name)
}

/// What a role allows when it is given in the unit with this path.
pub(crate) fn grant(name: &str, unit_path: &str, unit_is_root: bool) -> Option<Grant> {
    let patterns = match role(name) {
        Some(role) if unit_is_root => role.everywhere,
        Some(role) => role.in_unit,
        None if name == INTAKE_ROLE => &[INTAKE_PERMISSION],
        None => return None,
    };
    let units = if unit_is_root { UnitScope::All } else { UnitScope::Paths(vec![unit_path.to_owned()]) };
    Some(Grant { permissions: patterns.iter().map(|pattern| (*pattern).to_owned()).collect(), units })
}

/// Whether everything that `wanted` allows is also allowed by `held`: nobody
/// hands on more than they have.
pub(crate) fn covers(held: &[Grant], wanted: &Grant) -> bool {
    wanted.permissions.iter().all(|pattern| {
        held.iter().any(|grant| {
            grant.permissions.iter().any(|mine| pattern_covers(mine, pattern))
                && scope_covers(&grant.units, &wanted.units)
        })
    })
}

fn pattern_covers(held: &str, wanted: &str) -> bool {
    let Some((area, verb)) = held.split_once('.') else { return held == "*" };
    let Some((wanted_area, wanted_verb)) = wanted.split_once('.') else { return false };
    (area == "*" || area == wanted_area) && (verb == "*" || verb == wanted_verb)
}

fn scope_covers(held: &UnitScope, wanted: &UnitScope) -> bool {
    match wanted {
        UnitScope::All => *held == UnitScope::All,
        UnitScope::Paths(paths) => paths.iter().all(|path| held.reaches(path)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str, path: &str, root: bool) -> Grant {
        grant(name, path, root).unwrap()
    }

    #[test]
    fn nobody_hands_on_more_than_they_have() {
        let admin = of("admin", "r/", true);
        let branch = of("admin", "r/b/", false);
        let developer = of("developer", "r/", true);
        assert!(covers(std::slice::from_ref(&admin), &developer));
        assert!(covers(std::slice::from_ref(&branch), &of("marketer", "r/b/c/", false)));
        assert!(!covers(std::slice::from_ref(&branch), &of("marketer", "r/d/", false)), "another branch");
        assert!(!covers(std::slice::from_ref(&branch), &of("viewer", "r/", true)), "the whole workspace");
        assert!(!covers(std::slice::from_ref(&developer), &admin));
        assert!(covers(&[developer], &of(INTAKE_ROLE, "r/", true)));
    }

    #[test]
    fn a_part_of_the_tree_never_rules_the_workspace() {
        for role in ROLES {
            let grant = of(role.name, "r/b/", false);
            for permission in
                ["plugins.approve", "plugins.inspect", "plugins.write", "workspace.write", "tokens.admin", "audit.read"]
            {
                assert!(!grant.allows(permission), "{} in a unit must not allow {permission}", role.name);
            }
        }
    }
}
