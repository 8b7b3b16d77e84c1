//! What people do, as segments see it: the fixed map from the fields of a
//! rule to columns. This file (and `suggest.rs`, for thresholds) alone may name
//! the tables of the areas above, and only to read them: `sales_order`, `order_line`, `product`,
//! `sales_channel`, `redemption`, `offer`.
//!
//! To add a family: describe its table here; the parser, the compiler and the
//! list of fields in the API take it from this map.

/// Something people do: rows with a contact and an instant.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Family {
    /// Its name in a rule (`"on": "order"`).
    pub name: &'static str,
    /// Table and alias.
    pub from: &'static str,
    /// Column of the contact.
    pub contact: &'static str,
    /// Column of the workspace.
    pub workspace: &'static str,
    /// Column of the instant.
    pub at: &'static str,
    /// What always holds; begins with ` AND ` or is empty.
    pub always: &'static str,
    /// What counts one.
    pub one: &'static str,
    /// Amount in minor units and its currency, if there is one.
    pub amount: Option<(&'static str, &'static str)>,
    /// The amount once the details are joined.
    pub detail_amount: Option<&'static str>,
    /// Fields of a rule.
    pub fields: &'static [Field],
    /// What is joined when a field of the details is used.
    pub detail: &'static str,
}

/// A field of a family.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Field {
    /// Its name in a rule.
    pub name: &'static str,
    /// Its column.
    pub column: &'static str,
    /// Whether it is an id.
    pub id: bool,
    /// Whether it needs the details.
    pub detail: bool,
}

const fn text(name: &'static str, column: &'static str) -> Field {
    Field { name, column, id: false, detail: false }
}

const fn detail(name: &'static str, column: &'static str) -> Field {
    Field { name, column, id: false, detail: true }
}

const fn id(name: &'static str, column: &'static str) -> Field {
    Field { name, column, id: true, detail: false }
}

/// Every family.
pub(super) static FAMILIES: [Family; 4] = [
    Family {
        name: "event",
        from: "event e",
        contact: "e.contact",
        workspace: "e.workspace",
        at: "e.at",
        always: "",
        one: "*",
        amount: Some(("e.value_minor", "e.currency")),
        detail_amount: None,
        fields: &[
            text("name", "e.name"),
            text("kind", "e.kind"),
            text("channel", "e.channel"),
            text("source", "e.source"),
            id("campaign", "e.campaign"),
            id("send", "e.send"),
        ],
        detail: "",
    },
    Family {
        name: "order",
        from: "sales_order o",
        contact: "o.contact",
        workspace: "o.workspace",
        at: "o.at",
        always: " AND o.state <> 'cancelled'",
        one: "DISTINCT o.id",
        amount: Some(("o.total_minor", "o.currency")),
        detail_amount: Some("l.amount_minor"),
        fields: &[
            text("number", "o.number"),
            text("source", "o.source"),
            id("sales_channel", "o.sales_channel"),
            detail("sku", "p.sku"),
            detail("product_kind", "p.kind"),
            detail("category", "p.category"),
            detail("department", "p.department"),
            detail("brand", "p.brand"),
        ],
        detail: " JOIN order_line l ON l.workspace = o.workspace AND l.sales_order = o.id\
                 \x20JOIN product p ON p.workspace = l.workspace AND p.id = l.product",
    },
    Family {
        name: "redemption",
        from: "redemption r",
        contact: "r.contact",
        workspace: "r.workspace",
        at: "r.at",
        always: "",
        one: "DISTINCT r.id",
        amount: None,
        detail_amount: None,
        fields: &[text("code", "r.code"), id("campaign", "r.campaign"), detail("offer", "f.code")],
        detail: " JOIN offer f ON f.workspace = r.workspace AND f.id = r.offer",
    },
    // A row of the ledger: meant for them, whatever became of it.
    Family {
        name: "send",
        from: "send d",
        contact: "d.contact",
        workspace: "d.workspace",
        at: "d.created_at",
        always: "",
        one: "*",
        amount: None,
        detail_amount: None,
        fields: &[
            text("channel", "d.channel"),
            text("topic", "d.topic"),
            text("state", "d.state"),
            text("reason", "d.reason"),
            id("campaign", "d.campaign"),
        ],
        detail: "",
    },
];

/// The family of this name.
pub(super) fn family(name: &str) -> Option<&'static Family> {
    FAMILIES.iter().find(|family| family.name == name)
}

/// Columns of a contact that a rule may test: name, column, sort.
pub(super) const CONTACT_FIELDS: [(&str, &str, ContactSort); 8] = [
    ("name", "c.name", ContactSort::Text),
    ("first_name", "c.first_name", ContactSort::Text),
    ("last_name", "c.last_name", ContactSort::Text),
    ("locale", "c.locale", ContactSort::Text),
    ("zone", "c.zone", ContactSort::Text),
    ("region", "c.region", ContactSort::Text),
    ("unit", "c.unit", ContactSort::Id),
    ("created_at", "c.created_at", ContactSort::Instant),
];

/// What a column of a contact holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ContactSort {
    Text,
    Id,
    Instant,
}
