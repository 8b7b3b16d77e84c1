//! `orders`: a row is an order line. The lines of an order may stand anywhere in
//! the file; its totals are kept exact. A line that was taken in before, by
//! order number and line number, changes nothing. Zero amounts and zero
//! quantities are legitimate.

use super::{PERMISSION, column, lookup, maybe, needed, read_all, zone};
use crate::{
    sql::{LineRow, OrderRow, lines_insert, order_ids, orders_add_up, orders_grown, orders_insert, orders_take_back},
    text::{amount, code, quantity},
};
use async_trait::async_trait;
use rialto_audience::import::{Column, ImportContext, ImportKind, ImportRow, Moments, RowError, TakeBack};
use rialto_kernel::{Currency, Id, Problem};
use rialto_store::Conn;
use std::collections::{HashMap, HashSet};

const COLUMNS: &[Column] = &[
    column(
        "number",
        &["order", "order_number", "order_id", "basket_id", "订单号", "订单编号", "单号"],
        true,
        "the order's number",
    ),
    column(
        "line",
        &["line_number", "行号", "明细行"],
        false,
        "the line's number in the order; the row's number when absent",
    ),
    column(
        "customer",
        &["customer_id", "external_id", "household_id", "member", "客户编号", "客户ID", "会员号", "会员编号"],
        false,
        "who bought",
    ),
    column(
        "sales_channel",
        &["store", "store_id", "shop", "channel", "门店", "店铺", "门店编号", "销售渠道"],
        false,
        "where: its code",
    ),
    column(
        "at",
        &["date", "time", "timestamp", "ordered_at", "下单时间", "订单时间", "时间", "日期", "支付时间"],
        true,
        "when",
    ),
    column(
        "sku",
        &["product", "product_id", "item", "商品编码", "商品编号", "商品", "货号"],
        true,
        "the product's SKU",
    ),
    column("quantity", &["qty", "数量", "件数"], false, "how much of it; 1 when absent"),
    column(
        "amount",
        &["total", "sales_value", "value", "金额", "实付金额", "支付金额", "销售额"],
        true,
        "what was paid for the line, such as 12.50",
    ),
    column("discount", &["折扣", "优惠", "优惠金额", "折扣金额"], false, "what was taken off"),
    column("currency", &["币种", "货币"], false, "such as USD; the option `currency` when absent"),
];
const NUMBER: usize = 0;
const LINE: usize = 1;
const CUSTOMER: usize = 2;
const CHANNEL: usize = 3;
const AT: usize = 4;
const SKU: usize = 5;
const QUANTITY: usize = 6;
const AMOUNT: usize = 7;
const DISCOUNT: usize = 8;
const CURRENCY: usize = 9;

/// Reads orders in.
#[derive(Debug, Clone, Copy)]
pub struct OrdersImport;

/// A row, read.
struct Line<'r> {
    row: &'r ImportRow,
    number: &'r str,
    line: i64,
    customer: Option<&'r str>,
    channel: Option<&'r str>,
    at: i64,
    sku: &'r str,
    quantity: f64,
    amount: i64,
    discount: i64,
    currency: Currency,
}

#[async_trait]
impl ImportKind for OrdersImport {
    fn name(&self) -> &'static str {
        "orders"
    }

    fn columns(&self) -> &'static [Column] {
        COLUMNS
    }

    fn permission(&self) -> &'static str {
        PERMISSION
    }

    fn made_objects(&self) -> &'static [&'static str] {
        &["order"]
    }

    async fn take_back(&self, conn: &mut Conn, with: &TakeBack, ids: &[Id]) -> Result<Vec<(Id, String)>, Problem> {
        // Each later batch of the same import that added lines counted the order up once.
        let version = |id: &Id| 1 + with.again.get(id).copied().unwrap_or(0);
        Ok(orders_take_back(conn, with.workspace, ids, version).await?)
    }

    async fn apply(&self, conn: &mut Conn, ctx: &ImportContext, rows: &[ImportRow]) -> Result<Vec<RowError>, Problem> {
        let zone = zone(ctx)?;
        let currency = match ctx.option("currency") {
            Some(word) => Some(word.parse().map_err(|message: String| Problem::invalid("currency", message))?),
            None => None,
        };
        let (lines, mut errors) = read_all(rows, |row| read(ctx, row, &zone, currency));
        let names = Names::of(conn, ctx, &lines).await?;
        let numbers: HashSet<&str> = lines.iter().map(|line| line.number).collect();
        let mut numbers: Vec<String> = numbers.into_iter().map(str::to_owned).collect();
        numbers.sort_unstable();
        let known = order_ids(conn, ctx.workspace, &numbers).await?;
        let mut batch = Batch::default();
        for line in &lines {
            if let Err(error) = batch.add(ctx, line, &names, &known) {
                errors.push(error);
            }
        }
        batch.store(conn, ctx).await?;
        Ok(errors)
    }
}

fn read<'r>(
    ctx: &ImportContext,
    row: &'r ImportRow,
    zone: &Moments,
    currency: Option<Currency>,
) -> Result<Line<'r>, RowError> {
    let currency = match maybe(row, COLUMNS, CURRENCY, str::parse::<Currency>)?.or(currency) {
        Some(currency) => currency,
        None => return Err(row.error("currency", "must not be empty, unless the option `currency` says it")),
    };
    Ok(Line {
        row,
        number: needed(row, COLUMNS, NUMBER, code)?,
        line: match maybe(row, COLUMNS, LINE, line_number)? {
            Some(line) => line,
            None => i64::try_from(row.number).unwrap_or(i64::MAX),
        },
        customer: maybe(row, COLUMNS, CUSTOMER, code)?,
        channel: maybe(row, COLUMNS, CHANNEL, code)?,
        at: needed(row, COLUMNS, AT, |cell| zone.past(cell, ctx.now))?,
        sku: needed(row, COLUMNS, SKU, code)?,
        quantity: maybe(row, COLUMNS, QUANTITY, quantity)?.unwrap_or(1.0),
        amount: needed(row, COLUMNS, AMOUNT, |cell| amount(cell, currency))?,
        discount: maybe(row, COLUMNS, DISCOUNT, |cell| amount(cell, currency))?.unwrap_or(0),
        currency,
    })
}

fn line_number(cell: &str) -> Result<i64, String> {
    cell.parse()
        .ok()
        .filter(|line| *line >= 0)
        .ok_or_else(|| format!("`{}` is not a line number such as 1", cell.escape_debug()))
}

/// Everything the lines name, by name.
struct Names<'r> {
    products: lookup::Ids<'r>,
    channels: lookup::Ids<'r>,
    customers: lookup::Ids<'r>,
}

impl<'r> Names<'r> {
    async fn of(conn: &mut Conn, ctx: &ImportContext, lines: &[Line<'r>]) -> Result<Self, Problem> {
        let customers: HashSet<&str> = lines.iter().filter_map(|line| line.customer).collect();
        let customers = lookup::customers(conn, ctx, &customers).await?;
        // Products and sales channels are made when missing: not for rows that fail.
        let good = || lines.iter().filter(|line| line.customer.is_none_or(|name| customers.contains_key(name)));
        let skus: HashSet<&str> = good().map(|line| line.sku).collect();
        let codes: HashSet<&str> = good().filter_map(|line| line.channel).collect();
        Ok(Self {
            products: lookup::products(conn, ctx, &skus).await?,
            channels: lookup::channels(conn, ctx, &codes).await?,
            customers,
        })
    }
}

/// What a batch adds.
#[derive(Default)]
struct Batch {
    /// Orders that begin here, in order of appearance, and where by number.
    fresh: Vec<OrderRow>,
    fresh_at: HashMap<String, usize>,
    /// Orders that earlier batches or files began.
    grown: HashSet<Id>,
    lines: Vec<LineRow>,
    seen: HashSet<(Id, i64)>,
}

impl Batch {
    fn add(
        &mut self,
        ctx: &ImportContext,
        line: &Line<'_>,
        names: &Names<'_>,
        known: &HashMap<String, (Id, String)>,
    ) -> Result<(), RowError> {
        let contact =
            match line.customer {
                None => None,
                Some(name) => Some(*names.customers.get(name).ok_or_else(|| {
                    line.row.error("customer", "no contact is known by this id; import contacts first")
                })?),
            };
        let Some(product) = names.products.get(line.sku).copied() else { return Ok(()) };
        let channel = line.channel.and_then(|code| names.channels.get(code).copied());
        let (order, currency) = match known.get(line.number) {
            Some((id, currency)) => {
                self.grown.insert(*id);
                (*id, currency.clone())
            }
            None => self.begin(ctx, line, contact, channel),
        };
        if currency != line.currency.code() {
            return Err(line.row.error("currency", format!("the order's other lines are in {currency}")));
        }
        if !self.seen.insert((order, line.line)) {
            return Ok(());
        }
        if let Some(fresh) = self.fresh_at.get(line.number).and_then(|at| self.fresh.get_mut(*at)) {
            fresh.total_minor += line.amount;
            fresh.discount_minor += line.discount;
            fresh.lines += 1;
        }
        self.lines.push(LineRow {
            order,
            line: line.line,
            product,
            quantity: line.quantity,
            amount_minor: line.amount,
            discount_minor: line.discount,
        });
        Ok(())
    }

    /// The order of a line whose number nobody has seen before this batch.
    fn begin(
        &mut self,
        ctx: &ImportContext,
        line: &Line<'_>,
        contact: Option<Id>,
        sales_channel: Option<Id>,
    ) -> (Id, String) {
        if let Some(row) = self.fresh_at.get(line.number).and_then(|at| self.fresh.get(*at)) {
            return (row.id, row.currency.clone());
        }
        // The id sorts as the order's time, which keeps the index of ids compact.
        let id = ctx.ids.at(line.at);
        let currency = line.currency.code().to_owned();
        self.fresh_at.insert(line.number.to_owned(), self.fresh.len());
        self.fresh.push(OrderRow {
            id,
            number: line.number.to_owned(),
            contact,
            sales_channel,
            at: line.at,
            currency: currency.clone(),
            total_minor: 0,
            discount_minor: 0,
            lines: 0,
            state: "placed".to_owned(),
            source: ctx.file_name.clone(),
            version: 1,
            created_at: ctx.at,
        });
        (id, currency)
    }

    async fn store(self, conn: &mut Conn, ctx: &ImportContext) -> Result<(), Problem> {
        let wanted = self.fresh.len() as u64;
        ctx.made("order", self.fresh.iter().map(|order| order.id));
        if orders_insert(conn, ctx.workspace, self.fresh).await? < wanted {
            return Err(Problem::unavailable("another import takes in the same orders just now"));
        }
        lines_insert(conn, ctx.workspace, self.lines).await?;
        let mut grown: Vec<Id> = self.grown.into_iter().collect();
        grown.sort_unstable();
        ctx.made("order.grown", orders_grown(conn, ctx.workspace, &grown).await?);
        orders_add_up(conn, ctx.workspace, &grown).await?;
        Ok(())
    }
}
