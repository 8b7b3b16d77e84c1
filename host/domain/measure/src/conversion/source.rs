//! Conversions as a set: one derived table, put together from static texts,
//! that metrics and paths both read. Its columns are `item`, `contact` (merged
//! ones resolved), `at`, `value_minor`, `currency` and `campaign`.

use super::{
    Definition,
    rule::{Counting, EventValue, OrderOf, OrderValue, Rule},
};
use crate::query::binder::Binder;
use rialto_kernel::{Currency, Id};

/// Which conversions, and how finely.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    /// Only of these campaigns; empty for all.
    pub(crate) campaigns: Vec<Id>,
    /// A row for each campaign an item converts for, instead of one an item.
    pub(crate) by_campaign: bool,
    /// Only from this instant, included, to that, excluded.
    pub(crate) span: (Option<i64>, Option<i64>),
}

/// What is read of an order and its line.
const LINE: &str = "o.id AS item, o.contact, o.at, o.currency, o.total_minor, l.line, l.amount_minor";
/// The orders that count.
const COUNTS: &str = "o.contact IS NOT NULL AND o.state <> 'cancelled' AND o.total_minor >= 0";

/// The derived table, in parentheses and named `v`. `currency` is the one that
/// fixed values are in.
pub(crate) fn source(definition: &Definition, wanted: &Wanted, currency: Currency, binder: &mut Binder) -> String {
    let items = match &definition.rule {
        Rule::Order { of: OrderOf::Any, value, fixed_minor, .. } => any_orders(*value, *fixed_minor, currency, binder),
        Rule::Order { of, offer, written_to, value, fixed_minor } => {
            let lines = match of {
                OrderOf::CampaignOffers => lines_of_campaigns(*written_to, wanted, binder),
                OrderOf::Offer | OrderOf::Any => lines_of_offer(*offer, binder),
            };
            orders_of_lines(&lines, wanted.by_campaign, *value, *fixed_minor, currency, binder)
        }
        Rule::Event { name, value, fixed_minor } => events(name, *value, *fixed_minor, wanted, currency, binder),
    };
    counted(&resolved(&items), definition.counting, wanted, binder)
}

fn worth(expression: &str, fixed: Option<i64>, binder: &mut Binder) -> String {
    fixed.map_or_else(|| expression.to_owned(), |minor| format!("CAST({} AS BIGINT)", binder.bind(minor)))
}

fn coin(column: &str, fixed: Option<i64>, currency: Currency, binder: &mut Binder) -> String {
    fixed.map_or_else(|| column.to_owned(), |_| format!("CAST({} AS TEXT)", binder.bind(currency)))
}

fn any_orders(value: OrderValue, fixed: Option<i64>, currency: Currency, binder: &mut Binder) -> String {
    let fixed = fixed.filter(|_| value == OrderValue::Fixed);
    let (worth, coin) = (worth("o.total_minor", fixed, binder), coin("o.currency", fixed, currency, binder));
    format!(
        "SELECT o.id AS item, o.contact, o.at, {worth} AS value_minor, {coin} AS currency, CAST(NULL AS UUID) AS campaign \
         FROM sales_order o \
         WHERE o.workspace = $1 AND {COUNTS}"
    )
}

/// A campaign has few weeks and may have half the catalogue: its orders are
/// found by their time, and each line is asked for its offers. `CROSS JOIN` is
/// SQLite's way to be told an order of tables; PostgreSQL picks its own.
fn lines_of_campaigns(written_to: bool, wanted: &Wanted, binder: &mut Binder) -> String {
    let only = only_campaigns("g.id", wanted, binder);
    let written = if written_to { only_written_to(wanted, binder) } else { String::new() };
    let (distinct, campaign) = if wanted.by_campaign {
        ("", "g.id")
    } else {
        // A line counts once, however many campaigns it answers to.
        (if wanted.campaigns.len() == 1 { "" } else { "DISTINCT " }, "CAST(NULL AS UUID)")
    };
    format!(
        "SELECT {distinct}{campaign} AS campaign, {LINE} FROM campaign g CROSS JOIN sales_order o CROSS JOIN order_line l \
         WHERE g.workspace = $1{only} AND o.workspace = $1 AND o.at >= g.starts_at AND o.at < g.ends_at AND {COUNTS} \
         AND l.workspace = $1 AND l.sales_order = o.id{written} \
         AND EXISTS (SELECT 1 FROM offer_product f CROSS JOIN campaign_offer co WHERE f.workspace = $1 AND f.product = l.product \
         AND co.workspace = $1 AND co.campaign = g.id AND co.offer = f.offer)"
    )
}

/// Only orders of people the campaign wrote to, merged contacts as their winner
/// on both sides. To have been near a placement is not to be written to.
fn only_written_to(wanted: &Wanted, binder: &mut Binder) -> String {
    let only = only_campaigns("t.campaign", wanted, binder);
    let person = |contact: &str| {
        format!("CASE WHEN {contact}.merged_into IS NULL THEN {contact}.id ELSE {contact}.merged_into END")
    };
    format!(
        " AND (g.id, (SELECT {} FROM contact b WHERE b.workspace = $1 AND b.id = o.contact)) IN \
         (SELECT t.campaign, {} FROM event t JOIN contact w ON w.workspace = t.workspace AND w.id = t.contact \
         WHERE t.workspace = $1 AND t.kind IN ('send', 'touch') AND t.name <> 'placement-seen' AND t.campaign IS NOT NULL{only})",
        person("b"),
        person("w"),
    )
}

/// An offer has few products and may have no end: its lines are found by product.
fn lines_of_offer(offer: Option<Id>, binder: &mut Binder) -> String {
    let offer = binder.bind(offer);
    format!(
        "SELECT CAST(NULL AS UUID) AS campaign, {LINE} \
         FROM offer h CROSS JOIN offer_product f CROSS JOIN order_line l CROSS JOIN sales_order o \
         WHERE h.workspace = $1 AND h.id = {offer} AND f.workspace = $1 AND f.offer = h.id \
         AND l.workspace = $1 AND l.product = f.product AND o.workspace = $1 AND o.id = l.sales_order AND {COUNTS} \
         AND (h.starts_at IS NULL OR o.at >= h.starts_at) AND (h.ends_at IS NULL OR o.at < h.ends_at)"
    )
}

fn orders_of_lines(
    lines: &str,
    by_campaign: bool,
    value: OrderValue,
    fixed: Option<i64>,
    currency: Currency,
    binder: &mut Binder,
) -> String {
    let fixed = fixed.filter(|_| value == OrderValue::Fixed);
    let sum = "CASE WHEN SUM(n.amount_minor) > 0 THEN CAST(SUM(n.amount_minor) AS BIGINT) ELSE 0 END";
    let expression = if value == OrderValue::QualifyingLines { sum } else { "n.total_minor" };
    let (worth, coin) = (worth(expression, fixed, binder), coin("n.currency", fixed, currency, binder));
    let (campaign, grouped) =
        if by_campaign { ("n.campaign AS campaign", ", n.campaign") } else { ("CAST(NULL AS UUID) AS campaign", "") };
    format!(
        "SELECT n.item, n.contact, n.at, {worth} AS value_minor, {coin} AS currency, {campaign} FROM ({lines}) n \
         GROUP BY n.item, n.contact, n.at, n.currency, n.total_minor{grouped}"
    )
}

fn events(
    name: &str,
    value: EventValue,
    fixed: Option<i64>,
    wanted: &Wanted,
    currency: Currency,
    binder: &mut Binder,
) -> String {
    let fixed = fixed.filter(|_| value == EventValue::Fixed);
    let name = binder.bind(name);
    let worth = worth("CASE WHEN e.value_minor > 0 THEN e.value_minor ELSE 0 END", fixed, binder);
    let coin = format!("COALESCE({}, {})", coin("e.currency", fixed, currency, binder), binder.bind(currency));
    let only = only_campaigns("e.campaign", wanted, binder);
    let campaign = if wanted.by_campaign { "e.campaign" } else { "CAST(NULL AS UUID)" };
    format!(
        "SELECT e.id AS item, e.contact, e.at, {worth} AS value_minor, {coin} AS currency, {campaign} AS campaign FROM event e \
         WHERE e.workspace = $1 AND e.name = {name} AND e.contact IS NOT NULL{only}"
    )
}

fn only_campaigns(column: &str, wanted: &Wanted, binder: &mut Binder) -> String {
    if wanted.campaigns.is_empty() {
        return String::new();
    }
    format!(" AND {column} IN ({})", binder.bind_list(wanted.campaigns.iter().copied()))
}

/// Merged contacts stand for their winner.
fn resolved(items: &str) -> String {
    format!(
        "SELECT i.item, COALESCE(p.merged_into, i.contact) AS contact, i.at, i.value_minor, i.currency, i.campaign \
         FROM ({items}) i LEFT JOIN contact p ON p.workspace = $1 AND p.id = i.contact"
    )
}

/// The first a person where only one counts, then only those in the span: a
/// second conversion does not become a first by looking later.
fn counted(items: &str, counting: Counting, wanted: &Wanted, binder: &mut Binder) -> String {
    let mut only = String::new();
    for (instant, sign) in [(wanted.span.0, ">="), (wanted.span.1, "<")] {
        if let Some(us) = instant {
            only.push_str(&format!(" AND c.at {sign} {}", binder.bind(us)));
        }
    }
    match counting {
        Counting::Every => format!("(SELECT c.* FROM ({items}) c WHERE 1 = 1{only}) v"),
        Counting::OncePerContact => format!(
            "(SELECT c.item, c.contact, c.at, c.value_minor, c.currency, c.campaign FROM (SELECT r.*, ROW_NUMBER() OVER \
             (PARTITION BY r.contact, r.campaign ORDER BY r.at, r.item) AS place FROM ({items}) r) c WHERE c.place = 1{only}) v"
        ),
    }
}
