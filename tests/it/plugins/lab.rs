//! A laboratory for guests.

use crate::guests::Guest;
use rialto_contract::{attribution, connector, report};
use rialto_kernel::{FixedClock, Id, Keys, SeededRandom, WorkspaceId};
use rialto_plugin_host::{
    Finished, Grants, HostConfig, Limits, LoadedPlugin, PluginHost, PluginKind, RunError, RunRequest,
};
use std::sync::Arc;

/// A host with tight bounds, and the shortest way to each kind.
pub struct Lab {
    pub host: PluginHost,
}

impl Lab {
    pub fn new() -> Self {
        Self::with(HostConfig::default())
    }

    pub fn with(config: HostConfig) -> Self {
        let clock = Arc::new(FixedClock::new("2026-11-21T12:00:00Z".parse().unwrap()));
        Self { host: PluginHost::new(config, Keys::new([1; 32]), clock, Arc::new(SeededRandom::new(1))).unwrap() }
    }

    pub async fn load(&self, bytes: Vec<u8>) -> LoadedPlugin {
        self.host.load(bytes, &Grants::default()).await.unwrap()
    }

    pub fn request(&self, plugin: &LoadedPlugin, kind: PluginKind) -> RunRequest {
        let limits = Limits { cpu_entry_ms: 100, memory_bytes: 8 << 20, ..Limits::of(kind) };
        RunRequest::new(plugin, kind, WorkspaceId(Id::nil()), Id::nil()).limits(limits)
    }

    /// Build a document with this report.
    pub async fn build(&self, bytes: Vec<u8>) -> (Result<report::Document, RunError>, Option<Finished>) {
        let plugin = self.load(bytes).await;
        match self.host.run(self.request(&plugin, PluginKind::Report)).await {
            Ok(mut run) => {
                let answer = report::build(&mut run, "{}", "en", "{}").await;
                (answer, Some(run.finish().await))
            }
            Err(why) => (Err(why), None),
        }
    }

    pub async fn credit(&self, bytes: Vec<u8>) -> Result<attribution::Credits, RunError> {
        let plugin = self.load(bytes).await;
        let mut run = self.host.run(self.request(&plugin, PluginKind::Attribution)).await?;
        let mut fit = attribution::Fit::start(&mut run, "{}", vec!["a".into(), "b".into()]).await?;
        fit.observe(fit.prepare(paths())?).await?;
        let credits = fit.credit().await?;
        fit.close().await?;
        Ok(credits)
    }

    pub async fn deliver(&self, bytes: Vec<u8>, count: usize) -> Result<Vec<connector::Outcome>, RunError> {
        let plugin = self.load(bytes).await;
        let mut run = self.host.run(self.request(&plugin, PluginKind::Connector)).await?;
        let outcomes = connector::deliver(&mut run, "{}", batch(count)).await;
        run.finish().await;
        outcomes
    }

    /// Whatever happened before, this works.
    pub async fn healthy(&self) {
        self.host.reset_breaker(WorkspaceId(Id::nil()), Id::nil());
        let (answer, finished) = self.build(Guest::default().report()).await;
        assert_eq!(answer.unwrap().title, "report");
        assert_eq!(finished.unwrap().record.error, None);
    }
}

pub fn paths() -> attribution::Paths {
    attribution::Paths {
        offset: vec![0, 2, 3],
        channel: vec![0, 1, 1],
        at: vec![],
        end: vec![],
        conversions: vec![2, 1],
        nulls: vec![0, 5],
        value: vec![10.0, 5.5],
        extra: vec![],
    }
}

pub fn batch(count: usize) -> connector::Batch {
    connector::Batch {
        channel: "email".into(),
        topic: "news".into(),
        ids: (0..count).map(|n| format!("d{n}")).collect(),
        part_names: vec!["text".into()],
        parts: vec!["hello".into(); count],
        column_names: vec![],
        columns: vec![],
        options: vec![],
    }
}
