//! What a canary's figures say. Pure: both sides over the same time go in, a
//! verdict comes out.

use super::policy::CanaryTerms;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The figures of one side of a canary.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = CanaryFigures)]
pub struct Figures {
    /// Runs that ended.
    pub runs: i64,
    /// Of these, how many failed.
    pub failed: i64,
    /// Of these, how many answered what cannot be right.
    pub wrong: i64,
    /// Processor time together.
    pub cpu_us: i64,
    /// Time together.
    pub wall_us: i64,
}

impl Figures {
    /// Processor time of a run, on average; 0 when there was none.
    #[must_use]
    pub fn mean_cpu_us(&self) -> i64 {
        self.cpu_us / self.runs.max(1)
    }

    /// `count` of its runs, in a millionth.
    fn rate(&self, count: i64) -> i64 {
        count.saturating_mul(1_000_000) / self.runs.max(1)
    }
}

/// Why a canary ended as it did, for a program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = CanaryVerdict)]
pub struct Verdict {
    /// `held`, `failures`, `wrong-answers`, `cost`, `stopped`, `activated`,
    /// `disabled`, `superseded`; where its package may not serve any more,
    /// `revoked`, `bad-signature`, `other-key`, `not-trusted`.
    pub rule: String,
    /// A sentence for a person.
    pub detail: String,
    /// The candidate's figures then.
    pub new: Figures,
    /// Those of the version beside it.
    pub old: Figures,
}

/// What is to become of a canary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// Nothing can be said yet.
    GoOn,
    /// The old version takes over again.
    Return(Verdict),
    /// It held.
    Held(Verdict),
}

/// Judge a canary after `elapsed_us`.
#[must_use]
pub fn judge(terms: &CanaryTerms, new: Figures, old: Figures, elapsed_us: i64) -> Judgement {
    let verdict = |rule: &str, detail: String| Verdict { rule: rule.to_owned(), detail, new, old };
    if new.wrong > i64::from(terms.wrong_answers) && new.rate(new.wrong) > old.rate(old.wrong) {
        let detail = format!("{} of its {} answers cannot be right", new.wrong, new.runs);
        return Judgement::Return(verdict("wrong-answers", detail));
    }
    let margin = i64::from(terms.failure_points) * 10_000;
    if new.failed >= i64::from(terms.failures) && new.rate(new.failed) > old.rate(old.failed) + margin {
        let detail = format!(
            "{} of its {} runs failed, {} of {} beside it; {} in a hundred more are let pass",
            new.failed, new.runs, old.failed, old.runs, terms.failure_points
        );
        return Judgement::Return(verdict("failures", detail));
    }
    if let Some(detail) = too_dear(terms, new, old) {
        return Judgement::Return(verdict("cost", detail));
    }
    let long_enough = elapsed_us >= i64::try_from(terms.seconds.saturating_mul(1_000_000)).unwrap_or(i64::MAX);
    if new.runs >= i64::from(terms.runs) && long_enough {
        let detail = format!("it held for {} runs and {} s", new.runs, elapsed_us / 1_000_000);
        return Judgement::Held(verdict("held", detail));
    }
    Judgement::GoOn
}

fn too_dear(terms: &CanaryTerms, new: Figures, old: Figures) -> Option<String> {
    let enough = i64::from(terms.cost_runs);
    let (dear, usual) = (new.mean_cpu_us(), old.mean_cpu_us());
    let bound = (usual.saturating_mul(i64::from(terms.cost_percent)) / 100)
        .max(usual.saturating_add(i64::try_from(terms.cost_floor_us).unwrap_or(i64::MAX)));
    (new.runs >= enough && old.runs >= enough && dear > bound).then(|| {
        format!("a run of it costs {dear} µs of processor time, {usual} µs beside it; {bound} µs are let pass")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(runs: i64, failed: i64, wrong: i64, mean_us: i64) -> Figures {
        Figures { runs, failed, wrong, cpu_us: runs * mean_us, wall_us: 0 }
    }

    fn rule(new: Figures, old: Figures, seconds: i64) -> String {
        let terms = CanaryTerms { seconds: 60, ..CanaryTerms::default() };
        match judge(&terms, new, old, seconds * 1_000_000) {
            Judgement::GoOn => "go-on".to_owned(),
            Judgement::Return(verdict) => format!("return {}", verdict.rule),
            Judgement::Held(verdict) => verdict.rule,
        }
    }

    #[test]
    fn the_old_versions_own_figures_are_the_measure() {
        let good = figures(100, 0, 0, 500);
        for (new, old, seconds, told) in [
            (figures(99, 0, 0, 500), good, 600, "go-on"),
            (figures(100, 0, 0, 500), good, 59, "go-on"),
            (figures(100, 0, 0, 500), good, 60, "held"),
            (figures(2, 2, 0, 500), good, 1, "go-on"),
            (figures(3, 3, 0, 500), good, 1, "return failures"),
            (figures(100, 5, 0, 500), good, 60, "held"),
            (figures(100, 6, 0, 500), good, 60, "return failures"),
            (figures(100, 6, 0, 500), figures(100, 2, 0, 500), 60, "held"),
            (figures(100, 30, 0, 500), figures(100, 30, 0, 500), 60, "held"),
            (figures(1, 1, 1, 500), good, 1, "return wrong-answers"),
            (figures(50, 1, 1, 500), figures(50, 1, 1, 500), 1, "go-on"),
            (figures(20, 0, 0, 50_000), figures(20, 0, 0, 20_000), 1, "return cost"),
            (figures(19, 0, 0, 50_000), figures(20, 0, 0, 20_000), 1, "go-on"),
            (figures(20, 0, 0, 50_000), figures(19, 0, 0, 20_000), 1, "go-on"),
            (figures(20, 0, 0, 1_400), figures(20, 0, 0, 500), 1, "go-on"),
            (figures(20, 0, 0, 1_501), figures(20, 0, 0, 500), 1, "return cost"),
            (figures(3, 3, 0, 0), Figures::default(), 1, "return failures"),
        ] {
            assert_eq!(rule(new, old, seconds), told, "{new:?} beside {old:?}");
        }
    }
}
