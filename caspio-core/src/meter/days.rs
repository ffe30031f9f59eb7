//! The billed calls by day.

use super::usage::{CallOutcome, UsageCount};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// The days that are kept: two billing periods of a month.
const KEPT_DAYS: usize = 62;

/// The tables whose calls of one day are counted by name. The names may come from outside the program.
const NAMED_TABLES: usize = 1_000;

/// The billed calls of the last days.
#[derive(Debug, Default)]
pub(super) struct Days(BTreeMap<Date, Day>);

/// The calls of one day by table, and those without a table.
#[derive(Debug, Default)]
struct Day {
    by_name: BTreeMap<String, Calls>,
    others: Calls,
}

type Calls = BTreeMap<(&'static str, CallOutcome), u64>;

impl Days {
    pub(super) fn add(
        &mut self,
        day: Date,
        operation: &'static str,
        table: Option<&str>,
        outcome: CallOutcome,
    ) {
        let calls = self.0.entry(day).or_default().of(table);
        *calls.entry((operation, outcome)).or_default() += 1;
        while self.0.len() > KEPT_DAYS {
            self.0.pop_first();
        }
    }

    pub(super) fn counts(&self) -> Vec<UsageCount> {
        let days = self.0.iter();
        days.flat_map(|(date, day)| day.counts(*date)).collect()
    }
}

impl Day {
    fn of(&mut self, table: Option<&str>) -> &mut Calls {
        let Some(table) = table else {
            return &mut self.others;
        };
        if !self.by_name.contains_key(table) {
            if self.by_name.len() >= NAMED_TABLES {
                return &mut self.others;
            }
            self.by_name.insert(table.to_owned(), Calls::new());
        }
        self.by_name.get_mut(table).unwrap_or(&mut self.others)
    }

    fn counts(&self, day: Date) -> impl Iterator<Item = UsageCount> {
        let named = self.by_name.iter();
        let named = named.map(|(table, calls)| (Some(table), calls));
        let all = std::iter::once((None, &self.others)).chain(named);
        all.flat_map(move |(table, calls)| {
            calls
                .iter()
                .map(move |((operation, outcome), calls)| UsageCount {
                    day,
                    operation,
                    table: table.cloned(),
                    outcome: *outcome,
                    calls: *calls,
                })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: Date = Date::constant(2026, 1, 31);
    const OK: CallOutcome = CallOutcome::Status(200);

    #[test]
    fn calls_are_counted_by_day_operation_table_and_outcome() {
        let mut days = Days::default();
        let next = FIRST.tomorrow().expect("a date");
        for (day, operation, table, outcome) in [
            (FIRST, "records.list", Some("Orders"), OK),
            (FIRST, "records.list", Some("Orders"), OK),
            (
                FIRST,
                "records.list",
                Some("Orders"),
                CallOutcome::Status(429),
            ),
            (FIRST, "records.list", Some("Contacts"), OK),
            (FIRST, "records.count", Some("Orders"), OK),
            (FIRST, "auth.token", None, CallOutcome::Unanswered),
            (next, "records.list", Some("Orders"), OK),
        ] {
            days.add(day, operation, table, outcome);
        }

        let counts: Vec<_> = days.counts().iter().map(ToString::to_string).collect();

        assert_eq!(
            counts,
            [
                "2026-01-31 auth.token: 1 unanswered",
                "2026-01-31 records.list Contacts: 1 with status 200",
                "2026-01-31 records.count Orders: 1 with status 200",
                "2026-01-31 records.list Orders: 2 with status 200",
                "2026-01-31 records.list Orders: 1 with status 429",
                "2026-02-01 records.list Orders: 1 with status 200",
            ]
        );
    }

    #[test]
    fn old_days_and_the_names_of_many_tables_are_not_kept() {
        let mut days = Days::default();
        let mut day = FIRST;
        for _ in 0..KEPT_DAYS + 3 {
            days.add(day, "records.list", Some("Orders"), OK);
            day = day.tomorrow().expect("a date");
        }
        assert_eq!(days.counts().len(), KEPT_DAYS);
        assert_eq!(days.counts()[0].day, Date::constant(2026, 2, 3));

        for number in 0..NAMED_TABLES + 5 {
            let name = format!("T{number}");
            days.add(day, "records.list", Some(&name), OK);
            days.add(day, "records.list", Some("T0"), OK);
        }
        let of_day = days.counts().into_iter().filter(|count| count.day == day);
        let of_day: Vec<_> = of_day.collect();
        assert_eq!(of_day.len(), NAMED_TABLES + 1);
        assert_eq!((of_day[0].table.as_deref(), of_day[0].calls), (None, 5));
        let total: u64 = of_day.iter().map(|count| count.calls).sum();
        assert_eq!(total, 2 * (NAMED_TABLES as u64 + 5));
    }
}
