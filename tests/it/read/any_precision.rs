//! Numbers whose type the response decides, also in a program in which another crate has turned on
//! `serde_json/arbitrary_precision`: the feature `arbitrary-precision` of this crate does that.

use caspio::prelude::*;
use caspio_tests::scripted::client_of_records;
use serde_json::Value;

const DIGITS: &str = "0.1000000000000000000000000001";

#[derive(Debug, CaspioTable)]
#[caspio(table = "T")]
struct Row {
    #[caspio(pk)]
    pk_id: i64,
    count: Option<i32>,
    long: Option<i64>,
    score: Option<f64>,
    price: Option<Decimal>,
}

#[derive(Debug, CaspioTable)]
#[caspio(table = "T")]
struct Unkeyed {
    count: i32,
}

#[test]
fn the_feature_is_on_if_it_is_named() {
    let number: Value = serde_json::from_str(DIGITS).expect("a number");
    let keeps_digits = format!("{number}") == DIGITS;
    assert_eq!(keeps_digits, cfg!(feature = "arbitrary-precision"));
}

#[tokio::test]
async fn numbers_are_read_into_options_and_keys() {
    let caspio = client_of_records(
        r#"[{"PK_ID":7,"Count":-3,"Long":9007199254740993,"Score":0.30000000000000004,"Price":92233720368547.7581},
            {"PK_ID":8,"Count":5.0,"Long":null,"Score":12,"Price":1e2},
            {"PK_ID":9,"Count":"","Long":"","Score":"","Price":""}]"#,
    );

    let rows = caspio.table::<Row>().collect().await.expect("rows");

    let keys: Vec<i64> = rows.iter().map(|row| row.pk_id).collect();
    assert_eq!(keys, [7, 8, 9]);
    assert_eq!(
        (rows[0].count, rows[1].count, rows[2].count),
        (Some(-3), Some(5), None)
    );
    assert_eq!(
        (rows[0].long, rows[2].long),
        (Some(9_007_199_254_740_993), None)
    );
    assert_eq!(
        (rows[0].score, rows[1].score),
        (Some(0.300_000_000_000_000_04), Some(12.0))
    );
    assert_eq!(rows[0].price, Some(dec!(92_233_720_368_547.7581)));
    assert_eq!(rows[1].price, Some(dec!(100)));
}

#[tokio::test]
async fn the_key_of_a_struct_without_a_field_for_it_is_read() {
    let caspio = client_of_records(r#"[{"PK_ID":7,"Count":1},{"PK_ID":8,"Count":2}]"#);

    let found = caspio
        .table::<Unkeyed>()
        .get_many([7, 8])
        .await
        .expect("rows");

    assert_eq!((found[&7].count, found[&8].count), (1, 2));
}

#[tokio::test]
async fn a_value_that_is_not_a_number_names_its_column() {
    for value in ["{}", r#"{"a":1}"#, "[1]", "true", r#""x""#, "1e30", "0.5"] {
        let records = format!(r#"[{{"PK_ID":7,"Count":{value},"Long":1,"Score":1,"Price":1}}]"#);

        let read = client_of_records(records).table::<Row>().collect().await;

        let error = read.expect_err("no whole number");
        assert_eq!(error.field(), Some("Count"), "{value}: {error}");
    }
}

#[tokio::test]
async fn a_map_keeps_the_digits_of_an_amount() {
    let amount = "92233720368547.7581";
    let records = format!(r#"[{{"PK_ID":7,"Price":{amount},"Score":0.5}}]"#);

    let rows = client_of_records(records)
        .table_named("T")
        .collect()
        .await
        .expect("a row");

    assert_eq!(
        rows[0].decimal("Price"),
        Some(dec!(92_233_720_368_547.7581))
    );
    assert_eq!(
        rows[0].get("Price"),
        Some(&Value::String(amount.to_owned()))
    );
    assert_eq!(rows[0].get("Score").and_then(Value::as_f64), Some(0.5));
}
