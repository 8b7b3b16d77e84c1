//! The shapes of this area, as the API shows and takes them.

use crate::sql::{RoleRow, TokenRow, UnitRow, UserRow, WorkspaceRow};
use jiff::Timestamp;
use rialto_kernel::{Locale, from_micros};
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// Names a workspace gives to things in its own words, by our word.
pub type Labels = BTreeMap<String, String>;

/// A workspace: a tenant's walled data.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Workspace {
    /// Its id.
    pub id: Uuid,
    /// Its short name, in addresses and at sign-in.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// The language of what it sends and shows by default.
    pub locale: Locale,
    /// The IANA zone its days are counted in.
    pub zone: String,
    /// The ISO 4217 currency its money is reported in.
    pub currency: String,
    /// Its own words for things.
    pub labels: Labels,
    /// The instant it stands at: nothing later is seen. None when it goes with
    /// the present.
    pub stands_at: Option<Timestamp>,
    /// Counts changes; send it as `If-Match`.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A workspace to be made.
#[derive(Debug, Clone, Deserialize)]
pub struct NewWorkspace {
    /// Its short name: lower-case letters, digits and dashes.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Its language.
    pub locale: Locale,
    /// Its zone.
    pub zone: String,
    /// Its currency.
    pub currency: String,
}

/// What is to change about a workspace.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkspacePatch {
    /// Its name.
    pub name: Option<String>,
    /// Its language.
    pub locale: Option<Locale>,
    /// The IANA zone its days are counted in.
    pub zone: Option<String>,
    /// What its money is counted in (ISO 4217); it stays once something is counted in it.
    pub currency: Option<String>,
    /// Its own words for things; replaces all of them.
    pub labels: Option<Labels>,
}

/// Where a workspace's clock is to stand.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkspaceClock {
    /// The instant to stand at: nothing later is seen. `null` lets the
    /// workspace go with the present again. It moves forward only.
    #[serde(deserialize_with = "said")]
    #[schema(required)]
    pub stands_at: Option<Timestamp>,
}

/// A field that may be `null` but must be there.
fn said<'de, D: Deserializer<'de>>(source: D) -> Result<Option<Timestamp>, D::Error> {
    Option::deserialize(source)
}

/// A unit: a company, department, business unit, branch or store.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Unit {
    /// Its id.
    pub id: Uuid,
    /// The unit it is part of; none for the root.
    pub parent: Option<Uuid>,
    /// What it is: `company`, `department`, `business_unit`, `branch`, `store`.
    pub kind: String,
    /// Its code, unique in the workspace; imports refer to it.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The ids from the root to it.
    pub path: String,
    /// Counts changes; send it as `If-Match`.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A unit to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUnit {
    /// The unit it is part of; the root when left out.
    pub parent: Option<Uuid>,
    /// `company`, `department`, `business_unit`, `branch` or `store`.
    pub kind: String,
    /// Its code, unique in the workspace.
    pub code: String,
    /// Its name.
    pub name: String,
}

/// What is to change about a unit.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UnitPatch {
    /// The unit it is to be part of: moves it with all below it.
    pub parent: Option<Uuid>,
    /// What it is.
    pub kind: Option<String>,
    /// Its code.
    pub code: Option<String>,
    /// Its name.
    pub name: Option<String>,
}

/// A role of a user in a unit and all below it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RoleIn {
    /// `admin`, `manager`, `marketer`, `analyst`, `developer` or `viewer`.
    pub role: String,
    /// In which unit and all below it.
    pub unit: Uuid,
}

/// A role to be given or taken.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRole {
    /// `admin`, `manager`, `marketer`, `analyst`, `developer` or `viewer`.
    pub role: String,
    /// In which unit and all below it; the whole workspace when left out.
    pub unit: Option<Uuid>,
}

/// A person who can sign in.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct User {
    /// Their id.
    pub id: Uuid,
    /// The address they sign in with.
    pub email: String,
    /// Their name.
    pub name: String,
    /// Their language.
    pub locale: Locale,
    /// `invited`, `active` or `disabled`.
    pub state: String,
    /// What they may do, and where.
    pub roles: Vec<RoleIn>,
    /// Counts changes; send it as `If-Match`.
    pub version: i64,
    /// When the account was made.
    pub created_at: Timestamp,
}

/// A user to be invited, or made with a password.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    /// The address they sign in with.
    pub email: String,
    /// Their name.
    pub name: String,
    /// Their language; the workspace's when left out.
    pub locale: Option<Locale>,
    /// What they may do.
    #[serde(default)]
    pub roles: Vec<NewRole>,
    /// A first password; when left out, the answer holds an invitation.
    pub password: Option<String>,
}

/// What is to change about a user.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserPatch {
    /// Their name.
    pub name: Option<String>,
    /// Their language.
    pub locale: Option<Locale>,
    /// `true` ends all their sessions and lets nobody in; `false` undoes it.
    pub disabled: Option<bool>,
}

/// A link, valid once, by which a person sets a password.
#[derive(Clone, Serialize, ToSchema)]
pub struct Invitation {
    /// The secret of the link; shown this once.
    pub token: String,
    /// When it stops to work.
    pub expires_at: Timestamp,
}

/// A user that was made.
#[derive(Clone, Serialize, ToSchema)]
pub struct UserMade {
    /// The user.
    pub user: User,
    /// How they set their password, unless one was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invitation: Option<Invitation>,
}

/// What a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TokenKind {
    /// Does what its role allows.
    Api,
    /// Does everything in the workspace.
    Admin,
    /// Delivers events, and nothing else: safe in a web page.
    Write,
}

impl TokenKind {
    /// Its name in the database and in the secret.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Admin => "admin",
            Self::Write => "write",
        }
    }
}

/// An API token, without its secret.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Token {
    /// Its id.
    pub id: Uuid,
    /// `api`, `admin` or `write`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// The end of its secret, to tell two apart.
    pub hint: String,
    /// What it may do.
    pub role: String,
    /// In which unit and all below it.
    pub unit: Uuid,
    /// Who made it.
    pub created_by: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops to work.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// When it was last used, to some minutes.
    pub last_used_at: Option<Timestamp>,
}

/// A token to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// What it is for.
    pub kind: TokenKind,
    /// Its name.
    pub name: String,
    /// What it may do; only for kind `api`, where it must be given.
    pub role: Option<String>,
    /// In which unit and all below it; the whole workspace when left out.
    pub unit: Option<Uuid>,
    /// When it is to stop to work; never when left out.
    pub expires_at: Option<Timestamp>,
}

/// A token that was made.
#[derive(Clone, Serialize, ToSchema)]
pub struct TokenMade {
    /// The token.
    pub token: Token,
    /// Its secret: shown this once, and kept nowhere.
    pub secret: String,
}

/// An entry of the audit log.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AuditRecord {
    /// Its number in the workspace's chain.
    pub number: i64,
    /// When.
    pub at: Timestamp,
    /// Who: `user:…`, `token:…`, `local` or `system`.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// To what kind of thing.
    pub object: String,
    /// To which.
    pub object_id: String,
    /// What else is to be known.
    pub detail: serde_json::Value,
}

impl From<WorkspaceRow> for Workspace {
    fn from(row: WorkspaceRow) -> Self {
        Self {
            id: row.id,
            slug: row.slug,
            name: row.name,
            locale: row.locale.parse().unwrap_or_default(),
            zone: row.zone,
            currency: row.currency,
            labels: serde_json::from_str(&row.labels).unwrap_or_default(),
            stands_at: row.stands_at.map(from_micros),
            version: row.version,
            created_at: from_micros(row.created_at),
        }
    }
}

impl From<UnitRow> for Unit {
    fn from(row: UnitRow) -> Self {
        Self {
            id: row.id,
            parent: row.parent,
            kind: row.kind,
            code: row.code,
            name: row.name,
            path: row.path,
            version: row.version,
            created_at: from_micros(row.created_at),
        }
    }
}

impl From<TokenRow> for Token {
    fn from(row: TokenRow) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            name: row.name,
            hint: row.hint,
            role: row.role,
            unit: row.unit,
            created_by: row.created_by,
            created_at: from_micros(row.created_at),
            expires_at: row.expires_at.map(from_micros),
            revoked_at: row.revoked_at.map(from_micros),
            last_used_at: row.last_used_at.map(from_micros),
        }
    }
}

impl User {
    pub(crate) fn of(row: UserRow, roles: Vec<RoleRow>) -> Self {
        Self {
            id: row.id,
            email: row.email,
            name: row.name,
            locale: row.locale.parse().unwrap_or_default(),
            state: row.state,
            roles: roles.into_iter().map(|role| RoleIn { role: role.role, unit: role.unit }).collect(),
            version: row.version,
            created_at: from_micros(row.created_at),
        }
    }
}
