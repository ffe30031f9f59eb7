//! Records as maps keep every digit of money and of big numbers, also when they are written back.

use caspio::field::FieldValue;
use caspio::prelude::*;
use caspio::record::ToRow;
use caspio_emulator::{DataType, Emulator, FieldDef, TableDef};
use caspio_tests::TestEnv;
use caspio_tests::scripted::client_of_records;
use uuid::Uuid;

async fn read(number: &str) -> RecordMap {
    let caspio = client_of_records(format!(r#"[{{"PK_ID":1,"Amount":{number}}}]"#));
    let first = caspio.table_named("Amounts").first().await;
    first.expect("a call").expect("a record")
}

#[tokio::test]
async fn an_amount_keeps_every_digit() {
    for digits in [
        "922337203685477.5807",
        "-922337203685477.5808",
        "9007199254740.9915",
        "9007199254734.813",
        "9007199254734.812",
        "99999999999999.99",
        "12345678901234567890123",
        "0.1",
        "12.50",
        "7",
        "-0.0001",
        "18446744073709551615",
    ] {
        let record = read(digits).await;
        let exact: Decimal = digits.parse().expect("a decimal number");
        let shown = record.get("Amount").map(ToString::to_string);
        let shown = shown.expect("the column");
        assert_eq!(record.decimal("amount"), Some(exact), "{digits}");
        assert_eq!(shown.trim_matches('"').parse(), Ok(exact), "{digits}");
        let row = record.to_row();
        let written = row.get("Amount").expect("the column");
        assert_eq!(written, &FieldValue::Decimal(exact), "{digits}");
        assert!(!matches!(written, FieldValue::Text(_)), "{digits}");
    }
}

#[tokio::test]
async fn a_number_that_a_float_holds_is_a_number() {
    for digits in [
        "1.5",
        "0.30000000000000004",
        "0.10000000000000001",
        "1e300",
        "-2.5e-7",
    ] {
        let record = read(digits).await;
        let number = record.get("Amount").and_then(|amount| amount.as_f64());
        assert_eq!(number, digits.parse().ok());
    }
}

/// Reads JSON of a response into a struct's field and from a map: the same value, spelled alike, or an error from both.
macro_rules! assert_read_alike {
    ($type:ty, $json:expr) => {{
        #[derive(Debug, CaspioTable)]
        #[caspio(table = "Amounts")]
        struct Row {
            #[caspio(pk)]
            pk_id: i64,
            amount: $type,
        }
        let json: &str = $json;
        let caspio = client_of_records(format!(r#"[{{"PK_ID":1,"Amount":{json}}}]"#));

        let rows = caspio.table::<Row>().collect().await;
        let of_map = read(json).await.get_as::<$type>("Amount");

        let of_struct = rows.map(|rows| {
            assert_eq!(rows[0].pk_id, 1);
            format!("{:?}", rows[0].amount)
        });
        let of_map = of_map.map(|value| format!("{value:?}"));
        let kind = stringify!($type);
        assert_eq!(of_map.ok(), of_struct.ok(), "{json} as {kind}");
    }};
}

#[tokio::test]
async fn a_value_is_read_from_a_map_as_into_a_struct() {
    for json in [
        "0.1234567890123456789",
        "1.00000000000000000000000000001",
        "922337203685477.5807",
        "12.5000",
        "1e3",
        "1E3",
        "1.5e-7",
        "-0",
        "-0.0",
        "9007199254740993",
        "9007199254740993.0",
        "18446744073709551616",
        "123456789012345678901234567890.1",
        "0.30000000000000004",
        "0.1000000000000000055511151231257827",
        "null",
        r#""""#,
        r#""12.50""#,
        r#""Rom\u0065 \"7\"""#,
        r#""2024-01-31T10:00:00.6070000""#,
        r#""c4a4b2e7-7f53-4a5c-9c3f-0d2a1b3c4d5e""#,
        "true",
        r#"{"1":"a","2":"b","10":"c"}"#,
        r#"{"1":922337203685477.5807,"2":12345678901234567890123}"#,
        r#"{ "1" : 1.50, "2" : 0.1234567890123456789 }"#,
        "[1.50, 0.1234567890123456789]",
        "[]",
        "{}",
    ] {
        assert_read_alike!(Decimal, json);
        assert_read_alike!(Option<Decimal>, json);
        assert_read_alike!(i32, json);
        assert_read_alike!(Option<i64>, json);
        assert_read_alike!(f64, json);
        assert_read_alike!(Option<f64>, json);
        assert_read_alike!(bool, json);
        assert_read_alike!(String, json);
        assert_read_alike!(DateTime, json);
        assert_read_alike!(Option<Date>, json);
        assert_read_alike!(Uuid, json);
        assert_read_alike!(List<String>, json);
        assert_read_alike!(List<Decimal>, json);
        assert_read_alike!(serde_json::Value, json);
    }
}

#[tokio::test]
async fn the_digits_of_a_float_are_read_until_the_value_is_replaced() {
    let mut record = read("0.1234567890123456789").await;
    let exact = dec!(0.1234567890123456789);
    assert_eq!(record.get_as::<Decimal>("Amount").ok(), Some(exact));
    assert_eq!(record.decimal("Amount"), Some(exact));
    assert_eq!(
        record.get_as::<f64>("Amount").ok(),
        Some(0.123_456_789_012_345_68)
    );
    let too_long = read("1.00000000000000000000000000001").await;
    assert!(too_long.get_as::<Decimal>("Amount").is_err());
    assert_eq!(too_long.decimal("Amount"), Some(dec!(1)));

    let other = read("0.5").await;
    record.remove("PK_ID");
    assert_eq!(record.get_as::<Decimal>("Amount").ok(), Some(exact));
    record.insert("Amount", other.get("Amount").expect("a number").clone());

    assert_eq!(record.get_as::<Decimal>("Amount").ok(), Some(dec!(0.5)));
}

#[tokio::test]
async fn a_map_that_passed_through_json_has_the_same_amounts() {
    for digits in ["12345678901234.5678", "-9007199254740.9915", "12.50", "7"] {
        let record = read(digits).await;

        let json = serde_json::to_string(&record).expect("JSON");
        let copy: RecordMap = serde_json::from_str(&json).expect("a map");

        assert_eq!(copy, record);
        assert_eq!(copy.decimal("Amount"), record.decimal("Amount"), "{json}");
        assert!(copy.decimal("Amount").is_some(), "{json}");
    }
}

#[test]
fn the_number_of_a_column_may_be_text() {
    for (text, number) in [
        ("12.50", Some(dec!(12.50))),
        ("922337203685477.5807", Some(dec!(922337203685477.5807))),
        ("-3", Some(dec!(-3))),
        ("", None),
        ("007", None),
        ("1e5", None),
        (" 1", None),
        ("1_000", None),
        ("Rome", None),
    ] {
        let record = RecordMap::from([("Amount", text)]);
        assert_eq!(record.decimal("Amount"), number, "{text}");
    }
}

caspio_tests::on_every_version! {
    async fn money_survives_a_record_that_is_written_back(version) {
        let env = TestEnv::with(Emulator::builder().empty()).version(version).await;
        let table = TableDef::new("Amounts").field(FieldDef::new("Amount", DataType::Currency));
        env.emulator.create_table(table).expect("a table");
        let amounts = env.caspio.table_named("Amounts");
        let amount = dec!(922337203685477.5807);
        let key = amounts.insert(&read("922337203685477.5807").await).await.expect("a key");

        let record = amounts.get(key).await.expect("a call").expect("a record");
        let copy = amounts.insert(&record).await.expect("a key");
        let copied = amounts.get(copy).await.expect("a call").expect("a record");

        assert_eq!(record.decimal("Amount"), Some(amount));
        assert_eq!(copied.decimal("Amount"), Some(amount));
    }

    async fn a_changed_copy_of_a_record_keeps_its_money(version) {
        let env = TestEnv::with(Emulator::builder().empty()).version(version).await;
        let table = TableDef::new("Amounts")
            .field(FieldDef::new("Name", DataType::Text255))
            .field(FieldDef::new("Amount", DataType::Currency));
        env.emulator.create_table(table).expect("a table");
        let amounts = env.caspio.table_named("Amounts");
        let text = "922337203685477.5807";
        let record = RecordMap::from([("Name", "a"), ("Amount", text)]);
        let key = amounts.insert(&record).await.expect("an amount as text");
        let mut record = amounts.get(key).await.expect("a call").expect("a record");

        let collected: RecordMap = record.clone().into_iter().collect();
        assert_eq!(collected, record);
        record.remove("PK_ID");
        record.insert("name", "b");
        for copy in [&collected, &record] {
            let key = amounts.insert(copy).await.expect("a copy");
            let read = amounts.get(key).await.expect("a call").expect("a record");
            assert_eq!(read.decimal("Amount"), Some(dec!(922337203685477.5807)));
        }
        amounts.update(key).set_row(&collected).await.expect("an update");
    }

    async fn digits_of_a_text_column_stay_text(version) {
        let env = TestEnv::with(Emulator::builder().empty()).version(version).await;
        let table = TableDef::new("Codes").field(FieldDef::new("Code", DataType::Text255));
        env.emulator.create_table(table).expect("a table");
        let codes = env.caspio.table_named("Codes");

        let code = RecordMap::from([("Code", "922337203685477.5807")]);
        let key = codes.insert(&code).await.expect("a key");

        let record = codes.get(key).await.expect("a call").expect("a record");
        assert_eq!(record.get("Code"), code.get("Code"));
    }
}
