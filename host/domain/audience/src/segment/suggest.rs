//! Segments worth having, suggested from the workspace's own numbers: high
//! value, prospects who have not bought, at risk, lost. Each is a ready rule
//! with a strategy, an owner and a measure; its thresholds are computed from
//! the orders known by the workspace's clock, and stated. Nothing is saved
//! until someone accepts it.
//!
//! The frame is recency, frequency, monetary value (Hughes 1994, Strategic
//! Database Marketing): fifths by rank, not fixed sums.

use super::{NewSegment, Segment, compile, rule::Rule, segment_create};
use crate::{Error, error::Result};
use jiff::Timestamp;
use rialto_kernel::{Locale, WorkspaceId, from_micros};
use rialto_slice::Host;
use rialto_store::{Conn, sql};
use rialto_web::Caller;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

/// Spend counts over so many days.
const VALUE_DAYS: i64 = 365;
/// Above this share of buyers' spend one is of high value: the top fifth.
const HIGH: f64 = 0.8;
/// Whose last order is longer ago than this share of buyers' is at risk …
const RISK: f64 = 0.8;
/// … and longer ago than this share's, lost.
const LOST: f64 = 0.95;
/// Buyers there must be, so that a share of them means something.
const BUYERS_MIN: usize = 20;
const DAY_US: i64 = 86_400_000_000;

/// A segment that may be saved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Suggestion {
    /// By which it is accepted: `high-value`, `prospects`, `at-risk` or `lost`.
    pub code: String,
    /// A name.
    pub name: String,
    /// Why these people, with the thresholds and where they come from.
    pub description: String,
    /// The rule.
    #[schema(value_type = Object)]
    pub rule: Value,
    /// How to approach them.
    pub strategy: String,
    /// Who should look after it.
    pub owner: String,
    /// The metric to judge it by.
    pub measure: String,
    /// People who fit now.
    pub people: u64,
}

/// What is suggested, and as of when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Suggestions {
    /// As of when.
    #[schema(value_type = String, format = DateTime)]
    pub as_of: Timestamp,
    /// People with at least one order; thresholds are shares of these.
    pub buyers: u64,
    /// The suggestions. Those that lean on thresholds are left out below 20 buyers.
    pub items: Vec<Suggestion>,
}

/// A suggestion to be saved; what is left out is as suggested.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptedSuggestion {
    /// Which.
    pub code: String,
    /// Another name.
    #[serde(default)]
    pub name: Option<String>,
    /// Another strategy.
    #[serde(default)]
    pub strategy: Option<String>,
    /// Another owner.
    #[serde(default)]
    pub owner: Option<String>,
    /// Another measure.
    #[serde(default)]
    pub measure: Option<String>,
}

/// What is worth having now.
///
/// # Errors
/// When the store fails.
pub async fn suggestions(host: &Host, workspace: WorkspaceId, locale: Locale) -> Result<Suggestions> {
    let now = host.now_in(workspace);
    let mut conn = host.store.read(workspace).await?;
    let (currency, buyers) = (currency(&mut conn, workspace).await?, buyers(&mut conn, workspace, now).await?);
    let chinese = locale == Locale::ZhCn;
    let mut items = Vec::new();
    for mut one in drafts(&buyers, now, &currency, chinese) {
        one.people = compile(&Rule::parse(one.rule.clone())?, workspace, now).count(&mut conn).await?;
        items.push(one);
    }
    Ok(Suggestions { as_of: from_micros(now), buyers: buyers.len() as u64, items })
}

/// Save a suggestion as a segment, with the thresholds of now.
///
/// # Errors
/// When there is no such suggestion now, or the name is taken.
pub async fn suggestion_accept(host: &Host, caller: &Caller, accepted: AcceptedSuggestion) -> Result<Segment> {
    let all = suggestions(host, caller.workspace, caller.locale).await?.items;
    let known = all.iter().map(|one| one.code.as_str()).collect::<Vec<_>>().join(", ");
    let message = format!("there is no such suggestion now; there are {known}");
    let found = all.into_iter().find(|one| one.code == accepted.code);
    let found = found.ok_or_else(|| Error::field("/code", message))?;
    let new = NewSegment {
        name: accepted.name.unwrap_or(found.name),
        rule: found.rule,
        description: found.description,
        strategy: accepted.strategy.unwrap_or(found.strategy),
        owner: accepted.owner.unwrap_or(found.owner),
        measure: accepted.measure.unwrap_or(found.measure),
        unit: None,
    };
    segment_create(host, caller, new).await
}

/// One buyer's orders.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
struct Buyer {
    orders: i64,
    spend: i64,
    last_at: i64,
}

/// Everybody who bought by an instant; spend is of the last year, in the
/// workspace's currency. Reads `sales_order`, as the families of rules do.
async fn buyers(conn: &mut Conn, workspace: WorkspaceId, now: i64) -> Result<Vec<Buyer>> {
    Ok(sql("SELECT CAST(COUNT(*) AS BIGINT) AS orders, MAX(o.at) AS last_at,
                   CAST(SUM(CASE WHEN o.at > $3 AND o.currency = w.currency THEN o.total_minor ELSE 0 END) AS BIGINT) AS spend
            FROM sales_order o
            JOIN workspace w ON w.id = o.workspace
            JOIN contact c ON c.workspace = o.workspace AND c.id = o.contact
            WHERE o.workspace = $1 AND o.at <= $2 AND o.state <> 'cancelled'
            GROUP BY COALESCE(c.merged_into, c.id)")
    .bind(workspace)
    .bind(now)
    .bind(now.saturating_sub(VALUE_DAYS * DAY_US))
    .fetch_all(conn)
    .await?)
}

async fn currency(conn: &mut Conn, workspace: WorkspaceId) -> Result<String> {
    let row: Option<(String,)> =
        sql("SELECT currency FROM workspace WHERE id = $1").bind(workspace).fetch_optional(conn).await?;
    row.map(|(currency,)| currency).ok_or(Error::NotFound("workspace"))
}

/// The suggestions with their thresholds; people are counted after.
fn drafts(buyers: &[Buyer], now: i64, currency: &str, chinese: bool) -> Vec<Suggestion> {
    let mut all = Vec::new();
    if buyers.len() >= BUYERS_MIN {
        let days = |buyer: &Buyer| now.saturating_sub(buyer.last_at) / DAY_US;
        let spend = quantile(buyers.iter().map(|b| b.spend).collect(), HIGH);
        let orders = quantile(buyers.iter().map(|b| b.orders).collect(), 0.5).max(2);
        let risk = quantile(buyers.iter().map(days).collect(), RISK).max(1);
        let lost = quantile(buyers.iter().map(days).collect(), LOST).max(risk + 1);
        // Where nearly nobody spent anything of late, nobody stands out by it.
        if spend > 0 {
            all.push(high_value(spend, currency, chinese));
        }
        all.push(at_risk(orders, risk, lost, chinese));
        all.push(lost_ones(lost, chinese));
    }
    let after_best = usize::from(all.first().is_some_and(|first| first.code == "high-value"));
    all.insert(after_best, prospects(chinese));
    all
}

/// The number below which this share of numbers is.
fn quantile(mut numbers: Vec<i64>, share: f64) -> i64 {
    numbers.sort_unstable();
    let at = (numbers.len() as f64 * share) as usize;
    numbers.get(at.min(numbers.len().saturating_sub(1))).copied().unwrap_or(0)
}

struct Words<'w> {
    name: &'w str,
    strategy: &'w str,
    owner: &'w str,
}

fn suggestion(code: &str, rule: Value, description: String, words: Words<'_>, measure: &str) -> Suggestion {
    Suggestion {
        code: code.to_owned(),
        name: words.name.to_owned(),
        description,
        rule,
        strategy: words.strategy.to_owned(),
        owner: words.owner.to_owned(),
        measure: measure.to_owned(),
        people: 0,
    }
}

fn high_value(spend: i64, currency: &str, chinese: bool) -> Suggestion {
    let rule = json!({ "on": "order", "within_days": VALUE_DAYS,
                       "sum_minor": { "op": "gte", "value": spend, "currency": currency } });
    let amount = format!("{}.{:02} {currency}", spend / 100, spend % 100);
    let (description, words) = if chinese {
        (
            format!("近 {VALUE_DAYS} 天消费额不低于 {amount}：购买者中消费最高的五分之一（按本工作空间订单计算）。"),
            Words {
                name: "高价值客户",
                strategy: "维护关系：优先服务、新品先享；避免不必要的折扣。",
                owner: "会员运营",
            },
        )
    } else {
        (
            format!(
                "Spent at least {amount} in the last {VALUE_DAYS} days: the top fifth of buyers, by this workspace's orders."
            ),
            Words {
                name: "High value",
                strategy: "Keep them: first look at what is new, service before discounts; do not give away margin they did not ask for.",
                owner: "customer marketing",
            },
        )
    };
    suggestion("high-value", rule, description, words, "revenue")
}

fn prospects(chinese: bool) -> Suggestion {
    let rule = json!({ "on": "order", "count": { "op": "eq", "value": 0 } });
    let (description, words) = if chinese {
        (
            "已知但从未下单的客户。".to_owned(),
            Words {
                name: "潜在客户", strategy: "促成首单：介绍最畅销的品类，给出首单优惠。", owner: "获客"
            },
        )
    } else {
        (
            "Known, and never bought.".to_owned(),
            Words {
                name: "Prospects who have not bought",
                strategy: "Win the first order: show what sells best, with an offer on the first order alone.",
                owner: "acquisition",
            },
        )
    };
    suggestion("prospects", rule, description, words, "customers")
}

fn at_risk(orders: i64, risk: i64, lost: i64, chinese: bool) -> Suggestion {
    let rule = json!({ "all": [
        { "on": "order", "count": { "op": "gte", "value": orders } },
        { "on": "order", "last_days_ago": { "op": "gt", "value": risk } },
        { "on": "order", "last_days_ago": { "op": "lte", "value": lost } },
    ] });
    let (description, words) = if chinese {
        (
            format!("下单至少 {orders} 次（购买者中位数），但最近一单在 {risk} 至 {lost} 天前：久于五分之四的购买者。"),
            Words {
                name: "流失风险客户", strategy: "及时挽回：针对其常购品类提醒并给出限时优惠。", owner: "会员运营"
            },
        )
    } else {
        (
            format!(
                "At least {orders} orders (the median of buyers), the last {risk} to {lost} days ago: longer than four fifths of buyers."
            ),
            Words {
                name: "At risk",
                strategy: "Call them back soon: remind them of the categories they buy, with an offer that ends.",
                owner: "customer marketing",
            },
        )
    };
    suggestion("at-risk", rule, description, words, "orders")
}

fn lost_ones(lost: i64, chinese: bool) -> Suggestion {
    let rule = json!({ "on": "order", "last_days_ago": { "op": "gt", "value": lost } });
    let (description, words) = if chinese {
        (
            format!("最近一单在 {lost} 天以前：久于 95% 的购买者。"),
            Words {
                name: "已流失客户", strategy: "低成本挽回一次；无响应则减少触达。", owner: "会员运营"
            },
        )
    } else {
        (
            format!("The last order was more than {lost} days ago: longer than 95 % of buyers."),
            Words {
                name: "Lost",
                strategy: "One inexpensive attempt to win them back; write less to who does not answer.",
                owner: "customer marketing",
            },
        )
    };
    suggestion("lost", rule, description, words, "customers")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn world() -> Vec<Buyer> {
        (1..=100).map(|n| Buyer { orders: n % 10 + 1, spend: n * 1_000, last_at: (100 - n) * DAY_US }).collect()
    }

    #[test]
    fn thresholds_are_the_workspaces_own() {
        let all = drafts(&world(), 100 * DAY_US, "USD", false);
        let rule = |code: &str| all.iter().find(|one| one.code == code).map(|one| one.rule.clone()).unwrap();
        assert_eq!(rule("high-value")["sum_minor"]["value"], 81_000);
        assert_eq!(rule("at-risk")["all"][1]["last_days_ago"]["value"], 81);
        assert_eq!(rule("lost")["last_days_ago"]["value"], 96);
        for one in &all {
            assert!(Rule::parse(one.rule.clone()).is_ok(), "{one:?}");
            assert!(!one.strategy.is_empty() && !one.owner.is_empty() && !one.measure.is_empty());
        }
        assert_eq!(
            all.iter().map(|one| one.code.as_str()).collect::<Vec<_>>(),
            ["high-value", "prospects", "at-risk", "lost"]
        );
    }

    #[test]
    fn few_buyers_give_no_thresholds() {
        let few = &world()[..5];
        let all = drafts(few, 100 * DAY_US, "USD", true);
        assert_eq!(all.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["潜在客户"]);
    }
}
