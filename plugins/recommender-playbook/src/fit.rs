//! Learning whom to write to from what came of earlier campaigns, and choosing
//! how by cross-validation over whole campaigns: none judges what it taught.
//!
//! The model is a ridge logistic regression with an intercept for each campaign
//! (Hoerl and Kennard 1970; le Cessie and van Houwelingen 1992, Applied
//! Statistics 41:191–201), fitted by Newton's method. The measure is the Gini
//! coefficient of the gains chart, twice the area under the ROC curve less one.

/// Penalties that are tried.
const PENALTIES: [f64; 3] = [1.0, 10.0, 50.0];
/// Parts the campaigns are dealt into.
const FOLDS_MAX: usize = 5;
/// Answers there must have been, so that there is something to learn.
const REACHED_MIN: usize = 10;
/// Steps of Newton's method; it is there in fewer than ten.
const STEPS_MAX: usize = 25;
const NEAR: f64 = 1e-7;

/// What came of one campaign.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Lesson {
    /// Each person's features.
    pub rows: Vec<Vec<f64>>,
    /// Whether each answered.
    pub reached: Vec<bool>,
    /// What other ways of ranking say of each; compared with what is learnt.
    pub rivals: Vec<Vec<f64>>,
}

impl Lesson {
    fn hits(&self) -> usize {
        self.reached.iter().filter(|reached| **reached).count()
    }
}

/// How to rank.
#[derive(Debug, Clone, PartialEq)]
pub enum Choice {
    /// By the sum of these weights times features.
    Learnt {
        /// One a feature.
        weights: Vec<f64>,
        /// The penalty that did best.
        penalty: f64,
    },
    /// By the rival at this place.
    Rival(usize),
}

/// A choice and how each way did on campaigns that had not taught it.
#[derive(Debug, Clone, PartialEq)]
pub struct Chosen {
    /// The best way.
    pub choice: Choice,
    /// Each penalty's mean Gini, in the order tried.
    pub learnt: Vec<f64>,
    /// Each rival's.
    pub rivals: Vec<f64>,
    /// Campaigns that judged.
    pub campaigns: usize,
}

/// Choose; nothing where too little came of too few campaigns.
pub fn choose(lessons: &[Lesson]) -> Option<Chosen> {
    let lessons: Vec<&Lesson> = lessons.iter().filter(|one| one.hits() > 0 && one.hits() < one.reached.len()).collect();
    let reached: usize = lessons.iter().map(|one| one.hits()).sum();
    if lessons.len() < 2 || reached < REACHED_MIN {
        return None;
    }
    let learnt: Vec<f64> = PENALTIES.iter().map(|penalty| validated(&lessons, *penalty)).collect();
    let rivals: Vec<f64> = (0..lessons.first()?.rivals.len())
        .map(|place| {
            mean(lessons.iter().filter_map(|one| Some((gini(one.rivals.get(place)?, &one.reached), one.hits()))))
        })
        .collect();
    let (at, best) = best(&learnt)?;
    let choice = match self::best(&rivals) {
        Some((place, rival)) if rival > best => Choice::Rival(place),
        _ => Choice::Learnt { weights: fit(&lessons, PENALTIES[at]), penalty: PENALTIES[at] },
    };
    Some(Chosen { choice, learnt, rivals, campaigns: lessons.len() })
}

fn best(numbers: &[f64]) -> Option<(usize, f64)> {
    let all = numbers.iter().copied().enumerate();
    all.reduce(|best, next| if next.1 > best.1 { next } else { best })
}

/// The mean Gini on campaigns left out, each weighed by its answers.
fn validated(lessons: &[&Lesson], penalty: f64) -> f64 {
    let folds = lessons.len().min(FOLDS_MAX);
    let judged = (0..folds).flat_map(|fold| {
        let (mut teach, mut judge) = (Vec::new(), Vec::new());
        for (at, lesson) in lessons.iter().enumerate() {
            if at % folds == fold { judge.push(*lesson) } else { teach.push(*lesson) }
        }
        let weights = fit(&teach, penalty);
        judge.into_iter().map(move |one| (gini(&scores(&one.rows, &weights), &one.reached), one.hits()))
    });
    mean(judged)
}

fn mean(judged: impl Iterator<Item = (f64, usize)>) -> f64 {
    let (sum, weight) = judged.fold((0.0, 0.0), |all, (gini, hits)| (all.0 + gini * hits as f64, all.1 + hits as f64));
    if weight > 0.0 { sum / weight } else { 0.0 }
}

/// The sum of weights times features.
pub fn score(row: &[f64], weights: &[f64]) -> f64 {
    row.iter().zip(weights).map(|(number, weight)| number * weight).sum()
}

fn scores(rows: &[Vec<f64>], weights: &[f64]) -> Vec<f64> {
    rows.iter().map(|row| score(row, weights)).collect()
}

/// Twice the area under the ROC curve less one, equals counting half.
pub fn gini(scores: &[f64], reached: &[bool]) -> f64 {
    let mut order: Vec<usize> = (0..scores.len().min(reached.len())).collect();
    order.sort_by(|one, other| scores[*one].total_cmp(&scores[*other]));
    let (mut below, mut area, mut hits, mut from) = (0.0, 0.0, 0.0, 0);
    while from < order.len() {
        let same = order[from..].iter().take_while(|at| scores[**at] == scores[order[from]]).count();
        let here = order[from..from + same].iter().filter(|at| reached[**at]).count() as f64;
        let misses = same as f64 - here;
        area += here * (below + misses / 2.0);
        below += misses;
        hits += here;
        from += same;
    }
    if hits > 0.0 && below > 0.0 { 2.0 * area / (hits * below) - 1.0 } else { 0.0 }
}

/// The weights that a penalty gives. The intercepts are eliminated, so that a
/// step solves for the features alone.
pub fn fit(lessons: &[&Lesson], penalty: f64) -> Vec<f64> {
    let width = lessons.iter().find_map(|one| one.rows.first()).map_or(0, Vec::len);
    let mut weights = vec![0.0; width];
    let mut intercepts: Vec<f64> = lessons
        .iter()
        .map(|one| {
            let share = one.hits() as f64 / one.reached.len().max(1) as f64;
            (share / (1.0 - share)).ln()
        })
        .collect();
    for _ in 0..STEPS_MAX {
        let Some((step, shifts)) = newton(lessons, &weights, &intercepts, penalty) else { break };
        let far = step.iter().chain(&shifts).fold(0.0_f64, |far, one| far.max(one.abs()));
        weights.iter_mut().zip(step).for_each(|(weight, step)| *weight += step);
        intercepts.iter_mut().zip(shifts).for_each(|(intercept, shift)| *intercept += shift);
        if far < NEAR {
            break;
        }
    }
    weights
}

/// One step: of the weights, and of each campaign's intercept.
fn newton(lessons: &[&Lesson], weights: &[f64], intercepts: &[f64], penalty: f64) -> Option<(Vec<f64>, Vec<f64>)> {
    let width = weights.len();
    let mut bend = vec![vec![0.0; width]; width];
    let mut slope: Vec<f64> = weights.iter().map(|weight| -penalty * weight).collect();
    for (at, row) in bend.iter_mut().enumerate() {
        row[at] = penalty;
    }
    let mut own = Vec::with_capacity(lessons.len());
    for (lesson, intercept) in lessons.iter().zip(intercepts) {
        let (mut cross, mut alone, mut rest) = (vec![0.0; width], 0.0, 0.0);
        for (row, reached) in lesson.rows.iter().zip(&lesson.reached) {
            let chance = 1.0 / (1.0 + (-(score(row, weights) + intercept)).exp());
            let (off, sure) = (f64::from(u8::from(*reached)) - chance, (chance * (1.0 - chance)).max(1e-9));
            alone += sure;
            rest += off;
            for (at, number) in row.iter().enumerate() {
                slope[at] += off * number;
                cross[at] += sure * number;
                for (other, second) in row.iter().enumerate().take(at + 1) {
                    bend[at][other] += sure * number * second;
                }
            }
        }
        own.push((cross, alone, rest));
    }
    for (cross, alone, rest) in &own {
        for at in 0..width {
            slope[at] -= cross[at] * rest / alone;
            for other in 0..=at {
                bend[at][other] -= cross[at] * cross[other] / alone;
            }
        }
    }
    let step = solve(bend, slope)?;
    let shifts = own.iter().map(|(cross, alone, rest)| (rest - score(cross, &step)) / alone).collect();
    Some((step, shifts))
}

/// Solve for a symmetric positive matrix, of which the lower half is given (Cholesky).
fn solve(mut a: Vec<Vec<f64>>, mut b: Vec<f64>) -> Option<Vec<f64>> {
    let n = b.len();
    for i in 0..n {
        for j in 0..=i {
            let sum = a[i][j] - (0..j).map(|k| a[i][k] * a[j][k]).sum::<f64>();
            if i == j && sum <= 0.0 {
                return None;
            }
            a[i][j] = if i == j { sum.sqrt() } else { sum / a[j][j] };
        }
        b[i] = (b[i] - (0..i).map(|k| a[i][k] * b[k]).sum::<f64>()) / a[i][i];
    }
    for i in (0..n).rev() {
        b[i] = (b[i] - (i + 1..n).map(|k| a[k][i] * b[k]).sum::<f64>()) / a[i][i];
    }
    Some(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// People whose second number decides, the first being noise.
    fn lesson(seed: usize) -> Lesson {
        let number = |n: usize, by: usize| ((n * 37 + seed * 11) * by % 97) as f64 / 48.5 - 1.0;
        let rows: Vec<Vec<f64>> = (0..90).map(|n| vec![number(n, 5), number(n, 29)]).collect();
        let reached = rows.iter().map(|row| row[1] + 0.3 * row[0] > 0.6).collect();
        let rivals = vec![rows.iter().map(|row| row[0]).collect()];
        Lesson { rows, reached, rivals }
    }

    #[test]
    fn what_decides_is_learnt_and_beats_its_rival() {
        let lessons: Vec<Lesson> = (0..4).map(lesson).collect();
        let chosen = choose(&lessons).unwrap();
        let Choice::Learnt { weights, .. } = &chosen.choice else { panic!("{chosen:?}") };
        assert!(weights[1] > 2.0 * weights[0].abs(), "{weights:?}");
        assert!(chosen.learnt.iter().all(|gini| *gini > 0.8) && chosen.rivals[0] < 0.5, "{chosen:?}");
    }

    #[test]
    fn a_better_rival_is_kept() {
        let mut lessons: Vec<Lesson> = (0..4).map(lesson).collect();
        for one in &mut lessons {
            one.rivals = vec![one.reached.iter().map(|hit| f64::from(u8::from(*hit))).collect()];
            one.rows.iter_mut().for_each(|row| row.fill(0.0));
        }
        assert_eq!(choose(&lessons).unwrap().choice, Choice::Rival(0));
    }

    #[test]
    fn too_little_teaches_nothing() {
        assert!(choose(&[lesson(1)]).is_none());
        let nobody = Lesson { reached: vec![false; 90], ..lesson(1) };
        assert!(choose(&[nobody.clone(), nobody]).is_none());
    }

    /// By hand: of 2 who answered and 2 who did not, 3 of the 4 pairs are in order.
    #[test]
    fn the_gini_is_that_of_the_pairs() {
        let reached = [true, false, true, false];
        assert_eq!(gini(&[4.0, 3.0, 2.0, 1.0], &reached), 0.5);
        assert_eq!(gini(&[1.0; 4], &reached), 0.0);
        assert_eq!(gini(&[4.0, 1.0, 3.0, 2.0], &reached), 1.0);
    }

    /// One feature, no intercept's pull: the slope of the score equation is zero
    /// at the answer.
    #[test]
    fn the_fit_is_where_the_slope_is_flat() {
        let one = lesson(3);
        let (lessons, penalty) = ([&one], 1.0);
        let weights = fit(&lessons, penalty);
        let (step, _) = newton(&lessons, &weights, &[0.0], penalty).unwrap();
        assert!(step.iter().all(|one| one.is_finite()));
        assert!(weights.iter().all(|weight| weight.is_finite() && weight.abs() < 50.0));
    }
}
