//! What could be seen where and when, and by whom. Pure.

use rialto_kernel::Id;
use std::collections::HashMap;

/// The medium that is seen at every visit.
const DISPLAY: &str = "display";
/// The most spans of one campaign: shops times media times weeks.
pub(crate) const SPANS_MAX: usize = 1_000_000;

/// A span in which something of the campaign stood in a medium of a shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) starts_at: i64,
    pub(crate) ends_at: i64,
}

/// Everything that stood, by shop and medium, sorted by beginning.
#[derive(Debug, Default)]
pub(crate) struct Sights {
    shops: HashMap<Id, Vec<(String, Vec<Span>)>>,
    spans: usize,
}

/// An order, as far as it shows a visit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Visit {
    pub(crate) at: i64,
    pub(crate) order: Id,
    pub(crate) contact: Id,
    pub(crate) sales_channel: Id,
}

/// What a visitor saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) medium: String,
    pub(crate) at: i64,
    /// Names it for good.
    pub(crate) key: String,
}

impl Sights {
    /// Add a span; they come ordered by shop, medium and beginning.
    pub(crate) fn add(&mut self, sales_channel: Id, medium: String, span: Span) {
        self.spans += 1;
        let media = self.shops.entry(sales_channel).or_default();
        match media.iter_mut().find(|(name, _)| *name == medium) {
            Some((_, spans)) => spans.push(span),
            None => media.push((medium, vec![span])),
        }
    }

    /// How many spans there are.
    pub(crate) fn len(&self) -> usize {
        self.spans
    }

    /// What a visitor saw, one a medium at most. `start` is the campaign's.
    pub(crate) fn seen(&self, visit: Visit, start: i64) -> Vec<Seen> {
        let media = self.shops.get(&visit.sales_channel).map_or(&[][..], Vec::as_slice);
        media
            .iter()
            .filter_map(|(medium, spans)| {
                let span = spans.iter().rev().find(|span| span.starts_at <= visit.at && visit.at < span.ends_at)?;
                Some(match medium == DISPLAY {
                    true => Seen { medium: medium.clone(), at: visit.at, key: format!("{medium}:{}", visit.order) },
                    false => Seen {
                        medium: medium.clone(),
                        at: span.starts_at.max(start),
                        key: format!("{medium}:{}:{}:{}", visit.sales_channel, span.starts_at, visit.contact),
                    },
                })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_display_is_seen_at_each_visit_and_a_mailer_once_a_span() {
        let (shop, other, person) = (Id::from_u128(1), Id::from_u128(2), Id::from_u128(3));
        let mut sights = Sights::default();
        sights.add(shop, "display".into(), Span { starts_at: 10, ends_at: 20 });
        sights.add(shop, "mailer".into(), Span { starts_at: 10, ends_at: 20 });
        sights.add(shop, "mailer".into(), Span { starts_at: 20, ends_at: 30 });
        let visit =
            |at, order: u128, sales_channel| Visit { at, order: Id::from_u128(order), contact: person, sales_channel };
        let seen = |visit| sights.seen(visit, 12).into_iter().map(|s| (s.medium, s.at, s.key)).collect::<Vec<_>>();
        let (first, second) = (seen(visit(13, 100, shop)), seen(visit(19, 101, shop)));
        assert_eq!((first[0].1, first[1].1), (13, 12), "the mailer came when the campaign began");
        assert_ne!(first[0].2, second[0].2, "two visits, two looks at the display");
        assert_eq!(first[1].2, second[1].2, "one mailer");
        assert_eq!(seen(visit(20, 102, shop)).len(), 1, "an end is not included");
        assert!(seen(visit(13, 103, other)).is_empty() && seen(visit(30, 104, shop)).is_empty());
    }
}
