//! How figures are measured and printed.

use std::time::{Duration, Instant};

/// What a figure is to reach.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Goal {
    AtLeast(f64),
    AtMost(f64),
}

/// Prints a figure with its goal.
pub(crate) fn figure(name: &str, value: f64, unit: &str, goal: Goal) {
    let (sign, goal) = match goal {
        Goal::AtLeast(goal) => (">=", goal),
        Goal::AtMost(goal) => ("<=", goal),
    };
    println!("figure {name} {value:.3} {unit} goal {sign} {goal}");
}

/// How long a piece of work takes.
pub(crate) fn time<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = Instant::now();
    let result = work();
    (start.elapsed(), result)
}

/// The middle of the ratios of two pieces of work, done in turn so that a drifting machine moves both.
pub(crate) fn median_ratio(
    rounds: usize,
    mut one: impl FnMut() -> Duration,
    mut other: impl FnMut() -> Duration,
) -> f64 {
    let mut ratios: Vec<f64> = (0..rounds)
        .map(|_| other().as_secs_f64() / one().as_secs_f64())
        .collect();
    ratios.sort_by(f64::total_cmp);
    ratios[rounds / 2]
}
