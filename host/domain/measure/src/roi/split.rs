//! Taking a difference apart so that the parts sum to it exactly. Pure.
//!
//! The method is the Shapley value of the change (L. S. Shapley, "A value for
//! n-person games", 1953; for decompositions A. F. Shorrocks, "Decomposition
//! procedures for distributional analysis: a unified framework based on the
//! Shapley value", Journal of Economic Inequality 11, 2013): each factor gets
//! the mean of what changing it does over every order in which the factors can
//! be changed. No order is preferred, and nothing is left over.
//!
//! With value `V` and cost `C`, return on investment is `V / C − 1`. Over both
//! orders of changing cost and revenue, from plan `0` to actual `1`:
//!
//! * cost: `(V₀ + V₁) / 2 · (1/C₁ − 1/C₀)`
//! * revenue: `(V₁ − V₀) / 2 · (1/C₀ + 1/C₁)`
//!
//! Revenue is people reached `n` × conversion rate `r` × value per person who
//! converted `p`. Over the six orders, the part of `n` is
//! `Δn · ((r₀p₀ + r₁p₁) / 3 + (r₀p₁ + r₁p₀) / 6)`, and alike for the others.
//! Parts become whole units by largest remainder.

/// The largest figure that is taken apart; more is no campaign.
const FIGURE_MAX: f64 = 1e15;

/// Hundredths of a percentage point in one whole.
const POINTS: f64 = 10_000.0;

/// Return on investment, plan against actual, in hundredths of a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoiSplit {
    /// Planned.
    pub plan: i64,
    /// As it came in.
    pub actual: i64,
    /// What the cost did.
    pub cost: i64,
    /// What the revenue did; `cost + revenue = actual − plan`.
    pub revenue: i64,
}

/// What revenue is made of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Factors {
    /// Different people reached.
    pub people: f64,
    /// Of them, the share who converted.
    pub rate: f64,
    /// What one who converted is worth, minor units.
    pub price: f64,
}

/// Return on investment in hundredths of a point; `None` where nothing is spent
/// or the figure is beyond all measure.
#[must_use]
pub fn roi(value: i64, cost: i64) -> Option<i64> {
    if cost <= 0 {
        return None;
    }
    rounded((exact(value) / exact(cost) - 1.0) * POINTS)
}

/// The difference of two returns, split into what cost and what revenue did.
#[must_use]
pub fn roi_split((value0, cost0): (i64, i64), (value1, cost1): (i64, i64)) -> Option<RoiSplit> {
    let (plan, actual) = (roi(value0, cost0)?, roi(value1, cost1)?);
    let (v0, v1, c0, c1) = (exact(value0), exact(value1), exact(cost0), exact(cost1));
    let cost = (v0 + v1) / 2.0 * (1.0 / c1 - 1.0 / c0) * POINTS;
    let revenue = (v1 - v0) / 2.0 * (1.0 / c0 + 1.0 / c1) * POINTS;
    let parts = whole(&[cost, revenue], actual - plan)?;
    Some(RoiSplit { plan, actual, cost: parts[0], revenue: parts[1] })
}

/// A difference of revenue, split into people, rate and price; the three sum to
/// `total`.
#[must_use]
pub fn value_split(plan: Factors, actual: Factors, total: i64) -> Option<[i64; 3]> {
    let part = |a: (f64, f64), b: (f64, f64), c: (f64, f64)| {
        (a.1 - a.0) * ((b.0 * c.0 + b.1 * c.1) / 3.0 + (b.0 * c.1 + b.1 * c.0) / 6.0)
    };
    let n = (plan.people, actual.people);
    let r = (plan.rate, actual.rate);
    let p = (plan.price, actual.price);
    whole(&[part(n, r, p), part(r, n, p), part(p, n, r)], total)?.try_into().ok()
}

/// Share a part out in the proportion of its own parts, which sum to `of`:
/// signed, whole, and exactly.
#[must_use]
pub fn in_proportion(total: i64, parts: &[i64], of: i64) -> Option<Vec<i64>> {
    if of == 0 {
        return None;
    }
    let shares: Vec<f64> = parts.iter().map(|part| exact(total) * (exact(*part) / exact(of))).collect();
    whole(&shares, total)
}

/// Signed parts as whole numbers that sum to `total`: each is rounded down, and
/// what is missing goes, one by one, to those with the largest remainders.
fn whole(parts: &[f64], total: i64) -> Option<Vec<i64>> {
    if parts.iter().any(|part| !part.is_finite() || part.abs() > FIGURE_MAX) {
        return None;
    }
    #[allow(clippy::cast_possible_truncation, reason = "bounded just above")]
    let mut rounded: Vec<i64> = parts.iter().map(|part| part.floor() as i64).collect();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    let rest = |at: usize| parts.get(at).map_or(0.0, |part| part - part.floor());
    order.sort_by(|a, b| rest(*b).total_cmp(&rest(*a)).then(a.cmp(b)));
    let mut missing = total - rounded.iter().sum::<i64>();
    let count = i64::try_from(order.len()).ok().filter(|count| *count > 0)?;
    // Beyond one each only where the total itself was rounded apart from the parts.
    let each = missing.div_euclid(count);
    missing -= each * count;
    for (place, at) in order.into_iter().enumerate() {
        let more = i64::from(i64::try_from(place).is_ok_and(|place| place < missing));
        if let Some(part) = rounded.get_mut(at) {
            *part += each + more;
        }
    }
    Some(rounded)
}

#[allow(clippy::cast_precision_loss, reason = "remainders decide only the last unit")]
fn exact(minor: i64) -> f64 {
    minor as f64
}

#[allow(clippy::cast_possible_truncation, reason = "bounded in the same line")]
fn rounded(number: f64) -> Option<i64> {
    (number.is_finite() && number.abs() <= FIGURE_MAX).then(|| number.round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn exact_of(part: i64) -> f64 {
        exact(part)
    }

    #[test]
    fn a_difference_worked_by_hand() {
        // Planned: 1,000.00 earns 1,500.00, 50 %. Came in: 1,250.00 earned 1,500.00, 20 %.
        // Only cost changed, so it takes all 30 points.
        let split = roi_split((150_000, 100_000), (150_000, 125_000)).unwrap();
        assert_eq!(split, RoiSplit { plan: 5_000, actual: 2_000, cost: -3_000, revenue: 0 });
        // Both change: cost 100 → 125, value 150 → 120.
        // cost: (150+120)/2 · (1/125 − 1/100) = −0.27; revenue: −30/2 · (1/100 + 1/125) = −0.27.
        let split = roi_split((15_000, 10_000), (12_000, 12_500)).unwrap();
        assert_eq!(split, RoiSplit { plan: 5_000, actual: -400, cost: -2_700, revenue: -2_700 });
    }

    #[test]
    fn revenue_is_people_times_rate_times_price_worked_by_hand() {
        // 1,000 people · 10 % · 20.00 = 2,000.00 against 1,200 · 8 % · 25.00 = 2,400.00.
        // people: 200 · ((2+2)/3 + (2.5+1.6)/6) = 403.33; rate: −0.02 · ((20000+30000)/3 + (25000+24000)/6) = −496.67;
        // price: 5 · ((100+96)/3 + (80+120)/6) = 493.33, in units of 1.00.
        let plan = Factors { people: 1_000.0, rate: 0.1, price: 2_000.0 };
        let actual = Factors { people: 1_200.0, rate: 0.08, price: 2_500.0 };
        let parts = value_split(plan, actual, 40_000).unwrap();
        assert_eq!(parts.iter().sum::<i64>(), 40_000);
        // All three end in a third of a unit: which one takes the odd cent is rounding's affair.
        for (part, exact) in parts.iter().zip([40_333.33, -49_666.67, 49_333.33]) {
            assert!((exact_of(*part) - exact).abs() < 1.0, "{parts:?}");
        }
    }

    #[test]
    fn what_cannot_be_computed_is_not() {
        assert_eq!(roi(100, 0), None);
        assert_eq!(roi_split((0, 0), (1, 1)), None);
        assert_eq!(roi_split((0, 100), (0, 100)).map(|s| (s.plan, s.cost, s.revenue)), Some((-10_000, 0, 0)));
        assert_eq!(in_proportion(5, &[0, 0, 0], 0), None);
    }

    proptest! {
        #[test]
        fn the_parts_of_a_return_sum_to_its_difference(
            v0 in 0_i64..10_000_000_000, v1 in 0_i64..10_000_000_000,
            c0 in 1_i64..1_000_000_000, c1 in 1_i64..1_000_000_000,
        ) {
            let split = roi_split((v0, c0), (v1, c1)).unwrap();
            prop_assert_eq!(split.cost + split.revenue, split.actual - split.plan);
            // Whoever did not change has no part in it, but for rounding.
            if c0 == c1 { prop_assert!(split.cost.abs() <= 1); }
            if v0 == v1 { prop_assert!(split.revenue.abs() <= 1); }
        }

        #[test]
        fn the_parts_of_revenue_sum_to_the_minor_unit(
            n0 in 0_u32..1_000_000, n1 in 0_u32..1_000_000, k0 in 0_u32..=1_000, k1 in 0_u32..=1_000,
            p0 in 0_u32..10_000_000, p1 in 0_u32..10_000_000,
        ) {
            let factors = |n: u32, k: u32, p: u32| Factors {
                people: f64::from(n), rate: f64::from(k) / 1_000.0, price: f64::from(p),
            };
            let (plan, actual) = (factors(n0, k0, p0), factors(n1, k1, p1));
            let value = |f: Factors| (f.people * f.rate * f.price).round() as i64;
            let total = value(actual) - value(plan);
            let parts = value_split(plan, actual, total).unwrap();
            prop_assert_eq!(parts.iter().sum::<i64>(), total);
            if total != 0 {
                let points = in_proportion(1_234, &parts, total);
                if let Some(points) = points { prop_assert_eq!(points.iter().sum::<i64>(), 1_234); }
            }
        }
    }
}
