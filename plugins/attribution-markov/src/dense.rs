//! Exact solves over an absorbing walk, by elimination without subtraction.
//!
//! The matrix is `A = diag(out) − W`, where `W` holds the weights between states
//! and `out` a state's whole outgoing weight, absorption included; steps from a
//! state to itself cannot change where a walk ends and are left out. Grassmann,
//! Taksar and Heyman: taking each pivot as the sum of what is left in its row,
//! absorption included, avoids every subtraction, so that even walks which are
//! absorbed once in a billion steps keep full relative precision.

/// `A` factored as lower times upper.
#[derive(Debug, Clone)]
pub struct Factored {
    states: usize,
    /// Below the diagonal the multipliers, above it the remaining weights, row-major.
    weights: Vec<f64>,
    pivots: Vec<f64>,
}

impl Factored {
    /// Factor. `weights` is row-major, `states` wide, its diagonal is ignored;
    /// `absorbed` is each state's weight into the walk's ends. A state that
    /// nothing leaves is taken to end at once.
    pub fn new(mut weights: Vec<f64>, mut absorbed: Vec<f64>) -> Self {
        let states = absorbed.len();
        let mut pivots = vec![1.0; states];
        for pivot in 0..states {
            let (above, below) = weights.split_at_mut((pivot + 1) * states);
            let row = &above[pivot * states + pivot + 1..];
            let left: f64 = row.iter().sum::<f64>() + absorbed[pivot];
            if left <= 0.0 {
                continue;
            }
            pivots[pivot] = left;
            for (index, other) in below.chunks_exact_mut(states).enumerate() {
                let factor = other[pivot] / left;
                other[pivot] = factor;
                if factor > 0.0 {
                    other[pivot + 1..].iter_mut().zip(row).for_each(|(to, from)| *to += factor * from);
                    absorbed[pivot + 1 + index] += factor * absorbed[pivot];
                }
            }
        }
        Self { states, weights, pivots }
    }

    fn row(&self, state: usize) -> &[f64] {
        &self.weights[state * self.states..(state + 1) * self.states]
    }

    /// Solve `A x = b` for a `b` without negative entries.
    pub fn solve(&self, b: &[f64]) -> Vec<f64> {
        let mut x = b.to_vec();
        self.solve_from(0, &mut x);
        x
    }

    /// Solve `A x = b` where `b` is zero before `first`; entries of `x` before
    /// `first` are not computed.
    fn solve_from(&self, first: usize, x: &mut [f64]) {
        for state in first + 1..self.states {
            let row = &self.row(state)[first..state];
            x[state] += dot(row, &x[first..state]);
        }
        for state in (first..self.states).rev() {
            let row = &self.row(state)[state + 1..];
            x[state] = (x[state] + dot(row, &x[state + 1..])) / self.pivots[state];
        }
    }

    /// Solve `v A = s` for an `s` without negative entries.
    pub fn solve_left(&self, s: &[f64]) -> Vec<f64> {
        let mut v = s.to_vec();
        for state in 0..self.states {
            v[state] /= self.pivots[state];
            let (done, rest) = v.split_at_mut(state + 1);
            let from = done[state];
            rest.iter_mut().zip(&self.row(state)[state + 1..]).for_each(|(to, weight)| *to += from * weight);
        }
        for state in (1..self.states).rev() {
            let (rest, done) = v.split_at_mut(state);
            let from = done[0];
            rest.iter_mut().zip(&self.row(state)[..state]).for_each(|(to, factor)| *to += from * factor);
        }
        v
    }

    /// The diagonal of the inverse of `A`.
    pub fn inverse_diagonal(&self) -> Vec<f64> {
        let mut x = vec![0.0; self.states];
        (0..self.states)
            .map(|state| {
                x[state..].fill(0.0);
                x[state] = 1.0;
                self.solve_from(state, &mut x);
                x[state]
            })
            .collect()
    }
}

fn dot(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Weights of three states and what absorbs them.
    fn walk() -> (Vec<f64>, Vec<f64>) {
        (vec![9.0, 2.0, 1.0, 3.0, 0.0, 4.0, 0.0, 5.0, 7.0], vec![1.0, 0.5, 2.0])
    }

    fn matrix() -> Vec<Vec<f64>> {
        let (weights, absorbed) = walk();
        (0..3)
            .map(|i| {
                let off: f64 = (0..3).filter(|&j| j != i).map(|j| weights[i * 3 + j]).sum();
                (0..3).map(|j| if i == j { off + absorbed[i] } else { -weights[i * 3 + j] }).collect()
            })
            .collect()
    }

    #[test]
    fn solutions_satisfy_their_equations() {
        let (weights, absorbed) = walk();
        let factored = Factored::new(weights, absorbed);
        let (b, a) = ([0.3, 0.0, 1.1], matrix());
        let x = factored.solve(&b);
        let v = factored.solve_left(&b);
        for i in 0..3 {
            let right: f64 = (0..3).map(|j| a[i][j] * x[j]).sum();
            let left: f64 = (0..3).map(|j| v[j] * a[j][i]).sum();
            assert!((right - b[i]).abs() < 1e-12 && (left - b[i]).abs() < 1e-12);
        }
    }

    #[test]
    fn the_inverse_diagonal_is_what_unit_vectors_give() {
        let (weights, absorbed) = walk();
        let factored = Factored::new(weights, absorbed);
        let diagonal = factored.inverse_diagonal();
        for state in 0..3 {
            let mut unit = [0.0; 3];
            unit[state] = 1.0;
            assert!((factored.solve(&unit)[state] - diagonal[state]).abs() < 1e-14);
        }
    }

    #[test]
    fn a_walk_that_almost_never_ends_keeps_its_precision() {
        let factored = Factored::new(vec![0.0, 1.0, 1.0, 0.0], vec![0.0, 1e-15]);
        let x = factored.solve(&[0.0, 1e-15]);
        assert!((x[0] - 1.0).abs() < 1e-12, "it converts for certain: {x:?}");
    }
}
