//! [`Batch`]: the deliveries of one call, a view over flat texts that is
//! checked once and then cannot fail.

use crate::{Fault, OptionBag as _, Options, bindings::deliver::exports::rialto::connector::deliver as wit};

use super::outcome::{Outcome, status};

/// Up to 100 deliveries.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    columns: Columns,
}

/// A batch as it crosses: texts flat and row-major.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Columns {
    /// The medium: `email`, `webhook` …
    pub channel: String,
    /// The topic that people consented to.
    pub topic: String,
    /// One a delivery: opaque and stable over retries.
    pub ids: Vec<String>,
    /// Names of the message's parts.
    pub part_names: Vec<String>,
    /// Their texts, delivery after delivery.
    pub parts: Vec<String>,
    /// Names of the personal data the grants allow.
    pub column_names: Vec<String>,
    /// Their texts, delivery after delivery.
    pub columns: Vec<String>,
    /// More, for those who know the names.
    pub options: Options,
}

impl From<wit::Batch> for Columns {
    fn from(batch: wit::Batch) -> Self {
        let wit::Batch { channel, topic, ids, part_names, parts, column_names, columns, options } = batch;
        Self { channel, topic, ids, part_names, parts, column_names, columns, options }
    }
}

impl Batch {
    /// Check that every delivery has every part and column.
    ///
    /// # Errors
    /// `invalid-input`, naming the list that does not fit.
    pub fn check(columns: Columns) -> Result<Self, Fault> {
        let deliveries = columns.ids.len();
        let lists = [
            ("parts", columns.parts.len(), columns.part_names.len()),
            ("columns", columns.columns.len(), columns.column_names.len()),
        ];
        for (list, length, names) in lists {
            if Some(length) != deliveries.checked_mul(names) {
                return Err(Fault::invalid_input(format!(
                    "`{list}` has {length} texts; {deliveries} deliveries need {names} each"
                )));
            }
        }
        Ok(Self { columns })
    }

    /// The medium: `email`, `webhook` …
    pub fn channel(&self) -> &str {
        &self.columns.channel
    }

    /// The topic that people consented to.
    pub fn topic(&self) -> &str {
        &self.columns.topic
    }

    /// An option of the batch, if it is there and fits `T`.
    pub fn option<T: serde::de::DeserializeOwned>(&self, name: &str) -> Option<T> {
        self.columns.options.value(name)
    }

    /// How many deliveries there are.
    pub fn len(&self) -> usize {
        self.columns.ids.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.columns.ids.is_empty()
    }

    /// Walk the deliveries.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Delivery<'_>> {
        (0..self.len()).map(|index| Delivery { batch: &self.columns, index })
    }
}

/// One delivery: who gets what is settled, the plugin carries it.
#[derive(Debug, Clone, Copy)]
pub struct Delivery<'a> {
    batch: &'a Columns,
    index: usize,
}

impl<'a> Delivery<'a> {
    /// Opaque, stable over retries: the idempotency key for the other side.
    pub fn id(&self) -> &'a str {
        &self.batch.ids[self.index]
    }

    /// A part of the rendered message; `None` when the message has no such part
    /// or it is empty.
    pub fn part(&self, name: &str) -> Option<&'a str> {
        cell(&self.batch.part_names, &self.batch.parts, self.index, name)
    }

    /// A granted column of personal data, such as `profile.first-name`; `None`
    /// when it is not granted or not known of this person.
    pub fn column(&self, name: &str) -> Option<&'a str> {
        cell(&self.batch.column_names, &self.batch.columns, self.index, name)
    }

    /// All parts that are not empty, by name.
    pub fn parts(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        row(&self.batch.part_names, &self.batch.parts, self.index)
    }

    /// All columns that are not empty, by name.
    pub fn columns(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        row(&self.batch.column_names, &self.batch.columns, self.index)
    }

    /// The other side took it.
    pub fn accepted(&self) -> Outcome {
        self.outcome(status::ACCEPTED, None)
    }

    /// The host's mail pool will say.
    pub fn submitted(&self) -> Outcome {
        self.outcome(status::SUBMITTED, None)
    }

    /// Nothing happened; try later, after the fault's wait if it has one.
    pub fn retry(&self, fault: Fault) -> Outcome {
        self.outcome(status::RETRY, Some(fault))
    }

    /// It never will be delivered.
    pub fn rejected(&self, fault: Fault) -> Outcome {
        self.outcome(status::REJECTED, Some(fault))
    }

    /// Nobody knows; a person or a delivery report will settle it.
    pub fn uncertain(&self, fault: Fault) -> Outcome {
        self.outcome(status::UNCERTAIN, Some(fault))
    }

    fn outcome(&self, status: &str, fault: Option<Fault>) -> Outcome {
        Outcome {
            delivery: u32::try_from(self.index).unwrap_or(u32::MAX),
            status: status.to_owned(),
            provider_id: None,
            fault,
            options: Options::new(),
        }
    }
}

fn cell<'a>(names: &[String], texts: &'a [String], index: usize, name: &str) -> Option<&'a str> {
    let column = names.iter().position(|known| known == name)?;
    texts.get(index * names.len() + column).map(String::as_str).filter(|text| !text.is_empty())
}

fn row<'a>(names: &'a [String], texts: &'a [String], index: usize) -> impl Iterator<Item = (&'a str, &'a str)> {
    let texts = texts.get(index * names.len()..(index + 1) * names.len()).unwrap_or(&[]);
    names.iter().zip(texts).filter(|(_, text)| !text.is_empty()).map(|(name, text)| (name.as_str(), text.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns() -> Columns {
        Columns {
            ids: vec!["d1".to_owned(), "d2".to_owned()],
            part_names: vec!["subject".to_owned(), "text".to_owned()],
            parts: ["S1", "T1", "S2", ""].map(str::to_owned).to_vec(),
            column_names: vec!["profile.first-name".to_owned()],
            columns: ["Ada", ""].map(str::to_owned).to_vec(),
            ..Columns::default()
        }
    }

    #[test]
    fn a_delivery_reads_its_own_row() {
        let batch = Batch::check(columns()).unwrap();
        let read: Vec<_> = batch.iter().map(|d| (d.id(), d.part("text"), d.column("profile.first-name"))).collect();
        assert_eq!(read, vec![("d1", Some("T1"), Some("Ada")), ("d2", None, None)]);
        let second = batch.iter().nth(1).unwrap();
        assert_eq!(second.parts().collect::<Vec<_>>(), vec![("subject", "S2")]);
        assert_eq!(second.accepted().delivery, 1);
    }

    #[test]
    fn a_short_list_is_refused() {
        let mut columns = columns();
        columns.parts.pop();
        assert!(Batch::check(columns).unwrap_err().message.contains("`parts`"));
    }
}
