//! Amounts that Currency would round.

use caspio::prelude::*;
use caspio::schema::{DataType as FieldType, FieldUpdate};
use caspio::{CaspioInsert, ErrorKind};
use caspio_emulator::{DataType, Emulator, FieldDef, TableDef};
use caspio_tests::{TestEnv, on_every_version};
use serde_json::json;

/// A record whose amount is a float.
#[derive(Clone, Debug, CaspioTable)]
#[caspio(table = "Prices")]
struct Price {
    #[caspio(pk)]
    pk_id: i64,
    code: String,
    amount: Option<f64>,
    score: Option<f64>,
}

#[derive(Clone, Debug, CaspioInsert)]
#[caspio(table = Price)]
struct NewPrice {
    code: String,
    amount: Option<f64>,
    score: Option<f64>,
}

fn price(code: &str, amount: f64) -> NewPrice {
    NewPrice {
        code: code.to_owned(),
        amount: Some(amount),
        score: None,
    }
}

async fn prices(version: caspio::ApiVersion) -> TestEnv {
    let env = TestEnv::with(Emulator::builder().empty())
        .version(version)
        .await;
    let table = TableDef::new("Prices")
        .field(FieldDef::new("Code", DataType::Text255))
        .field(FieldDef::new("Amount", DataType::Currency))
        .field(FieldDef::new("Score", DataType::Number));
    env.emulator.create_table(table).expect("a table");
    env
}

on_every_version! {
    async fn a_float_that_currency_would_round_is_refused_with_its_field(version) {
        let env = prices(version).await;
        let prices = env.caspio.table::<Price>();
        let id = prices.insert(&price("a", 1.5)).await.expect("an insert");
        let map = RecordMap::from([("Code", json!("b")), ("Amount", json!(0.12345))]);

        let errors = [
            prices.insert(&price("b", 1.0 / 3.0)).await.expect_err("refused"),
            prices.update(id).set(|p| p.amount.to(0.00001)).await.expect_err("refused"),
            env.caspio.table_named("Prices").insert(&map).await.expect_err("refused"),
        ];
        let many = prices.insert_many([price("c", 2.0), price("d", 0.12345)]).await.expect("a report");
        let sync = prices.sync_many(|p| p.code, [price("a", 1.000_05)]).await.expect("a report");

        let failed = many.failed().iter().chain(sync.failed()).map(|failure| &failure.error);
        for error in errors.iter().chain(failed) {
            assert_eq!((error.kind(), error.field()), (ErrorKind::Refused, Some("Amount")), "{error}");
            assert!(error.to_string().contains("4"), "{error}");
        }
        assert_eq!((many.inserted, many.failed().len(), sync.failed().len()), (1, 1, 1));
        let amounts: Vec<_> = prices.collect().await.expect("the records").into_iter().map(|p| p.amount).collect();
        assert_eq!(amounts, [Some(1.5), Some(2.0)]);
    }

    async fn a_fifth_place_is_seen_in_a_float_of_any_size(version) {
        let env = prices(version).await;
        let prices = env.caspio.table::<Price>();
        for amount in [
            1_234_567_890.123_41,
            4_999_999_999.000_04,
            7_777_777_777.777_77,
            12_345_678_901.234_56,
            50_000_000_000.123_45,
            99_999_999_999.000_05,
            123_456_789_012.000_05,
        ] {
            let error = prices.insert(&price("a", amount)).await.expect_err("refused");
            assert_eq!((error.kind(), error.field()), (ErrorKind::Refused, Some("Amount")), "{amount}: {error}");
        }
        for (index, amount) in [1_234_567_890.1 + 0.2, 99_999_999_999.000_1, 123_456_789_012.5].into_iter().enumerate() {
            prices.insert(&price(&index.to_string(), amount)).await.expect("four places");
        }
    }

    async fn an_amount_beyond_the_range_of_currency_is_refused(version) {
        let env = prices(version).await;
        let table = env.caspio.table_named("Prices");
        table.fields().await.expect("the fields");
        let limits = ["922337203685477.5807", "-922337203685477.5808"];
        for limit in limits {
            table.insert(&RecordMap::from([("Amount", limit)])).await.expect("an insert");
        }
        let row = |amount| RecordMap::from([("Code", json!("x")), ("Amount", amount)]);
        for amount in [
            json!("922337203685477.5808"),
            json!("-922337203685477.5809"),
            json!("79228162514264337593543950335"),
            json!(922_337_203_685_478_i64),
            json!(i64::MIN),
            json!(1e15),
            json!(-1e30),
        ] {
            let row = row(amount.clone());

            let error = table.check(&row).await.expect_err("refused");

            assert_eq!((error.kind(), error.field()), (ErrorKind::Refused, Some("Amount")), "{amount}: {error}");
            assert!(error.to_string().contains("922337203685477.5807"), "{error}");
        }
    }

    async fn a_sync_does_not_confirm_an_amount_that_the_record_does_not_hold(version) {
        let env = prices(version).await;
        env.emulator.insert("Prices", json!({ "Code": "a", "Amount": 1.2346 })).expect("a record");
        let table = env.caspio.table_named("Prices");
        for amount in [json!(1.23456), json!("1.23456"), json!(" 1.23456"), json!("1.2346001"), json!(1.23465)] {
            let row = RecordMap::from([("Code", json!("a")), ("Amount", amount.clone())]);

            let report = table.sync_many(|_| "Code", [&row]).await.expect("a report");

            assert_eq!((report.unchanged, report.updated, report.failed().len()), (0, 0, 1), "{amount}: {report:?}");
            let error = &report.failed()[0].error;
            assert_eq!((error.kind(), error.field()), (ErrorKind::Refused, Some("Amount")), "{error}");
        }
        for amount in [json!(1.2346), json!("1.2346"), json!("1.23460")] {
            let row = RecordMap::from([("Code", json!("a")), ("Amount", amount.clone())]);
            let report = table.sync_many(|_| "Code", [&row]).await.expect("a report");
            assert_eq!((report.unchanged, report.failed().len()), (1, 0), "{amount}: {report:?}");
        }
    }

    async fn an_amount_of_which_a_float_has_not_every_digit_is_refused(version) {
        let env = prices(version).await;
        let prices = env.caspio.table::<Price>();
        let id = prices.insert(&price("a", 99_999_999_999.999_9)).await.expect("fifteen digits");
        let body = r#"{"Code": "b", "Amount": 12345678901234.5678}"#;
        let map: RecordMap = serde_json::from_str(body).expect("a map");

        for error in [
            prices.insert(&price("b", 900_719_925_474_099.0 + 0.25)).await.expect_err("refused"),
            prices.update(id).set(|p| p.amount.to(922_337_203_685_477.6)).await.expect_err("refused"),
            env.caspio.table_named("Prices").insert(&map).await.expect_err("refused"),
        ] {
            assert_eq!((error.kind(), error.field()), (ErrorKind::Refused, Some("Amount")), "{error}");
            assert!(error.to_string().contains("`Decimal`"), "{error}");
        }

        let score = NewPrice { score: Some(12_345_678_901_234.568), ..price("c", 123_456_789_012_345.0) };
        prices.insert(&score).await.expect("a number is a float, and a whole amount of 15 digits is certain");
    }

    async fn a_number_that_is_not_finite_is_reported_as_such(version) {
        let env = prices(version).await;
        let prices = env.caspio.table::<Price>();
        for known in [false, true] {
            if known {
                prices.fields().await.expect("the fields");
            }
            for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
                let score = NewPrice { score: Some(number), ..price("a", 1.0) };
                for (error, field) in [
                    (prices.insert(&price("a", number)).await.expect_err("refused"), "Amount"),
                    (prices.insert(&score).await.expect_err("refused"), "Score"),
                ] {
                    assert_eq!((error.kind(), error.field()), (ErrorKind::Refused, Some(field)), "{error}");
                    let text = error.to_string();
                    assert!(text.contains(&format!("{number} is not a number")), "{text}");
                    assert!(!text.contains("decimal places"), "{text}");
                }
            }
        }
    }

    async fn the_error_of_float_arithmetic_does_not_refuse_an_amount(version) {
        let env = prices(version).await;
        let prices = env.caspio.table::<Price>();

        let id = prices.insert(&price("a", 0.1 + 0.2)).await.expect("an insert");

        let again = prices.sync_many(|p| p.code, [price("a", 0.1 + 0.2)]).await.expect("a report");
        assert_eq!((again.unchanged, again.changed()), (1, 0), "{again:?}");
        let read = prices.get(id).await.expect("a read").expect("the record");
        assert_eq!(read.amount, Some(0.3));
    }

    async fn a_number_keeps_all_of_its_places(version) {
        let env = prices(version).await;
        let prices = env.caspio.table::<Price>();
        let row = NewPrice { code: "a".to_owned(), amount: None, score: Some(1.0 / 3.0) };

        let id = prices.insert(&row).await.expect("an insert");

        let read = prices.get(id).await.expect("a read").expect("the record");
        assert_eq!(read.score, Some(1.0 / 3.0));
    }

    async fn the_text_of_an_amount_follows_a_column_whose_type_was_changed(version) {
        let env = prices(version).await;
        let table = env.caspio.table_named("Prices");
        let row = |column: &str| RecordMap::from([(column, json!("12.5"))]);
        // The client keeps the definitions that it has now.
        let long = RecordMap::from([("Amount", json!("922337203685477.5807"))]);
        table.insert(&long).await.expect("an amount");
        let other = env.new_client();
        let change = |column: &'static str, data_type| {
            let (other, update) = (other.clone(), FieldUpdate::new().data_type(data_type));
            async move { other.table_named("Prices").change_field(column, &update).await }
        };
        change("Score", FieldType::Currency).await.expect("a change");
        change("Amount", FieldType::Text255).await.expect("a change");

        let text = table.insert(&row("Amount")).await.expect("a text");
        let amount = table.insert(&row("Score")).await.expect("an amount");

        let stored = async |id: i64, column: &str| {
            let record = table.get(id).await.expect("a read").expect("a record");
            record.get(column).expect("a value").to_string()
        };
        assert_eq!(stored(text, "Amount").await, r#""12.5""#);
        assert_eq!(stored(amount, "Score").await, "12.5");
    }
}
