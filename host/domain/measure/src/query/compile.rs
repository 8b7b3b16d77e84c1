//! From a part of a metric and a question to one SQL text. The text is put
//! together from the static vocabulary of the catalogue; every value is bound.

use super::{
    binder::Binder,
    calendar::{Calendar, DAY_US, GUARD_DAYS, month_of_days},
    question::ROWS_MAX,
};
use crate::{
    catalogue::{Aggregate, Dimension, FactSource, Part, Shape, dimension::Values},
    conversion::{
        Definition,
        source::{Wanted, source},
    },
};
use rialto_kernel::{Currency, Id, WorkspaceId};
use rialto_store::{Sql, sql_dynamic};

/// What a part is computed for.
#[derive(Debug)]
pub(crate) struct Plan<'a> {
    pub(crate) workspace: WorkspaceId,
    pub(crate) by: &'a [Dimension],
    pub(crate) filter: &'a [Filter],
    pub(crate) start: Option<i64>,
    pub(crate) end: Option<i64>,
    /// The currency that money is counted in.
    pub(crate) currency: Currency,
    /// Of which currencies rows are taken.
    pub(crate) coin: Coin,
    /// The zone's offsets, where a span of time is asked by.
    pub(crate) calendar: Option<&'a Calendar>,
    pub(crate) definition: Option<&'a Definition>,
    /// Whether to count the people behind each row.
    pub(crate) people: bool,
}

/// Of which currencies rows are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coin {
    /// Of any.
    Any,
    /// Of this one.
    Only(Currency),
}

/// A dimension narrowed to values.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Filter {
    /// Ids.
    Ids(Dimension, Vec<Id>),
    /// Words.
    Texts(Dimension, Vec<String>),
}

impl Filter {
    /// Which dimension.
    pub(crate) fn dimension(&self) -> Dimension {
        match self {
            Self::Ids(dimension, _) | Self::Texts(dimension, _) => *dimension,
        }
    }
}

/// A row as it comes back: time, up to three ids, up to three texts, the
/// value, the people.
pub(crate) type Cells = (
    Option<i64>,
    Option<Id>,
    Option<Id>,
    Option<Id>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<f64>,
    Option<i64>,
);

/// The alternative of a part that has every dimension of the question.
pub(crate) fn choose(options: &'static [Part], by: &[Dimension], filter: &[Filter]) -> Option<&'static Part> {
    let used = || by.iter().copied().chain(filter.iter().map(Filter::dimension));
    options.iter().find(|part| used().all(|dimension| part.fact.has(dimension)))
}

/// The statement that computes a part.
pub(crate) fn compile(part: &Part, plan: &Plan<'_>) -> Sql {
    let mut binder = Binder::new(plan.workspace);
    let inner = inner(part, plan, &mut binder);
    let rows = match plan.by.iter().find(|dimension| dimension.is_time()) {
        Some(Dimension::Month) => month_of_days(&inner),
        _ => inner,
    };
    let (columns, groups) = outer_columns(plan.by);
    let value = match part.aggregate {
        Aggregate::Count => "COUNT(*)",
        Aggregate::Sum(_) => "COALESCE(SUM(z.v), 0)",
        Aggregate::Distinct(_) | Aggregate::People => "COUNT(DISTINCT z.v)",
    };
    let people = people_column(part, plan);
    let grouped = if groups.is_empty() { String::new() } else { format!(" GROUP BY {groups}") };
    let limit = binder.bind(i64::try_from(ROWS_MAX + 1).unwrap_or(i64::MAX));
    let text = format!(
        "SELECT {columns}, CAST({value} AS DOUBLE PRECISION) AS value, CAST({people} AS BIGINT) AS people FROM ({rows}) z{grouped} \
         LIMIT {limit}"
    );
    sql_dynamic(text).bind_all(binder.into_values())
}

/// The statement of a part's rows in one other currency, to be converted one by
/// one: the columns of [`Cells`] with an amount for the value and how many rows
/// have it for the people, then the UTC day of the rate.
pub(crate) fn compile_foreign(part: &Part, plan: &Plan<'_>) -> Sql {
    let mut binder = Binder::new(plan.workspace);
    let day = format!("({at} + {shift}) / {DAY_US} - {GUARD_DAYS} AS x", at = part.time(), shift = GUARD_DAYS * DAY_US);
    let inner = inner_with(part, plan, &mut binder, Some(day));
    let rows = match plan.by.iter().find(|dimension| dimension.is_time()) {
        Some(Dimension::Month) => month_of_days(&inner),
        _ => inner,
    };
    let (columns, groups) = outer_columns(plan.by);
    let groups = if groups.is_empty() { String::new() } else { format!("{groups}, ") };
    let text = format!(
        "SELECT {columns}, CAST(z.v AS DOUBLE PRECISION) AS value, CAST(COUNT(*) AS BIGINT) AS people, z.x FROM ({rows}) z \
         WHERE z.v <> 0 GROUP BY {groups}z.v, z.x"
    );
    sql_dynamic(text).bind_all(binder.into_values())
}

/// The first and last instant of a part's rows, for a question without bounds.
pub(crate) fn compile_bounds(part: &Part, plan: &Plan<'_>) -> Sql {
    let mut binder = Binder::new(plan.workspace);
    let from = from(part, plan, &mut binder, &[]);
    let conditions = conditions(part, plan, &mut binder);
    let at = part.time();
    let text = format!("SELECT CAST(MIN({at}) AS BIGINT), CAST(MAX({at}) AS BIGINT) FROM {from} WHERE {conditions}");
    sql_dynamic(text).bind_all(binder.into_values())
}

fn people_column(part: &Part, plan: &Plan<'_>) -> &'static str {
    match (plan.people, part.fact.person, part.fact.people_bound) {
        (true, person, _) if !person.is_empty() => "COUNT(DISTINCT z.p)",
        (true, _, Some(_)) => "COALESCE(MAX(z.p), 0)",
        _ => "NULL",
    }
}

/// One row a fact: the dimensions asked for, the value, the person.
fn inner(part: &Part, plan: &Plan<'_>, binder: &mut Binder) -> String {
    inner_with(part, plan, binder, None)
}

fn inner_with(part: &Part, plan: &Plan<'_>, binder: &mut Binder, further: Option<String>) -> String {
    let mut columns: Vec<String> = further.into_iter().collect();
    let (mut ids, mut texts) = (0, 0);
    for dimension in plan.by {
        columns.push(dimension_column(part, plan, *dimension, (&mut ids, &mut texts), binder));
    }
    match part.aggregate {
        Aggregate::Count => columns.push("1 AS v".to_owned()),
        Aggregate::Sum(expression) | Aggregate::Distinct(expression) => columns.push(format!("{expression} AS v")),
        Aggregate::People => columns.push(format!("{} AS v", part.fact.person)),
    }
    let mut joins = Vec::new();
    if plan.people && !part.fact.person.is_empty() {
        columns.push(format!("{} AS p", part.fact.person));
        joins.push(part.fact.person_join);
    } else if let (true, Some(bound)) = (plan.people, part.fact.people_bound) {
        columns.push(format!("{} AS p", bound(&used(plan), plan.start.is_some() || plan.end.is_some())));
    }
    if matches!(part.aggregate, Aggregate::People) {
        joins.push(part.fact.person_join);
    }
    let from = from(part, plan, binder, &joins);
    let conditions = conditions(part, plan, binder);
    format!("SELECT {} FROM {from} WHERE {conditions}", columns.join(", "))
}

fn used(plan: &Plan<'_>) -> Vec<Dimension> {
    plan.by.iter().copied().chain(plan.filter.iter().map(Filter::dimension)).collect()
}

fn dimension_column(
    part: &Part,
    plan: &Plan<'_>,
    dimension: Dimension,
    (ids, texts): (&mut usize, &mut usize),
    binder: &mut Binder,
) -> String {
    let expression = part.fact.shape(dimension).map_or("NULL", |shape| shape.expression);
    match (dimension.values(), plan.calendar) {
        (Values::Time, Some(calendar)) => {
            let bucket = calendar.expression(dimension, part.time(), binder);
            format!("{bucket} AS {}", if dimension == Dimension::Month { "d" } else { "t" })
        }
        (Values::Ids, _) => {
            *ids += 1;
            format!("{expression} AS i{ids}")
        }
        _ => {
            *texts += 1;
            format!("COALESCE({expression}, '') AS k{texts}")
        }
    }
}

/// The fixed columns of [`Cells`], and those to group by.
fn outer_columns(by: &[Dimension]) -> (String, String) {
    let count = |values: Values| by.iter().filter(|dimension| dimension.values() == values).count();
    let (time, ids, texts) = (count(Values::Time), count(Values::Ids), count(Values::Texts));
    let mut columns = vec![if time > 0 { "z.t".to_owned() } else { "CAST(NULL AS BIGINT) AS t".to_owned() }];
    let mut groups: Vec<String> = if time > 0 { vec!["z.t".to_owned()] } else { Vec::new() };
    for (letter, used, kind) in [("i", ids, "UUID"), ("k", texts, "TEXT")] {
        for at in 1..=super::question::DIMENSIONS_MAX {
            if at <= used {
                columns.push(format!("z.{letter}{at}"));
                groups.push(format!("z.{letter}{at}"));
            } else {
                columns.push(format!("CAST(NULL AS {kind}) AS {letter}{at}"));
            }
        }
    }
    (columns.join(", "), groups.join(", "))
}

fn from(part: &Part, plan: &Plan<'_>, binder: &mut Binder, joins: &[&'static str]) -> String {
    let mut text = match (part.fact.source, plan.definition) {
        (FactSource::Tables { from, .. }, _) => from.to_owned(),
        (FactSource::Conversions, Some(definition)) => source(definition, &wanted(plan), plan.currency, binder),
        // A question for conversions is refused earlier when it has no definition.
        (FactSource::Conversions, None) => "(SELECT 1 AS v WHERE 1 = 0) v".to_owned(),
    };
    let mut added: Vec<&str> = Vec::new();
    let shapes =
        used(plan).into_iter().filter_map(|dimension| part.fact.shape(dimension)).map(|Shape { join, .. }| *join);
    for join in shapes.chain(joins.iter().copied()) {
        if !join.is_empty() && !added.contains(&join) {
            added.push(join);
            text.push(' ');
            text.push_str(join);
        }
    }
    text
}

fn wanted(plan: &Plan<'_>) -> Wanted {
    let campaigns = plan.filter.iter().find_map(|filter| match filter {
        Filter::Ids(Dimension::Campaign, ids) => Some(ids.clone()),
        _ => None,
    });
    Wanted {
        campaigns: campaigns.unwrap_or_default(),
        by_campaign: plan.by.contains(&Dimension::Campaign),
        span: (plan.start, plan.end),
    }
}

fn conditions(part: &Part, plan: &Plan<'_>, binder: &mut Binder) -> String {
    let mut all = vec![match part.fact.source {
        FactSource::Tables { holds, .. } => holds.to_owned(),
        FactSource::Conversions => "1 = 1".to_owned(),
    }];
    if !part.only.is_empty() {
        all.push(part.only.to_owned());
    }
    let at = part.time();
    if !at.is_empty() && !part.fact.is_conversion() {
        all.extend(plan.start.map(|us| format!("{at} >= {}", binder.bind(us))));
        all.extend(plan.end.map(|us| format!("{at} < {}", binder.bind(us))));
    }
    if let (Coin::Only(currency), false) = (plan.coin, part.fact.currency.is_empty()) {
        all.push(format!("{} = {}", part.fact.currency, binder.bind(currency)));
    }
    for filter in plan.filter {
        all.extend(narrowed(part, filter, binder));
    }
    if part.fact.has(Dimension::Run) && !used(plan).contains(&Dimension::Run) {
        all.push(latest_runs(plan, binder));
    }
    all.join(" AND ")
}

/// Where no run is named, the latest finished run of each model speaks. Asked
/// about campaigns, a run that was limited to one of them goes before a run
/// over all, and runs of other campaigns are left aside.
fn latest_runs(plan: &Plan<'_>, binder: &mut Binder) -> String {
    let asked = plan.filter.iter().find_map(|filter| match filter {
        Filter::Ids(Dimension::Campaign, ids) => Some(ids),
        _ => None,
    });
    let later = "n.workspace = g.workspace AND n.state = 'finished' AND n.model = g.model";
    let newer = "(n.finished_at > g.finished_at OR (n.finished_at = g.finished_at AND n.id > g.id))";
    let Some(campaigns) = asked else {
        return format!("NOT EXISTS (SELECT 1 FROM attribution_run n WHERE {later} AND {newer})");
    };
    let list = binder.bind_list(campaigns.iter().copied());
    format!(
        "(g.campaign IS NULL OR g.campaign IN ({list})) AND NOT EXISTS (SELECT 1 FROM attribution_run n WHERE {later} \
         AND (n.campaign IS NULL OR n.campaign IN ({list})) AND ((g.campaign IS NULL AND n.campaign IS NOT NULL) \
         OR ((n.campaign = g.campaign OR (n.campaign IS NULL AND g.campaign IS NULL)) AND {newer})))"
    )
}

fn narrowed(part: &Part, filter: &Filter, binder: &mut Binder) -> Option<String> {
    // Conversions are narrowed to campaigns where they are made.
    let shape = part.fact.shape(filter.dimension()).filter(|_| !part.fact.is_conversion())?;
    let list = match filter {
        Filter::Ids(_, ids) => binder.bind_list(ids.iter().copied()),
        Filter::Texts(_, words) => binder.bind_list(words.iter()),
    };
    let expression = shape.expression;
    Some(match filter {
        Filter::Ids(..) => format!("{expression} IN ({list})"),
        Filter::Texts(..) => format!("COALESCE({expression}, '') IN ({list})"),
    })
}
