//! A rule as one query. Identifiers come from the fixed maps of `families.rs`
//! and of this file; every value of a rule is bound.
//!
//! A condition is about persons: rows of a merged-away contact count for who it
//! was merged into. Both databases answer the same question, each asked in the
//! way it is quick at: PostgreSQL joins sets of persons; SQLite goes through the
//! contacts, or one set of them, and asks the rest of each.

use super::{
    ask::{Ask, Row, joined, member, not_member, people, root},
    rule::{Activity, Compare, Condition, Measure, Node, Rule, Said, Scalar, Test, Window},
    sql::SegmentQuery,
};
use crate::{contact::traits::micros_real, normalise::IdentityKind};
use rialto_kernel::WorkspaceId;
use rialto_store::{Dialect, Value};
use std::fmt::Write as _;

/// A rule compiled for a workspace and an instant.
#[derive(Debug, Clone)]
pub struct Compiled {
    sqlite: SegmentQuery,
    postgres: SegmentQuery,
}

impl Compiled {
    pub(super) fn query(&self, dialect: Dialect) -> &SegmentQuery {
        match dialect {
            Dialect::Sqlite => &self.sqlite,
            Dialect::Postgres => &self.postgres,
        }
    }
}

/// Compile a rule as of `now` (UTC microseconds).
#[must_use]
pub fn compile(rule: &Rule, workspace: WorkspaceId, now: i64) -> Compiled {
    let of = |dialect| {
        let mut builder = Builder { dialect, values: vec![workspace.into()], now, now_place: None };
        let test = builder.node(&rule.node, false);
        SegmentQuery { test, values: builder.values }
    };
    Compiled { sqlite: of(Dialect::Sqlite), postgres: of(Dialect::Postgres) }
}

struct Builder {
    dialect: Dialect,
    values: Vec<Value>,
    now: i64,
    now_place: Option<String>,
}

impl Builder {
    /// Bind a value; its placeholder.
    fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    fn now(&mut self) -> String {
        if let Some(place) = &self.now_place {
            return place.clone();
        }
        let place = self.bind(self.now);
        self.now_place = Some(place.clone());
        place
    }

    /// The test of a node. `driven` says that a set of persons is gone through
    /// anyway, of which this is asked too.
    fn node(&mut self, node: &Node, driven: bool) -> String {
        match node {
            Node::All(nodes) if nodes.is_empty() => "1 = 1".to_owned(),
            Node::All(nodes) => self.all(nodes, driven),
            Node::Any(nodes) => {
                let parts: Vec<String> = nodes.iter().map(|node| self.parens(node, driven)).collect();
                parts.join(" OR ")
            }
            Node::Not(node) => format!("NOT {}", self.parens(node, driven)),
            Node::If(condition) => {
                let ask = self.condition(condition);
                self.alone(ask, driven)
            }
        }
    }

    fn parens(&mut self, node: &Node, driven: bool) -> String {
        format!("({})", self.node(node, driven))
    }

    /// A condition by itself.
    fn alone(&self, ask: Ask, driven: bool) -> String {
        match (ask, self.dialect) {
            (Ask::Plain(test), _) => test,
            (Ask::Set(set), _) => member(&set),
            (Ask::Row(row), Dialect::Postgres) if row.wanted => member(&row.people()),
            (Ask::Row(row), Dialect::Postgres) => not_member(&row.people()),
            (Ask::Row(row), Dialect::Sqlite) if row.wanted && row.ordered && !driven => member(&row.people()),
            (Ask::Row(row), Dialect::Sqlite) => row.each(),
        }
    }

    /// All of them: the conditions of the group together, its groups after.
    fn all(&mut self, nodes: &[Node], driven: bool) -> String {
        let mut asks = Vec::new();
        for node in nodes {
            if let Node::If(condition) = node {
                asks.push(self.condition(condition));
            }
        }
        let (mut parts, driven) = match self.dialect {
            Dialect::Postgres => (joined(asks), driven),
            Dialect::Sqlite => self.in_turn(asks, driven),
        };
        let groups = nodes.iter().filter(|node| !matches!(node, Node::If(_)));
        parts.extend(groups.map(|node| self.node(node, driven)));
        let parts: Vec<String> = parts.into_iter().map(|part| format!("({part})")).collect();
        parts.join(" AND ")
    }

    /// One set is gone through, and the rest is asked of each person in it. A
    /// set that must be made anyway is it; otherwise the first that comes in
    /// order. Whether there is one now.
    fn in_turn(&self, asks: Vec<Ask>, driven: bool) -> (Vec<String>, bool) {
        let set = asks.iter().position(|ask| matches!(ask, Ask::Set(_)));
        let first = set
            .or_else(|| asks.iter().position(|ask| matches!(ask, Ask::Row(Row { wanted: true, ordered: true, .. }))));
        let drives = |at: usize| !driven && first == Some(at);
        let parts = asks.into_iter().enumerate().map(|(at, ask)| self.alone(ask, !drives(at))).collect();
        (parts, driven || first.is_some())
    }

    fn condition(&mut self, condition: &Condition) -> Ask {
        match condition {
            Condition::Contact { column, test } => Ask::Plain(self.contact(column, test)),
            Condition::Trait { key, test } => Ask::Row(self.fact(key, test)),
            Condition::Tag { name } => {
                let (name, now) = (self.bind(name), self.now());
                let test = format!("t.name = {name} AND (t.expires_at IS NULL OR t.expires_at > {now})");
                Ask::Row(Row { from: "tag t", test, wanted: true, ordered: true })
            }
            Condition::Consent { channel, topic, state } => Ask::Plain(self.consent(channel, topic, *state)),
            Condition::Identity { kind, issuer } => Ask::Row(self.identity(*kind, issuer.as_deref())),
            Condition::Snapshot { id } => {
                let test = format!("t.snapshot = {}", self.bind(*id));
                Ask::Row(Row { from: "audience_member t", test, wanted: true, ordered: true })
            }
            Condition::Activity(activity) => self.activity(activity),
        }
    }

    fn contact(&mut self, column: &str, test: &Test) -> String {
        match test {
            // A negation also holds where nothing is known.
            Test::IsNot(value) => format!("({column} IS NULL OR {column} <> {})", self.scalar(value)),
            Test::NotIn(values) => format!("({column} IS NULL OR {column} NOT IN {})", self.list(values)),
            Test::Exists | Test::Missing => {
                let missing = if column == "c.unit" { format!("{column} IS NULL") } else { format!("{column} = ''") };
                if *test == Test::Missing { missing } else { format!("NOT ({missing})") }
            }
            Test::Before(_) | Test::After(_) | Test::InLast(_) | Test::InNext(_) => self.instant(column, test, false),
            other => self.positive(column, column, other),
        }
    }

    fn fact(&mut self, key: &str, test: &Test) -> Row {
        let negative = match test {
            Test::IsNot(value) => Some(Test::Is(value.clone())),
            Test::NotIn(values) => Some(Test::In(values.clone())),
            Test::Compare(Compare::Ne, n) => Some(Test::Compare(Compare::Eq, *n)),
            Test::Missing => Some(Test::Exists),
            _ => None,
        };
        let key = self.bind(key);
        let asked = negative.as_ref().unwrap_or(test);
        let holds = match asked {
            Test::Exists => "1 = 1".to_owned(),
            instant @ (Test::Before(_) | Test::After(_) | Test::InLast(_) | Test::InNext(_)) => {
                self.instant("t.number", instant, true)
            }
            other => self.positive("t.text", "t.number", other),
        };
        // Of one value the index knows the contacts in order; of several, value by value.
        let ordered = matches!(asked, Test::Is(_) | Test::Compare(Compare::Eq, _));
        Row { from: "trait t", test: format!("t.key = {key} AND {holds}"), wanted: negative.is_none(), ordered }
    }

    /// A test that holds for a value; texts and numbers have a column each.
    fn positive(&mut self, text: &str, number: &str, test: &Test) -> String {
        let column = |scalar: Option<&Scalar>| if matches!(scalar, Some(Scalar::Number(_))) { number } else { text };
        match test {
            Test::Is(value) | Test::IsNot(value) => {
                format!("{} = {}", column(Some(value)), self.scalar(value))
            }
            Test::In(values) | Test::NotIn(values) => {
                format!("{} IN {}", column(values.first()), self.list(values))
            }
            Test::StartsWith(prefix) => {
                let place = self.bind(prefix);
                // Counted in characters on both databases.
                format!("SUBSTR({text}, 1, {}) = {place}", prefix.chars().count())
            }
            Test::Contains(part) => {
                // The one way to find a part that both databases read alike, letter for letter.
                let place = self.bind(part);
                format!("REPLACE({text}, {place}, '') <> {text}")
            }
            Test::Compare(compare, n) => format!("{number} {} {}", compare.sql(), self.bind(*n)),
            Test::Between(low, high) => {
                let (low, high) = (self.bind(*low), self.bind(*high));
                format!("{number} BETWEEN {low} AND {high}")
            }
            Test::Before(_) | Test::After(_) | Test::InLast(_) | Test::InNext(_) => self.instant(number, test, true),
            Test::Exists | Test::Missing => "1 = 1".to_owned(),
        }
    }

    /// A test of an instant, held as a whole or (a trait's) as a real number.
    fn instant(&mut self, column: &str, test: &Test, real: bool) -> String {
        let now = self.now;
        let mut place = |us: i64| {
            let value: Value = if real { micros_real(us).into() } else { us.into() };
            self.bind(value)
        };
        match test {
            Test::Before(at) => format!("{column} < {}", place(*at)),
            Test::InLast(span) => {
                let (from, to) = (place(now - span), place(now));
                format!("({column} >= {from} AND {column} <= {to})")
            }
            Test::InNext(span) => {
                let (from, to) = (place(now), place(now + span));
                format!("({column} >= {from} AND {column} <= {to})")
            }
            Test::After(at) => format!("{column} >= {}", place(*at)),
            _ => "1 = 0".to_owned(),
        }
    }

    fn scalar(&mut self, scalar: &Scalar) -> String {
        match scalar {
            Scalar::Text(text) => self.bind(text),
            Scalar::Number(n) => self.bind(*n),
            Scalar::Id(id) => self.bind(*id),
        }
    }

    fn list(&mut self, values: &[Scalar]) -> String {
        let places: Vec<String> = values.iter().map(|value| self.scalar(value)).collect();
        format!("({})", places.join(", "))
    }

    fn identity(&mut self, kind: IdentityKind, issuer: Option<&str>) -> Row {
        let mut test = format!("t.kind = {}", self.bind(kind.as_str()));
        if let Some(issuer) = issuer {
            let _ = write!(test, " AND t.issuer = {}", self.bind(issuer));
        }
        Row { from: "identity t", test, wanted: true, ordered: false }
    }

    /// What was said last, of the topic or of all topics; of several contacts
    /// that are one person one withdrawal is enough.
    fn consent(&mut self, channel: &str, topic: &str, state: Said) -> String {
        let (channel, topic) = (self.bind(channel), self.bind(topic));
        let about = |t: &str| format!("{t}.channel = {channel} AND {t}.topic IN ({topic}, '*')");
        let said = |state: &str, other: &str, later: &str| {
            let test = format!(
                "{} AND t.state = '{state}' AND NOT EXISTS (SELECT 1 FROM consent x WHERE x.workspace = t.workspace \
                 AND x.contact = t.contact AND {} AND x.state = '{other}' AND x.at {later} t.at)",
                about("t"),
                about("x")
            );
            people("consent t", "t.workspace", "t.contact", &test)
        };
        match state {
            Said::Granted => format!(
                "{} AND {}",
                member(&said("granted", "withdrawn", ">=")),
                not_member(&said("withdrawn", "granted", ">"))
            ),
            Said::Withdrawn => member(&said("withdrawn", "granted", ">")),
            Said::Nothing => not_member(&people("consent t", "t.workspace", "t.contact", &about("t"))),
        }
    }

    fn activity(&mut self, activity: &Activity) -> Ask {
        let family = activity.family;
        let detailed = activity.filters.iter().any(|(field, _)| field.detail);
        let mut test = format!("{} IS NOT NULL{}", family.contact, family.always);
        for (field, values) in &activity.filters {
            let _ = match values.as_slice() {
                [one] => write!(test, " AND {} = {}", field.column, self.scalar(one)),
                many => write!(test, " AND {} IN {}", field.column, self.list(many)),
            };
        }
        self.window(&mut test, family.at, activity.window);
        let joins = if detailed { family.detail } else { "" };
        let (amount, currency) = family.amount.unwrap_or(("0", "''"));
        let amount = family.detail_amount.filter(|_| detailed).unwrap_or(amount);
        let (aggregate, compare, bound, zero_counts) = match &activity.measure {
            Measure::Count(compare, n) => {
                let one = if detailed || family.one == "*" { family.one } else { "*" };
                (format!("COUNT({one})"), *compare, *n, true)
            }
            Measure::Sum(compare, n, unit) => {
                let _ = write!(test, " AND {currency} = {}", self.bind(unit.code()));
                (format!("CAST(SUM({amount}) AS BIGINT)"), *compare, *n, true)
            }
            // At most so long ago is at least this late.
            Measure::LastAgo(compare, span) => {
                (format!("MAX({})", family.at), mirrored(*compare), self.now - span, false)
            }
        };
        let set = |having: &str| {
            let root = root(family.contact);
            let from = format!("{}{joins}", family.from);
            let rows = people(&from, family.workspace, family.contact, &test);
            format!("{rows} GROUP BY {root} HAVING {having}")
        };
        if aggregate.starts_with("COUNT") && compare == Compare::Gte && bound == 1 {
            let from = format!("{}{joins}", family.from);
            return Ask::Set(people(&from, family.workspace, family.contact, &test));
        }
        // Who never did it has none: the rule holds for them if it holds for 0.
        let negative = zero_counts && compare.holds(0, bound);
        let compare = if negative { compare.opposite() } else { compare };
        let place = self.bind(bound);
        let set = set(&format!("{aggregate} {} {place}", compare.sql()));
        if negative { Ask::Plain(not_member(&set)) } else { Ask::Set(set) }
    }

    fn window(&mut self, test: &mut String, at: &str, window: Window) {
        if let Some(span) = window.within {
            let (from, now) = (self.bind(self.now - span), self.now());
            let _ = write!(test, " AND {at} >= {from} AND {at} <= {now}");
        }
        if let Some(from) = window.from {
            let _ = write!(test, " AND {at} >= {}", self.bind(from));
        }
        if let Some(to) = window.to {
            let _ = write!(test, " AND {at} < {}", self.bind(to));
        }
    }
}

fn mirrored(compare: Compare) -> Compare {
    match compare {
        Compare::Lt => Compare::Gt,
        Compare::Lte => Compare::Gte,
        Compare::Gt => Compare::Lt,
        Compare::Gte => Compare::Lte,
        same => same,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rialto_kernel::Id;
    use serde_json::json;

    fn both(json: serde_json::Value) -> [SegmentQuery; 2] {
        let compiled = compile(&Rule::parse(json).unwrap(), WorkspaceId(Id::from_u128(1)), 1_000);
        [compiled.sqlite, compiled.postgres]
    }

    fn compiled(json: serde_json::Value) -> SegmentQuery {
        both(json)[0].clone()
    }

    #[test]
    fn no_text_of_a_rule_becomes_text_of_the_query() {
        let evil = "x') OR 1=1 --";
        for rule in [
            json!({"on": "trait", "key": evil, "op": "is", "value": evil}),
            json!({"on": "trait", "key": evil, "op": "contains", "value": evil}),
            json!({"on": "trait", "key": evil, "op": "in", "value": [evil, evil]}),
            json!({"on": "tag", "name": evil}),
            json!({"on": "consent", "channel": evil, "topic": evil}),
            json!({"on": "identity", "kind": "email", "issuer": evil}),
            json!({"on": "event", "name": evil, "kind": evil, "channel": [evil], "source": evil}),
            json!({"on": "order", "category": evil, "sku": evil}),
            json!({"on": "contact", "field": "region", "op": "starts_with", "value": evil}),
        ] {
            for query in both(rule) {
                assert!(!query.test.contains("1=1") && !query.test.contains("--"), "{}", query.test);
                assert!(query.values.iter().any(|value| *value == Value::from(evil)));
            }
        }
    }

    #[test]
    fn none_counts_as_zero() {
        assert!(compiled(json!({"on": "event", "count": {"op": "lt", "value": 3}})).test.contains("NOT IN"));
        assert!(!compiled(json!({"on": "event", "count": {"op": "gte", "value": 3}})).test.contains("NOT IN"));
        assert!(compiled(json!({"on": "event", "count": {"op": "eq", "value": 0}})).test.contains("NOT IN"));
    }

    #[test]
    fn one_set_is_gone_through_and_the_rest_asked_of_each() {
        let gold = json!({"on": "trait", "key": "tier", "op": "is", "value": "gold"});
        let rich = json!({"on": "trait", "key": "spend", "op": "gt", "value": 500});
        let bought = json!({"on": "event", "name": "Order Completed"});
        let sets = |rule: serde_json::Value| {
            let [sqlite, postgres] = both(rule);
            (sqlite.test.matches("c.id IN (SELECT CASE").count(), postgres.test.matches("c.id IN (SELECT CASE").count())
        };
        assert_eq!(sets(json!({"all": [rich, gold]})), (1, 1), "the one that comes in order");
        assert_eq!(sets(json!({"all": [gold, rich, bought]})), (1, 1), "the one that is made anyway");
        assert_eq!(sets(json!({"all": [bought, {"any": [gold, rich]}]})), (1, 3));
        assert_eq!(sets(json!({"any": [gold, rich]})), (1, 2));
        assert_eq!(sets(rich), (0, 1));
    }
}
