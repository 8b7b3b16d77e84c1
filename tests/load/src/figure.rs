//! A figure: what was measured, what it is held against, and whether it holds.
//! Nothing here measures, and no figure is ever written in.

use serde::Serialize;
use std::fmt::Write as _;

/// Measurements of one thing, repeated.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Samples(Vec<f64>);

impl Samples {
    /// From the repetitions, in the order they came.
    pub fn new(values: Vec<f64>) -> Self {
        Self(values)
    }

    /// The middle one (of an even number, the mean of the two in the middle).
    pub fn median(&self) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        match sorted.len() {
            0 => f64::NAN,
            odd if odd % 2 == 1 => sorted[odd / 2],
            even => f64::midpoint(sorted[even / 2 - 1], sorted[even / 2]),
        }
    }

    /// The smallest and the largest.
    pub fn spread(&self) -> (f64, f64) {
        self.0.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(*v), high.max(*v)))
    }

    /// Each against its neighbour of the same repetition, so that what slows
    /// the machine for a while weighs on both alike.
    pub fn over(&self, reference: &Self) -> Self {
        Self(self.0.iter().zip(&reference.0).map(|(ours, other)| ours / other).collect())
    }
}

/// A share of a sorted list: 0.5 is the middle, 0.99 what one in a hundred passes.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "an index")]
pub fn percentile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let at = ((values.len().saturating_sub(1)) as f64 * share).round() as usize;
    values.get(at).copied().unwrap_or(f64::NAN)
}

/// What a figure is held to.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// Ours is at most so many times the reference.
    TimesAtMost(f64),
    /// Ours is at least this share of the reference.
    ShareAtLeast(f64),
    /// Ours is at most this, by itself.
    AtMost(f64),
    /// Nothing is promised: it is told for the other figures' sake.
    Told,
}

/// What ours is held against.
#[derive(Debug, Clone, Serialize)]
pub struct Reference {
    /// What it is.
    pub name: String,
    /// Its measurements, in the figure's unit.
    pub samples: Samples,
}

/// One line of the table.
#[derive(Debug, Clone, Serialize)]
pub struct Figure {
    /// What was measured.
    pub what: String,
    /// The unit of ours and of the reference.
    pub unit: &'static str,
    /// Ours.
    pub ours: Samples,
    /// What it is held against, where there is such a thing.
    pub reference: Option<Reference>,
    /// What it is held to.
    pub target: Target,
    /// What else a reader must know.
    pub note: String,
}

impl Figure {
    /// Ours over the reference, repetition by repetition.
    pub fn ratio(&self) -> Option<Samples> {
        self.reference.as_ref().map(|reference| self.ours.over(&reference.samples))
    }

    /// Whether the target is met; `None` where nothing is promised, or where
    /// what it is held against is missing.
    pub fn holds(&self) -> Option<bool> {
        match (self.target, self.ratio()) {
            (Target::TimesAtMost(most), Some(ratio)) => Some(ratio.median() <= most),
            (Target::ShareAtLeast(least), Some(ratio)) => Some(ratio.median() >= least),
            (Target::AtMost(most), _) => Some(self.ours.median() <= most),
            _ => None,
        }
    }

    fn target_text(&self) -> String {
        match self.target {
            Target::TimesAtMost(most) => format!("≤ {most} ×"),
            Target::ShareAtLeast(least) => format!("≥ {:.0} %", least * 100.0),
            Target::AtMost(most) => format!("≤ {} {}", number(most), self.unit),
            Target::Told => "–".to_owned(),
        }
    }

    fn ratio_text(&self) -> String {
        let Some(ratio) = self.ratio() else { return "–".to_owned() };
        let (low, high) = ratio.spread();
        match self.target {
            Target::ShareAtLeast(_) => {
                format!("{:.0} % ({:.0}–{:.0})", ratio.median() * 100.0, low * 100.0, high * 100.0)
            }
            _ => format!("{:.2} × ({low:.2}–{high:.2})", ratio.median()),
        }
    }

    fn cells(&self) -> [String; 6] {
        let with_spread = |samples: &Samples| {
            let (low, high) = samples.spread();
            format!("{} ({}–{}) {}", number(samples.median()), number(low), number(high), self.unit)
        };
        let reference = self.reference.as_ref();
        let reference = reference.map_or("–".to_owned(), |r| format!("{}: {}", r.name, with_spread(&r.samples)));
        let holds = self.holds().map_or("–", |holds| if holds { "yes" } else { "NO" });
        [self.what.clone(), with_spread(&self.ours), reference, self.ratio_text(), self.target_text(), holds.to_owned()]
    }

    /// For the file: what was measured, and what follows from it.
    pub fn json(&self) -> serde_json::Value {
        serde_json::json!({
            "figure": self,
            "median": self.ours.median(),
            "reference_median": self.reference.as_ref().map(|r| r.samples.median()),
            "ratio": self.ratio().map(|r| r.median()),
            "holds": self.holds(),
        })
    }
}

/// Three figures that say something.
fn number(value: f64) -> String {
    match value.abs() {
        big if big >= 100.0 => format!("{value:.0}"),
        middle if middle >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// The table, as Markdown, notes below it.
pub fn table(figures: &[Figure]) -> String {
    let head = ["what", "ours (min–max)", "reference (min–max)", "ratio (min–max)", "target", "holds"];
    let mut lines: Vec<[String; 6]> = vec![head.map(str::to_owned)];
    lines.extend(figures.iter().map(Figure::cells));
    let widths: Vec<usize> =
        (0..head.len()).map(|at| lines.iter().map(|cells| cells[at].chars().count()).max().unwrap_or(0)).collect();
    let mut text = String::new();
    for (n, cells) in lines.iter().enumerate() {
        for (cell, width) in cells.iter().zip(&widths) {
            let _ = write!(text, "| {cell:width$} ");
        }
        text.push_str("|\n");
        if n == 0 {
            widths.iter().for_each(|width| text.push_str(&format!("|-{}-", "-".repeat(*width))));
            text.push_str("|\n");
        }
    }
    for figure in figures.iter().filter(|figure| !figure.note.is_empty()) {
        let _ = write!(text, "\n{}: {}", figure.what, figure.note);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(ours: &[f64], reference: &[f64], target: Target) -> Figure {
        Figure {
            what: "w".into(),
            unit: "ms",
            ours: Samples::new(ours.to_vec()),
            reference: Some(Reference { name: "r".into(), samples: Samples::new(reference.to_vec()) }),
            target,
            note: String::new(),
        }
    }

    #[test]
    fn the_ratio_is_of_each_repetition_with_its_own() {
        // A slow moment (the middle) hits both sides: the ratio does not see it.
        let one = figure(&[2.0, 20.0, 2.0], &[1.0, 10.0, 1.0], Target::TimesAtMost(2.0));
        assert_eq!((one.ratio().unwrap().median(), one.holds()), (2.0, Some(true)));
        assert_eq!(figure(&[2.1], &[1.0], Target::TimesAtMost(2.0)).holds(), Some(false));
    }

    #[test]
    fn a_share_holds_from_below_and_a_bound_from_above() {
        assert_eq!(figure(&[49.0], &[100.0], Target::ShareAtLeast(0.5)).holds(), Some(false));
        assert_eq!(figure(&[50.0], &[100.0], Target::ShareAtLeast(0.5)).holds(), Some(true));
        assert_eq!(figure(&[50.0], &[1.0], Target::AtMost(49.0)).holds(), Some(false));
        assert_eq!(figure(&[50.0], &[1.0], Target::Told).holds(), None);
        let alone = Figure { reference: None, ..figure(&[1.0], &[1.0], Target::TimesAtMost(9.0)) };
        assert_eq!(alone.holds(), None, "without its reference nothing is claimed");
    }

    #[test]
    fn middles_and_spreads() {
        assert_eq!(Samples::new(vec![3.0, 1.0, 2.0]).median(), 2.0);
        assert_eq!(Samples::new(vec![4.0, 1.0, 2.0, 3.0]).median(), 2.5);
        assert_eq!(Samples::new(vec![4.0, 1.0]).spread(), (1.0, 4.0));
        assert!(Samples::new(Vec::new()).median().is_nan());
        assert_eq!(percentile(&mut [5.0, 1.0, 3.0], 0.5), 3.0);
        assert_eq!(percentile(&mut [5.0, 1.0, 3.0], 0.99), 5.0);
    }

    #[test]
    fn the_table_says_what_does_not_hold() {
        let text = table(&[figure(&[3.0], &[1.0], Target::TimesAtMost(2.0))]);
        assert!(text.contains("3.00 × (3.00–3.00)") && text.contains("≤ 2 ×") && text.contains("NO"), "{text}");
    }
}
