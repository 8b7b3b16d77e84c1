//! The ledger as a file, for `rialto export sends`: of a campaign, or all of it.

use crate::send::{SendQuery, SendView, sends};
use async_trait::async_trait;
use rialto_audience::export::{Cell, EXPORT_ROWS, ExportAsk, ExportFrom, ExportKind, ExportPage};
use rialto_kernel::Problem;
use rialto_slice::Host;
use rialto_web::Caller;

const HEADER: [&str; 18] = [
    "id",
    "campaign",
    "occurrence",
    "contact",
    "channel",
    "address",
    "state",
    "reason",
    "attempt",
    "locale",
    "topic",
    "provider_id",
    "code",
    "detail",
    "cost_minor",
    "created_at",
    "dispatched_at",
    "settled_at",
];

/// Takes sends away.
#[derive(Debug, Clone, Copy)]
pub struct SendsExport;

#[async_trait]
impl ExportKind for SendsExport {
    fn name(&self) -> &'static str {
        "sends"
    }

    fn about(&self) -> &'static str {
        "a row of the ledger: to whom, what became of it, or why it was not made"
    }

    fn permission(&self) -> &'static str {
        "delivery.export"
    }

    async fn header(&self, _host: &Host, _caller: &Caller, _ask: &ExportAsk) -> Result<Vec<String>, Problem> {
        Ok(HEADER.iter().map(|name| (*name).to_owned()).collect())
    }

    async fn page(&self, from: &ExportFrom, after: Option<String>) -> Result<ExportPage, Problem> {
        let query =
            SendQuery { campaign: from.ask.campaign, limit: Some(EXPORT_ROWS), cursor: after, ..SendQuery::default() };
        let page = sends(&from.host, &from.caller, query).await?;
        Ok(ExportPage { rows: page.items.into_iter().map(cells).collect(), next: page.next })
    }
}

fn cells(send: SendView) -> Vec<Cell> {
    vec![
        Cell::plain(Some(send.id)),
        Cell::plain(send.campaign),
        Cell::plain(Some(send.occurrence)),
        Cell::plain(Some(send.contact)),
        Cell::text(send.channel),
        Cell::text(send.address.unwrap_or_default()),
        Cell::plain(Some(send.state.word())),
        Cell::plain(send.reason.map(crate::Reason::word)),
        Cell::number(send.attempt),
        Cell::text(send.locale),
        Cell::text(send.topic),
        Cell::text(send.provider_id.unwrap_or_default()),
        Cell::text(send.code.unwrap_or_default()),
        Cell::text(send.detail.unwrap_or_default()),
        Cell::number(send.cost_minor),
        Cell::plain(Some(send.created_at)),
        Cell::plain(send.dispatched_at),
        Cell::plain(send.settled_at),
    ]
}
