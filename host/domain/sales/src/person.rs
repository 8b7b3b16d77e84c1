//! What sales holds of a person. Orders and redemptions stay for the books, as
//! nobody's.

use rialto_slice::person::{HOLDING, Holding, Words};

pub(crate) const HOLDINGS: &[Holding] = &[
    Holding {
        table: "sales_order",
        about: ("your orders", "您的订单"),
        columns: &["contact"],
        find: Some(
            "SELECT id, number, contact, sales_channel, at, currency, total_minor, discount_minor, lines, state, source
             FROM sales_order WHERE workspace = $1 AND contact = $2 ORDER BY at, id LIMIT $3 OFFSET $4",
        ),
        erase: Some(Words::Both(
            "UPDATE sales_order SET contact = NULL, version = version + 1 WHERE workspace = $1 AND id IN (
                 SELECT id FROM sales_order WHERE workspace = $1 AND contact = $2 LIMIT $3)",
        )),
        left: "the order with its number, time, products and totals, as nobody's: the books",
        ..HOLDING
    },
    Holding {
        table: "redemption",
        about: ("offers you redeemed", "您兑换过的优惠"),
        columns: &["contact"],
        find: Some(
            "SELECT id, number, offer, contact, campaign, sales_order, code, at, source FROM redemption
             WHERE workspace = $1 AND contact = $2 ORDER BY at, id LIMIT $3 OFFSET $4",
        ),
        erase: Some(Words::Both(
            "UPDATE redemption SET contact = NULL, code = '' WHERE workspace = $1 AND id IN (
                 SELECT id FROM redemption WHERE workspace = $1 AND contact = $2 LIMIT $3)",
        )),
        left: "that an offer was redeemed, when and for which campaign, as nobody's",
        ..HOLDING
    },
];
