//! `placements`: a row says where a product stood in a sales channel's mailer or
//! on its displays for a week or another span. Rows of one sales channel and
//! span should stand together: they become one packed list.

use super::{PERMISSION, column, lookup, maybe, needed, read_all, zone};
use crate::{
    POSITION_BYTES_MAX,
    placement::{Packed, pack, unpack},
    sql::{PlacementRow, placement_entries, placement_put},
    text::{bounded, code},
};
use async_trait::async_trait;
use rialto_audience::import::{Column, ImportContext, ImportKind, ImportRow, Moments, RowError};
use rialto_kernel::{Id, Problem};
use rialto_store::Conn;
use std::collections::{BTreeMap, HashSet};

const COLUMNS: &[Column] = &[
    column("sales_channel", &["store", "store_id", "shop", "门店", "店铺", "门店编号"], true, "where: its code"),
    column("sku", &["product", "product_id", "item", "商品编码", "商品编号", "货号"], true, "the product's SKU"),
    column(
        "week",
        &["周", "周次"],
        false,
        "the week's number, with the option `week_one` for the instant that week 1 begins",
    ),
    column("starts_at", &["start", "开始时间"], false, "from when, where there is no `week`"),
    column("ends_at", &["end", "结束时间"], false, "until when; a week later when absent"),
    column("mailer", &["mailer_location", "邮单位置"], false, "where in the mailer; 0 or empty for not at all"),
    column("display", &["display_location", "陈列位置"], false, "where on display; 0 or empty for not at all"),
];
const CHANNEL: usize = 0;
const SKU: usize = 1;
const WEEK: usize = 2;
const STARTS: usize = 3;
const ENDS: usize = 4;
const MAILER: usize = 5;
const DISPLAY: usize = 6;
const MEDIA: [(usize, &str); 2] = [(MAILER, "mailer"), (DISPLAY, "display")];
const WEEK_US: i64 = 7 * 24 * 3_600 * 1_000_000;
/// Rows handed over at a time.
const BATCH_ROWS: usize = 20_000;
/// Weeks from `week_one` on: a century.
const WEEKS_MAX: i64 = 5_200;

/// Reads placements in.
#[derive(Debug, Clone, Copy)]
pub struct PlacementsImport;

struct Cells<'r> {
    row: &'r ImportRow,
    channel: &'r str,
    sku: &'r str,
    starts_at: i64,
    ends_at: i64,
}

/// The products of one list: number and position.
type Found<'r> = Vec<(u32, &'r str)>;
/// Which list: sales channel, medium, beginning.
type Place = (Id, &'static str, i64);

#[async_trait]
impl ImportKind for PlacementsImport {
    fn name(&self) -> &'static str {
        "placements"
    }

    fn columns(&self) -> &'static [Column] {
        COLUMNS
    }

    fn permission(&self) -> &'static str {
        PERMISSION
    }

    fn kept_because(&self) -> &'static str {
        "its rows are merged into lists that hold what was there before as well"
    }

    /// Thousands of rows become one list: fewer, larger batches read and write
    /// each list less often.
    fn batch_rows(&self) -> usize {
        BATCH_ROWS
    }

    async fn apply(&self, conn: &mut Conn, ctx: &ImportContext, rows: &[ImportRow]) -> Result<Vec<RowError>, Problem> {
        let span = Span::of(ctx)?;
        let (good, mut errors) = read_all(rows, |row| read(row, &span));
        let codes: HashSet<&str> = good.iter().map(|cells| cells.channel).collect();
        let skus: HashSet<&str> = good.iter().map(|cells| cells.sku).collect();
        let channels = lookup::channels(conn, ctx, &codes).await?;
        let numbers = lookup::product_numbers(conn, ctx, &skus).await?;
        let mut lists: BTreeMap<Place, (i64, Found<'_>)> = BTreeMap::new();
        for cells in &good {
            let Some(number) = numbers.get(cells.sku) else {
                errors.push(cells.row.error("sku", "there is no such product; import products first"));
                continue;
            };
            let Some(channel) = channels.get(cells.channel) else { continue };
            if let Err(error) = place(&mut lists, cells, *channel, *number) {
                errors.push(error);
            }
        }
        for (at, (ends_at, found)) in lists {
            add(conn, ctx, at, ends_at, found).await?;
        }
        Ok(errors)
    }
}

/// What a week number means in this file, and the zone of its instants.
struct Span {
    week_one: Option<i64>,
    zone: Moments,
}

impl Span {
    fn of(ctx: &ImportContext) -> Result<Self, Problem> {
        let zone = zone(ctx)?;
        let week_one = ctx
            .option("week_one")
            .map(|text| zone.read(text))
            .transpose()
            .map_err(|message| Problem::invalid("week_one", message))?;
        Ok(Self { week_one, zone })
    }
}

fn read<'r>(row: &'r ImportRow, span: &Span) -> Result<Cells<'r>, RowError> {
    let starts_at = match (row.text(WEEK), span.week_one) {
        (Some(week), Some(first)) => first + (week_number(week).map_err(|e| row.error("week", e))? - 1) * WEEK_US,
        (Some(_), None) => {
            return Err(row.error("week", "say when week 1 begins with the option `week_one`, such as 2026-01-05"));
        }
        (None, _) => needed(row, COLUMNS, STARTS, |cell| span.zone.read(cell))?,
    };
    let ends_at = maybe(row, COLUMNS, ENDS, |cell| span.zone.read(cell))?.unwrap_or(starts_at + WEEK_US);
    if ends_at <= starts_at {
        return Err(row.error("ends_at", "must be after the beginning"));
    }
    Ok(Cells {
        row,
        channel: needed(row, COLUMNS, CHANNEL, code)?,
        sku: needed(row, COLUMNS, SKU, code)?,
        starts_at,
        ends_at,
    })
}

fn week_number(cell: &str) -> Result<i64, String> {
    cell.parse()
        .ok()
        .filter(|week| (1..=WEEKS_MAX).contains(week))
        .ok_or_else(|| format!("`{}` is not a week between 1 and {WEEKS_MAX}", cell.escape_debug()))
}

fn place<'r>(
    lists: &mut BTreeMap<Place, (i64, Found<'r>)>,
    cells: &Cells<'r>,
    channel: Id,
    number: u32,
) -> Result<(), RowError> {
    for (column, medium) in MEDIA {
        let Some(position) = maybe(cells.row, COLUMNS, column, |cell| bounded(cell, POSITION_BYTES_MAX))? else {
            continue;
        };
        if position == "0" {
            continue;
        }
        let list = lists.entry((channel, medium, cells.starts_at)).or_insert_with(|| (cells.ends_at, Vec::new()));
        list.0 = list.0.max(cells.ends_at);
        list.1.push((number, position));
    }
    Ok(())
}

/// Merge into what the list holds already: earlier batches of the same span, or
/// the same file read before.
async fn add(
    conn: &mut Conn,
    ctx: &ImportContext,
    (sales_channel, medium, starts_at): Place,
    ends_at: i64,
    found: Found<'_>,
) -> Result<(), Problem> {
    let mut list = match placement_entries(conn, ctx.workspace, sales_channel, medium, starts_at).await? {
        Some(bytes) => unpack(&bytes)?,
        None => Packed::default(),
    };
    let before = list.entries.len();
    list.merge(found).map_err(|limit| {
        Problem::invalid("sku", format!("too many in one medium and span: over the limit `{limit}`"))
    })?;
    if list.entries.len() == before {
        return Ok(());
    }
    let row = PlacementRow { sales_channel, medium: medium.to_owned(), starts_at, ends_at, entries: pack(&list)? };
    placement_put(conn, ctx.workspace, row, list.entries.len()).await?;
    Ok(())
}
