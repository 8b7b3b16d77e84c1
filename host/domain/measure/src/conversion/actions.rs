//! Making and changing conversion definitions.

use super::{
    Definition,
    rule::{Counting, Rule, WINDOW_DAYS_MAX},
    sql,
};
use crate::MeasureError;
use rialto_identity::{AuditEntry, audit};
use rialto_kernel::{Id, from_micros};
use rialto_slice::Host;
use rialto_web::{Caller, IfMatch};
use serde::Deserialize;
use utoipa::ToSchema;

/// The window when nobody says, days.
pub const WINDOW_DAYS_DEFAULT: i64 = 30;
const CODE_CHARS_MAX: usize = 100;
const NAME_CHARS_MAX: usize = 200;

/// A conversion definition to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewConversionDefinition)]
pub struct NewDefinition {
    /// A short name for programs: small letters, digits, dashes.
    pub code: String,
    /// A name for people.
    pub name: String,
    /// What counts.
    pub rule: Rule,
    /// Touches so many days before a conversion may earn credit for it; 30 if absent.
    #[serde(default)]
    pub window_days: Option<i64>,
    /// How often one person counts; every time if absent.
    #[serde(default)]
    pub counting: Option<Counting>,
}

/// What to change.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ChangedConversionDefinition)]
pub struct ChangedDefinition {
    /// A name for people.
    #[serde(default)]
    pub name: Option<String>,
    /// What counts.
    #[serde(default)]
    pub rule: Option<Rule>,
    /// Touches so many days before a conversion may earn credit for it.
    #[serde(default)]
    pub window_days: Option<i64>,
    /// How often one person counts.
    #[serde(default)]
    pub counting: Option<Counting>,
}

/// Make a conversion definition.
///
/// # Errors
/// When a field is wrong or the code is taken.
pub async fn create(host: &Host, caller: &Caller, new: NewDefinition) -> Result<Definition, MeasureError> {
    let code_ok = !new.code.is_empty()
        && new.code.len() <= CODE_CHARS_MAX
        && new.code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !code_ok {
        return Err(MeasureError::invalid("code", "use 1 to 100 small letters, digits and dashes"));
    }
    let now_us = host.now_in(caller.workspace);
    let definition = Definition {
        id: host.id(),
        code: new.code,
        name: new.name,
        rule: new.rule,
        window_days: new.window_days.unwrap_or(WINDOW_DAYS_DEFAULT),
        counting: new.counting.unwrap_or(Counting::Every),
        version: 1,
        created_by: caller.actor.to_string(),
        created_at: from_micros(now_us).to_string(),
        updated_at: from_micros(now_us).to_string(),
    };
    check(&definition)?;
    let (ws, kept) = (caller.workspace, definition.clone());
    let entry = AuditEntry::new(host, caller, "measure.define", "conversion_definition", definition.id)
        .detail(serde_json::to_value(&definition)?);
    host.store
        .write(ws, "measure.definition", move |conn| {
            Box::pin(async move {
                sql::definition_insert(conn, ws, &kept, now_us).await?;
                Ok::<_, MeasureError>(audit(conn, &entry).await?)
            })
        })
        .await?;
    Ok(definition)
}

/// Change a conversion definition. Runs made with it keep what they computed.
///
/// # Errors
/// When it is not there, has moved on, or a field is wrong.
pub async fn change(
    host: &Host,
    caller: &Caller,
    id: Id,
    wanted: IfMatch,
    change: ChangedDefinition,
) -> Result<Definition, MeasureError> {
    let (ws, now_us) = (caller.workspace, host.now_us());
    let entry = AuditEntry::new(host, caller, "measure.redefine", "conversion_definition", id);
    host.store
        .write(ws, "measure.definition", move |conn| {
            Box::pin(async move {
                let mut definition =
                    sql::definition_find(conn, ws, id).await?.ok_or(MeasureError::Missing("conversion definition"))?;
                wanted.check(definition.version).map_err(MeasureError::Other)?;
                definition.name = change.name.unwrap_or(definition.name);
                definition.rule = change.rule.unwrap_or(definition.rule);
                definition.window_days = change.window_days.unwrap_or(definition.window_days);
                definition.counting = change.counting.unwrap_or(definition.counting);
                check(&definition)?;
                if !sql::definition_update(conn, ws, &definition, now_us).await? {
                    let detail = "it was changed at the same moment; read it again, then repeat".to_owned();
                    return Err(MeasureError::State { code: "changed", detail });
                }
                definition.version += 1;
                definition.updated_at = from_micros(now_us).to_string();
                audit(conn, &entry.detail(serde_json::to_value(&definition)?)).await?;
                Ok(definition)
            })
        })
        .await
}

fn check(definition: &Definition) -> Result<(), MeasureError> {
    if definition.name.trim().is_empty() || definition.name.chars().count() > NAME_CHARS_MAX {
        return Err(MeasureError::invalid("name", "give a name of 1 to 200 characters"));
    }
    if !(1..=WINDOW_DAYS_MAX).contains(&definition.window_days) {
        return Err(MeasureError::invalid("window_days", format!("must be between 1 and {WINDOW_DAYS_MAX}")));
    }
    definition.rule.check()
}
