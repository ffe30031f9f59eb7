//! Dates and times that a Date/Time does not store unchanged.

use caspio::prelude::*;
use caspio::{CaspioInsert, ErrorKind};
use caspio_emulator::{DataType, Emulator, FieldDef, TableDef};
use caspio_tests::{TestEnv, on_every_version};
use serde_json::json;

#[derive(Clone, Debug, CaspioTable)]
#[caspio(table = "Visits")]
struct Visit {
    #[caspio(pk)]
    pk_id: i64,
    at: Option<DateTime>,
}

#[derive(Clone, Debug, CaspioInsert)]
#[caspio(table = Visit)]
struct NewVisit {
    at: Option<DateTime>,
}

async fn visits(version: caspio::ApiVersion) -> TestEnv {
    let env = TestEnv::with(Emulator::builder().empty())
        .version(version)
        .await;
    let table = TableDef::new("Visits").field(FieldDef::new("At", DataType::DateTime).unique());
    env.emulator.create_table(table).expect("a table");
    env
}

on_every_version! {
    async fn the_last_moment_of_a_day_stays_on_its_day(version) {
        let env = visits(version).await;
        let visits = env.caspio.table::<Visit>();
        let table = env.caspio.table_named("Visits");
        let day = |day: i8| date!("2024-01-01").with().day(day).build().expect("a date");
        let last = |at: i8| Some(day(at).at(0, 0, 0, 0).end_of_day());

        let id = visits.insert(&NewVisit { at: last(1) }).unique_by(|v| v.at).await.expect("an insert");
        let other = visits.insert(&NewVisit { at: None }).await.expect("an insert");
        visits.update(other).set(|v| v.at.to(datetime!("2024-01-02T23:59:59.999"))).await.expect("an update");
        let text = RecordMap::from([("At", "2024-01-03T23:59:59.9995")]);
        table.insert(&text).await.expect("an insert");
        let many = visits.insert_many([NewVisit { at: last(4) }]).unique_by(|v| v.at).await.expect("a report");
        assert_eq!(many.inserted, 1);
        let noon = NewVisit { at: Some(datetime!("2024-01-05T11:59:59.999")) };
        let noon = visits.insert(&noon).returning().await.expect("an insert");

        for on in 1..=4 {
            let found = visits.filter(|v| v.at.on(day(on))).collect().await.expect("the records");
            let step = day(on).at(23, 59, 59, 997_000_000);
            assert_eq!(found.iter().map(|v| v.at).collect::<Vec<_>>(), [Some(step)], "day {on}");
        }
        assert_eq!(noon.at, Some(datetime!("2024-01-05T12:00:00")), "SQL Server's step");
        let again = visits.sync_many(|v| v.at, [NewVisit { at: last(1) }]).await.expect("a report");
        assert_eq!((again.unchanged, again.changed()), (1, 0), "{again:?}");
        let before = visits.get(id).await.expect("a read").expect("a record");
        let calls = env.emulator.calls().total();
        let after = Visit { at: last(1), ..before.clone() };
        visits.save(&before, &after).await.expect("nothing to save");
        assert_eq!(env.emulator.calls().total(), calls);
    }

    async fn the_last_moment_of_a_day_stays_on_its_day_in_every_notation(version) {
        let env = visits(version).await;
        let days = [
            "2024-01-01T23:59:59,999",
            "20240102T235959.999",
            "20240103T235959,999",
            "20240104T23:59:59.9999",
            "2024-01-05T23:59:59.9985",
            " 1/6/2024 11:59:59.999 PM",
        ];
        for (index, text) in days.into_iter().enumerate() {
            // Half of the clients do not know the fields.
            let client = if index % 2 == 0 { env.new_client() } else { env.caspio.clone() };
            let table = client.table_named("Visits");
            let row = RecordMap::from([("At", text)]);

            let id = table.insert(&row).await.expect("an insert");

            let visit = env.caspio.table::<Visit>().get(id).await.expect("a read").expect("a record");
            let day = date!("2024-01-01").saturating_add(caspio::Span::new().days(index as i64));
            assert_eq!(visit.at, Some(day.at(23, 59, 59, 997_000_000)), "{text}");
        }
    }

    async fn a_date_is_sent_plainly_where_the_fields_are_known(version) {
        let env = visits(version).await;
        let table = env.caspio.table_named("Visits");
        table.fields().await.expect("the fields");
        for (text, at) in [
            ("20240101", datetime!("2024-01-01T00:00:00")),
            ("20240102T103000", datetime!("2024-01-02T10:30:00")),
            ("2024-01-03T10:30:00,25", datetime!("2024-01-03T10:30:00.250")),
            ("2024-01-04 10:30", datetime!("2024-01-04T10:30:00")),
            ("2024-01-05T10:30:00.0005", datetime!("2024-01-05T10:30:00")),
        ] {
            let id = table.insert(&RecordMap::from([("At", text)])).await.expect("an insert");

            let visit = env.caspio.table::<Visit>().get(id).await.expect("a read").expect("a record");
            assert_eq!(visit.at, Some(at), "{text}");
        }
    }

    async fn a_moment_equals_the_one_that_is_stored_for_it(version) {
        let env = visits(version).await;
        let visits = env.caspio.table::<Visit>();
        let last = datetime!("2024-01-01T23:59:59.999");
        let id = visits.insert(&NewVisit { at: Some(last) }).await.expect("an insert");
        let next = visits.insert(&NewVisit { at: Some(datetime!("2024-01-02T00:00:00")) }).await.expect("an insert");

        for (name, filter, found) in [
            ("eq", Visit::COLUMNS.at.eq(last), id),
            ("ne", Visit::COLUMNS.at.ne(last), next),
            ("in", Visit::COLUMNS.at.in_([last]), id),
            ("not in", Visit::COLUMNS.at.not_in([last]), next),
            ("a name", caspio::filter::column_named::<DateTime>("At").eq(last), id),
        ] {
            let records = visits.filter(|_| filter).collect().await.expect("the records");
            assert_eq!(records.iter().map(|v| v.pk_id).collect::<Vec<_>>(), [found], "{name}");
        }
        let written = Visit { pk_id: id, at: Some(last) };
        let moved = Visit { at: Some(datetime!("2024-01-05T12:00:00")), ..written.clone() };
        assert!(visits.save(&written, &moved).if_unchanged().await.expect("nobody changed it"));
    }

    async fn a_date_before_the_first_of_caspio_is_refused(version) {
        let env = visits(version).await;
        let visits = env.caspio.table::<Visit>();
        let first = NewVisit { at: Some(datetime!("1753-01-01T00:00:00")) };
        let id = visits.insert(&first).await.expect("the first date");
        let early = datetime!("1752-12-31T23:59:59");
        let map = RecordMap::from([("At", json!("1752-12-31"))]);
        let calls = env.emulator.calls().total();

        for error in [
            visits.insert(&NewVisit { at: Some(early) }).await.expect_err("refused"),
            visits.update(id).set(|v| v.at.to(early)).await.expect_err("refused"),
            visits.update(id).set(|v| v.at.to(datetime!("0001-01-01T00:00:00"))).await.expect_err("refused"),
        ] {
            assert_eq!((error.kind(), error.field()), (ErrorKind::Refused, Some("At")), "{error}");
            assert!(error.to_string().contains("1753"), "{error}");
        }
        assert_eq!(env.emulator.calls().total(), calls, "no column holds such a date");

        let table = env.caspio.table_named("Visits");
        let unknown = env.new_client().table_named("Visits").insert(&map).await.expect_err("invalid");
        assert_eq!(unknown.kind(), ErrorKind::Invalid, "{unknown}");
        table.fields().await.expect("the fields");
        let known = table.insert(&map).await.expect_err("refused");
        assert_eq!((known.kind(), known.field()), (ErrorKind::Refused, Some("At")), "{known}");
        env.emulator.insert("Visits", json!({ "At": "1752-12-31" })).expect_err("invalid");
    }
}
