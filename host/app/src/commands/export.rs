//! `rialto export`

use crate::{
    client::{Client, Target},
    config::Common,
    output,
};
use clap::Args;
use std::path::PathBuf;
use uuid::Uuid;

/// Take a list away as a file
#[derive(Debug, Args)]
pub struct Export {
    /// contacts, orders or sends
    kind: String,
    /// The file to write; the kind's name when left out
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// csv or xlsx
    #[arg(long, default_value = "csv")]
    format: String,
    /// Of CSV: UTF-8 or GB18030
    #[arg(long, value_name = "NAME")]
    encoding: Option<String>,
    /// Write CSV in UTF-8 without the mark by which Excel knows it
    #[arg(long)]
    no_bom: bool,
    /// Of contacts: those in a segment now
    #[arg(long, value_name = "ID")]
    segment: Option<Uuid>,
    /// Of contacts: those on a snapshot
    #[arg(long, value_name = "ID")]
    snapshot: Option<Uuid>,
    /// Of sends: those of a campaign
    #[arg(long, value_name = "ID")]
    campaign: Option<Uuid>,
    #[command(flatten)]
    target: Target,
}

impl Export {
    pub(crate) async fn run(self, common: &Common) -> anyhow::Result<()> {
        let client = Client::open(&self.target, common).await?;
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("format", &self.format);
        if let Some(encoding) = &self.encoding {
            query.append_pair("encoding", encoding);
        }
        if self.no_bom {
            query.append_pair("bom", "false");
        }
        for (name, id) in [("segment", self.segment), ("snapshot", self.snapshot), ("campaign", self.campaign)] {
            if let Some(id) = id {
                query.append_pair(name, &id.to_string());
            }
        }
        let name: String = url::form_urlencoded::byte_serialize(self.kind.as_bytes()).collect();
        let out = self.out.clone().unwrap_or_else(|| PathBuf::from(format!("{}.{}", self.kind, self.format)));
        let bytes = client.download(&format!("/exports/{name}?{}", query.finish()), &out).await?;
        let told = serde_json::json!({"kind": self.kind, "file": out, "bytes": bytes});
        output::answer(common.json, &told, |_| format!("{} bytes written to {}", bytes, out.display()))
    }
}
