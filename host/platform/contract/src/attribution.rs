//! Calling attribution models. One run holds one fit: start, observe any
//! number of batches, credit, then split any number of batches.

use crate::{
    ahead::Ahead,
    call::{ask, done, given, hold, indices, taken},
    tape::{Answered, Asked},
};
use rialto_plugin_host::{
    Ability, Limits, Payload, PluginKind, Run, RunError,
    wit::exports::rialto::attribution::{model, split as split_export},
};
use sha2::{Digest as _, Sha256};
use std::{borrow::Borrow, sync::Arc};
use wasmtime::component::ResourceAny;

pub use rialto_plugin_host::wit::exports::rialto::attribution::model::{Credits, Paths};

/// The most paths in one batch.
pub const PATHS_MAX: usize = 65_536;
/// How far credits may be from what was observed, relative to it.
pub const TOLERANCE: f64 = 1e-6;

/// A model at work in a run.
pub struct Fit<'r> {
    run: &'r mut Run,
    fit: ResourceAny,
    model: Arc<model::GuestIndices>,
    channels: usize,
    conversions: f64,
    value: f64,
}

impl std::fmt::Debug for Fit<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fit")
            .field("channels", &self.channels)
            .field("conversions", &self.conversions)
            .finish_non_exhaustive()
    }
}

impl<'r> Fit<'r> {
    /// Begin a fit over these channels. `settings` is a JSON object.
    ///
    /// # Errors
    /// A [`RunError`].
    pub async fn start(run: &'r mut Run, settings: &str, channels: Vec<String>) -> Result<Self, RunError> {
        const ENTRY: &str = "start";
        run.require(PluginKind::Attribution)?;
        let model = indices(run, ENTRY, model::GuestIndices::new)?;
        let count = channels.len();
        let digest = Payload::json(&(settings, &channels));
        let asked = || Asked::Start { settings: settings.to_owned(), channels: channels.clone() };
        let (input, settings, found) = (given(run, digest, asked), settings.to_owned(), model.clone());
        let fit = ask(run, ENTRY, input, move |store, instance| {
            Box::pin(async move {
                let guest = found.load(&mut *store, &instance)?;
                guest.fit().call_start(store, &settings, &channels).await
            })
        })
        .await?;
        done(run, ENTRY, Payload::none())?;
        Ok(Self { run, fit, model, channels: count, conversions: 0.0, value: 0.0 })
    }

    /// A batch looked through for this model.
    ///
    /// # Errors
    /// [`RunError::Host`] when its columns do not fit together.
    pub fn prepare(&self, paths: Paths) -> Result<Prepared, RunError> {
        Prepared::of(paths, self.channels)
    }

    /// Take in a batch; see [`batches`].
    ///
    /// # Errors
    /// A [`RunError`].
    pub async fn observe(&mut self, batch: Prepared) -> Result<(), RunError> {
        const ENTRY: &str = "observe";
        let (fit, found, paths) = (self.fit, self.model.clone(), batch.paths);
        let input = given(self.run, batch.input, || Asked::Observe { paths: Arc::clone(&paths) });
        ask(self.run, ENTRY, input, move |store, instance| {
            Box::pin(async move {
                let guest = found.load(&mut *store, &instance)?;
                guest.fit().call_observe(store, fit, &paths).await
            })
        })
        .await?;
        done(self.run, ENTRY, Payload::none())?;
        self.conversions += batch.conversions;
        self.value += batch.value;
        Ok(())
    }

    /// Share out what was observed: one entry a channel, summing to it.
    ///
    /// # Errors
    /// A [`RunError`].
    pub async fn credit(&mut self) -> Result<Credits, RunError> {
        const ENTRY: &str = "credit";
        let (fit, found) = (self.fit, self.model.clone());
        let input = given(self.run, Payload::none(), || Asked::Credit {});
        let credits = ask(self.run, ENTRY, input, move |store, instance| {
            Box::pin(async move {
                let guest = found.load(&mut *store, &instance)?;
                guest.fit().call_credit(store, fit).await
            })
        })
        .await?;
        let right = shares("conversions", &credits.conversions, self.channels, self.conversions)
            .and_then(|()| shares("value", &credits.value, self.channels, self.value));
        hold(self.run, ENTRY, right)?;
        let bytes = digest(&[], &[], &[&credits.conversions, &credits.value]);
        let output = taken(self.run, bytes, || Answered::Credits(credits.clone()));
        self.run.answered(ENTRY, &output)?;
        Ok(credits)
    }

    /// Whether the model can spread a channel's credit over its touches.
    #[must_use]
    pub fn can_split(&self) -> bool {
        self.run.inspection().can(Ability::Split)
    }

    /// A weight for each touch of a batch, a share within its channel; scale
    /// them so that each channel's touches sum to its credit.
    ///
    /// # Errors
    /// A [`RunError`]; [`RunError::Absent`] where the model cannot.
    pub async fn split(&mut self, batch: Prepared) -> Result<Vec<f64>, RunError> {
        const ENTRY: &str = "split";
        self.run.require_ability(Ability::Split)?;
        let split = indices(self.run, ENTRY, split_export::GuestIndices::new)?;
        let (fit, touches, paths) = (self.fit, batch.paths.channel.len(), batch.paths);
        let input = given(self.run, batch.input, || Asked::Split { paths: Arc::clone(&paths) });
        let weights = ask(self.run, ENTRY, input, move |store, instance| {
            Box::pin(async move {
                let guest = split.load(&mut *store, &instance)?;
                guest.call_split(store, fit, &paths).await
            })
        })
        .await?;
        let right = if weights.len() == touches {
            weights
                .iter()
                .all(|w| w.is_finite() && *w >= 0.0)
                .then_some(())
                .ok_or_else(|| "a weight is negative or not a finite number".to_owned())
        } else {
            Err(format!("{} weights for {touches} touches", weights.len()))
        };
        hold(self.run, ENTRY, right)?;
        let output = taken(self.run, digest(&[], &[], &[&weights]), || Answered::Weights(weights.clone()));
        self.run.answered(ENTRY, &output)?;
        Ok(weights)
    }

    /// Let the model go. Its destructor is an entry like any other; dropping
    /// the run instead skips it.
    ///
    /// # Errors
    /// A [`RunError`].
    pub async fn close(self) -> Result<(), RunError> {
        let fit = self.fit;
        let input = given(self.run, Payload::none(), || Asked::Close {});
        self.run
            .enter("drop", input, move |store, _| Box::pin(async move { fit.resource_drop_async(store).await }))
            .await
    }

    /// What was observed so far: conversions and value.
    #[must_use]
    pub fn observed(&self) -> (f64, f64) {
        (self.conversions, self.value)
    }
}

/// A batch that the host has looked through: its columns fit together, and it
/// is hashed for the record. To make one takes time, which the model need not
/// wait for: see [`Ahead`].
#[derive(Debug)]
pub struct Prepared {
    paths: Arc<Paths>,
    input: Payload,
    conversions: f64,
    value: f64,
}

impl Prepared {
    /// Look a batch through for a model of so many channels.
    ///
    /// # Errors
    /// [`RunError::Host`] when its columns do not fit together.
    #[allow(clippy::cast_precision_loss, reason = "counts of conversions stay below 2^53")]
    pub fn of(paths: impl Into<Arc<Paths>>, channels: usize) -> Result<Self, RunError> {
        let paths = paths.into();
        check_paths(&paths, channels).map_err(|detail| RunError::Host { entry: "observe".to_owned(), detail })?;
        let conversions = paths.conversions.iter().map(|c| u64::from(*c)).sum::<u64>() as f64;
        let value = paths.value.iter().sum();
        Ok(Self { input: payload(&paths), conversions, value, paths })
    }
}

/// Have a model share out paths that are all at hand: start, observe in
/// batches, credit. For the command line and tests; it does not end the run.
///
/// # Errors
/// A [`RunError`].
pub async fn run_over_paths(
    run: &mut Run,
    settings: &str,
    channels: Vec<String>,
    paths: Arc<Paths>,
) -> Result<Credits, RunError> {
    let (limits, count) = (run.limits().clone(), channels.len());
    let mut fit = Fit::start(run, settings, channels).await?;
    let mut prepared = Ahead::new(batches(paths, &limits).map(move |batch| Prepared::of(batch, count)));
    while let Some(batch) = prepared.next().await? {
        fit.observe(batch?).await?;
    }
    let credits = fit.credit().await?;
    fit.close().await?;
    Ok(credits)
}

/// The host's own side of the bargain.
fn check_paths(paths: &Paths, channels: usize) -> Result<(), String> {
    let count = paths.offset.len().checked_sub(1).ok_or("`offset` has one entry more than there are paths")?;
    if count > PATHS_MAX {
        return Err(format!("{count} paths in one batch; the limit is {PATHS_MAX}"));
    }
    let rising = paths.offset.windows(2).all(|pair| pair[0] <= pair[1]);
    let whole =
        paths.offset.first() == Some(&0) && paths.offset.last().map(|l| *l as usize) == Some(paths.channel.len());
    if !rising || !whole {
        return Err("`offset` must rise from 0 to the number of touches".to_owned());
    }
    if paths.channel.iter().any(|c| *c as usize >= channels) {
        return Err(format!("a touch names a channel beyond the {channels} given"));
    }
    let one_each = paths.conversions.len() == count && paths.nulls.len() == count && paths.value.len() == count;
    let times = (paths.at.is_empty() || paths.at.len() == paths.channel.len())
        && (paths.end.is_empty() || paths.end.len() == count);
    if !one_each || !times || paths.extra.iter().any(|(_, column)| column.len() != count) {
        return Err("a column has another length than there are paths or touches".to_owned());
    }
    if !paths.value.iter().all(|v| v.is_finite()) {
        return Err("a value is not a finite number".to_owned());
    }
    let credited_to_nobody =
        |at: usize| paths.offset[at] == paths.offset[at + 1] && (paths.conversions[at] > 0 || paths.value[at] != 0.0);
    if (0..count).any(credited_to_nobody) {
        return Err("a path converts without a touch; leave it out, nobody can be credited".to_owned());
    }
    Ok(())
}

/// Law 6: one share a channel, finite, not negative, summing to the whole.
fn shares(name: &str, shares: &[f64], channels: usize, whole: f64) -> Result<(), String> {
    if shares.len() != channels {
        return Err(format!("`{name}` has {} entries for {channels} channels", shares.len()));
    }
    if !shares.iter().all(|s| s.is_finite()) {
        return Err(format!("`{name}` holds what is not a finite number"));
    }
    let slack = TOLERANCE * whole.abs().max(1.0);
    if shares.iter().any(|s| *s < -slack) {
        return Err(format!("`{name}` holds a negative share"));
    }
    let sum: f64 = shares.iter().sum();
    if (sum - whole).abs() > slack {
        return Err(format!("`{name}` sums to {sum}, and {whole} was observed"));
    }
    Ok(())
}

/// Paths cut, one after another, into batches that stay within the bounds of a
/// run: the number of paths, the bytes given, and the bytes of weights that a
/// split answers.
#[must_use]
pub fn batches<P: Borrow<Paths>>(paths: P, limits: &Limits) -> Batches<P> {
    let extra = paths.borrow().extra.len() as u64;
    let touches_max = (limits.output_bytes / 8).min(limits.input_bytes / 32).saturating_sub(64).max(1);
    let paths_max = PATHS_MAX.min(usize::try_from(limits.input_bytes / (64 + 8 * extra)).unwrap_or(PATHS_MAX));
    Batches { paths, first: 0, paths_max: paths_max.max(1), touches_max }
}

/// See [`batches`].
#[derive(Debug)]
pub struct Batches<P> {
    paths: P,
    first: usize,
    paths_max: usize,
    touches_max: u64,
}

impl<P: Borrow<Paths>> Iterator for Batches<P> {
    type Item = Paths;

    fn next(&mut self) -> Option<Paths> {
        let (first, paths) = (self.first, self.paths.borrow());
        let offset = &paths.offset;
        let count = offset.len().saturating_sub(1);
        let most = count.min(first + self.paths_max);
        // One path always goes, however long it is.
        let fits = |at: &usize| u64::from(offset[*at] - offset[first]) <= self.touches_max;
        let end = (first + 1..=most).take_while(|at| *at == first + 1 || fits(at)).last()?;
        let batch = slice(paths, first, end);
        self.first = end;
        Some(batch)
    }
}

fn slice(paths: &Paths, first: usize, end: usize) -> Paths {
    let (from, to) = (paths.offset[first] as usize, paths.offset[end] as usize);
    let touches = |column: &[i64]| if column.is_empty() { Vec::new() } else { column[from..to].to_vec() };
    Paths {
        offset: paths.offset[first..=end].iter().map(|o| o - paths.offset[first]).collect(),
        channel: paths.channel[from..to].to_vec(),
        at: touches(&paths.at),
        end: if paths.end.is_empty() { Vec::new() } else { paths.end[first..end].to_vec() },
        conversions: paths.conversions[first..end].to_vec(),
        nulls: paths.nulls[first..end].to_vec(),
        value: paths.value[first..end].to_vec(),
        extra: paths.extra.iter().map(|(name, column)| (name.clone(), column[first..end].to_vec())).collect(),
    }
}

fn payload(paths: &Paths) -> Payload {
    let mut numbers: Vec<&[f64]> = vec![&paths.value];
    numbers.extend(paths.extra.iter().map(|(_, column)| column.as_slice()));
    digest(&[&paths.offset, &paths.channel, &paths.conversions, &paths.nulls], &[&paths.at, &paths.end], &numbers)
}

/// The digest of columns, each led by its length.
fn digest(counts: &[&[u32]], times: &[&[i64]], numbers: &[&[f64]]) -> Payload {
    let mut hash = Columns { hash: Sha256::new(), bytes: 0 };
    counts.iter().for_each(|column| hash.column(column, u32::to_le_bytes));
    times.iter().for_each(|column| hash.column(column, i64::to_le_bytes));
    numbers.iter().for_each(|column| hash.column(column, f64::to_le_bytes));
    Payload::digested(hash.bytes, hash.hash.finalize().into())
}

struct Columns {
    hash: Sha256,
    bytes: u64,
}

/// Values turned into bytes at a time.
const HASHED_AT_ONCE: usize = 2_048;

impl Columns {
    fn column<T: Copy, const N: usize>(&mut self, values: &[T], bytes_of: impl Fn(T) -> [u8; N]) {
        self.hash.update((values.len() as u64).to_le_bytes());
        self.bytes += (values.len() * N) as u64;
        let mut buffer = [[0; N]; HASHED_AT_ONCE];
        for some in values.chunks(HASHED_AT_ONCE) {
            buffer.iter_mut().zip(some).for_each(|(bytes, value)| *bytes = bytes_of(*value));
            self.hash.update(buffer[..some.len()].as_flattened());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn many(count: usize) -> Paths {
        Paths {
            offset: (0..=count).map(|p| u32::try_from(p * 2).unwrap()).collect(),
            channel: vec![0; count * 2],
            at: vec![1; count * 2],
            end: vec![],
            conversions: vec![1; count],
            nulls: vec![0; count],
            value: vec![2.5; count],
            extra: vec![("x".into(), vec![0.0; count])],
        }
    }

    #[test]
    fn batches_lose_nothing_and_stay_within_bounds() {
        let whole = many(200_000);
        let limits = Limits::of(PluginKind::Attribution);
        let cut: Vec<Paths> = batches(&whole, &limits).collect();
        assert!(cut.len() >= 4);
        for batch in &cut {
            assert_eq!(check_paths(batch, 1), Ok(()));
            assert!(payload(batch).size() <= limits.input_bytes);
            assert!(batch.channel.len() as u64 * 8 <= limits.output_bytes);
        }
        assert_eq!(cut.iter().map(|b| b.conversions.len()).sum::<usize>(), 200_000);
        assert_eq!(cut.iter().map(|b| b.channel.len()).sum::<usize>(), 400_000);
        assert!(batches(many(0), &limits).next().is_none());
        let long = Limits { output_bytes: 8, ..limits };
        assert_eq!(batches(many(3), &long).count(), 3, "one path always goes");
    }

    #[test]
    fn the_host_does_not_hand_over_crooked_columns() {
        let mut paths = many(2);
        paths.offset[1] = 9;
        assert!(check_paths(&paths, 1).is_err());
        assert!(check_paths(&Paths { value: vec![f64::NAN; 2], ..many(2) }, 1).is_err());
        assert!(check_paths(&many(2), 0).is_err());
        assert!(check_paths(&Paths { nulls: vec![], ..many(2) }, 1).is_err());
        assert!(check_paths(&Paths { offset: vec![0, 0, 4], ..many(2) }, 1).unwrap_err().contains("without a touch"));
    }

    #[test]
    fn shares_sum_to_the_whole() {
        assert_eq!(shares("value", &[1.0, 2.0], 2, 3.0), Ok(()));
        assert_eq!(shares("value", &[1.0, 2.0 + 1e-7], 2, 3.0), Ok(()));
        for bad in [&[1.0][..], &[1.0, 1.9], &[f64::NAN, 3.0], &[-1.0, 4.0], &[f64::INFINITY, 0.0]] {
            assert!(shares("value", bad, 2, 3.0).is_err(), "{bad:?}");
        }
    }
}
