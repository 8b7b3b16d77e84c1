//! Holding rankings against what happened.

use super::{
    chart::{chart, gini},
    sql,
    view::{Gains, GainsState, Ranking},
};
use crate::{MeasureError, lift::view::Sentence, query::home};
use jiff::Timestamp;
use rialto_audience::people_written_to;
use rialto_kernel::{Id, WorkspaceId, from_micros, to_micros};
use rialto_sales::people_redeemed;
use rialto_slice::Host;
use rialto_store::Conn;
use serde::Deserialize;
use std::collections::{HashMap, HashSet};

/// What is read of a recommendation's brief.
#[derive(Debug, Deserialize)]
struct Brief {
    at: Timestamp,
}

/// What is read of one place of its answer.
#[derive(Debug, Deserialize)]
struct Place {
    place: u32,
    id: Id,
}

/// How spend, and a recommendation where one is named, ranked the people of a
/// campaign.
///
/// # Errors
/// When the campaign or the recommendation is not there, the recommendation is
/// not of people or was made after the campaign began, or the store fails.
pub async fn gains(
    host: &Host,
    ws: WorkspaceId,
    campaign: Id,
    recommendation: Option<Id>,
) -> Result<Gains, MeasureError> {
    let now = host.now_in(ws);
    let mut conn = host.store.read(ws).await?;
    let (start, end) = sql::campaign_span(&mut conn, ws, campaign).await?.ok_or(MeasureError::Missing("campaign"))?;
    let asked = match recommendation {
        Some(id) => Some((id, kept(&mut conn, ws, id, start).await?)),
        None => None,
    };
    let (Some(start), Some(end)) = (start, end.filter(|end| *end <= now)) else {
        return Ok(unknown(campaign, end));
    };
    let people = people_written_to(&mut conn, ws, campaign, now).await?;
    let hits: HashSet<Id> = people_redeemed(&mut conn, ws, campaign, now).await?.into_iter().collect();
    let mut rankings = Vec::new();
    if let Some((id, (at, scores))) = asked {
        let ranking = ranking(&people, &hits, &scores, "recommendation", at);
        rankings.push(Ranking { recommendation: Some(id), ..ranking });
    }
    let currency = home(&mut conn, ws).await?.currency;
    let spent = sql::spent_before(&mut conn, ws, start, currency.code()).await?;
    let spent = spent.into_iter().map(|(id, minor)| (id, minor as f64)).collect();
    rankings.push(ranking(&people, &hits, &spent, "spend", from_micros(start.saturating_sub(1))));
    let redeemed = people.iter().filter(|person| hits.contains(person)).count() as u64;
    Ok(Gains {
        campaign,
        state: GainsState::Known,
        known_at: Some(from_micros(end)),
        people: people.len() as u64,
        redeemed,
        sentence: sentence(&rankings, people.len(), redeemed),
        rankings,
    })
}

fn unknown(campaign: Id, end: Option<i64>) -> Gains {
    let (en, zh_cn) = match end.map(from_micros) {
        Some(end) => {
            (format!("Not yet known: the campaign ends at {end}."), format!("尚不可知：营销活动于 {end} 结束。"))
        }
        None => ("Not yet known: the campaign has no end.".to_owned(), "尚不可知：营销活动没有结束时间。".to_owned()),
    };
    Gains {
        campaign,
        state: GainsState::NotYetKnown,
        known_at: end.map(from_micros),
        people: 0,
        redeemed: 0,
        rankings: Vec::new(),
        sentence: Sentence { en, zh_cn },
    }
}

/// A recommendation's places as scores, and the instant it looked up to.
async fn kept(
    conn: &mut Conn,
    ws: WorkspaceId,
    id: Id,
    start: Option<i64>,
) -> Result<(Timestamp, HashMap<Id, f64>), MeasureError> {
    let found = sql::recommendation_find(conn, ws, id).await?;
    let (brief, answer) =
        found.ok_or_else(|| MeasureError::invalid("recommendation", "there is no such recommendation of people"))?;
    let brief: Brief = serde_json::from_str(&brief)?;
    if start.is_some_and(|start| to_micros(brief.at) > start) {
        let message = "it looked at what happened after the campaign began; choose one made before";
        return Err(MeasureError::invalid("recommendation", message));
    }
    let places: Vec<Place> = serde_json::from_str(&answer)?;
    Ok((brief.at, places.into_iter().map(|one| (one.id, -f64::from(one.place))).collect()))
}

/// How scores did; who has none comes last.
fn ranking(people: &[Id], hits: &HashSet<Id>, scores: &HashMap<Id, f64>, by: &str, as_of: Timestamp) -> Ranking {
    let score = |person: &Id| scores.get(person).copied().unwrap_or(f64::NEG_INFINITY);
    let mut order: Vec<(f64, Id)> = people.iter().map(|person| (score(person), *person)).collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let redeemed: Vec<bool> = order.iter().map(|(_, person)| hits.contains(person)).collect();
    let scores_in_order: Vec<f64> = order.iter().map(|(score, _)| *score).collect();
    Ranking {
        by: by.to_owned(),
        recommendation: None,
        as_of,
        ranked: people.iter().filter(|person| scores.contains_key(person)).count() as u64,
        points: chart(&redeemed),
        gini: gini(&scores_in_order, &redeemed),
    }
}

/// What the charts say at the top fifth, or the first point there is.
fn sentence(rankings: &[Ranking], people: usize, redeemed: u64) -> Sentence {
    let (mut en, mut zh) = (
        format!("Of {people} people written to, {redeemed} redeemed."),
        format!("触达 {people} 人，其中 {redeemed} 人核销。"),
    );
    for ranking in rankings {
        let Some(point) = ranking.points.iter().find(|point| point.top_percent == 20) else { continue };
        let (by, by_zh) = if ranking.by == "spend" {
            ("spend", "按以往消费")
        } else {
            ("the recommendation", "按推荐排序")
        };
        let share = point.share * 100.0;
        en.push_str(&format!(" By {by}, the top 20 % held {share:.0} % of them."));
        zh.push_str(&format!("{by_zh}，前 20% 包含其中的 {share:.0}%。"));
    }
    Sentence { en, zh_cn: zh }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_no_score_comes_last_and_the_sentence_follows() {
        let id = Id::from_u128;
        let people: Vec<Id> = (0..10).map(id).collect();
        let hits = HashSet::from([id(9), id(0)]);
        let scores = HashMap::from([(id(9), -1.0), (id(3), -2.0)]);
        let found = ranking(&people, &hits, &scores, "recommendation", Timestamp::UNIX_EPOCH);
        assert_eq!((found.ranked, found.points[1].redeemed, found.points[2].redeemed), (2, 1, 1));
        let said = sentence(&[found], 10, 2);
        assert!(said.en.ends_with("By the recommendation, the top 20 % held 50 % of them."), "{said:?}");
        assert!(said.zh_cn.contains("前 20% 包含其中的 50%"), "{said:?}");
    }
}
