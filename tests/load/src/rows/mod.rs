//! The rows of the table, one file each. Each answers its figures; none knows
//! another.

pub mod attribution;
pub mod campaign;
pub mod extism;
pub mod intake;
pub mod parts;
pub mod run;
pub mod segment;
pub mod start;

use crate::{Bench, figure::Figure};

/// The names of the rows, in the order they run.
pub const NAMES: [&str; 10] = [
    "run",
    "extism",
    "parts",
    "attribution",
    "intake",
    "campaign",
    "segment",
    "start",
    "intake-delayed",
    "campaign-delayed",
];

/// Measure one row.
///
/// # Errors
/// When it cannot be measured at all.
pub async fn measure(bench: &Bench, name: &str) -> anyhow::Result<Vec<Figure>> {
    match name {
        "run" => run::measure(bench).await,
        "extism" => extism::measure(bench).await,
        "parts" => parts::measure(bench).await,
        "attribution" => attribution::measure(bench).await,
        "intake" => intake::measure(bench, false).await,
        "campaign" => campaign::measure(bench, false).await,
        "segment" => segment::measure(bench).await,
        "start" => start::measure(bench).await,
        "intake-delayed" => intake::measure(bench, true).await,
        "campaign-delayed" => campaign::measure(bench, true).await,
        other => anyhow::bail!("there is no row `{other}`; there are {}", NAMES.join(", ")),
    }
}
