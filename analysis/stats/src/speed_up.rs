//! The speed-up of several workers.
//!
//! Both laws divide w, the ideal speed-up of w workers, by a loss. Amdahl's law is the universal one without
//! the second loss:
//!
//! ```text
//! Amdahl      S(w) = w ÷ (1 + σ·(w − 1))
//! universal   S(w) = w ÷ (1 + σ·(w − 1) + κ·w·(w − 1))
//! ```
//!
//! Written as S(w) ÷ w · (1 + …) = 1 they are linear in σ and κ, so that least squares of the relative errors
//! has a closed form.

use serde::{Deserialize, Serialize};

use super::scaling::distinct;

/// Minimum number of different worker counts for the universal law; the fit always meets the first, one
/// worker.
const FEWEST_COUNTS: usize = 3;

/// Speed-up against workers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SpeedUp {
    /// For each point: workers, and the cost with one worker ÷ the cost with these.
    pub points: Vec<(f64, f64)>,
    /// Amdahl's law; `None` if only one worker was measured.
    pub amdahl: Option<Amdahl>,
    /// The universal law; `None` below three different worker counts.
    pub universal: Option<Universal>,
}

/// Amdahl, "Validity of the single processor approach to achieving large scale computing
/// capabilities", AFIPS 30 (1967): part of the work cannot be shared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Amdahl {
    /// The share of the work that cannot be shared, from 0 (S = w) to 1 (S = 1).
    pub serial: f64,
    /// For each point: workers, and measured ÷ fitted speed-up − 1.
    pub residuals: Vec<(f64, f64)>,
}

impl Amdahl {
    /// The fitted speed-up with `workers` workers.
    pub fn at(&self, workers: f64) -> f64 {
        law(self.serial, 0.0, workers)
    }
}

/// The Universal Scalability Law (Gunther, *Guerrilla Capacity Planning*, ch. 4–5): workers wait for
/// each other, and keep each other's view of the data coherent.
///
/// With three worker counts, the curve has as many parameters as points to fit, so the residuals say little.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Universal {
    /// σ ≥ 0: contention, which bounds the speed-up by 1 ÷ σ.
    pub contention: f64,
    /// κ ≥ 0: coherency, which makes too many workers slower.
    pub coherency: f64,
    /// For each point: workers, and measured ÷ fitted speed-up − 1.
    pub residuals: Vec<(f64, f64)>,
}

impl Universal {
    /// The fitted speed-up with `workers` workers.
    pub fn at(&self, workers: f64) -> f64 {
        law(self.contention, self.coherency, workers)
    }
}

fn law(contention: f64, coherency: f64, workers: f64) -> f64 {
    workers / (1.0 + (workers - 1.0) * (contention + coherency * workers))
}

/// Speed-up and its fitted laws, from worker counts and their costs.
///
/// Points with less than one worker and those whose cost is not positive and finite are left out.
/// `None` without a cost with one worker.
pub fn speed_up(costs: &[(f64, f64)]) -> Option<SpeedUp> {
    let usable = |(workers, cost): &&(f64, f64)| {
        workers.is_finite() && *workers >= 1.0 && cost.is_finite() && *cost > 0.0
    };
    let costs: Vec<(f64, f64)> = costs.iter().filter(usable).copied().collect();
    let (_, one) = *costs.iter().find(|(workers, _)| *workers <= 1.0)?;
    let points: Vec<(f64, f64)> =
        costs.iter().map(|(workers, cost)| (*workers, one / cost)).collect();
    let sums = Sums::new(&points);
    let counts = distinct(points.iter().map(|(workers, _)| *workers));
    let residuals = |contention, coherency| {
        let residual = |(w, s): &(f64, f64)| (*w, s / law(contention, coherency, *w) - 1.0);
        points.iter().map(residual).collect()
    };
    let amdahl = (counts > 1).then(|| {
        let serial = sums.contention_alone().min(1.0);
        Amdahl { serial, residuals: residuals(serial, 0.0) }
    });
    let universal = (counts >= FEWEST_COUNTS).then(|| {
        let (contention, coherency) = sums.both();
        let residuals = residuals(contention, coherency);
        Universal { contention, coherency, residuals }
    });
    Some(SpeedUp { points, amdahl, universal })
}

/// The normal equations of a·σ + b·κ = c over the points, with a = S·(w − 1) ÷ w, b = S·(w − 1) and
/// c = 1 − S ÷ w.
#[derive(Default)]
struct Sums {
    aa: f64,
    ab: f64,
    bb: f64,
    ac: f64,
    bc: f64,
}

impl Sums {
    fn new(points: &[(f64, f64)]) -> Self {
        points.iter().fold(Self::default(), |sums, (workers, speed_up)| {
            let b = speed_up * (workers - 1.0);
            let (a, c) = (b / workers, 1.0 - speed_up / workers);
            Self {
                aa: sums.aa + a * a,
                ab: sums.ab + a * b,
                bb: sums.bb + b * b,
                ac: sums.ac + a * c,
                bc: sums.bc + b * c,
            }
        })
    }

    /// σ ≥ 0 with κ = 0. Needs a point with more than one worker.
    fn contention_alone(&self) -> f64 {
        (self.ac / self.aa).max(0.0)
    }

    /// κ ≥ 0 with σ = 0. Needs a point with more than one worker.
    fn coherency_alone(&self) -> f64 {
        (self.bc / self.bb).max(0.0)
    }

    /// σ ≥ 0 and κ ≥ 0. Needs points with two different counts of more than one worker.
    ///
    /// If the free minimum has a negative part, the constrained one lies on the edge (Lawson &
    /// Hanson, *Solving Least Squares Problems*, ch. 23).
    fn both(&self) -> (f64, f64) {
        let determinant = self.aa * self.bb - self.ab * self.ab;
        let free = (
            (self.ac * self.bb - self.bc * self.ab) / determinant,
            (self.bc * self.aa - self.ac * self.ab) / determinant,
        );
        let possible = free.0 >= 0.0 && free.1 >= 0.0 && self.loss(free).is_finite();
        let edges = [(self.contention_alone(), 0.0), (0.0, self.coherency_alone())];
        // The edges compete with a free minimum too: a determinant near zero is mostly rounding.
        possible
            .then_some(free)
            .into_iter()
            .chain(edges)
            .fold(edges[0], |best, fit| if self.loss(fit) < self.loss(best) { fit } else { best })
    }

    /// The sum of squares, less a constant.
    fn loss(&self, (contention, coherency): (f64, f64)) -> f64 {
        let squares = contention * contention * self.aa + coherency * coherency * self.bb;
        let products =
            contention * coherency * self.ab - contention * self.ac - coherency * self.bc;
        squares + 2.0 * products
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fastrand::Rng;
    use proptest::prelude::{prop_assert, proptest};

    const WORKERS: [f64; 6] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0];

    /// Costs that follow the law, give or take `noise`.
    fn costs(rng: &mut Rng, contention: f64, coherency: f64, noise: f64) -> [(f64, f64); 6] {
        WORKERS.map(|workers| {
            let noise = 1.0 + noise * (2.0 * rng.f64() - 1.0);
            (workers, 70.0 * noise / law(contention, coherency, workers))
        })
    }

    #[test]
    fn exact_laws_are_found() {
        let mut rng = Rng::with_seed(1);
        // Amdahl's: a tenth is serial, so 10 workers are 10 ÷ 1.9 times as fast.
        assert!((law(0.1, 0.0, 10.0) - 1.0 / (0.1 + 0.9 / 10.0)).abs() < 1e-12);
        let found = speed_up(&costs(&mut rng, 0.1, 0.0, 0.0)).unwrap();
        let (amdahl, universal) = (found.amdahl.unwrap(), found.universal.unwrap());
        assert!((amdahl.serial - 0.1).abs() < 1e-9);
        assert!((amdahl.at(10.0) - 10.0 / 1.9).abs() < 1e-9);
        assert!((universal.contention - 0.1).abs() < 1e-9 && universal.coherency < 1e-9);
        assert!((found.points[1].1 - 2.0 / 1.1).abs() < 1e-9);
        assert!(amdahl.residuals.iter().all(|(_, residual)| residual.abs() < 1e-9));

        let found = speed_up(&costs(&mut rng, 0.03, 0.002, 0.0)).unwrap();
        let universal = found.universal.unwrap();
        assert!((universal.contention - 0.03).abs() < 1e-9, "{universal:?}");
        assert!((universal.coherency - 0.002).abs() < 1e-9, "{universal:?}");
        assert!((universal.at(4.0) - 4.0 / (1.0 + 0.09 + 0.024)).abs() < 1e-9);
        let misses = found.amdahl.unwrap().residuals;
        assert!(misses.iter().any(|(_, residual)| residual.abs() > 0.05), "{misses:?}");
    }

    #[test]
    fn noise_moves_the_fit_a_little() {
        let mut rng = Rng::with_seed(2);
        let found = speed_up(&costs(&mut rng, 0.05, 0.001, 0.02)).unwrap().universal.unwrap();
        assert!((found.contention - 0.05).abs() < 0.02, "{found:?}");
        assert!((found.coherency - 0.001).abs() < 0.0005, "{found:?}");
        assert!(found.residuals.iter().all(|(_, residual)| residual.abs() < 0.06), "{found:?}");
    }

    #[test]
    fn no_loss_is_ever_negative() {
        // Faster than the workers can explain.
        let super_linear = WORKERS.map(|w| (w, 1.0 / w.powf(1.1)));
        let found = speed_up(&super_linear).unwrap();
        assert!(found.amdahl.unwrap().serial.abs() < 1e-15);
        let universal = found.universal.unwrap();
        assert!(universal.contention.abs() < 1e-15 && universal.coherency.abs() < 1e-15);
        // More workers only harm: all of it is serial.
        let found = speed_up(&WORKERS.map(|w| (w, w))).unwrap();
        assert!((found.amdahl.unwrap().serial - 1.0).abs() < 1e-15);
    }

    #[test]
    fn too_few_points_have_no_law() {
        assert_eq!(speed_up(&[]), None);
        assert_eq!(speed_up(&[(2.0, 1.0), (4.0, 0.5), (8.0, 0.3)]), None);
        assert_eq!(speed_up(&[(1.0, 0.0), (2.0, 1.0)]), None);
        let one = speed_up(&[(1.0, 2.0), (0.0, 1.0), (2.0, f64::NAN)]).unwrap();
        assert_eq!((one.points.len(), one.amdahl, one.universal), (1, None, None));
        let two = speed_up(&[(1.0, 2.0), (2.0, 1.25)]).unwrap();
        assert!((two.amdahl.unwrap().serial - 0.25).abs() < 1e-12);
        assert_eq!(two.universal, None);
    }

    proptest! {
        #[test]
        fn nothing_nearby_fits_better(
            costs in proptest::array::uniform4(0.05..2.0_f64), steps in proptest::array::uniform2(-1.0..1.0_f64)
        ) {
            let points = [(1.0, 1.0), (2.0, costs[0]), (4.0, costs[1]), (8.0, costs[2]), (8.0, costs[3])];
            let found = speed_up(&points).unwrap();
            let squares = |contention: f64, coherency: f64| -> f64 {
                let error = |(w, s): &(f64, f64)| (s / law(contention, coherency, *w) - 1.0).powi(2);
                found.points.iter().map(error).sum()
            };
            let fit = found.universal.as_ref().unwrap();
            prop_assert!(fit.contention >= 0.0 && fit.coherency >= 0.0);
            let best = squares(fit.contention, fit.coherency);
            let near = squares(
                (fit.contention + 0.01 * steps[0]).max(0.0),
                (fit.coherency + 0.01 * steps[1]).max(0.0),
            );
            prop_assert!(best <= near * (1.0 + 1e-9) + 1e-12, "{best} {near}");
        }
    }
}
