//! How densely keys are in use.

/// A number of records in a number of keys.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Density {
    records: f64,
    keys: f64,
}

/// The weight of an earlier estimate after a page without records that contradicts it. After a full page it has no
/// weight.
const EARLIER: f64 = 0.1;
/// How many pages an estimate is based on, as long as they agree.
const PAGES: f64 = 3.0;
/// How many records more or fewer than expected can be chance, as a fraction of a page.
const CHANCE: f64 = 0.1;

impl Density {
    pub(super) fn new(records: u64, keys: u64) -> Self {
        Self {
            records: records as f64,
            keys: keys as f64,
        }
    }

    /// Returns the same density with the weight that an earlier estimate has after an empty page.
    pub(super) fn as_average(self, page: u16) -> Self {
        let weight = EARLIER * f64::from(page);
        Self {
            records: weight,
            keys: weight * self.keys / self.records.max(1.0),
        }
    }

    /// Returns the estimate after a call for `page` records that returned `records` of them, from `keys` keys.
    pub(super) fn after(self, records: usize, keys: u64, page: u16) -> Self {
        let (found, page) = (records as f64, f64::from(page));
        let fits = (found - self.expected(keys)).abs() <= CHANCE * page;
        let earlier = if fits {
            ((PAGES - 1.0) * page / self.records.max(1.0)).min(1.0)
        } else {
            EARLIER * (1.0 - found / page).max(0.0)
        };
        Self {
            records: found + earlier * self.records,
            keys: keys as f64 + earlier * self.keys,
        }
    }

    /// Returns how many records this many keys have.
    pub(super) fn expected(self, keys: u64) -> f64 {
        keys as f64 * (self.records / self.keys.max(1.0)).min(1.0)
    }

    /// Whether some keys are unused. Averages keep a trace of gaps that ended long before; it does not count.
    pub(super) fn has_gaps(self) -> bool {
        self.keys - self.records >= 0.5
    }

    /// Returns how many keys have a page of records.
    pub(super) fn width(self, page: u16) -> f64 {
        let page = f64::from(page);
        if self.has_gaps() {
            page * self.keys / self.records.max(f64::MIN_POSITIVE)
        } else {
            page
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_page_makes_the_next_segment_much_wider() {
        let density = Density::new(50_000, 100_000).as_average(1000);

        let after = density.after(0, 2_000, 1000);

        assert!(after.width(1000) > 10.0 * density.width(1000));
    }

    #[test]
    fn pages_that_differ_by_chance_are_averaged() {
        let density = Density::new(1000, 2000).after(960, 2000, 1000);

        assert_eq!(density, Density::new(1960, 4000));
    }

    #[test]
    fn a_full_page_of_another_density_replaces_the_estimate() {
        let density = Density::new(1000, 2000).after(1000, 50_000, 1000);

        assert_eq!(density, Density::new(1000, 50_000));
    }
}
