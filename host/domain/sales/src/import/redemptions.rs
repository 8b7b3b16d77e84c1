//! `redemptions`: a row is one use of an offer. A number that was taken in
//! before changes nothing.

use super::{PERMISSION, column, lookup, maybe, needed, read_all, zone};
use crate::{
    sql::{RedemptionRow, order_ids, redemptions_insert, redemptions_take_back, redemptions_there},
    text::code,
};
use async_trait::async_trait;
use rialto_audience::import::{Column, ImportContext, ImportKind, ImportRow, Moments, RowError, TakeBack};
use rialto_kernel::{Id, Problem};
use rialto_store::Conn;
use std::collections::{HashMap, HashSet};

const COLUMNS: &[Column] = &[
    column(
        "number",
        &["redemption", "redemption_id", "id", "核销号", "核销编号"],
        false,
        "its number; the file's name and the row's number when absent",
    ),
    column(
        "customer",
        &["customer_id", "external_id", "household_id", "member", "客户编号", "客户ID", "会员号"],
        false,
        "who redeemed",
    ),
    column("offer", &["code", "coupon", "coupon_upc", "优惠券", "券码", "优惠编号"], true, "the offer's code"),
    column("campaign", &["campaign_code", "活动", "活动编号"], false, "the campaign's code"),
    column(
        "at",
        &["date", "time", "timestamp", "redemption_date", "redeemed_at", "核销时间", "时间", "日期"],
        true,
        "when",
    ),
    column("order", &["order_number", "basket_id", "订单号", "订单编号"], false, "the order's number"),
];
const NUMBER: usize = 0;
const CUSTOMER: usize = 1;
const OFFER: usize = 2;
const CAMPAIGN: usize = 3;
const AT: usize = 4;
const ORDER: usize = 5;

/// Reads redemptions in.
#[derive(Debug, Clone, Copy)]
pub struct RedemptionsImport;

struct Cells<'r> {
    row: &'r ImportRow,
    number: String,
    customer: Option<&'r str>,
    offer: &'r str,
    campaign: Option<&'r str>,
    at: i64,
    order: Option<&'r str>,
}

#[async_trait]
impl ImportKind for RedemptionsImport {
    fn name(&self) -> &'static str {
        "redemptions"
    }

    fn columns(&self) -> &'static [Column] {
        COLUMNS
    }

    fn permission(&self) -> &'static str {
        PERMISSION
    }

    fn made_objects(&self) -> &'static [&'static str] {
        &["redemption"]
    }

    async fn take_back(&self, conn: &mut Conn, with: &TakeBack, ids: &[Id]) -> Result<Vec<(Id, String)>, Problem> {
        Ok(redemptions_take_back(conn, with.workspace, ids).await?)
    }

    async fn apply(&self, conn: &mut Conn, ctx: &ImportContext, rows: &[ImportRow]) -> Result<Vec<RowError>, Problem> {
        let zone = zone(ctx)?;
        let (good, mut errors) = read_all(rows, |row| read(ctx, row, &zone));
        let names = Names::of(conn, ctx, &good).await?;
        let (mut fresh, mut seen) = (Vec::new(), HashSet::new());
        for cells in good {
            match named(ctx, cells, &names) {
                Ok(row) if seen.insert(row.number.clone()) => fresh.push(row),
                Ok(_) => {}
                Err(error) => errors.push(error),
            }
        }
        redemptions_insert(conn, ctx.workspace, &fresh).await?;
        // One that was there before keeps its id.
        let kept = redemptions_there(conn, ctx.workspace, &fresh.iter().map(|row| row.id).collect::<Vec<_>>()).await?;
        ctx.made("redemption", kept);
        Ok(errors)
    }
}

fn read<'r>(ctx: &ImportContext, row: &'r ImportRow, zone: &Moments) -> Result<Cells<'r>, RowError> {
    let number = match maybe(row, COLUMNS, NUMBER, code)? {
        Some(number) => number.to_owned(),
        None => format!("{}#{}", ctx.file_name, row.number),
    };
    Ok(Cells {
        row,
        number,
        customer: maybe(row, COLUMNS, CUSTOMER, code)?,
        offer: needed(row, COLUMNS, OFFER, code)?,
        campaign: maybe(row, COLUMNS, CAMPAIGN, code)?,
        at: needed(row, COLUMNS, AT, |cell| zone.past(cell, ctx.now))?,
        order: maybe(row, COLUMNS, ORDER, code)?,
    })
}

/// Everything the rows name, by name.
struct Names<'r> {
    customers: lookup::Ids<'r>,
    offers: lookup::Ids<'r>,
    campaigns: lookup::Ids<'r>,
    orders: HashMap<String, (Id, String)>,
}

impl<'r> Names<'r> {
    async fn of(conn: &mut Conn, ctx: &ImportContext, rows: &[Cells<'r>]) -> Result<Self, Problem> {
        let customers: HashSet<&str> = rows.iter().filter_map(|cells| cells.customer).collect();
        let offers: HashSet<&str> = rows.iter().map(|cells| cells.offer).collect();
        let campaigns: HashSet<&str> = rows.iter().filter_map(|cells| cells.campaign).collect();
        let orders: HashSet<&str> = rows.iter().filter_map(|cells| cells.order).collect();
        let orders: Vec<String> = orders.into_iter().map(str::to_owned).collect();
        Ok(Self {
            customers: lookup::customers(conn, ctx, &customers).await?,
            offers: lookup::offers(conn, ctx, &offers).await?,
            campaigns: lookup::campaigns(conn, ctx, &campaigns).await?,
            orders: order_ids(conn, ctx.workspace, &orders).await?,
        })
    }
}

fn named(ctx: &ImportContext, cells: Cells<'_>, names: &Names<'_>) -> Result<RedemptionRow, RowError> {
    let unknown = |field: &str, what: &str| cells.row.error(field, format!("there is no such {what}; import it first"));
    let find = |ids: &lookup::Ids<'_>, name: Option<&str>, field: &str, what: &str| match name {
        None => Ok(None),
        Some(name) => ids.get(name).copied().map(Some).ok_or_else(|| unknown(field, what)),
    };
    let order = match cells.order {
        None => None,
        Some(number) => Some(names.orders.get(number).ok_or_else(|| unknown("order", "order"))?.0),
    };
    Ok(RedemptionRow {
        id: ctx.ids.at(cells.at),
        offer: *names.offers.get(cells.offer).ok_or_else(|| unknown("offer", "offer"))?,
        contact: find(&names.customers, cells.customer, "customer", "contact")?,
        campaign: find(&names.campaigns, cells.campaign, "campaign", "campaign")?,
        sales_order: order,
        code: cells.offer.to_owned(),
        at: cells.at,
        source: ctx.file_name.clone(),
        number: cells.number,
    })
}
