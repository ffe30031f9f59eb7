//! How full pages are planned where keys have gaps.

/// A page with more records than planned takes a second call; one with fewer is not full. So the better the numbers
/// of records were estimated, the fuller pages are planned.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fill {
    /// The variance of the numbers of records, as fractions of a page.
    variance: f64,
}

/// The bounds of how full a page is planned to be.
const BOUNDS: (f64, f64) = (0.90, 0.998);
/// The initial standard deviation: that of keys from which records were deleted at random.
const AT_FIRST: f64 = 0.03;
/// How many standard deviations are left free: with a normal distribution, one page in a hundred takes a second call.
const DEVIATIONS: f64 = 2.3;
/// The weight of the last page.
const LAST: f64 = 0.12;
/// The greatest deviation that is taken as it is, and the greatest that can be chance; a greater one shows that keys
/// are in use more or less densely from there on.
const GREATEST: (f64, f64) = (0.10, 0.25);

impl Fill {
    pub(super) fn at_first() -> Self {
        Self {
            variance: AT_FIRST * AT_FIRST,
        }
    }

    pub(super) fn fraction(self) -> f64 {
        let free = DEVIATIONS * self.variance.sqrt();
        (1.0 - free).clamp(BOUNDS.0, BOUNDS.1)
    }

    /// Records how many records more or less than expected a page had, as a fraction of a page.
    pub(super) fn record(&mut self, deviation: f64) {
        let deviation = deviation.abs();
        if deviation <= GREATEST.1 {
            let square = deviation.min(GREATEST.0).powi(2);
            self.variance += LAST * (square - self.variance);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_as_full_as_expected_are_planned_fuller() {
        let mut fill = Fill::at_first();
        let first = fill.fraction();

        (0..60).for_each(|_| fill.record(0.001));

        assert!(first < 0.94 && fill.fraction() > 0.99);
    }

    #[test]
    fn uncertain_pages_are_planned_less_full_but_a_sudden_change_does_not_count() {
        let mut fill = Fill::at_first();

        (0..9).for_each(|_| fill.record(-0.08));
        let uncertain = fill.fraction();
        fill.record(7.0);

        assert!((BOUNDS.0..0.91).contains(&uncertain));
        assert_eq!(fill.fraction(), uncertain);
    }
}
