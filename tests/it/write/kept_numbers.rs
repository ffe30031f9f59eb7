//! Numbers that a Number column would change.

use caspio::filter::column_named;
use caspio::prelude::*;
use caspio::{CaspioInsert, Error, ErrorKind};
use caspio_emulator::{DataType, Emulator, FieldDef, TableDef};
use caspio_tests::{TestEnv, on_every_version};
use serde_json::json;

/// A record whose numbers are whole in Rust, floats in Caspio.
#[derive(Clone, Debug, CaspioTable)]
#[caspio(table = "Meters")]
struct Meter {
    #[caspio(pk)]
    pk_id: i64,
    code: String,
    num: Option<i64>,
    exact: Option<Decimal>,
}

#[derive(Clone, Debug, CaspioInsert)]
#[caspio(table = Meter)]
struct NewMeter {
    code: String,
    num: Option<i64>,
    exact: Option<Decimal>,
}

fn whole(code: &str, num: i64) -> NewMeter {
    NewMeter {
        code: code.to_owned(),
        num: Some(num),
        exact: None,
    }
}

fn exact(code: &str, exact: Decimal) -> NewMeter {
    NewMeter {
        code: code.to_owned(),
        num: None,
        exact: Some(exact),
    }
}

async fn meters(version: caspio::ApiVersion) -> TestEnv {
    let env = TestEnv::with(Emulator::builder().empty())
        .version(version)
        .await;
    let table = TableDef::new("Meters")
        .field(FieldDef::new("Code", DataType::Text255))
        .field(FieldDef::new("Num", DataType::Number))
        .field(FieldDef::new("Exact", DataType::Number))
        .field(FieldDef::new("Price", DataType::Currency))
        .field(FieldDef::new("Count", DataType::Integer));
    env.emulator.create_table(table).expect("a table");
    env
}

fn assert_refused(error: &Error, field: &str, number: &str) {
    assert_eq!(
        (error.kind(), error.field()),
        (ErrorKind::Refused, Some(field)),
        "{error}"
    );
    let text = error.to_string();
    assert!(text.contains(number) && text.contains("digits"), "{text}");
}

on_every_version! {
    async fn a_whole_number_that_a_number_column_would_change_is_refused(version) {
        let env = meters(version).await;
        let meters = env.caspio.table::<Meter>();
        let number = 9_007_199_254_740_993;
        meters.update(1).set(|m| m.num.to(number)).await.expect_err("refused");
        assert_eq!(env.emulator.calls().total(), 0, "no column holds such a number");
        let id = meters.insert(&whole("a", 9_007_199_254_740_992)).await.expect("an insert");
        let map = RecordMap::from([("Code", json!("b")), ("Num", json!(-9_007_199_254_740_993_i64))]);
        let unsigned = RecordMap::from([("Code", json!("b")), ("Num", json!(u64::MAX))]);

        for (error, shown) in [
            (meters.insert(&whole("b", number)).await.expect_err("refused"), "9007199254740993"),
            (meters.insert(&whole("b", i64::MAX)).await.expect_err("refused"), "9223372036854775807"),
            (meters.update(id).set(|m| m.num.to(number)).await.expect_err("refused"), "9007199254740993"),
            (meters.update_where(|m| m.code.eq("a")).set(|m| m.num.to(number)).await.expect_err("refused"), "it would become 9007199254740992"),
            (env.caspio.table_named("Meters").insert(&map).await.expect_err("refused"), "-9007199254740993"),
            (env.caspio.table_named("Meters").insert(&unsigned).await.expect_err("refused"), "18446744073709551615"),
        ] {
            assert_refused(&error, "Num", shown);
        }
        let many = meters.insert_many([whole("c", 7), whole("d", number)]).await.expect("a report");
        assert_eq!(many.inserted, 1);
        assert_refused(&many.failed()[0].error, "Num", "9007199254740993");
    }

    async fn a_decimal_that_a_number_column_would_change_is_refused(version) {
        let env = meters(version).await;
        let meters = env.caspio.table::<Meter>();
        let id = meters.insert(&exact("a", dec!(0.1234567890123457))).await.expect("an insert");

        for (number, shown) in [
            (dec!(0.12345678901234567890), "0.12345678901234567890"),
            (dec!(123456789012345.6789), "123456789012345.6789"),
            (dec!(24011346160100052488457), "24011346160100052488457"),
        ] {
            assert_refused(&meters.insert(&exact("b", number)).await.expect_err("refused"), "Exact", shown);
            let update = meters.update(id).set(|m| m.exact.to(number));
            assert_refused(&update.await.expect_err("refused"), "Exact", shown);
        }

        let record = meters.get(id).await.expect("a read").expect("a record");
        assert_eq!(record.exact, Some(dec!(0.1234567890123457)));
    }

    async fn a_record_is_written_back_with_the_digits_that_were_read(version) {
        let env = meters(version).await;
        let table = env.caspio.table_named("Meters");
        for number in [0.1 + 0.2, 1_152_921_504_606_846_976.0, 5e-324, 5476.390000000017, -1e300] {
            let map = RecordMap::from([("Num", json!(number))]);
            let id = table.insert(&map).await.expect("an insert");
            let mut copy = table.get(id).await.expect("a read").expect("a record");
            copy.remove("PK_ID");

            let id = table.insert(&copy).await.expect("a copy");

            let copied = table.get(id).await.expect("a read").expect("a record");
            assert_eq!(copied.get("Num").and_then(|num| num.as_f64()), Some(number));
        }
        let amount = RecordMap::from([("Price", json!("922337203685477.5807"))]);
        let id = table.insert(&amount).await.expect("an amount");
        let read = table.get(id).await.expect("a read").expect("a record");
        assert_eq!(read.decimal("Price"), Some(dec!(922337203685477.5807)));
    }

    async fn a_fraction_that_is_set_by_a_name_is_never_cut(version) {
        let env = meters(version).await;
        let (table, typed) = (env.caspio.table_named("Meters"), env.caspio.table::<Meter>());
        let id = table.insert(&RecordMap::from([("Count", 1)])).await.expect("an insert");
        let by_name = || column_named::<f64>("Count").to(1.5);

        let refused = [
            table.update(id).set_value("count", 1.5).await.expect_err("refused"),
            table.update(id).set_value("Count", json!(1.5)).await.expect_err("refused"),
            table.update(id).set_value("Count", dec!(1.5)).await.expect_err("refused"),
            table.update(id).set(|c| c.column::<f64>("Count").to(1.5)).await.expect_err("refused"),
            typed.update(id).set(|_| by_name()).await.expect_err("refused"),
            typed.update_where(|m| m.pk_id.eq(id)).set(|_| by_name()).await.expect_err("refused"),
        ];
        for error in refused {
            assert_eq!((error.kind(), error.field()), (ErrorKind::Refused, Some("Count")), "{error}");
        }
        let report = typed.update_many([(id, [by_name()])]).await.expect("a report");
        assert_eq!(report.failed().len(), 1, "{report:?}");

        let record = table.get(id).await.expect("a read").expect("a record");
        assert_eq!(record.get("Count"), Some(&json!(1)));
        table.update(id).set_value("Count", 2.0).await.expect("a whole number");
        table.update(id).set_value("Num", 1.5).await.expect("a Number");
    }

    async fn a_sync_does_not_confirm_a_number_that_the_record_does_not_hold(version) {
        let env = meters(version).await;
        env.emulator.insert("Meters", json!({ "Code": "a", "Num": 9_007_199_254_740_992_i64 })).expect("a record");
        env.emulator.insert("Meters", json!({ "Code": "b", "Exact": 0.12345678901234568 })).expect("a record");
        let meters = env.caspio.table::<Meter>();
        let rows = [whole("a", 9_007_199_254_740_993), exact("b", dec!(0.123456789012345678))];

        let report = meters.sync_many(|m| m.code, &rows).await.expect("a report");

        assert_eq!((report.unchanged, report.updated, report.failed().len()), (0, 0, 2), "{report:?}");
        assert_refused(&report.failed()[0].error, "Num", "9007199254740993");
        assert_refused(&report.failed()[1].error, "Exact", "0.123456789012345678");
    }

    async fn a_number_of_too_many_digits_is_refused_with_all_of_them(version) {
        // Without this a map holds the nearest float from the start.
        if !cfg!(feature = "arbitrary-precision") {
            return;
        }
        let env = meters(version).await;
        let fields = ["Num", "Price", "Count", "Code"];
        for digits in [
            "123456789012345678901234567890123",
            "1.23456789012345678901234567890123",
            "1.23456789012345678901234567890123e1",
            "0.9999999999999999999999999999999999999",
            "0.9999999999999999999999999999999999999e0",
            "0.10000000000000000000000000000000001",
            "1e-400",
            "1e400",
        ] {
            for field in fields {
                let row = format!(r#"{{"{field}":{digits}}}"#);
                let row: RecordMap = serde_json::from_str(&row).expect("a map");
                let unknown = env.new_client().table_named("Meters").insert(&row).await.expect_err("refused");
                let known = env.caspio.table_named("Meters").check(&row).await.expect_err("refused");
                let unchecked = Client::builder()
                    .account(env.emulator.url())
                    .credentials(env.emulator.client_id(), env.emulator.client_secret())
                    .api_version(version)
                    .write_checks(caspio::WriteChecks::Off)
                    .build()
                    .expect("a client");
                let unchecked = unchecked.table_named("Meters").insert(&row).await.expect_err("refused");
                // serde_json adds the sign of an exponent.
                let digits = digits.replace('e', "e+").replace("e+-", "e-");
                for error in [unknown, known, unchecked] {
                    assert_eq!((error.kind(), error.field()), (ErrorKind::Refused, Some(field)), "{error}");
                    assert!(error.to_string().contains(&digits), "{error}");
                }
            }
        }
        for (digits, stored) in [("0.5000000000000000000000000000000000000", 0.5), ("15e-1", 1.5), ("-0.0", 0.0)] {
            let row: RecordMap = serde_json::from_str(&format!(r#"{{"Num":{digits}}}"#)).expect("a map");
            let table = env.caspio.table_named("Meters");
            let id = table.insert(&row).await.expect("an insert");
            let record = table.get(id).await.expect("a read").expect("a record");
            assert_eq!(record.get("Num").and_then(|num| num.as_f64()), Some(stored), "{digits}");
        }
    }
}
