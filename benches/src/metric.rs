//! Measuring and printing metrics.

use std::time::{Duration, Instant};

/// The value that a metric has to reach.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Target {
    AtLeast(f64),
    AtMost(f64),
}

/// Prints a metric with its target.
pub(crate) fn metric(name: &str, value: f64, unit: &str, target: Target) {
    let (sign, target) = match target {
        Target::AtLeast(target) => (">=", target),
        Target::AtMost(target) => ("<=", target),
    };
    println!("figure {name} {value:.3} {unit} goal {sign} {target}");
}

/// Runs a piece of work and returns how long it took.
pub(crate) fn time<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = Instant::now();
    let result = work();
    (start.elapsed(), result)
}

/// Returns the median of the ratios of two pieces of work, done in turn so that a change of the machine's speed
/// affects both.
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
