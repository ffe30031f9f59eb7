//! Synchronizations that a signal stops.

use caspio::bulk::{StopSignal, SyncCounts};
use caspio::{Error, ErrorKind};
use caspio_emulator::Faults;
use caspio_tests::items::{Item, items, items_env};
use caspio_tests::on_every_version;
use std::sync::{Arc, Mutex};
use std::time::Duration;

on_every_version! {
    async fn a_stopped_sync_finishes_its_calls_and_reports_every_row(version) {
        let env = items_env(version).await;
        env.emulator.set_faults(Faults::none().latency(Duration::from_millis(60)));
        let rows = items(8000);
        let signal = StopSignal::new();
        let sync = env.caspio.table::<Item>().sync_many(|i| i.code, &rows);
        let sync = tokio::spawn(sync.concurrency(1).stop_by(&signal));
        while env.emulator.count("Items").expect("a count") == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        signal.stop();

        let report = sync.await.expect("no panic").expect("a report");

        let there = env.emulator.count("Items").expect("a count");
        assert_eq!(report.inserted, there, "{} rows failed", report.failed().len());
        assert!(there <= 3000, "{there} records after a stop");
        assert_eq!(there + report.failed().len() as u64, 8000);
        for failure in report.failed() {
            let error = &failure.error;
            assert_eq!((error.kind(), error.maybe_applied()), (ErrorKind::Cancelled, false), "{error}");
        }
        env.emulator.set_faults(Faults::none());
        let again = env.caspio.table::<Item>().sync_many(|i| i.code, &rows).await.expect("a report");
        assert_eq!((again.inserted, again.unchanged), (8000 - there, there));
    }

    async fn a_sync_that_is_stopped_before_it_writes_fails(version) {
        let env = items_env(version).await;
        let signal = StopSignal::new();
        signal.stop();

        let sync = env.caspio.table::<Item>().sync_many(|i| i.code, items(10)).stop_by(&signal);

        let error = sync.await.expect_err("stopped");
        assert_eq!((error.kind(), error.maybe_applied()), (ErrorKind::Cancelled, false), "{error}");
        assert_eq!(env.emulator.count("Items").expect("a count"), 0);
    }

    async fn a_stopped_sync_neither_updates_nor_deletes_what_is_left(version) {
        let env = items_env(version).await;
        let table = env.caspio.table::<Item>();
        table.insert_many(items(400)).await.expect("a report").into_result().expect("every row");
        env.emulator.set_faults(Faults::none().latency(Duration::from_millis(40)));
        let mut rows = items(300);
        for (at, row) in rows.iter_mut().enumerate() {
            row.status = Some(format!("other {at}"));
        }
        let signal = StopSignal::new();
        let sync = table.replace_all(|i| i.code, &rows).concurrency(1).stop_by(&signal);
        let sync = tokio::spawn(sync);
        let updates = || {
            let calls = env.emulator.calls();
            let updates = calls.iter().filter(|(operation, ..)| operation.starts_with("Update"));
            updates.map(|(.., count)| count).sum::<u64>()
        };
        while updates() == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        signal.stop();

        let report = sync.await.expect("no panic").expect("a report");

        assert!(report.updated >= 1 && report.updated <= 5, "{}", report.updated);
        assert_eq!((report.updated + report.failed().len() as u64, report.deleted), (300, 0));
        assert_eq!(report.held_back, 100);
        assert_eq!(env.emulator.count("Items").expect("a count"), 400);
    }

    async fn a_check_gets_the_counts_and_stops_a_sync_before_it_writes(version) {
        let env = items_env(version).await;
        let table = env.caspio.table::<Item>();
        table.insert_many(items(40)).await.expect("a report").into_result().expect("every row");
        let mut rows: Vec<_> = items(45).into_iter().skip(30).collect();
        rows[0].status = Some("other".to_owned());
        let counts = Arc::new(Mutex::new(None));
        let replace = |accepts: bool| {
            let counts = Arc::clone(&counts);
            table.replace_all(|i| i.code, &rows).check_first(move |all: &SyncCounts| {
                *counts.lock().expect("no panic") = Some(*all);
                match accepts {
                    true => Ok(()),
                    false => Err(Error::new(ErrorKind::Refused, "too many")),
                }
            })
        };

        let error = replace(false).await.expect_err("refused");

        assert_eq!(error.kind(), ErrorKind::Refused);
        assert!(error.to_string().contains("too many"), "{error}");
        let seen = counts.lock().expect("no panic").take().expect("a check");
        assert_eq!((seen.inserted, seen.updated, seen.unchanged, seen.deleted), (5, 1, 9, 30));
        assert_eq!(seen.records(), 40);
        assert_eq!(table.filter(|i| i.status.eq("other")).count().await.expect("a count"), 0);
        assert_eq!(env.emulator.count("Items").expect("a count"), 40);

        let dry = replace(false).dry_run().await.expect("a dry run checks nothing");
        assert_eq!(dry.deleted, 30);
        let report = replace(true).await.expect("a report");
        assert_eq!((report.inserted, report.updated, report.unchanged, report.deleted), (5, 1, 9, 30));
    }
}
