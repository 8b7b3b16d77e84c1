//! Attribution models: share conversions out among the channels that led to
//! them. A model sees channels as numbers and never a person.

use std::cell::RefCell;

use serde::de::DeserializeOwned;

use crate::{Fault, Options, settings};

/// A model that is fitted to one run's paths.
///
/// The order is `start`, then `observe` any number of times, then `credit`,
/// then, if the model is exported with `split`, `split` any number of times.
pub trait Attribution: Sized + 'static {
    /// The settings of the manifest's schema; [`crate::NoSettings`] when there are none.
    type Settings: DeserializeOwned;

    /// Begin; `channels` are the names that paths speak of by number.
    ///
    /// # Errors
    /// `bad-settings`, naming the field and the remedy.
    fn start(settings: Self::Settings, channels: Vec<String>) -> Result<Self, Fault>;

    /// Take in more paths.
    ///
    /// # Errors
    /// When the paths cannot be used.
    fn observe(&mut self, paths: &Paths) -> Result<(), Fault>;

    /// Share out what was observed: a credit a channel, finite and not negative,
    /// summing to the conversions and the value observed.
    ///
    /// # Errors
    /// When no credit can be computed.
    fn credit(&mut self) -> Result<Credits, Fault>;

    /// A weight for every touch, not negative: its share within its channel.
    ///
    /// # Errors
    /// `unsupported`, unless the model overrides it and exports `split`.
    fn split(&self, paths: &Paths) -> Result<Vec<f64>, Fault> {
        let _ = paths;
        Err(Fault::unsupported("split"))
    }
}

/// Many paths in flat columns, checked once so that walking them cannot fail.
#[derive(Debug, Clone, PartialEq)]
pub struct Paths {
    offset: Vec<u32>,
    channel: Vec<u32>,
    at: Vec<i64>,
    end: Vec<i64>,
    conversions: Vec<u32>,
    nulls: Vec<u32>,
    value: Vec<f64>,
    extra: Vec<(String, Vec<f64>)>,
}

/// The columns of [`Paths`] before they are checked.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Columns {
    /// Path `p` owns the touches `offset[p] .. offset[p + 1]`.
    pub offset: Vec<u32>,
    /// A touch's channel.
    pub channel: Vec<u32>,
    /// A touch's time in UTC microseconds; empty where times are not known.
    pub at: Vec<i64>,
    /// A path's end; empty where times are not known.
    pub end: Vec<i64>,
    /// Conversions along exactly this path.
    pub conversions: Vec<u32>,
    /// People along it who did not convert.
    pub nulls: Vec<u32>,
    /// Sum of the conversions' value.
    pub value: Vec<f64>,
    /// Further columns, an entry a path each.
    pub extra: Vec<(String, Vec<f64>)>,
}

/// One path: its touches in order, and what came of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Path<'a> {
    /// The touches' channels, first touch first.
    pub channels: &'a [u32],
    /// The touches' times in UTC microseconds; empty where not known.
    pub at: &'a [i64],
    /// The conversion, or the end of the window, where known.
    pub end: Option<i64>,
    /// How many conversions went along exactly this path.
    pub conversions: u32,
    /// How many people went along it without converting.
    pub nulls: u32,
    /// Sum of the conversions' value, in minor units.
    pub value: f64,
}

impl Paths {
    /// Check columns against each other and against the number of channels.
    ///
    /// # Errors
    /// `invalid-input`, naming the column that does not fit.
    pub fn check(columns: Columns, channels: usize) -> Result<Self, Fault> {
        let Columns { offset, channel, at, end, conversions, nulls, value, extra } = columns;
        let paths = conversions.len();
        check_offsets(&offset, channel.len(), paths)?;
        let same = |name: &str, length: usize, wanted: usize| match length == wanted {
            true => Ok(()),
            false => Err(Fault::invalid_input(format!("`{name}` has {length} entries, {wanted} are needed"))),
        };
        same("nulls", nulls.len(), paths)?;
        same("value", value.len(), paths)?;
        if !at.is_empty() {
            same("at", at.len(), channel.len())?;
        }
        if !end.is_empty() {
            same("end", end.len(), paths)?;
        }
        for (name, column) in &extra {
            same(name, column.len(), paths)?;
        }
        if channel.iter().copied().max().is_some_and(|largest| largest as usize >= channels) {
            return Err(Fault::invalid_input(format!(
                "`channel` names a channel beyond the {channels} that were given"
            )));
        }
        if !value.iter().all(|value| value.is_finite()) {
            return Err(Fault::invalid_input("`value` holds a number that is not finite"));
        }
        Ok(Self { offset, channel, at, end, conversions, nulls, value, extra })
    }

    /// How many paths there are.
    pub fn len(&self) -> usize {
        self.conversions.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.conversions.is_empty()
    }

    /// How many touches all paths have together: the length of a split.
    pub fn touches(&self) -> usize {
        self.channel.len()
    }

    /// A further column by name, an entry a path.
    pub fn extra(&self, name: &str) -> Option<&[f64]> {
        self.extra.iter().find(|(key, _)| key == name).map(|(_, column)| column.as_slice())
    }

    /// Walk the paths; nothing is allocated.
    pub fn iter(&self) -> Iter<'_> {
        Iter { paths: self, next: 0 }
    }
}

/// Walks [`Paths`].
#[derive(Debug, Clone)]
pub struct Iter<'a> {
    paths: &'a Paths,
    next: usize,
}

impl<'a> Iterator for Iter<'a> {
    type Item = Path<'a>;

    #[inline]
    fn next(&mut self) -> Option<Path<'a>> {
        let (paths, index) = (self.paths, self.next);
        let conversions = *paths.conversions.get(index)?;
        self.next += 1;
        let touches = paths.offset[index] as usize..paths.offset[index + 1] as usize;
        Some(Path {
            channels: &paths.channel[touches.clone()],
            at: if paths.at.is_empty() { &[] } else { &paths.at[touches] },
            end: paths.end.get(index).copied(),
            conversions,
            nulls: paths.nulls[index],
            value: paths.value[index],
        })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.paths.len() - self.next;
        (left, Some(left))
    }
}

impl ExactSizeIterator for Iter<'_> {}

impl<'a> IntoIterator for &'a Paths {
    type Item = Path<'a>;
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}

fn check_offsets(offset: &[u32], touches: usize, paths: usize) -> Result<(), Fault> {
    let rising = offset.windows(2).all(|pair| pair[0] <= pair[1]);
    let ends = offset.first() == Some(&0) && offset.last().is_some_and(|&last| last as usize == touches);
    let nothing = offset.is_empty() && touches == 0 && paths == 0;
    match nothing || (rising && ends && offset.len() == paths + 1) {
        true => Ok(()),
        false => Err(Fault::invalid_input(
            "`offset` must begin with 0, never fall, end with the number of touches and have one entry more than there are paths",
        )),
    }
}

/// A credit for each channel, in the order of the names given to `start`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Credits {
    /// Conversions, fractions included.
    pub conversions: Vec<f64>,
    /// Value, in minor units, fractions included.
    pub value: Vec<f64>,
    /// More, for those who know the names.
    pub options: Options,
}

impl Credits {
    /// No credit for any of so many channels.
    pub fn zero(channels: usize) -> Self {
        Self { conversions: vec![0.0; channels], value: vec![0.0; channels], options: Vec::new() }
    }

    /// Credit a channel with more; a channel that does not exist is left out.
    pub fn add(&mut self, channel: u32, conversions: f64, value: f64) {
        let channel = channel as usize;
        if let (Some(count), Some(sum)) = (self.conversions.get_mut(channel), self.value.get_mut(channel)) {
            *count += conversions;
            *sum += value;
        }
    }
}

/// Carries a model over the contract; made by [`crate::export!`].
#[doc(hidden)]
pub struct Glue<T> {
    state: RefCell<T>,
    channels: usize,
}

impl<T: Attribution> Glue<T> {
    fn begin(settings: &str, channels: Vec<String>) -> Result<Self, Fault> {
        let count = channels.len();
        let state = T::start(settings::read("settings", settings)?, channels)?;
        Ok(Self { state: RefCell::new(state), channels: count })
    }
}

/// Implements the generated traits of one world; both worlds have the same shapes.
macro_rules! glue {
    ($module:path, $wit:ident, $fault:ident) => {
        use $module as $wit;

        impl<T: Attribution> $wit::Guest for Glue<T> {
            type Fit = Self;
        }

        impl<T: Attribution> $wit::GuestFit for Glue<T> {
            fn start(settings: String, channels: Vec<String>) -> Result<$wit::Fit, $wit::Fault> {
                Ok($wit::Fit::new(Self::begin(&settings, channels).map_err($fault)?))
            }

            fn observe(&self, paths: $wit::Paths) -> Result<(), $wit::Fault> {
                let $wit::Paths { offset, channel, at, end, conversions, nulls, value, extra } = paths;
                let columns = Columns { offset, channel, at, end, conversions, nulls, value, extra };
                let paths = Paths::check(columns, self.channels).map_err($fault)?;
                self.state.borrow_mut().observe(&paths).map_err($fault)
            }

            fn credit(&self) -> Result<$wit::Credits, $wit::Fault> {
                let Credits { conversions, value, options } = self.state.borrow_mut().credit().map_err($fault)?;
                Ok($wit::Credits { conversions, value, options })
            }
        }
    };
}

fn same(fault: Fault) -> Fault {
    fault
}

fn translated(fault: Fault) -> with_split::Fault {
    let Fault { code, message, retry_after_ms, details } = fault;
    with_split::Fault { code, message, retry_after_ms, details }
}

glue!(crate::bindings::attribution::exports::rialto::attribution::model, plain, same);
glue!(rialto_sdk_split::exports::rialto::attribution::model, with_split, translated);

use rialto_sdk_split::exports::rialto::attribution::split as wit_split;

impl<T: Attribution> wit_split::Guest for Glue<T> {
    fn split(fit: wit_split::FitBorrow<'_>, paths: wit_split::Paths) -> Result<Vec<f64>, wit_split::Fault> {
        let wit_split::Paths { offset, channel, at, end, conversions, nulls, value, extra } = paths;
        let columns = Columns { offset, channel, at, end, conversions, nulls, value, extra };
        let glue = fit.get::<Self>();
        let paths = Paths::check(columns, glue.channels).map_err(translated)?;
        glue.state.borrow().split(&paths).map_err(translated)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns() -> Columns {
        Columns {
            offset: vec![0, 2, 2],
            channel: vec![0, 1],
            conversions: vec![1, 0],
            nulls: vec![0, 3],
            value: vec![9.5, 0.0],
            ..Columns::default()
        }
    }

    #[test]
    fn paths_are_walked_in_order() {
        let paths = Paths::check(columns(), 2).unwrap();
        let walked: Vec<_> = paths.iter().map(|path| (path.channels.to_vec(), path.conversions, path.nulls)).collect();
        assert_eq!(walked, vec![(vec![0, 1], 1, 0), (vec![], 0, 3)]);
    }

    #[test]
    fn columns_that_do_not_fit_are_named() {
        type Spoil = fn(&mut Columns);
        let cases: [(Spoil, &str); 6] = [
            (|c| c.offset = vec![0, 3, 2], "offset"),
            (|c| c.offset = vec![], "offset"),
            (|c| c.nulls = vec![1], "nulls"),
            (|c| c.at = vec![1], "at"),
            (|c| c.channel = vec![0, 2], "channel"),
            (|c| c.value = vec![f64::NAN, 0.0], "value"),
        ];
        for (spoil, name) in cases {
            let mut columns = columns();
            spoil(&mut columns);
            let fault = Paths::check(columns, 2).unwrap_err();
            assert!(fault.message.contains(name), "{name}: {}", fault.message);
        }
    }

    #[test]
    fn no_paths_at_all_are_fine() {
        assert!(Paths::check(Columns::default(), 0).unwrap().is_empty());
    }
}
