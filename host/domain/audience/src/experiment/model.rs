//! The nouns of experiments, and what a new one must satisfy. No I/O.

use super::probability::chi_square_upper;
use crate::{
    Error,
    error::Result,
    limits::{EXPERIMENT_ARMS_MAX, KEY_BYTES_MAX, NAME_BYTES_MAX},
    normalise::short_name,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// The whole, in basis points.
pub const WHOLE_BP: i64 = 10_000;
/// A split this unlikely by chance is told as a mismatch: the customary bound
/// of sample-ratio checks (Kohavi, Tang, Xu 2020, Trustworthy Online
/// Controlled Experiments, chapter 21).
pub const MISMATCH_P: f64 = 0.001;

/// What an experiment covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExperimentScope {
    /// The campaigns that name it.
    Campaign,
    /// Everybody, in every campaign, during its period.
    Workspace,
}

impl ExperimentScope {
    /// The word as it is stored.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Campaign => "campaign",
            Self::Workspace => "workspace",
        }
    }

    /// The value of a stored word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Campaign, Self::Workspace].into_iter().find(|one| one.word() == word)
    }
}

/// Whether an experiment takes part in launches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExperimentState {
    /// It does.
    Open,
    /// It no longer does; who was given which arm stays known.
    Archived,
}

impl ExperimentState {
    /// The word as it is stored.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Archived => "archived",
        }
    }

    /// The value of a stored word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Open, Self::Archived].into_iter().find(|one| one.word() == word)
    }
}

/// One arm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ExperimentArm)]
pub struct Arm {
    /// Its name, such as `treated`.
    pub name: String,
    /// Its share of people, basis points: 1,000 is 10 %.
    pub share_bp: i64,
    /// Whether its people are not written to.
    #[serde(default)]
    pub held_out: bool,
}

/// An experiment to be made.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewExperiment {
    /// Its name, one of a kind in the workspace.
    pub name: String,
    /// What it covers.
    pub scope: ExperimentScope,
    /// Two arms or more; their shares sum to 10,000.
    pub arms: Vec<Arm>,
    /// From when a workspace-wide one holds out.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub starts_at: Option<Timestamp>,
    /// Until when.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ends_at: Option<Timestamp>,
}

/// An experiment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Experiment {
    /// The id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// What it covers.
    pub scope: ExperimentScope,
    /// Whether it takes part in launches.
    pub state: ExperimentState,
    /// Its arms, in the order they were given.
    pub arms: Vec<Arm>,
    /// From when a workspace-wide one holds out.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub starts_at: Option<Timestamp>,
    /// Until when.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ends_at: Option<Timestamp>,
    /// Grows with each change; the `ETag`.
    pub version: i64,
    /// Who made it.
    pub created_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

/// An experiment with how its people are spread.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ExperimentView {
    /// The experiment.
    #[serde(flatten)]
    pub experiment: Experiment,
    /// How many people each arm has been given.
    pub counts: Vec<ArmCount>,
    /// Whether the split is what the shares promise; absent while nobody has
    /// been assigned.
    pub balance: Option<Balance>,
}

/// How many people an arm has been given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = ExperimentArmCount)]
pub struct ArmCount {
    /// The arm's name.
    pub arm: String,
    /// People in it.
    pub people: i64,
    /// People its share would give it.
    pub expected: f64,
    /// Nobody is in it though others have people: no comparison can use it.
    pub empty: bool,
}

/// A sample-ratio check: Pearson's chi-square of people against shares.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = ExperimentBalance)]
pub struct Balance {
    /// Σ (people − expected)² / expected.
    pub chi_square: f64,
    /// Arms less one.
    pub degrees: i64,
    /// How likely so uneven a split is by chance.
    pub p: f64,
    /// `p` is below 0.001: something other than the shares decided who is in
    /// which arm, and a comparison is not to be trusted.
    pub mismatch: bool,
}

impl NewExperiment {
    /// Check all that can be checked without the store.
    pub(crate) fn checked(mut self) -> Result<Self> {
        self.name = short_name("/name", &self.name, NAME_BYTES_MAX)?;
        arms_checked(&mut self.arms)?;
        let held_out = self.arms.iter().filter(|arm| arm.held_out).count();
        if held_out > 1 {
            return Err(Error::field("/arms", "at most one arm can be held out; join their shares"));
        }
        if let (Some(start), Some(end)) = (self.starts_at, self.ends_at)
            && start >= end
        {
            return Err(Error::field("/ends_at", "must be later than `starts_at`"));
        }
        if self.scope == ExperimentScope::Workspace {
            if held_out == 0 {
                return Err(Error::field("/arms", "a workspace-wide experiment needs one arm with `held_out: true`"));
            }
            for (field, at) in [("/starts_at", self.starts_at), ("/ends_at", self.ends_at)] {
                if at.is_none() {
                    return Err(Error::field(
                        field,
                        "a workspace-wide experiment needs the period in which it holds out",
                    ));
                }
            }
        }
        Ok(self)
    }
}

fn arms_checked(arms: &mut [Arm]) -> Result<()> {
    if !(2..=EXPERIMENT_ARMS_MAX).contains(&arms.len()) {
        return Err(Error::field("/arms", format!("an experiment has 2 to {EXPERIMENT_ARMS_MAX} arms")));
    }
    let mut names = std::collections::BTreeSet::new();
    for (at, arm) in arms.iter_mut().enumerate() {
        arm.name = short_name(&format!("/arms/{at}/name"), &arm.name, KEY_BYTES_MAX)?;
        if !names.insert(arm.name.clone()) {
            return Err(Error::field(format!("/arms/{at}/name"), format!("`{}` is there twice", arm.name)));
        }
        if arm.share_bp < 1 {
            let message = "an arm without a share stays empty; give it at least 1 basis point, or leave it out";
            return Err(Error::field(format!("/arms/{at}/share_bp"), message));
        }
    }
    let sum: i64 = arms.iter().fold(0, |sum, arm| arm.share_bp.saturating_add(sum));
    if sum != WHOLE_BP {
        return Err(Error::field(
            "/arms",
            format!("the shares sum to {sum} basis points; they must sum to {WHOLE_BP}"),
        ));
    }
    Ok(())
}

impl ExperimentView {
    /// The experiment with people per arm, in the order of the arms.
    #[must_use]
    pub(crate) fn of(experiment: Experiment, people: &[i64]) -> Self {
        let total: i64 = people.iter().sum();
        let counts: Vec<ArmCount> = experiment
            .arms
            .iter()
            .zip(people)
            .map(|(arm, people)| ArmCount {
                arm: arm.name.clone(),
                people: *people,
                expected: total as f64 * arm.share_bp as f64 / WHOLE_BP as f64,
                empty: *people == 0 && total > 0,
            })
            .collect();
        let balance = (total > 0).then(|| Balance::of(&counts));
        Self { experiment, counts, balance }
    }
}

impl Balance {
    fn of(counts: &[ArmCount]) -> Self {
        let chi_square = counts.iter().map(|c| (c.people as f64 - c.expected).powi(2) / c.expected).sum();
        let degrees = counts.len() as i64 - 1;
        let p = chi_square_upper(chi_square, degrees as f64);
        Self { chi_square, degrees, p, mismatch: p < MISMATCH_P }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(shares: &[i64]) -> NewExperiment {
        let arm =
            |(n, share_bp): (usize, &i64)| Arm { name: format!("arm {n}"), share_bp: *share_bp, held_out: n == 0 };
        let arms = shares.iter().enumerate().map(arm).collect();
        NewExperiment { name: "x".into(), scope: ExperimentScope::Campaign, arms, starts_at: None, ends_at: None }
    }

    fn field(new: NewExperiment) -> String {
        match new.checked() {
            Err(Error::Field { field, .. }) => field,
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn shares_are_whole_and_no_arm_is_empty() {
        assert!(new(&[1_000, 9_000]).checked().is_ok());
        assert_eq!(field(new(&[0, 10_000])), "/arms/0/share_bp");
        assert_eq!(field(new(&[1_000, 8_000])), "/arms");
        assert_eq!(field(new(&[10_000])), "/arms");
        assert_eq!(field(new(&[i64::MAX, i64::MAX])), "/arms");
        let mut twice = new(&[5_000, 5_000]);
        twice.arms[1].name = "arm 0".into();
        assert_eq!(field(twice), "/arms/1/name");
        let mut both = new(&[5_000, 5_000]);
        both.arms[1].held_out = true;
        assert_eq!(field(both), "/arms");
    }

    #[test]
    fn a_workspace_wide_one_has_a_period() {
        let mut wide = new(&[500, 9_500]);
        wide.scope = ExperimentScope::Workspace;
        assert_eq!(field(wide.clone()), "/starts_at");
        wide.starts_at = "2026-01-01T00:00:00Z".parse().ok();
        wide.ends_at = wide.starts_at;
        assert_eq!(field(wide), "/ends_at");
    }

    /// SciPy 1.17: `chisquare([480, 520])` is 1.6, p 0.20590321; and
    /// `chisquare([900, 1100])` is 20, p 7.744e-06.
    #[test]
    fn a_mismatch_is_told() {
        let count = |people: i64, expected: f64| ArmCount { arm: "a".into(), people, expected, empty: false };
        let fair = Balance::of(&[count(480, 500.0), count(520, 500.0)]);
        assert!((fair.chi_square - 1.6).abs() < 1e-12 && (fair.p - 0.205_903_21).abs() < 1e-8 && !fair.mismatch);
        let odd = Balance::of(&[count(900, 1_000.0), count(1_100, 1_000.0)]);
        assert!((odd.p - 7.744_216e-6).abs() < 1e-11 && odd.mismatch, "{odd:?}");
    }
}
