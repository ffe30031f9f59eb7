//! Dates and times of the crates `chrono` and `time`, by the same rules as the SDK's own.

use caspio::prelude::*;
use caspio::{ApiVersion, CaspioInsert, ErrorKind, Patch};
use caspio_emulator::{DataType, Emulator, FieldDef, TableDef};
use caspio_tests::{TestEnv, on_every_version};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use serde_json::json;
use time::{Month, PrimitiveDateTime};

#[derive(Clone, Debug, PartialEq, CaspioTable)]
#[caspio(table = "Visits")]
struct OfChrono {
    #[caspio(pk)]
    pk_id: i64,
    at: NaiveDateTime,
    day: Option<NaiveDate>,
    days: List<NaiveDate>,
}

#[derive(Clone, Debug, CaspioInsert)]
#[caspio(table = OfChrono)]
struct NewOfChrono {
    at: NaiveDateTime,
    day: Patch<NaiveDate>,
    days: List<NaiveDate>,
}

#[derive(Clone, Debug, PartialEq, CaspioTable)]
#[caspio(table = "Visits")]
struct OfTime {
    #[caspio(pk)]
    pk_id: i64,
    at: PrimitiveDateTime,
    day: Option<time::Date>,
    days: List<time::Date>,
}

#[derive(Clone, Debug, CaspioInsert)]
#[caspio(table = OfTime)]
struct NewOfTime {
    at: PrimitiveDateTime,
    day: Option<time::Date>,
    days: List<time::Date>,
}

/// The same records, as the SDK's own types.
#[derive(Debug, CaspioTable)]
#[caspio(table = "Visits")]
struct Own {
    #[caspio(pk)]
    pk_id: i64,
    at: DateTime,
    day: Option<Date>,
}

/// A visit's time in a type of the program's own.
#[derive(Clone, Copy, Debug, PartialEq, CaspioValue)]
struct Moment(NaiveDateTime);

async fn visits(version: ApiVersion) -> TestEnv {
    let env = TestEnv::with(Emulator::builder().empty())
        .version(version)
        .await;
    let table = TableDef::new("Visits")
        .field(FieldDef::new("At", DataType::DateTime))
        .field(FieldDef::new("Day", DataType::DateTime))
        .field(FieldDef::new("Days", DataType::ListDateTime).list(["2024-02-29T00:00:00"]));
    env.emulator.create_table(table).expect("a table");
    env
}

/// A day, and the milliseconds after its beginning: written, and as they are stored.
const MOMENTS: [(i32, u32, u32, i64, i64); 6] = [
    (1753, 1, 1, 0, 0),
    (2024, 2, 29, 34_200_000, 34_200_000),
    (2024, 2, 29, 34_200_001, 34_200_000),
    (2024, 12, 31, 86_399_999, 86_399_997),
    (9999, 12, 31, 86_399_999, 86_399_997),
    (1899, 12, 30, 1_002, 1_003),
];

fn chrono_at(year: i32, month: u32, day: u32, milliseconds: i64) -> NaiveDateTime {
    let date = NaiveDate::from_ymd_opt(year, month, day).expect("a date");
    date.and_time(NaiveTime::MIN) + TimeDelta::milliseconds(milliseconds)
}

fn time_date(year: i32, month: u32, day: u32) -> time::Date {
    let month = u8::try_from(month)
        .ok()
        .and_then(|month| Month::try_from(month).ok());
    let day = u8::try_from(day).expect("a day");
    time::Date::from_calendar_date(year, month.expect("a month"), day).expect("a date")
}

fn time_at(year: i32, month: u32, day: u32, milliseconds: i64) -> PrimitiveDateTime {
    let midnight = time_date(year, month, day).midnight();
    midnight + time::Duration::milliseconds(milliseconds)
}

on_every_version! {
    async fn moments_are_written_in_steps_and_read_as_they_are_stored(version) {
        let env = visits(version).await;
        let (of_chrono, of_time) = (env.caspio.table::<OfChrono>(), env.caspio.table::<OfTime>());
        for (year, month, day, written, stored) in MOMENTS {
            let date = NaiveDate::from_ymd_opt(year, month, day).expect("a date");
            let new = NewOfChrono {
                at: chrono_at(year, month, day, written),
                day: date.into(),
                days: List::new(),
            };
            let one = of_chrono.insert(&new).await.expect("an insert");
            let new = NewOfTime {
                at: time_at(year, month, day, written),
                day: Some(time_date(year, month, day)),
                days: List::new(),
            };
            let other = of_time.insert(&new).await.expect("an insert");

            for key in [one, other] {
                let read = of_chrono.get(key).await.expect("a read").expect("the record");
                assert_eq!((read.at, read.day), (chrono_at(year, month, day, stored), Some(date)));
                let read = of_time.get(key).await.expect("a read").expect("the record");
                assert_eq!(read.at, time_at(year, month, day, stored));
                assert_eq!(read.day, Some(time_date(year, month, day)));
            }
            let found = of_chrono.filter(|v| v.at.eq(chrono_at(year, month, day, stored))).count();
            assert!(found.await.expect("a count") >= 2, "{year}-{month}-{day}");
        }
    }

    async fn a_day_is_compared_with_all_its_times(version) {
        let env = visits(version).await;
        for at in ["2024-01-01T23:59:59", "2024-01-02T00:00:00", "2024-01-02T10:00:00", "2024-01-03T00:00:00"] {
            let record = json!({ "At": at, "Day": "2024-01-02T00:00:00" });
            env.emulator.insert("Visits", record).expect("a record");
        }
        let (of_chrono, of_time) = (env.caspio.table::<OfChrono>(), env.caspio.table::<OfTime>());
        let one = NaiveDate::from_ymd_opt(2024, 1, 2).expect("a date");
        let other = time_date(2024, 1, 2);

        let chrono_filters = [
            (OfChrono::COLUMNS.at.eq(one), 2),
            (OfChrono::COLUMNS.at.le(one), 3),
            (OfChrono::COLUMNS.at.in_([one]), 2),
            (OfChrono::COLUMNS.at.gt(chrono_at(2024, 1, 2, 36_000_000)), 1),
            (OfChrono::COLUMNS.at.since(TimeDelta::days(-3_650)), 4),
            (OfChrono::COLUMNS.day.eq(one), 4),
        ];
        for (filter, count) in chrono_filters {
            let sql = filter.to_sql();
            assert_eq!(of_chrono.filter(|_| filter).count().await.expect("a count"), count, "{sql}");
        }
        let time_filters = [
            (OfTime::COLUMNS.at.eq(other), 2),
            (OfTime::COLUMNS.at.le(other), 3),
            (OfTime::COLUMNS.at.not_in([other]), 2),
            (OfTime::COLUMNS.at.gt(time_at(2024, 1, 2, 36_000_000)), 1),
            (OfTime::COLUMNS.at.since(time::Duration::days(3_650)), 4),
            (OfTime::COLUMNS.day.eq(other), 4),
        ];
        for (filter, count) in time_filters {
            let sql = filter.to_sql();
            assert_eq!(of_time.filter(|_| filter).count().await.expect("a count"), count, "{sql}");
        }
        let raw = of_chrono.filter_raw("At > ? AND At < ?", (chrono_at(2024, 1, 2, 1), time_at(2024, 1, 3, 0)));
        assert_eq!(raw.count().await.expect("a count"), 1);
        let latest = of_chrono.query().max(|v| v.at).await.expect("a maximum");
        assert_eq!(latest, Some(chrono_at(2024, 1, 3, 0)));
        let own = env.caspio.table::<Own>().collect().await.expect("the records");
        assert_eq!(own.len(), 4);
    }

    async fn values_of_a_list_are_dates(version) {
        let env = visits(version).await;
        let day = NaiveDate::from_ymd_opt(2024, 2, 29).expect("a date");
        let new = NewOfChrono { at: chrono_at(2024, 1, 1, 0), day: Patch::Null, days: List::from([day]) };

        let key = env.caspio.table::<OfChrono>().insert(&new).await.expect("an insert");

        let read = env.caspio.table::<OfChrono>().get(key).await.expect("a read").expect("the record");
        assert_eq!((read.day, &*read.days), (None, &[day][..]));
        let read = env.caspio.table::<OfTime>().get(key).await.expect("a read").expect("the record");
        assert_eq!(&*read.days, &[time_date(2024, 2, 29)][..]);
    }

    async fn years_that_caspio_does_not_have_are_refused(version) {
        let env = visits(version).await;
        let visits = env.caspio.table::<OfChrono>();
        env.emulator.reset_calls();
        for at in [
            chrono_at(1752, 12, 31, 0),
            chrono_at(-1, 1, 1, 0),
            chrono_at(10_000, 1, 1, 0),
            chrono_at(200_000, 1, 1, 0),
            NaiveDateTime::MIN,
            NaiveDateTime::MAX,
        ] {
            let new = NewOfChrono { at, day: Patch::Absent, days: List::new() };
            let error = visits.insert(&new).await.expect_err("not a date of Caspio's");
            assert_eq!((error.kind(), error.field()), (ErrorKind::Refused, Some("At")), "{at}");
            assert!(error.to_string().contains("Caspio's dates begin in 1753"), "{error}");
            for filter in [
                OfChrono::COLUMNS.at.lt(at),
                OfChrono::COLUMNS.at.eq(at.date()),
                OfChrono::COLUMNS.at.in_([at.date()]),
            ] {
                let error = visits.filter(|_| filter).count().await.expect_err("refused");
                assert_eq!(error.kind(), ErrorKind::Refused, "{at}");
            }
        }
        assert_eq!(env.emulator.calls().total(), 0);
    }

    async fn a_leap_second_is_the_end_of_the_second_before(version) {
        let env = visits(version).await;
        let visits = env.caspio.table::<OfChrono>();
        let leap = NaiveTime::from_hms_milli_opt(23, 59, 59, 1_500).expect("a leap second");
        let date = NaiveDate::from_ymd_opt(2016, 12, 31).expect("a date");
        let new = NewOfChrono { at: date.and_time(leap), day: Patch::Absent, days: List::new() };

        let key = visits.insert(&new).await.expect("an insert");

        let read = visits.get(key).await.expect("a read").expect("the record");
        assert_eq!(read.at, chrono_at(2016, 12, 31, 86_399_997));
    }

    async fn a_time_of_day_and_a_zone_are_errors_of_a_type_that_has_none(version) {
        let env = visits(version).await;
        let record = json!({ "At": "2024-01-02T10:00:00", "Day": "2024-01-02T10:00:00" });
        env.emulator.insert("Visits", record).expect("a record");

        let error = env.caspio.table::<OfChrono>().collect().await.expect_err("a time of day");
        let hint = error.hint().unwrap_or_default().to_owned();
        assert!(hint.contains("use `NaiveDateTime`"), "{hint}");
        let error = env.caspio.table::<OfTime>().collect().await.expect_err("a time of day");
        let hint = error.hint().unwrap_or_default().to_owned();
        assert!(hint.contains("use `PrimitiveDateTime`"), "{hint}");

        let read = |at: &str| {
            let map = RecordMap::from([("At", at)]);
            (map.get_as::<Moment>("At").is_ok(), map.get_as::<PrimitiveDateTime>("At").is_ok())
        };
        assert_eq!(read("2024-01-02T10:00:00.123"), (true, true));
        assert_eq!(read("2024-01-02T10:00:00Z"), (false, false));
        assert_eq!(read("2024-01-02T10:00:00+02:00"), (false, false));
        assert_eq!(read("01/02/2024"), (false, false));
    }
}
