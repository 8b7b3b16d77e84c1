//! `collect` against sources that fail, cannot be read, or repeat themselves.

use crate::{
    model::{Finding, HOLDS, Miss, ensure, not_applicable},
    subject::Subject,
    texts::BAD_BYTES,
    world::World,
};
use rialto_contract::connector::Page;
use rialto_plugin_host::RunError;

/// The source that is asked for.
const SOURCE: &str = "default";

/// Ask; a fault is fine.
async fn page(subject: &Subject, world: &World) -> Result<Option<Page>, Miss> {
    let settings = subject.settings()?;
    let mut run = match subject.open(rialto_plugin_host::PluginKind::Connector, world).await {
        Ok(run) => run,
        Err(error) => return Err(error.into()),
    };
    let answer = rialto_contract::connector::collect(&mut run, &settings, SOURCE, Some("cursor-1")).await;
    match subject.close(run, answer).await {
        Ok(page) => Ok(Some(page)),
        Err(RunError::Fault { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Nothing was read: no observation, and the cursor stays.
async fn stays(subject: &Subject, world: World) -> Finding {
    if let Some(page) = page(subject, &world).await? {
        if world.seen().requests.is_empty() {
            return Err(not_applicable("it asks nobody"));
        }
        ensure(page.observations.is_empty(), || "it made observations of an answer that holds none".to_owned())?;
        let kept = page.cursor.is_none() || page.cursor.as_deref() == Some("cursor-1");
        ensure(kept, || format!("it moved its cursor to {:?}, and skips what it never saw", page.cursor))?;
    }
    HOLDS
}

pub(super) async fn server_error(subject: &Subject) -> Finding {
    stays(subject, World::answering(503, &[], b"Service Unavailable")).await
}

pub(super) async fn not_json(subject: &Subject) -> Finding {
    stays(subject, World::answering(200, &[("content-type", "text/html")], BAD_BYTES)).await
}

pub(super) async fn duplicate(subject: &Subject) -> Finding {
    let (first, second) = (page(subject, &World::fine()).await?, page(subject, &World::fine()).await?);
    let (Some(first), Some(second)) = (first, second) else {
        return Err(not_applicable("the scripted source has nothing that it reads"));
    };
    if first.observations.is_empty() {
        return Err(not_applicable("the scripted source has nothing that it reads"));
    }
    let keys = |page: &Page| page.observations.iter().map(|one| one.key.clone()).collect::<Vec<_>>();
    ensure(keys(&first) == keys(&second), || "the same observation has another key the second time".to_owned())?;
    HOLDS
}
