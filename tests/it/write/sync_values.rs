//! Which values a sync treats as equal, by the type of the column.

use caspio::http_client::{Body, HttpError, HttpService};
use caspio::prelude::*;
use caspio::{ApiVersion, CaspioInsert, Client, Error, ErrorKind};
use caspio_emulator::{DataType, Emulator, FieldDef, TableDef};
use caspio_tests::items::{Item, items, items_env, items_env_with};
use caspio_tests::{TestEnv, on_every_version};
use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::{Value, json};
use std::sync::{Arc, OnceLock};

/// Starts an emulator with an empty table `T`: the key column, and others.
async fn table(version: ApiVersion, key: DataType, others: &[(&str, DataType)]) -> TestEnv {
    let env = TestEnv::with(Emulator::builder().empty())
        .version(version)
        .await;
    let table = TableDef::new("T").field(FieldDef::new("K", key));
    let table = others.iter().fold(table, |table, (name, data_type)| {
        let field = FieldDef::new(*name, data_type.clone());
        match data_type {
            DataType::ListText => table.field(field.list(["red", "blue"])),
            _ => table.field(field),
        }
    });
    env.emulator.create_table(table).expect("a table");
    env
}

fn rows(rows: &[Value]) -> Vec<RecordMap> {
    let rows = rows.iter().map(|row| {
        let columns = row.as_object().expect("an object");
        columns
            .iter()
            .map(|(name, value)| (name.as_str(), value.clone()))
            .collect()
    });
    rows.collect()
}

/// Synchronizes three times, and returns what the first run did: inserted, updated, unchanged. The others write
/// nothing.
async fn sync_thrice(env: &TestEnv, rows: &[RecordMap]) -> (u64, u64, u64) {
    let table = env.caspio.table_named("T");
    let mut first = None;
    for run in 1..=3 {
        let report = table.sync_many(|_| "K", rows).await.expect("a report");
        assert!(report.failed().is_empty(), "run {run}: {report:?}");
        let counts = (report.inserted, report.updated, report.unchanged);
        match first {
            None => first = Some(counts),
            Some(_) => assert_eq!(counts, (0, 0, rows.len() as u64), "run {run}"),
        }
    }
    first.expect("a first run")
}

#[derive(Clone, Debug, CaspioTable)]
#[caspio(table = "T")]
struct Keyed {
    #[caspio(pk)]
    pk_id: i64,
    #[caspio(rename = "K")]
    k: String,
    #[caspio(rename = "V")]
    v: Option<String>,
}

#[derive(Clone, Debug, CaspioInsert)]
#[caspio(table = Keyed)]
struct NewKeyed {
    k: String,
    v: Option<String>,
}

#[derive(Clone, Debug, CaspioTable)]
#[caspio(table = "T")]
struct Price {
    #[caspio(pk)]
    pk_id: i64,
    #[caspio(rename = "K")]
    k: Decimal,
    #[caspio(rename = "A")]
    a: Option<Decimal>,
}

#[derive(Clone, Debug, CaspioInsert)]
#[caspio(table = Price)]
struct NewPrice {
    k: Decimal,
    a: Option<Decimal>,
}

/// Compares `ß` as `ss` in conditions, as SQL Server does.
#[derive(Debug)]
struct Collation<S>(S);

impl<S: HttpService> HttpService for Collation<S> {
    fn call(
        &self,
        mut request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        if request.method() == "GET" {
            let uri = request.uri().to_string().replace("%C3%9F", "ss");
            *request.uri_mut() = uri.parse().expect("a URL");
        }
        self.0.call(request)
    }
}

/// Deletes records before the records are counted, as another program may.
#[derive(Debug)]
struct DeletesMeanwhile<S> {
    service: S,
    other: Arc<OnceLock<Client>>,
}

impl<S: HttpService> HttpService for DeletesMeanwhile<S> {
    fn call(
        &self,
        request: http::Request<Body>,
    ) -> BoxFuture<'_, Result<http::Response<Body>, HttpError>> {
        async move {
            let counts = request.uri().to_string().to_uppercase().contains("COUNT");
            if let Some(other) = self.other.get().filter(|_| counts) {
                let delete = other
                    .table_named("Items")
                    .delete_where_raw("PK_ID <= 900", ());
                delete.await.expect("a delete");
            }
            self.service.call(request).await
        }
        .boxed()
    }
}

fn assert_names_both(error: &Error, row: &str, record: &str) {
    assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
    let text = error.to_string();
    assert!(
        text.contains(row) && text.contains(record) && text.contains("PK_ID"),
        "{text}"
    );
    assert!(!error.maybe_applied());
}

on_every_version! {
    async fn a_row_brings_an_amount_for_a_record_without_one(version) {
        let env = table(version, DataType::Text255, &[("C", DataType::Currency)]).await;
        env.emulator.insert("T", json!({ "K": "a" })).expect("a record");

        let counts = sync_thrice(&env, &rows(&[json!({ "K": "a", "C": 2.5 })])).await;

        assert_eq!(counts, (0, 1, 0));
    }

    async fn values_that_read_back_differently_are_written_once(version) {
        let columns = [
            ("Text", DataType::Text255),
            ("Seen", DataType::DateTime),
            ("Yes", DataType::YesNo),
            ("Tags", DataType::ListText),
            ("Num", DataType::Number),
            ("Int", DataType::Integer),
            ("Amount", DataType::Currency),
        ];
        let env = table(version, DataType::Text255, &columns).await;
        let all = rows(&[
            json!({ "K": "a", "Text": null, "Yes": null, "Tags": [], "Num": null, "Int": null, "Amount": null, "Seen": null }),
            json!({ "K": "b", "Text": "", "Yes": false, "Tags": ["red"], "Num": 7.0, "Int": 5, "Amount": 2.50 }),
            json!({ "K": "c", "Seen": "1/24/2022 8:30:51 PM", "Num": 1e300, "Yes": 1 }),
            json!({ "K": "d", "Seen": "2022-01-24 20:30:51" }),
            json!({ "K": "e", "Seen": "2022-01-24", "Num": -0.0 }),
        ]);

        let counts = sync_thrice(&env, &all).await;

        assert_eq!(counts, (5, 0, 0));
    }

    async fn dates_are_equal_in_steps_of_a_three_hundredth_second(version) {
        let env = table(version, DataType::Text255, &[("Seen", DataType::DateTime)]).await;
        let stored = [("a", "51.000"), ("b", "51.607"), ("c", "52.000"), ("d", "51.003")];
        for (key, second) in stored {
            let record = json!({ "K": key, "Seen": format!("2022-01-24T20:30:{second}") });
            env.emulator.insert("T", record).expect("a record");
        }
        let sent = [("a", "51.001"), ("b", "51.605"), ("c", "51.999"), ("d", "51.005")];
        let sent = sent.map(|(key, second)| json!({ "K": key, "Seen": format!("2022-01-24T20:30:{second}") }));

        let counts = sync_thrice(&env, &rows(&sent)).await;

        // .005 is stored as .007.
        assert_eq!(counts, (0, 1, 3));
    }

    async fn date_keys_are_found_in_every_notation(version) {
        let env = table(version, DataType::DateTime, &[]).await;
        for day in ["2022-01-24T00:00:00", "2022-01-25T14:07:09", "2022-01-26T10:00:23"] {
            env.emulator.insert("T", json!({ "K": day })).expect("a record");
        }
        let keys = ["2022-01-24", "1/25/2022 2:07:09 PM", "2022-01-26 10:00:23 ", "01/27/2022"];

        let counts = sync_thrice(&env, &rows(&keys.map(|day| json!({ "K": day })))).await;

        assert_eq!(counts, (1, 0, 3));
    }

    async fn number_keys_may_exceed_every_decimal(version) {
        let env = table(version, DataType::Number, &[]).await;
        let keys = [json!(1e30), json!(1e-30), json!(9_007_199_254_740_992_i64), json!(-0.0)];

        let counts = sync_thrice(&env, &rows(&keys.map(|key| json!({ "K": key })))).await;

        assert_eq!(counts, (4, 0, 0));
    }

    async fn amounts_with_more_than_four_places_are_refused_whatever_the_record_holds(version) {
        let env = table(version, DataType::Currency, &[("A", DataType::Currency)]).await;
        for key in [1.0, 2.5] {
            env.emulator.insert("T", json!({ "K": key, "A": key })).expect("a record");
        }
        let prices = [(dec!(1.00003), dec!(1.00004)), (dec!(2.49998), dec!(2.49999))];
        let prices = prices.map(|(k, a)| NewPrice { k, a: Some(a) });

        for _ in 0..2 {
            let report = env.caspio.table::<Price>().sync_many(|p| p.k, &prices).await.expect("a report");
            assert_eq!((report.unchanged, report.failed().len()), (0, 2), "{report:?}");
            assert!(report.failed().iter().all(|failed| failed.error.kind() == ErrorKind::Refused), "{report:?}");
        }
    }

    async fn text_keys_that_look_like_dates_are_text(version) {
        let env = table(version, DataType::Text255, &[("V", DataType::Text255)]).await;
        for key in ["2022-01-24T10:00:23", "2024-01-02T10:00:00"] {
            env.emulator.insert("T", json!({ "K": key, "V": "old" })).expect("a record");
        }
        let keys = ["2022-01-24T10:00:23 ", "2024-01-02T10:00:00.0"];
        let typed = keys.map(|k| NewKeyed { k: k.to_owned(), v: Some("old".to_owned()) });

        // The first is spelled with a blank, which does not count; the second is another text.
        let report = env.caspio.table::<Keyed>().sync_many(|k| k.k, &typed).await.expect("a report");
        assert_eq!((report.inserted, report.updated), (1, 1), "{report:?}");
        let report = env.caspio.table::<Keyed>().replace_all(|k| k.k, &typed).await.expect("a report");
        assert_eq!((report.inserted, report.updated, report.unchanged, report.deleted), (0, 0, 2, 1));
        let untyped = rows(&keys.map(|key| json!({ "K": key, "V": "old" })));
        assert_eq!(sync_thrice(&env, &untyped).await, (0, 0, 2));
    }

    async fn a_row_with_a_column_in_two_spellings_is_refused(version) {
        let env = table(version, DataType::Text255, &[("City", DataType::Text255)]).await;
        let row = RecordMap::from([("K", json!("a")), ("City", json!("Rome")), ("CITY", json!("Oslo"))]);
        let table = env.caspio.table_named("T");

        let sync = table.sync_many(|_| "K", [&row]).await.expect_err("two spellings");
        let insert = table.insert(&row).await.expect_err("two spellings");
        let many = table.insert_many([&row]).await.expect("a report").into_result().expect_err("two spellings");
        let key = env.emulator.insert("T", json!({ "K": "b" })).expect("a record");
        let update = table.update(key).set_row(&row).await.expect_err("two spellings");
        let updates = table.update_many([(key, &row)]).await.expect("a report").into_result().expect_err("two spellings");

        for error in [sync, insert, many, update, updates] {
            assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
            let text = error.to_string();
            assert!(text.contains("City") && text.contains("CITY"), "{text}");
        }
        assert_eq!(env.emulator.count("T").expect("a count"), 1);
    }

    async fn a_key_that_only_the_service_takes_for_equal_is_an_error(version) {
        let env = items_env_with(version, Collation).await;
        env.emulator.insert("Items", json!({ "Code": "strasse" })).expect("a record");
        let mut rows = items(3);
        rows[1].code = "Straße".to_owned();
        let table = env.caspio.table::<Item>();

        let sync = table.sync_many(|i| i.code, &rows).await.expect_err("equal for the service");
        assert_names_both(&sync, "Straße", "strasse");
        let replace = table.replace_all(|i| i.code, &rows).await.expect_err("equal for the service");
        assert_names_both(&replace, "row 1", "strasse");
        let mut rows = items(900);
        rows[700].code = "Straße".to_owned();
        let read = table.sync_many(|i| i.code, &rows).await.expect_err("equal for the service");
        assert_names_both(&read, "row 700", "strasse");
        assert_eq!(env.emulator.count("Items").expect("a count"), 1);
    }

    async fn keys_that_are_only_similar_are_different(version) {
        let env = items_env(version).await;
        env.emulator.insert("Items", json!({ "Code": "co-op" })).expect("a record");
        let mut rows = items(2);
        rows[0].code = "coop".to_owned();

        let report = env.caspio.table::<Item>().replace_all(|i| i.code, &rows).await.expect("a report");

        assert_eq!((report.inserted, report.deleted), (2, 1));
    }

    async fn records_that_are_deleted_during_a_read_repeat_no_other(version) {
        let other = Arc::<OnceLock<Client>>::default();
        let handed = Arc::clone(&other);
        let env = items_env_with(version, |service| DeletesMeanwhile { service, other: handed }).await;
        let all = items(2600);
        env.caspio.table::<Item>().insert_many(&all).await.expect("a report").into_result().expect("every row");
        assert!(other.set(env.new_client()).is_ok());

        let report = env.caspio.table::<Item>().sync_many(|i| i.code, &all[2400..]).await.expect("a report");

        assert_eq!((report.inserted, report.unchanged), (0, 200));
    }

    async fn a_table_is_not_its_own_staging_table(version) {
        let env = items_env(version).await;
        env.emulator.insert("Items", json!({ "Code": "old" })).expect("a record");

        let load = env.caspio.table::<Item>().sync_many(|i| i.code, items(2)).staging("ITEMS");

        assert_eq!(load.await.expect_err("the same table").kind(), ErrorKind::Refused);
        assert_eq!(env.emulator.count("Items").expect("a count"), 1);
    }
}
