//! Facts: kinds of rows that can be counted or summed. Each tells its tables,
//! its time, the person behind a row and the column of each dimension. These
//! texts are the whole vocabulary that queries are put together from.

use super::Dimension;

/// A kind of row.
#[derive(Debug)]
pub struct Fact {
    /// The word for it.
    pub name: &'static str,
    /// Where its rows are.
    pub source: FactSource,
    /// When a row happened, UTC microseconds; empty where rows have no time.
    pub at: &'static str,
    /// A row's currency; empty where it has none.
    pub currency: &'static str,
    /// Who stands behind a row; empty where nobody does.
    pub person: &'static str,
    /// The join that `person` needs, if any.
    pub person_join: &'static str,
    /// Where no person stands in a row: a column that tells how many at least
    /// do, chosen by the dimensions used and whether a span is.
    pub people_bound: Option<fn(&[Dimension], bool) -> &'static str>,
    /// What it can be broken down by.
    pub dimensions: &'static [Shape],
    /// The tables read, for lineage.
    pub tables: &'static [&'static str],
}

/// Where rows come from.
#[derive(Debug, Clone, Copy)]
pub enum FactSource {
    /// `FROM` this `WHERE` that; the workspace is `$1`.
    Tables {
        /// Tables, each with its workspace.
        from: &'static str,
        /// The workspace clause and what always holds.
        holds: &'static str,
    },
    /// The conversions of a definition, as `v`.
    Conversions,
}

/// How a fact shows a dimension.
#[derive(Debug)]
pub struct Shape {
    /// Which.
    pub dimension: Dimension,
    /// The expression: an id or a text, as the dimension says; unused for time.
    pub expression: &'static str,
    /// A join it needs, if any.
    pub join: &'static str,
}

impl Fact {
    /// How it shows a dimension, if it does.
    #[must_use]
    pub fn shape(&self, dimension: Dimension) -> Option<&'static Shape> {
        self.dimensions.iter().find(|shape| shape.dimension == dimension)
    }

    /// Whether it has a dimension.
    #[must_use]
    pub fn has(&self, dimension: Dimension) -> bool {
        if dimension.is_time() { !self.at.is_empty() } else { self.shape(dimension).is_some() }
    }
}

const fn shape(dimension: Dimension, expression: &'static str) -> Shape {
    Shape { dimension, expression, join: "" }
}

const fn joined(dimension: Dimension, expression: &'static str, join: &'static str) -> Shape {
    Shape { dimension, expression, join }
}

/// A row of the send ledger.
pub static SEND: Fact = Fact {
    name: "send",
    source: FactSource::Tables { from: "send s", holds: "s.workspace = $1" },
    at: "s.created_at",
    currency: "",
    person: "COALESCE(p.merged_into, s.contact)",
    person_join: "LEFT JOIN contact p ON p.workspace = s.workspace AND p.id = s.contact",
    people_bound: None,
    dimensions: &[
        shape(Dimension::Channel, "s.channel"),
        shape(Dimension::Campaign, "s.campaign"),
        shape(Dimension::Occurrence, "s.occurrence"),
        shape(Dimension::Reason, "s.reason"),
        shape(Dimension::State, "s.state"),
        shape(Dimension::Variant, "s.variant"),
        shape(Dimension::Locale, "s.locale"),
    ],
    tables: &["send", "contact"],
};

/// A ledger row with what it cost.
pub static SEND_COST: Fact = Fact {
    name: "send-cost",
    source: FactSource::Tables {
        from: "send s JOIN occurrence w ON w.workspace = s.workspace AND w.id = s.occurrence",
        holds: "s.workspace = $1 AND s.cost_minor <> 0",
    },
    at: "COALESCE(s.dispatched_at, s.created_at)",
    currency: "w.currency",
    person: "",
    person_join: "",
    people_bound: None,
    dimensions: &[
        shape(Dimension::Channel, "s.channel"),
        shape(Dimension::Campaign, "s.campaign"),
        shape(Dimension::Occurrence, "s.occurrence"),
    ],
    tables: &["send", "occurrence"],
};

/// Money spent outside the ledger.
pub static SPEND: Fact = Fact {
    name: "spend",
    source: FactSource::Tables { from: "spend x", holds: "x.workspace = $1" },
    at: "x.at",
    currency: "x.currency",
    person: "",
    person_join: "",
    people_bound: None,
    dimensions: &[shape(Dimension::Channel, "x.channel"), shape(Dimension::Campaign, "x.campaign")],
    tables: &["spend"],
};

/// Something that happened.
pub static EVENT: Fact = Fact {
    name: "event",
    source: FactSource::Tables { from: "event e", holds: "e.workspace = $1" },
    at: "e.at",
    currency: "e.currency",
    person: "COALESCE(p.merged_into, e.contact, e.id)",
    person_join: "LEFT JOIN contact p ON p.workspace = e.workspace AND p.id = e.contact",
    people_bound: None,
    dimensions: &[
        shape(Dimension::Channel, "e.channel"),
        shape(Dimension::Campaign, "e.campaign"),
        joined(
            Dimension::Occurrence,
            "es.occurrence",
            "LEFT JOIN send es ON es.workspace = e.workspace AND es.id = e.send",
        ),
        shape(Dimension::Event, "e.name"),
        shape(Dimension::Source, "e.source"),
    ],
    tables: &["event", "contact"],
};

/// An order.
pub static ORDER: Fact = Fact {
    name: "order",
    source: FactSource::Tables { from: "sales_order o", holds: "o.workspace = $1 AND o.state <> 'cancelled'" },
    at: "o.at",
    currency: "o.currency",
    person: "COALESCE(p.merged_into, o.contact, o.id)",
    person_join: BUYER,
    people_bound: None,
    dimensions: &[
        shape(Dimension::SalesChannel, "o.sales_channel"),
        shape(Dimension::Source, "o.source"),
        joined(Dimension::Region, "p.region", BUYER),
    ],
    tables: &["sales_order", "contact"],
};

/// The first order of a person.
pub static FIRST_ORDER: Fact = Fact {
    name: "first-order",
    source: FactSource::Tables {
        from: "(SELECT o.workspace, COALESCE(p.merged_into, o.contact) AS contact, MIN(o.at) AS at FROM sales_order o \
               LEFT JOIN contact p ON p.workspace = o.workspace AND p.id = o.contact \
               WHERE o.workspace = $1 AND o.state <> 'cancelled' AND o.contact IS NOT NULL \
               GROUP BY o.workspace, COALESCE(p.merged_into, o.contact)) f",
        holds: "f.workspace = $1",
    },
    at: "f.at",
    currency: "",
    person: "f.contact",
    person_join: "",
    people_bound: None,
    dimensions: &[],
    tables: &["sales_order", "contact"],
};

/// A line of an order, with its product.
pub static ORDER_LINE: Fact = Fact {
    name: "order-line",
    source: FactSource::Tables {
        // In this order for SQLite: the lines of an order lie together, the order of a line must be looked for.
        from: "sales_order o CROSS JOIN order_line l",
        holds: "o.workspace = $1 AND l.workspace = $1 AND l.sales_order = o.id AND o.state <> 'cancelled'",
    },
    at: "o.at",
    currency: "o.currency",
    person: "COALESCE(p.merged_into, o.contact, o.id)",
    person_join: BUYER,
    people_bound: None,
    dimensions: ORDERED,
    tables: &["order_line", "sales_order", "product", "contact"],
};

const BUYER: &str = "LEFT JOIN contact p ON p.workspace = o.workspace AND p.id = o.contact";
const PRODUCT: &str = "LEFT JOIN product d ON d.workspace = l.workspace AND d.id = l.product";
/// What a line of an order, and what was paid back of it, can be broken down by.
const ORDERED: &[Shape] = &[
    shape(Dimension::SalesChannel, "o.sales_channel"),
    shape(Dimension::Source, "o.source"),
    joined(Dimension::Region, "p.region", BUYER),
    joined(Dimension::Department, "d.department", PRODUCT),
    joined(Dimension::Category, "d.category", PRODUCT),
    joined(Dimension::Brand, "d.brand", PRODUCT),
];

/// What was paid back of a line of an order.
pub static REFUND: Fact = Fact {
    name: "refund",
    source: FactSource::Tables {
        from: "refund y JOIN sales_order o ON o.workspace = y.workspace AND o.id = y.sales_order \
               JOIN order_line l ON l.workspace = y.workspace AND l.sales_order = y.sales_order AND l.line = y.line",
        holds: "y.workspace = $1 AND o.state <> 'cancelled'",
    },
    at: "y.at",
    currency: "o.currency",
    person: "COALESCE(p.merged_into, o.contact, o.id)",
    person_join: BUYER,
    people_bound: None,
    dimensions: ORDERED,
    tables: &["refund", "sales_order", "order_line", "product", "contact"],
};

/// A line of a campaign's budget, dated by the day its amounts are priced at.
pub static BUDGET_LINE: Fact = Fact {
    name: "budget-line",
    source: FactSource::Tables { from: "budget_line b", holds: "b.workspace = $1" },
    at: "b.priced_at",
    currency: "b.currency",
    person: "",
    person_join: "",
    people_bound: None,
    dimensions: &[shape(Dimension::Channel, "b.channel"), shape(Dimension::Campaign, "b.campaign")],
    tables: &["budget_line"],
};

/// An offer used at a till.
pub static REDEMPTION: Fact = Fact {
    name: "redemption",
    source: FactSource::Tables { from: "redemption r", holds: "r.workspace = $1" },
    at: "r.at",
    currency: "",
    person: "COALESCE(p.merged_into, r.contact, r.id)",
    person_join: "LEFT JOIN contact p ON p.workspace = r.workspace AND p.id = r.contact",
    people_bound: None,
    dimensions: &[
        shape(Dimension::Campaign, "r.campaign"),
        shape(Dimension::Offer, "r.offer"),
        shape(Dimension::Source, "r.source"),
    ],
    tables: &["redemption", "contact"],
};

/// A contact that was not merged into another.
pub static CONTACT: Fact = contact("contact", "c.created_at");

/// The same, as they are now, whenever they came.
pub static CONTACT_NOW: Fact = contact("contact-now", "");

const CONTACT_SHAPES: &[Shape] =
    &[shape(Dimension::Source, "c.source"), shape(Dimension::Region, "c.region"), shape(Dimension::Locale, "c.locale")];

const fn contact(name: &'static str, at: &'static str) -> Fact {
    Fact {
        name,
        source: FactSource::Tables { from: "contact c", holds: "c.workspace = $1 AND c.merged_into IS NULL" },
        at,
        currency: "",
        person: "c.id",
        person_join: "",
        people_bound: None,
        dimensions: CONTACT_SHAPES,
        tables: &["contact"],
    }
}

/// Someone a campaign addressed: in its ledger, or by a recorded targeting.
pub static ADDRESSED: Fact = Fact {
    name: "addressed",
    source: FactSource::Tables {
        from: "(SELECT s.workspace, s.contact, s.channel, s.campaign, s.created_at AS at FROM send s WHERE s.workspace = $1 \
               UNION ALL \
               SELECT e.workspace, e.contact, e.channel, e.campaign, e.at AS at FROM event e \
               WHERE e.workspace = $1 AND e.name = 'campaign-targeted' AND e.kind = 'touch' AND e.contact IS NOT NULL) a",
        holds: "a.workspace = $1",
    },
    at: "a.at",
    currency: "",
    person: "COALESCE(p.merged_into, a.contact)",
    person_join: "LEFT JOIN contact p ON p.workspace = a.workspace AND p.id = a.contact",
    people_bound: None,
    dimensions: &[shape(Dimension::Channel, "a.channel"), shape(Dimension::Campaign, "a.campaign")],
    tables: &["send", "event", "contact"],
};

/// A conversion by its definition.
pub static CONVERSION: Fact = Fact {
    name: "conversion",
    source: FactSource::Conversions,
    at: "v.at",
    currency: "v.currency",
    person: "v.contact",
    person_join: "",
    people_bound: None,
    dimensions: &[shape(Dimension::Campaign, "v.campaign")],
    tables: &[
        "conversion_definition",
        "sales_order",
        "order_line",
        "offer_product",
        "campaign_offer",
        "campaign",
        "event",
    ],
};

/// A row of credit of a finished attribution run.
pub static CREDIT: Fact = Fact {
    name: "credit",
    source: FactSource::Tables {
        from: "attribution_credit k JOIN attribution_run g ON g.workspace = k.workspace AND g.id = k.run",
        holds: "k.workspace = $1 AND g.state = 'finished'",
    },
    at: "COALESCE(k.day_at, g.starts_at)",
    currency: "g.currency",
    person: "",
    person_join: "",
    people_bound: Some(credited_people),
    dimensions: &[
        shape(Dimension::Channel, "k.channel"),
        shape(Dimension::Campaign, "COALESCE(k.campaign, g.campaign)"),
        shape(Dimension::Run, "k.run"),
        shape(Dimension::Model, "g.model"),
    ],
    tables: &["attribution_credit", "attribution_run"],
};

/// Different people behind credit are counted when it is stored, for a channel,
/// a campaign, both, and with the day; over several rows the largest count is
/// how many there are at least.
fn credited_people(used: &[Dimension], span: bool) -> &'static str {
    let has = |dimension| used.contains(&dimension);
    if span || used.iter().any(|dimension| dimension.is_time()) {
        return "k.people";
    }
    match (has(Dimension::Channel), has(Dimension::Campaign)) {
        (true, true) => "k.people_channel_campaign",
        (_, false) => "k.people_channel",
        (false, true) => "k.people_campaign",
    }
}

/// Every fact.
pub static FACTS: [&Fact; 15] = [
    &SEND,
    &SEND_COST,
    &SPEND,
    &EVENT,
    &ORDER,
    &FIRST_ORDER,
    &ORDER_LINE,
    &REFUND,
    &BUDGET_LINE,
    &REDEMPTION,
    &CONTACT,
    &CONTACT_NOW,
    &ADDRESSED,
    &CONVERSION,
    &CREDIT,
];
