//! Estimates with their intervals: rates by Newcombe, means by Welch. Pure.

use rialto_audience::experiment::probability::beta_lower;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How sure an interval is meant to be.
pub const LEVEL: f64 = 0.95;
/// The standard normal's quantile for [`LEVEL`], both sides.
const Z: f64 = 1.959_963_984_540_054;
/// Halvings of a quantile's search: more than a double has bits.
const HALVINGS: usize = 80;

/// An estimate and what it may as well be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = LiftInterval)]
pub struct Interval {
    /// The estimate.
    pub estimate: f64,
    /// The lower end of the 95 % interval.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

impl Interval {
    /// Whether it lies wholly on one side of zero: 1, −1, or 0 for "cannot be told".
    #[must_use]
    pub fn side(&self) -> i8 {
        i8::from(self.low > 0.0) - i8::from(self.high < 0.0)
    }
}

/// Count, mean and variance (with n − 1) of some numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Moments {
    /// How many.
    pub count: f64,
    /// Their mean.
    pub mean: f64,
    squares: f64,
}

impl Moments {
    /// Of these numbers, in one pass (Welford 1962).
    #[must_use]
    pub fn of(numbers: impl IntoIterator<Item = f64>) -> Self {
        let mut all = Self::default();
        for number in numbers {
            all.add(number);
        }
        all
    }

    /// Take one more in.
    pub fn add(&mut self, number: f64) {
        self.count += 1.0;
        let off = number - self.mean;
        self.mean += off / self.count;
        self.squares += off * (number - self.mean);
    }

    /// Their variance; 0 for fewer than two.
    #[must_use]
    pub fn variance(&self) -> f64 {
        if self.count < 2.0 { 0.0 } else { self.squares / (self.count - 1.0) }
    }

    /// The variance of their mean.
    #[must_use]
    pub fn of_mean(&self) -> f64 {
        if self.count < 1.0 { 0.0 } else { self.variance() / self.count }
    }
}

/// The score interval of one rate (Wilson 1927).
#[must_use]
pub fn wilson(hits: f64, count: f64) -> (f64, f64) {
    if count <= 0.0 {
        return (0.0, 1.0);
    }
    let (p, z2) = (hits / count, Z * Z);
    let middle = p + z2 / (2.0 * count);
    let half = Z * (p * (1.0 - p) / count + z2 / (4.0 * count * count)).sqrt();
    let whole = 1.0 + z2 / count;
    (((middle - half) / whole).max(0.0), ((middle + half) / whole).min(1.0))
}

/// The rate of `b` less that of `a`, by the hybrid score method (Newcombe 1998,
/// Statistics in Medicine 17:873–890, method 10).
#[must_use]
pub fn newcombe((a_hits, a_count): (f64, f64), (b_hits, b_count): (f64, f64)) -> Interval {
    let (a, b) = (a_hits / a_count.max(1.0), b_hits / b_count.max(1.0));
    let ((a_low, a_high), (b_low, b_high)) = (wilson(a_hits, a_count), wilson(b_hits, b_count));
    let estimate = b - a;
    Interval {
        estimate,
        low: estimate - ((b - b_low).powi(2) + (a_high - a).powi(2)).sqrt(),
        high: estimate + ((b_high - b).powi(2) + (a - a_low).powi(2)).sqrt(),
    }
}

/// The mean of `b` less that of `a` with unequal variances (Welch 1947), degrees
/// of freedom by Satterthwaite 1946.
#[must_use]
pub fn welch(a: &Moments, b: &Moments) -> Interval {
    let (of_a, of_b) = (a.of_mean(), b.of_mean());
    let degrees = satterthwaite(&[(of_a, a.count - 1.0), (of_b, b.count - 1.0)]);
    around(b.mean - a.mean, (of_a + of_b).sqrt(), degrees)
}

/// The mean of `b` over that of `a`, less one; its interval on the logarithm's
/// scale (delta method). Nothing where a mean is not above zero.
#[must_use]
pub fn relative(a: &Moments, b: &Moments) -> Option<Interval> {
    let degrees =
        satterthwaite(&[(a.of_mean() / a.mean.powi(2), a.count - 1.0), (b.of_mean() / b.mean.powi(2), b.count - 1.0)]);
    ratio((b.mean, b.of_mean()), (a.mean, a.of_mean()), degrees)
}

/// A ratio of two independent means, each with its variance, less one.
pub(crate) fn ratio((top, of_top): (f64, f64), (bottom, of_bottom): (f64, f64), degrees: f64) -> Option<Interval> {
    if top <= 0.0 || bottom <= 0.0 {
        return None;
    }
    let error = (of_top / (top * top) + of_bottom / (bottom * bottom)).sqrt();
    let (ratio, reach) = (top / bottom, student(degrees) * error);
    Some(Interval { estimate: ratio - 1.0, low: ratio * (-reach).exp() - 1.0, high: ratio * reach.exp() - 1.0 })
}

/// An estimate with its standard error.
pub(crate) fn around(estimate: f64, error: f64, degrees: f64) -> Interval {
    let reach = student(degrees) * error;
    Interval { estimate, low: estimate - reach, high: estimate + reach }
}

/// Degrees of freedom of a sum of variances, each with its own.
pub(crate) fn satterthwaite(parts: &[(f64, f64)]) -> f64 {
    let sum: f64 = parts.iter().map(|(variance, _)| variance).sum();
    let under: f64 = parts.iter().filter(|(_, n)| *n > 0.0).map(|(variance, n)| variance * variance / n).sum();
    if under > 0.0 { sum * sum / under } else { f64::INFINITY }
}

/// Student's quantile for [`LEVEL`], both sides, by halving.
#[must_use]
pub fn student(degrees: f64) -> f64 {
    if !degrees.is_finite() || degrees > 1e6 {
        return Z;
    }
    let degrees = degrees.max(1.0);
    let outside = |t: f64| beta_lower(degrees / 2.0, 0.5, degrees / (degrees + t * t));
    let (mut low, mut high) = (Z, 13.0);
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if outside(middle) > 1.0 - LEVEL {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-10, "{a} is not {b}");
    }

    /// Against statsmodels 0.15 (`proportion_confint` wilson,
    /// `confint_proportions_2indep` newcomb), to 1e-10.
    #[test]
    fn rates_are_those_of_statsmodels() {
        let cases = [
            ((200.0, 1000.0), (250.0, 1000.0), 0.013_395_969_886_116_244, 0.086_450_994_718_825_34),
            ((12.0, 400.0), (30.0, 410.0), 0.012_667_458_753_950_287, 0.075_185_072_826_710_5),
            ((0.0, 50.0), (3.0, 50.0), -0.021_496_383_126_533_014, 0.162_170_916_888_381_73),
            ((5_000.0, 1e5), (5_200.0, 1e5), 7.159_069_535_952_545e-5, 0.003_928_753_136_969_738),
            ((1.0, 10.0), (9.0, 10.0), 0.369_866_907_110_033_4, 0.916_140_573_234_385_8),
        ];
        for (a, b, low, high) in cases {
            let found = newcombe(a, b);
            near(found.low, low);
            near(found.high, high);
        }
        let (low, high) = wilson(200.0, 1000.0);
        near(low, 0.176_377_090_443_198_5);
        near(high, 0.225_918_964_648_134_66);
    }

    /// SciPy 1.17: `t.ppf(0.975, df)`, to 1e-10.
    #[test]
    fn quantiles_are_those_of_scipy() {
        for (degrees, quantile) in
            [(1.0, 12.706_204_736_174_7), (5.0, 2.570_581_835_636_314), (30.0, 2.042_272_456_301_238), (1e9, Z)]
        {
            near(student(degrees), quantile);
        }
    }

    /// The two samples and Welch's t of −1.036403398325144 that
    /// `scipy.stats.ttest_ind(equal_var=False)` finds; and its p of 0.3035.
    #[test]
    fn means_are_those_of_scipy() {
        let x = [
            11.037, 12.465, 10.991, 6.091, 12.716, 11.339, 8.389, 11.743, 11.094, 10.882, 10.085, 11.64, 7.791, 9.511,
            8.554, 11.797, 10.119, 9.123, 7.654, 9.228, 10.024, 9.173, 13.882, 13.02, 1.867, 4.333, 9.476, 8.733,
            10.641, 10.652, 16.354, 6.664, 8.867, 16.128, 11.94, 11.989, 8.458, 5.056, 10.502, 10.327,
        ];
        let y = [
            6.291, 8.467, 10.912, 7.421, 10.807, 11.582, 11.342, 9.175, 13.575, 14.765, 12.483, 7.927, 14.127, 9.194,
            14.717, 6.913, 14.858, 11.12, 6.205, 9.944, 11.416, 12.291, 7.271, 6.771, 11.998, 9.333, 12.142, 14.238,
            4.605, 12.218, 16.099, 10.01, 7.957, 14.209, 12.214,
        ];
        let (a, b) = (Moments::of(x), Moments::of(y));
        let found = welch(&a, &b);
        let error = (a.of_mean() + b.of_mean()).sqrt();
        near(-found.estimate / error, -1.036_403_398_325_144);
        let degrees = satterthwaite(&[(a.of_mean(), a.count - 1.0), (b.of_mean(), b.count - 1.0)]);
        let t = found.estimate / error;
        near(beta_lower(degrees / 2.0, 0.5, degrees / (degrees + t * t)), 0.303_545_247_308_845_9);
        assert!(found.side() == 0 && found.low < 0.0 && found.high > 0.0);
    }

    #[test]
    fn a_ratio_needs_something_to_compare_with() {
        let some = Moments::of([1.0, 2.0, 3.0]);
        assert!(relative(&Moments::of([0.0, 0.0]), &some).is_none());
        let twice = Moments::of([2.0, 4.0, 6.0]);
        let found = relative(&some, &twice).unwrap();
        near(found.estimate, 1.0);
        assert!(found.low < 1.0 && found.high > 1.0);
    }
}
