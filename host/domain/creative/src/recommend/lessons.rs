//! What earlier campaigns taught: for each that was over, the people it wrote
//! to as they were known the moment before it began, and who of them redeemed.
//! Nothing of the campaign that is asked about is ever among them.

use super::{
    people::{Question, Who, people},
    sql,
};
use crate::error::Result;
use rialto_contract::recommender::{Brief, Outcomes};
use rialto_kernel::WorkspaceId;
use rialto_slice::Host;
use rialto_store::Conn;
use std::collections::HashSet;

/// The most campaigns that teach.
const CAMPAIGNS_MAX: i64 = 24;
/// The most people of all of them.
const PEOPLE_MAX: usize = 50_000;

/// What came of the campaigns that were over when `question` is asked.
pub(super) async fn lessons(
    host: &Host,
    conn: &mut Conn,
    ws: WorkspaceId,
    question: &Question<'_>,
    brief: &Brief,
) -> Result<Vec<Outcomes>> {
    let mut all = Vec::new();
    let mut taught = 0;
    for (campaign, kind, start, end) in sql::campaigns_over(conn, ws, question.at, CAMPAIGNS_MAX).await? {
        let written = rialto_audience::people_written_to(conn, ws, campaign, end).await?;
        let redeemed: HashSet<String> =
            rialto_sales::people_redeemed(conn, ws, campaign, end).await?.iter().map(ToString::to_string).collect();
        if question.campaign == Some(campaign) || written.is_empty() || redeemed.is_empty() {
            continue;
        }
        taught += written.len();
        if taught > PEOPLE_MAX {
            break;
        }
        let at = start.saturating_sub(1);
        let earlier = Question {
            of: Who::Written(written),
            offer: None,
            campaign: Some(campaign),
            kind: &kind,
            channel: "",
            at,
            currency: question.currency,
        };
        let shown = people(host, conn, ws, earlier).await?;
        all.push(Outcomes {
            brief: Brief { at, facts: Vec::new(), ..brief.clone() },
            tried: vec![1; shown.ids.len()],
            reached: shown.ids.iter().map(|id| u32::from(redeemed.contains(id))).collect(),
            candidates: shown.candidates,
        });
    }
    Ok(all)
}
