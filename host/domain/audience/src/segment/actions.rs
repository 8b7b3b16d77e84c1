//! What can be done with segments.

use super::{
    Compiled, NewSegment, Overlap, OverlapQuestion, Preview, PreviewQuestion, Rule, RuleSource, Segment, SegmentPatch,
    compile, sql,
};
use crate::{
    Error,
    contact::contact_find,
    error::Result,
    limits::{NAME_BYTES_MAX, PREVIEW_SAMPLE_MAX, TRAIT_TEXT_BYTES_MAX},
    normalise::{bounded, short_name},
};
use rialto_identity::{AuditEntry, audit};
use rialto_kernel::{Id, WorkspaceId, from_micros};
use rialto_slice::Host;
use rialto_store::Conn;
use rialto_web::{Caller, IfMatch};

/// Make a segment.
///
/// # Errors
/// When the rule or a text is wrong, or the name is taken.
pub async fn segment_create(host: &Host, caller: &Caller, new: NewSegment) -> Result<Segment> {
    let now = host.now_in(caller.workspace);
    let segment = Segment {
        id: host.id(),
        unit: new.unit,
        name: short_name("/name", &new.name, NAME_BYTES_MAX)?,
        description: bounded("/description", &new.description, TRAIT_TEXT_BYTES_MAX)?,
        rule: rule_at("/rule", new.rule)?,
        strategy: bounded("/strategy", &new.strategy, TRAIT_TEXT_BYTES_MAX)?,
        owner: bounded("/owner", &new.owner, NAME_BYTES_MAX)?,
        measure: bounded("/measure", &new.measure, NAME_BYTES_MAX)?,
        archived: false,
        version: 1,
        created_by: caller.actor.to_string(),
        created_at: from_micros(now),
        updated_at: from_micros(now),
    };
    let (workspace, made) = (caller.workspace, segment.clone());
    host.store
        .write(workspace, "segment.create", move |conn| {
            Box::pin(async move { sql::segment_put(conn, workspace, &made).await })
        })
        .await?;
    Ok(segment)
}

/// The segment with this id.
///
/// # Errors
/// When there is none.
pub async fn segment_find(host: &Host, workspace: WorkspaceId, id: Id) -> Result<Segment> {
    let mut conn = host.store.read(workspace).await?;
    sql::segment_get(&mut conn, workspace, id).await
}

/// Change a segment; snapshots taken of it stay as they are.
///
/// # Errors
/// When there is none, it was changed since, or a field is wrong.
pub async fn segment_patch(
    host: &Host,
    caller: &Caller,
    id: Id,
    expected: IfMatch,
    patch: SegmentPatch,
) -> Result<Segment> {
    let (workspace, now) = (caller.workspace, host.now_in(caller.workspace));
    let entry = AuditEntry::new(host, caller, "segment.archive", "segment", id);
    host.store
        .write(workspace, "segment.patch", move |conn| {
            Box::pin(async move {
                let mut segment = sql::segment_get(conn, workspace, id).await?;
                expected.check(segment.version)?;
                apply(&mut segment, patch)?;
                segment.version += 1;
                segment.updated_at = from_micros(now);
                sql::segment_put(conn, workspace, &segment).await?;
                if segment.archived {
                    audit(conn, &entry).await?;
                }
                Ok(segment)
            })
        })
        .await
}

fn apply(segment: &mut Segment, patch: SegmentPatch) -> Result<()> {
    if let Some(name) = patch.name {
        segment.name = short_name("/name", &name, NAME_BYTES_MAX)?;
    }
    if let Some(rule) = patch.rule {
        segment.rule = rule_at("/rule", rule)?;
    }
    if let Some(archived) = patch.archived {
        segment.archived = archived;
    }
    let texts = [
        ("/description", &mut segment.description, patch.description),
        ("/strategy", &mut segment.strategy, patch.strategy),
        ("/owner", &mut segment.owner, patch.owner),
        ("/measure", &mut segment.measure, patch.measure),
    ];
    for (field, held, new) in texts {
        if let Some(new) = new {
            *held = bounded(field, &new, TRAIT_TEXT_BYTES_MAX)?;
        }
    }
    Ok(())
}

/// A rule in a body; its mistakes are told with their place in the body.
pub(super) fn rule_at(at: &str, json: serde_json::Value) -> Result<Rule> {
    Rule::parse(json).map_err(|error| match error {
        Error::Fields(mut errors) => {
            for error in &mut errors {
                error.field = format!("{at}{}", error.field.trim_end_matches('/'));
            }
            Error::Fields(errors)
        }
        other => other,
    })
}

/// The rule that is meant.
pub(super) async fn rule_of(conn: &mut Conn, workspace: WorkspaceId, at: &str, source: RuleSource) -> Result<Rule> {
    match source {
        RuleSource::Rule(json) => rule_at(&format!("{at}/rule"), json),
        RuleSource::Segment(id) => Ok(sql::segment_get(conn, workspace, id).await?.rule),
    }
}

/// How many people fit now, and some of them.
///
/// # Errors
/// When the rule is wrong or the segment is not there.
pub async fn preview(host: &Host, workspace: WorkspaceId, question: PreviewQuestion) -> Result<Preview> {
    if question.sample > PREVIEW_SAMPLE_MAX {
        return Err(Error::field("/sample", format!("must be at most {PREVIEW_SAMPLE_MAX}")));
    }
    let now = host.now_in(workspace);
    let mut conn = host.store.read(workspace).await?;
    let rule = rule_of(&mut conn, workspace, "/of", question.of).await?;
    let compiled: Compiled = compile(&rule, workspace, now);
    let count = compiled.count(&mut conn).await?;
    let mut sample = Vec::new();
    if question.sample > 0 {
        for id in compiled.page(&mut conn, None, question.sample).await? {
            sample.extend(contact_find(&mut conn, workspace, id).await?);
        }
    }
    Ok(Preview { count, sample, as_of: from_micros(now) })
}

/// Everyone a rule or a segment fits now, by the query that a launch will use.
///
/// # Errors
/// When the rule is wrong, the segment is not there, or there are too many.
pub async fn people_of(host: &Host, conn: &mut Conn, workspace: WorkspaceId, of: RuleSource) -> Result<Vec<Id>> {
    let rule = rule_of(conn, workspace, "/of", of).await?;
    compile(&rule, workspace, host.now_in(workspace)).everyone(conn).await
}

/// Whether there is a segment with this id.
///
/// # Errors
/// When the store fails.
pub async fn segment_known(conn: &mut Conn, workspace: WorkspaceId, id: Id) -> Result<bool> {
    match sql::segment_get(conn, workspace, id).await {
        Ok(_) => Ok(true),
        Err(Error::NotFound(_)) => Ok(false),
        Err(other) => Err(other),
    }
}

/// How many people two rules share.
///
/// # Errors
/// When a rule is wrong or a segment is not there.
pub async fn overlap(host: &Host, workspace: WorkspaceId, question: OverlapQuestion) -> Result<Overlap> {
    let now = host.now_in(workspace);
    let mut conn = host.store.read(workspace).await?;
    let a = rule_of(&mut conn, workspace, "/a", question.a).await?;
    let b = rule_of(&mut conn, workspace, "/b", question.b).await?;
    let both = compile(&a.and(&b), workspace, now).count(&mut conn).await?;
    let a = compile(&a, workspace, now).count(&mut conn).await?;
    let b = compile(&b, workspace, now).count(&mut conn).await?;
    Ok(Overlap { a, b, both, as_of: from_micros(now) })
}
