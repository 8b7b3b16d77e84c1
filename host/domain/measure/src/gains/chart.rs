//! The gains chart and its Gini coefficient. Pure.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where a chart is read, per cent of people.
pub const POINTS: [u64; 5] = [5, 10, 20, 30, 50];

/// One point of a chart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = GainsPoint)]
pub struct Point {
    /// The top so many per cent.
    pub top_percent: u64,
    /// People that is, rounded up.
    pub people: u64,
    /// Those of them who redeemed.
    pub redeemed: u64,
    /// The share of all who redeemed.
    pub share: f64,
}

/// A chart of people in the order of a ranking, best first.
#[must_use]
pub fn chart(redeemed: &[bool]) -> Vec<Point> {
    let all = redeemed.iter().filter(|one| **one).count() as u64;
    let point = |top_percent: u64| {
        let people = (redeemed.len() as u64 * top_percent).div_ceil(100);
        let hits = redeemed.iter().take(people as usize).filter(|one| **one).count() as u64;
        Point { top_percent, people, redeemed: hits, share: hits as f64 / (all as f64).max(1.0) }
    };
    POINTS.into_iter().map(point).collect()
}

/// Twice the area under the ROC curve less one (Mann and Whitney 1947; Hanley
/// and McNeil 1982, Radiology 143:29–36): 0 for a ranking by lot, 1 for one
/// that puts all who redeemed first. Equal scores count half. Nothing when
/// everybody redeemed, or nobody.
#[must_use]
pub fn gini(scores: &[f64], redeemed: &[bool]) -> Option<f64> {
    let mut pairs: Vec<(f64, bool)> = scores.iter().copied().zip(redeemed.iter().copied()).collect();
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut misses, mut hits, mut area) = (0.0, 0.0, 0.0);
    for same in pairs.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()) {
        let here = same.iter().filter(|(_, redeemed)| *redeemed).count() as f64;
        let beside = same.len() as f64 - here;
        area += here * (misses + beside / 2.0);
        misses += beside;
        hits += here;
    }
    (hits > 0.0 && misses > 0.0).then(|| 2.0 * area / (hits * misses) - 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chart_counts_from_the_top() {
        let redeemed: Vec<bool> = (0..40).map(|n| n < 2 || n == 39).collect();
        let points = chart(&redeemed);
        assert_eq!(points.iter().map(|p| p.people).collect::<Vec<_>>(), [2, 4, 8, 12, 20]);
        assert_eq!(points.iter().map(|p| p.redeemed).collect::<Vec<_>>(), [2; 5]);
        assert!((points[0].share - 2.0 / 3.0).abs() < 1e-12);
        assert_eq!(chart(&[false; 3])[0].share, 0.0);
    }

    /// scikit-learn: `2 * roc_auc_score([1, 0, 1, 0, 0], [.9, .8, .8, .3, .1]) - 1`
    /// is 5/6 (one of six pairs is equal).
    #[test]
    fn the_gini_is_that_of_the_roc_curve() {
        let found = gini(&[0.9, 0.8, 0.8, 0.3, 0.1], &[true, false, true, false, false]).unwrap();
        assert!((found - 5.0 / 6.0).abs() < 1e-12);
        assert_eq!(gini(&[1.0, 1.0], &[true, false]), Some(0.0));
        assert_eq!(gini(&[1.0], &[true]), None);
    }
}
