//! The retailer's year, imported over the API, and its totals held against what
//! the files say.

use super::{Demo, until};
use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use std::{collections::BTreeSet, path::Path, time::Duration};

/// The files in the order they build on each other, and the kind of each.
const FILES: &[(&str, &str, &str)] = &[
    ("contacts", "contacts", "&keep_unknown=true"),
    ("products", "products", ""),
    ("campaigns", "campaigns", ""),
    ("targetings", "targetings", ""),
    ("offers", "offers", ""),
    ("offers", "campaign-offers", ""),
    ("orders", "orders", ""),
    ("redemptions", "redemptions", ""),
    ("placements", "placements", WEEK_ONE),
];

/// `{"week_one":"2016-12-26T05:00:00Z"}`: the retailer's weeks begin on Mondays in New York.
const WEEK_ONE: &str = "&with=%7B%22week_one%22%3A%222016-12-26T05%3A00%3A00Z%22%7D";

pub async fn import(demo: &Demo) -> Result<()> {
    for (name, kind, options) in FILES {
        let kept = demo.folder.join(format!("imported-{kind}"));
        if let Ok(line) = std::fs::read_to_string(&kept) {
            println!("  {kind}: {line} (before)");
            continue;
        }
        let file = demo.source.folder.join(format!("{name}.csv"));
        let began = std::time::Instant::now();
        let path = format!("/imports?kind={kind}&file_name={name}.csv{options}");
        let import = demo.api.upload(&path, &file, "text/csv").await?;
        let id = super::plugins::id_of(&import)?;
        let done = until(&format!("{kind} from {name}.csv"), Duration::from_secs(900), || ended(demo, &id)).await?;
        let (good, bad) = (number(&done, "rows_good"), number(&done, "rows_bad"));
        if done["state"] != "done" || bad > 0 {
            bail!("{kind}: {done}");
        }
        let line = format!("{good} rows");
        println!("  {kind}: {line}, {:.1} s", began.elapsed().as_secs_f64());
        std::fs::write(kept, line)?;
    }
    Ok(())
}

async fn ended(demo: &Demo, id: &str) -> Result<Option<Value>> {
    let import = demo.api.get(&format!("/imports/{id}")).await?;
    Ok((import["state"] != "running").then_some(import))
}

fn number(value: &Value, field: &str) -> i64 {
    value[field].as_i64().unwrap_or(-1)
}

/// What the files say, counted without Rialto.
struct Expected {
    contacts: usize,
    orders: usize,
    lines: usize,
    revenue_minor: i64,
    redemptions: usize,
}

/// Hold the catalogue's metrics against the files, to the cent.
pub async fn totals(demo: &Demo) -> Result<()> {
    let expected = count(&demo.source.folder)?;
    if demo.source.real {
        let known = (2_469, 155_848, 1_469_307, 459_603_958, 2_102);
        let found = (expected.contacts, expected.orders, expected.lines, expected.revenue_minor, expected.redemptions);
        if found != known {
            bail!("the files are not the year they should be: {found:?}");
        }
    }
    let sales = demo.api.get("/sales/totals").await?;
    let counted = [
        ("contacts", metric_value(demo, "contacts").await?, expected.contacts as f64),
        ("orders", metric_value(demo, "orders").await?, expected.orders as f64),
        ("order lines", number(&sales, "lines") as f64, expected.lines as f64),
        ("revenue, minor units", metric_value(demo, "revenue").await?, expected.revenue_minor as f64),
        ("sum of lines, minor units", number(&sales, "lines_minor") as f64, expected.revenue_minor as f64),
        ("redemptions", metric_value(demo, "redemptions").await?, expected.redemptions as f64),
    ];
    for (what, found, wanted) in counted {
        println!("  {what}: {found:.0}");
        if (found - wanted).abs() > 0.5 {
            bail!("{what}: {found}, and the files say {wanted}");
        }
    }
    Ok(())
}

pub async fn metric_value(demo: &Demo, metric: &str) -> Result<f64> {
    let answer = demo.api.post("/metrics:query", serde_json::json!({ "metric": metric })).await?;
    answer["rows"][0]["value"].as_f64().with_context(|| format!("{metric} has no value: {answer}"))
}

/// A metric's value where several dimensions are as said; nothing there is zero.
pub async fn metric_of(demo: &Demo, metric: &str, only: &Value) -> Result<f64> {
    let answer = demo.api.post("/metrics:query", serde_json::json!({ "metric": metric, "where": only })).await?;
    Ok(answer["rows"][0]["value"].as_f64().unwrap_or(0.0))
}

/// A metric's value for one value of a dimension; nothing there is zero.
pub async fn metric_where(demo: &Demo, metric: &str, dimension: &str, value: &str) -> Result<f64> {
    metric_of(demo, metric, &serde_json::json!({ dimension: [value] })).await
}

fn count(folder: &Path) -> Result<Expected> {
    let mut lines = csv(folder, "orders")?;
    let header = lines.next().context("no header")?;
    let place = |name: &str| header.iter().position(|h| h == name).with_context(|| format!("no column {name}"));
    let (number, amount) = (place("number")?, place("amount")?);
    let (mut orders, mut count, mut revenue) = (BTreeSet::new(), 0, 0_i64);
    for line in lines {
        count += 1;
        orders.insert(line[number].clone());
        revenue += line[amount].replace('.', "").parse::<i64>()?;
    }
    Ok(Expected {
        contacts: csv(folder, "contacts")?.count() - 1,
        orders: orders.len(),
        lines: count,
        revenue_minor: revenue,
        redemptions: csv(folder, "redemptions")?.count() - 1,
    })
}

/// Some columns of a file, row by row.
pub fn rows(folder: &Path, name: &str, columns: &[&str]) -> Result<Vec<Vec<String>>> {
    let text = std::fs::read_to_string(folder.join(format!("{name}.csv")))?;
    let mut lines = text.lines().map(|line| line.split(',').map(|cell| cell.trim_matches('"')).collect::<Vec<&str>>());
    let header = lines.next().context("no header")?;
    let place = |column: &&str| header.iter().position(|h| h == column).with_context(|| format!("no column {column}"));
    let places = columns.iter().map(place).collect::<Result<Vec<usize>>>()?;
    Ok(lines.map(|line| places.iter().map(|at| line[*at].to_owned()).collect()).collect())
}

/// The cells of our own exports: a quote only ever stands around a whole cell.
fn csv(folder: &Path, name: &str) -> Result<impl Iterator<Item = Vec<String>>> {
    let text = std::fs::read_to_string(folder.join(format!("{name}.csv")))?;
    let rows: Vec<Vec<String>> =
        text.lines().map(|line| line.split(',').map(|cell| cell.trim_matches('"').to_owned()).collect()).collect();
    Ok(rows.into_iter())
}
