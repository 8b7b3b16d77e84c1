//! From a model's credit to rows that sum exactly. A model says how much each
//! channel earns, and perhaps how that spreads over single touches. The host
//! allots whole millionths of conversions and whole minor units by largest
//! remainder: first among channels, then within each among campaigns and days.

use super::{
    batch::{Batch, Totals},
    path::NO_CAMPAIGN,
};
use rialto_kernel::allot;
use std::collections::BTreeMap;

/// Millionths in a conversion.
pub(crate) const MICRO: i64 = 1_000_000;
/// The most rows of credit one run may leave.
pub(crate) const CELLS_MAX: usize = 200_000;

/// One row of credit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CreditRow {
    pub(crate) channel: u32,
    pub(crate) campaign: u32,
    /// The first instant of the local day; absent where the model cannot tell.
    pub(crate) day_at: Option<i64>,
    pub(crate) touches: i64,
    pub(crate) people: i64,
    pub(crate) people_channel: i64,
    pub(crate) people_campaign: i64,
    pub(crate) people_channel_campaign: i64,
    pub(crate) conversions_micro: i64,
    pub(crate) value_minor: i64,
}

/// What one channel earned.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct ChannelCredit {
    pub(crate) conversions_micro: i64,
    pub(crate) value_minor: i64,
    pub(crate) touches: i64,
    pub(crate) people: i64,
}

/// Different people, counted as they come: each person's paths follow each other.
#[derive(Debug, Clone, Copy, Default)]
struct People {
    count: i64,
    last: Option<u32>,
}

impl People {
    fn see(&mut self, person: u32) {
        if self.last != Some(person) {
            self.count += 1;
            self.last = Some(person);
        }
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Cell {
    touches: i64,
    people: People,
    weight: f64,
}

impl Cell {
    fn see(&mut self, weight: f64, person: Option<u32>) {
        self.touches += 1;
        self.weight += weight;
        if let Some(person) = person {
            self.people.see(person);
        }
    }
}

/// Gathers touches, people and weights of converting paths, cell by cell.
#[derive(Debug)]
pub(crate) struct Ledger {
    /// Spread over campaigns and days, where the model can.
    spread: bool,
    cells: BTreeMap<(u32, u32, i64), Cell>,
    channels: Vec<Cell>,
    campaigns: BTreeMap<u32, People>,
    pairs: BTreeMap<(u32, u32), People>,
}

impl Ledger {
    /// An empty one for so many channels.
    pub(crate) fn new(channels: usize, spread: bool) -> Self {
        Self {
            spread,
            cells: BTreeMap::new(),
            channels: vec![Cell::default(); channels],
            campaigns: BTreeMap::new(),
            pairs: BTreeMap::new(),
        }
    }

    /// Whether there are more cells than a run may leave.
    pub(crate) fn is_over(&self) -> bool {
        self.cells.len() > CELLS_MAX
    }

    /// Take in a batch with the weight of each touch, or without. `day` gives
    /// the first instant of a touch's local day.
    pub(crate) fn take(&mut self, batch: &Batch, weights: Option<&[f64]>, mut day: impl FnMut(i64) -> i64) {
        let paths = &batch.paths;
        for (path, person) in batch.person.iter().enumerate() {
            let converts = paths.conversions[path] > 0;
            for touch in paths.offset[path] as usize..paths.offset[path + 1] as usize {
                let weight = weights.map_or(f64::from(u8::from(converts)), |weights| weights[touch]);
                let credited = converts && weight > 0.0;
                self.touch(
                    (paths.channel[touch], batch.campaign[touch], day(paths.at[touch])),
                    weight,
                    credited.then_some(*person),
                );
            }
        }
    }

    fn touch(&mut self, (channel, campaign, day): (u32, u32, i64), weight: f64, person: Option<u32>) {
        self.channels[channel as usize].see(weight, person);
        if self.spread {
            self.cells.entry((channel, campaign, day)).or_default().see(weight, person);
        }
        if let Some(person) = person {
            self.campaigns.entry(campaign).or_default().see(person);
            self.pairs.entry((channel, campaign)).or_default().see(person);
        }
    }

    /// Share the run's totals out. `conversions` and `value` are the model's
    /// credit, one entry a channel.
    pub(crate) fn share(
        &self,
        totals: &Totals,
        conversions: &[f64],
        value: &[f64],
    ) -> (Vec<ChannelCredit>, Vec<CreditRow>) {
        let micros = allot(totals.conversions.saturating_mul(MICRO), conversions);
        let minors = allot(totals.value_minor, value);
        let channels: Vec<ChannelCredit> = self
            .channels
            .iter()
            .zip(micros.iter().zip(&minors))
            .map(|(cell, (micro, minor))| ChannelCredit {
                conversions_micro: *micro,
                value_minor: *minor,
                touches: cell.touches,
                people: cell.people.count,
            })
            .collect();
        let rows = channels.iter().enumerate().flat_map(|(at, credit)| self.rows(at, *credit)).collect();
        (channels, rows)
    }

    fn rows(&self, channel: usize, credit: ChannelCredit) -> Vec<CreditRow> {
        let number = u32::try_from(channel).unwrap_or(u32::MAX);
        let whole = &self.channels[channel];
        if !self.spread || whole.weight <= 0.0 {
            return vec![self.row(number, NO_CAMPAIGN, None, whole, (credit.conversions_micro, credit.value_minor))];
        }
        let cells: Vec<_> = self.cells.range((number, 0, i64::MIN)..=(number, u32::MAX, i64::MAX)).collect();
        let weights: Vec<f64> = cells.iter().map(|(_, cell)| cell.weight).collect();
        let (micros, minors) = (allot(credit.conversions_micro, &weights), allot(credit.value_minor, &weights));
        cells
            .into_iter()
            .zip(micros.into_iter().zip(minors))
            .map(|(((_, campaign, day), cell), shares)| self.row(number, *campaign, Some(*day), cell, shares))
            .collect()
    }

    fn row(&self, channel: u32, campaign: u32, day_at: Option<i64>, cell: &Cell, shares: (i64, i64)) -> CreditRow {
        let known = |people: Option<&People>| people.map_or(0, |people| people.count);
        let of_channel = self.channels[channel as usize].people.count;
        let (of_campaign, of_both) = match day_at {
            // The model cannot tell campaigns apart: whoever is behind the channel is behind the row.
            None => (of_channel, of_channel),
            Some(_) => (known(self.campaigns.get(&campaign)), known(self.pairs.get(&(channel, campaign)))),
        };
        CreditRow {
            channel,
            campaign,
            day_at,
            touches: cell.touches,
            people: cell.people.count,
            people_channel: of_channel,
            people_campaign: of_campaign,
            people_channel_campaign: of_both,
            conversions_micro: shares.0,
            value_minor: shares.1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attribution::{
        batch::Gatherer,
        path::{Conversion, PathSink as _, Touch},
    };
    use proptest::prelude::*;

    fn batch(people: &[Vec<(u32, u32, i64)>]) -> (Batch, Totals) {
        let mut gatherer = Gatherer::default();
        for (at, path) in people.iter().enumerate() {
            gatherer.next_person();
            let touches: Vec<_> = path
                .iter()
                .map(|(channel, campaign, at)| Touch { at: *at, channel: *channel, campaign: *campaign })
                .collect();
            if touches.is_empty() {
                continue;
            }
            let value_minor = i64::try_from(at).unwrap() * 7 + 1;
            gatherer.converted(&touches, Conversion { at: 1_000, value_minor });
        }
        (gatherer.take_rest().unwrap_or_default(), gatherer.totals)
    }

    proptest! {
        #[test]
        fn rows_sum_exactly_to_the_run(
            people in prop::collection::vec(prop::collection::vec((0_u32..4, 0_u32..3, 0_i64..5), 0..6), 1..30),
            weights in prop::collection::vec(0.0_f64..3.0, 180),
            split in any::<bool>(),
        ) {
            let (batch, totals) = batch(&people);
            let mut ledger = Ledger::new(4, split);
            ledger.take(&batch, split.then_some(&weights[..batch.paths.channel.len()]), |at| at);
            let mut conversions = vec![0.0; 4];
            for path in 0..batch.len() {
                for touch in batch.paths.offset[path]..batch.paths.offset[path + 1] {
                    let length = f64::from(batch.paths.offset[path + 1] - batch.paths.offset[path]);
                    conversions[batch.paths.channel[touch as usize] as usize] += 1.0 / length;
                }
            }
            let (channels, rows) = ledger.share(&totals, &conversions, &conversions);
            prop_assert_eq!(rows.iter().map(|r| r.conversions_micro).sum::<i64>(), totals.conversions * MICRO);
            prop_assert_eq!(rows.iter().map(|r| r.value_minor).sum::<i64>(), totals.value_minor);
            for (at, channel) in channels.iter().enumerate() {
                let of: Vec<_> = rows.iter().filter(|r| r.channel as usize == at).collect();
                prop_assert_eq!(of.iter().map(|r| r.conversions_micro).sum::<i64>(), channel.conversions_micro);
                prop_assert_eq!(of.iter().map(|r| r.value_minor).sum::<i64>(), channel.value_minor);
                prop_assert_eq!(of.iter().map(|r| r.touches).sum::<i64>(), channel.touches);
                prop_assert!(of.iter().all(|r| r.people <= r.people_channel_campaign && r.people_channel_campaign <= r.people_channel));
            }
        }
    }

    #[test]
    fn one_person_on_many_days_is_one_person() {
        let (batch, totals) = batch(&[vec![(0, 0, 1), (0, 0, 2), (0, 1, 3)], vec![(0, 0, 1)]]);
        let mut ledger = Ledger::new(1, true);
        ledger.take(&batch, Some(&[1.0; 4]), |at| at);
        let (channels, rows) = ledger.share(&totals, &[2.0], &[1.0]);
        assert_eq!(channels[0].people, 2);
        let found: Vec<_> = rows.iter().map(|r| (r.day_at, r.people, r.people_campaign, r.people_channel)).collect();
        assert_eq!(found, [(Some(1), 2, 2, 2), (Some(2), 1, 2, 2), (Some(3), 1, 1, 2)]);
    }

    #[test]
    fn a_model_that_cannot_split_leaves_one_row_a_channel() {
        let (batch, totals) = batch(&[vec![(0, 0, 1), (1, 1, 2)]]);
        let mut ledger = Ledger::new(2, false);
        ledger.take(&batch, None, |at| at);
        let (_, rows) = ledger.share(&totals, &[0.25, 0.75], &[0.25, 0.75]);
        assert!(rows.iter().all(|r| r.day_at.is_none() && r.campaign == NO_CAMPAIGN));
        assert_eq!(rows.iter().map(|r| r.conversions_micro).collect::<Vec<_>>(), [250_000, 750_000]);
    }
}
