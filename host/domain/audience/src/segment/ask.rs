//! What a condition asks about a person, and the ways to ask it: as a set of
//! persons, or of each person. Text only; values are bound by who makes it.

/// What a condition asks about a person.
pub(super) enum Ask {
    /// Something of their own row, or a test that is whole.
    Plain(String),
    /// Whether they are in a set of persons.
    Set(String),
    /// Whether they have such a row.
    Row(Row),
}

/// A row `t` of a table that has at most a few for one contact, found by it.
pub(super) struct Row {
    /// The table, as `t`.
    pub(super) from: &'static str,
    pub(super) test: String,
    /// Whether one is asked for, and not that there is none.
    pub(super) wanted: bool,
    /// Whether an index gives the contacts of all such rows in order.
    pub(super) ordered: bool,
}

impl Row {
    /// All persons with such a row.
    pub(super) fn people(&self) -> String {
        people(self.from, "t.workspace", "t.contact", &self.test)
    }

    /// Asked of each person: has it, or a contact merged into it, such a row?
    /// Few contacts are merged away, so these are found once.
    pub(super) fn each(&self) -> String {
        let Self { from, test, wanted, .. } = self;
        let not = if *wanted { "" } else { "NOT " };
        format!(
            "{not}(EXISTS (SELECT 1 FROM {from} WHERE t.workspace = c.workspace AND t.contact = c.id AND {test}) \
             OR c.id IN (SELECT l.merged_into FROM contact l CROSS JOIN {from} WHERE l.workspace = $1 AND \
             l.merged_into IS NOT NULL AND t.workspace = l.workspace AND t.contact = l.id AND {test}))"
        )
    }
}

/// Who stands for the contact of a row.
pub(super) fn root(contact: &str) -> String {
    // Not COALESCE: PostgreSQL does not take it for leakproof, and behind row-level
    // security it would keep the join from the index of contacts.
    format!("CASE WHEN m.merged_into IS NULL THEN {contact} ELSE m.merged_into END")
}

/// The persons of the rows that pass a test.
pub(super) fn people(from: &str, workspace: &str, contact: &str, test: &str) -> String {
    format!(
        "SELECT {} FROM {from} LEFT JOIN contact m ON m.workspace = {workspace} AND m.id = {contact} \
         AND m.merged_into IS NOT NULL WHERE {workspace} = $1 AND {test}",
        root(contact)
    )
}

pub(super) fn member(set: &str) -> String {
    format!("c.id IN ({set})")
}

pub(super) fn not_member(set: &str) -> String {
    format!("c.id NOT IN ({set})")
}

/// The sets of a group met before anybody is looked at.
pub(super) fn joined(asks: Vec<Ask>) -> Vec<String> {
    let (mut sets, mut parts) = (Vec::new(), Vec::new());
    for ask in asks {
        match ask {
            Ask::Set(set) => sets.push(set),
            Ask::Row(row) if row.wanted => sets.push(row.people()),
            Ask::Row(row) => parts.push(not_member(&row.people())),
            Ask::Plain(test) => parts.push(test),
        }
    }
    if !sets.is_empty() {
        parts.push(member(&sets.join(" INTERSECT ")));
    }
    parts
}
