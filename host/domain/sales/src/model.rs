//! The nouns of the sales area.

use jiff::Timestamp;
use rialto_kernel::Money;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;
// The schema macro knows ids by this name.
use uuid::Uuid;

/// Where something is sold: a shop, a web shop, a marketplace, a distributor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SalesChannel {
    /// The id.
    pub id: Uuid,
    /// The unit it belongs to, if one.
    pub unit: Option<Uuid>,
    /// Its short name, unique in the workspace.
    pub code: String,
    /// Its name.
    pub name: String,
    /// `store`, `web`, `marketplace`, `distributor` …
    pub kind: String,
    /// Grows with each change; the `ETag`.
    pub version: i64,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

/// A sales channel to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSalesChannel {
    /// Its short name, unique in the workspace.
    pub code: String,
    /// Its name; the code when absent.
    pub name: Option<String>,
    /// `store` when absent.
    pub kind: Option<String>,
    /// The unit it belongs to.
    pub unit: Option<Uuid>,
}

/// What is to change about a sales channel; what is left out stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SalesChannelPatch {
    /// Its name.
    pub name: Option<String>,
    /// What it is.
    pub kind: Option<String>,
    /// The unit it belongs to; null for none.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<Uuid>)]
    pub unit: Option<Option<Uuid>>,
}

/// Something that is sold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Product {
    /// The id.
    pub id: Uuid,
    /// Its SKU, unique in the workspace.
    pub sku: String,
    /// Its name.
    pub name: String,
    /// Its brand.
    pub brand: String,
    /// Its department.
    pub department: String,
    /// Its category.
    pub category: String,
    /// What kind of thing it is.
    pub kind: String,
    /// Its list price, if known.
    pub price: Option<Money>,
    /// What else is known about it.
    #[schema(value_type = Object)]
    pub attributes: serde_json::Value,
    /// Whether it is no longer sold.
    pub archived: bool,
    /// Grows with each change; the `ETag`.
    pub version: i64,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// A product to be made.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NewProduct {
    /// Its SKU, unique in the workspace.
    pub sku: String,
    /// Its name; the SKU when empty.
    pub name: String,
    /// Its brand.
    pub brand: String,
    /// Its department.
    pub department: String,
    /// Its category.
    pub category: String,
    /// What kind of thing it is.
    pub kind: String,
    /// Its list price.
    pub price: Option<Money>,
    /// What else is known about it: an object.
    #[schema(value_type = Option<Object>)]
    pub attributes: Option<serde_json::Map<String, serde_json::Value>>,
}

/// What is to change about a product; what is left out stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ProductPatch {
    /// Its name.
    pub name: Option<String>,
    /// Its brand.
    pub brand: Option<String>,
    /// Its department.
    pub department: Option<String>,
    /// Its category.
    pub category: Option<String>,
    /// What kind of thing it is.
    pub kind: Option<String>,
    /// Its list price; null for unknown.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<Money>)]
    pub price: Option<Option<Money>>,
    /// What else is known about it: an object, which replaces the former.
    #[schema(value_type = Option<Object>)]
    pub attributes: Option<serde_json::Map<String, serde_json::Value>>,
    /// Whether it is no longer sold.
    pub archived: Option<bool>,
}

/// What somebody bought at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Order {
    /// The id.
    pub id: Uuid,
    /// Its number where it was made, unique in the workspace.
    pub number: String,
    /// Who bought, if known.
    pub contact: Option<Uuid>,
    /// Where, if known.
    pub sales_channel: Option<Uuid>,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// The sum of its lines.
    pub total: Money,
    /// The sum of its lines' discounts.
    pub discount: Money,
    /// How many lines it has.
    pub lines: i64,
    /// `placed` or `cancelled`.
    pub state: String,
    /// Where it came from: `api` or the name of a file.
    pub source: String,
    /// Grows with each change; the `ETag`.
    pub version: i64,
    /// When it was taken in.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

/// One line of an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OrderLine {
    /// Its number in the order.
    pub line: i64,
    /// The product.
    pub product: Uuid,
    /// Its SKU.
    pub sku: String,
    /// How much of it; zero and returns below zero are legitimate.
    pub quantity: f64,
    /// What was paid for the line.
    pub amount: Money,
    /// What was taken off.
    pub discount: Money,
}

/// An order with its lines.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OrderWithLines {
    /// The order.
    #[serde(flatten)]
    pub order: Order,
    /// Its lines, in order.
    pub items: Vec<OrderLine>,
}

/// An order to be taken in.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOrder {
    /// Its number where it was made, unique in the workspace.
    pub number: String,
    /// Who bought.
    pub contact: Option<Uuid>,
    /// Where.
    pub sales_channel: Option<Uuid>,
    /// When; now when absent.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
    /// The currency of all its lines: ISO 4217.
    pub currency: String,
    /// Its lines.
    pub items: Vec<NewOrderLine>,
}

/// A line of an order to be taken in.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOrderLine {
    /// The product's SKU.
    pub sku: String,
    /// How much of it.
    pub quantity: f64,
    /// What was paid for the line, in minor units.
    pub amount_minor: i64,
    /// What was taken off, in minor units.
    #[serde(default)]
    pub discount_minor: i64,
}

/// What is to change about an order.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderPatch {
    /// `placed` or `cancelled`.
    pub state: String,
}

/// Terms under which products are sold for less.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Offer {
    /// The id.
    pub id: Uuid,
    /// Its code, unique in the workspace.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its terms, for people.
    pub terms: String,
    /// From when it holds.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub starts_at: Option<Timestamp>,
    /// Until when it holds.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ends_at: Option<Timestamp>,
    /// What it may cost.
    pub budget: Option<Money>,
    /// Grows with each change; the `ETag`.
    pub version: i64,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

/// An offer to be made.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NewOffer {
    /// Its code, unique in the workspace.
    pub code: String,
    /// Its name; the code when empty.
    pub name: String,
    /// Its terms, for people.
    pub terms: String,
    /// From when it holds.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub starts_at: Option<Timestamp>,
    /// Until when it holds.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ends_at: Option<Timestamp>,
    /// What it may cost.
    pub budget: Option<Money>,
    /// SKUs of products it stands on.
    pub skus: Vec<String>,
}

/// What is to change about an offer; what is left out stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct OfferPatch {
    /// Its name.
    pub name: Option<String>,
    /// Its terms.
    pub terms: Option<String>,
    /// From when it holds; null for always.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub starts_at: Option<Option<Timestamp>>,
    /// Until when it holds; null for ever.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ends_at: Option<Option<Timestamp>>,
    /// What it may cost; null for no bound.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<Money>)]
    pub budget: Option<Option<Money>>,
}

/// Products to put under an offer.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfferSkus {
    /// Their SKUs.
    pub skus: Vec<String>,
}

/// A product under an offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OfferProduct {
    /// The product.
    pub product: Uuid,
    /// Its SKU.
    pub sku: String,
    /// Its name.
    pub name: String,
}

/// An offer used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Redemption {
    /// The id.
    pub id: Uuid,
    /// Its number where it was made, unique in the workspace.
    pub number: String,
    /// Which offer.
    pub offer: Uuid,
    /// Who, if known.
    pub contact: Option<Uuid>,
    /// Which campaign brought it, if known.
    pub campaign: Option<Uuid>,
    /// In which order, if known.
    pub sales_order: Option<Uuid>,
    /// The code that was used.
    pub code: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Where it came from.
    pub source: String,
}

/// A redemption to be taken in.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRedemption {
    /// Its number where it was made; made up when absent.
    pub number: Option<String>,
    /// Which offer.
    pub offer: Uuid,
    /// Who.
    pub contact: Option<Uuid>,
    /// Which campaign brought it.
    pub campaign: Option<Uuid>,
    /// In which order.
    pub sales_order: Option<Uuid>,
    /// When; now when absent.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
}

/// What was paid back of a line of an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Refund {
    /// The id.
    pub id: Uuid,
    /// Its number where it was made, unique in the workspace.
    pub number: String,
    /// Of which order.
    pub sales_order: Uuid,
    /// Of which of its lines.
    pub line: i64,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// How much of the product came back; zero for a price reduced afterwards.
    pub quantity: f64,
    /// What was paid back, in the order's currency.
    pub amount: Money,
    /// Where it came from: `api` or the name of a file.
    pub source: String,
}

/// A refund to be taken in.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRefund {
    /// Its number where it was made; made up when absent.
    pub number: Option<String>,
    /// Of which order.
    pub sales_order: Uuid,
    /// Of which of its lines.
    pub line: i64,
    /// When; now when absent.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
    /// How much of the product came back; zero when absent.
    #[serde(default)]
    pub quantity: f64,
    /// What was paid back, in minor units of the order's currency: above zero,
    /// and no more than remains of the line.
    pub amount_minor: i64,
}

/// What one currency was worth in another from a day on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExchangeRate {
    /// One unit of this currency …
    pub from: String,
    /// … in this one.
    pub to: String,
    /// From this UTC day on, until a later one is noted.
    pub date: String,
    /// How many, as a plain decimal: `7.8512`.
    pub rate: String,
    /// Where it came from.
    pub source: String,
    /// Who noted it.
    pub created_by: String,
}

/// An exchange rate to be noted.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewExchangeRate {
    /// One unit of this currency, ISO 4217 …
    pub from: String,
    /// … in this one.
    pub to: String,
    /// From this UTC day on: `2026-03-01`.
    pub date: String,
    /// How many, as a plain decimal in a text: `7.8512`. A number would be a
    /// binary fraction, which most rates are not.
    pub rate: String,
    /// Where it came from, such as `ECB`.
    pub source: Option<String>,
}

/// A product shown in a medium of a sales channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlacedProduct {
    /// The medium: `mailer`, `display` …
    pub medium: String,
    /// Where in it, as the shop says: a page, a shelf.
    pub position: String,
    /// The product.
    pub product: Uuid,
    /// From when.
    #[schema(value_type = String, format = DateTime)]
    pub starts_at: Timestamp,
    /// Until when, not included.
    #[schema(value_type = String, format = DateTime)]
    pub ends_at: Timestamp,
}

/// A field that was given, be it null: absent stays, null empties.
fn given<'de, D, T>(from: D) -> Result<Option<Option<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::<T>::deserialize(from).map(Some)
}
