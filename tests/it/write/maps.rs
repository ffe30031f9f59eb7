//! The values of records as maps: each is written as a struct's field of its type is.

use caspio::prelude::*;
use caspio::{ErrorKind, Patch};
use caspio_emulator::{DataType, Emulator, FieldDef, TableDef};
use caspio_tests::{TestEnv, on_every_version};
use serde_json::{Value, json};

async fn parts(version: caspio::ApiVersion) -> TestEnv {
    let env = TestEnv::with(Emulator::builder().empty())
        .version(version)
        .await;
    let table = TableDef::new("Parts")
        .field(FieldDef::new("Name", DataType::Text255))
        .field(FieldDef::new("Price", DataType::Currency))
        .field(FieldDef::new("Size", DataType::Number))
        .field(FieldDef::new("Made", DataType::DateTime))
        .field(FieldDef::new("Stock", DataType::Integer))
        .field(FieldDef::new("Sold", DataType::YesNo));
    env.emulator.create_table(table).expect("a table");
    env
}

on_every_version! {
    async fn values_of_every_type_are_written_with_all_their_digits(version) {
        let env = parts(version).await;
        let table = env.caspio.table_named("Parts");
        let mut part = RecordMap::new();
        part.insert("Name", "Bolt");
        part.insert("Price", dec!(922337203685477.5807));
        part.insert("Size", dec!(12.50));
        part.insert("Made", date!("2024-01-31"));
        part.insert("Stock", Some(3_u8));
        part.insert("Sold", true);
        part.insert("Stock", Patch::<i32>::Absent);

        let id = table.insert(&part).await.expect("an insert");
        let at = datetime!("2024-02-29T10:30:00");
        table.update(id).set_value("Made", at).set_value("Size", dec!(0.25)).await.expect("an update");

        let read = table.get(id).await.expect("a read").expect("a record");
        assert_eq!(read.key(), Some(id.into()));
        assert_eq!(read.get_as::<Decimal>("price").expect("an amount"), dec!(922337203685477.5807));
        assert_eq!(read.get_as::<f64>("Size").expect("a number"), 0.25);
        assert_eq!(read.get_as::<DateTime>("Made").expect("a time"), at);
        assert_eq!(read.get_as::<Option<i64>>("Stock").expect("a number"), Some(3));
        assert!(read.get_as::<bool>("Sold").expect("Yes"));
        assert_eq!(read.get_as::<String>("Name").expect("a text"), "Bolt");
        assert_eq!(read.decimal("Price"), Some(dec!(922337203685477.5807)));
        assert_eq!(read.decimal("Size"), Some(dec!(0.25)));
        assert_eq!(read.get("Made"), Some(&json!("2024-02-29T10:30:00")));
        assert_eq!(read.get("Stock"), Some(&json!(3)));
        assert_eq!(read.get("Sold"), Some(&json!(true)));

        let id = table.insert(&RecordMap::from([("Price", dec!(1.5)), ("Size", dec!(2))])).await.expect("an insert");
        let read = table.get(id).await.expect("a read").expect("a record");
        assert_eq!((read.decimal("Price"), read.decimal("Size")), (Some(dec!(1.5)), Some(dec!(2))));
    }

    async fn a_value_of_another_type_is_an_error_that_names_the_column(version) {
        let env = parts(version).await;
        let table = env.caspio.table_named("Parts");
        table.insert(&RecordMap::from([("Name", "Bolt")])).await.expect("an insert");
        let part = table.columns(["Name", "Made"]).first().await.expect("a read").expect("a record");

        let null = part.get_as::<DateTime>("Made").expect_err("null");
        assert_eq!((null.kind(), null.field()), (ErrorKind::Decode, Some("Made")));
        assert!(null.to_string().contains("got null") && null.hint().is_some_and(|hint| hint.contains("Option")), "{null}");
        assert_eq!(part.get_as::<Option<DateTime>>("Made").expect("null"), None);

        let text = part.get_as::<Date>("Name").expect_err("no date");
        assert_eq!(text.field(), Some("Name"));
        assert!(text.to_string().contains("expected a date, or a date and time at midnight, got \"Bolt\""), "{text}");

        let missing = part.get_as::<Option<i32>>("Nmae").expect_err("no column");
        assert_eq!((missing.kind(), missing.field()), (ErrorKind::Decode, Some("Nmae")));
        assert_eq!(missing.hint(), Some("did you mean \"Name\"?"), "{missing}");
    }

    async fn a_value_that_a_column_would_change_is_refused(version) {
        let env = parts(version).await;
        let table = env.caspio.table_named("Parts");
        let refused = [
            ("Price", RecordMap::from([("Price", dec!(0.12345))])),
            ("Size", RecordMap::from([("Size", dec!(0.12345678901234567890))])),
            ("Stock", RecordMap::from([("Stock", dec!(1.5))])),
            ("Size", RecordMap::from([("Size", f64::NAN)])),
            ("Made", RecordMap::from([("Made", date!("1752-12-31"))])),
        ];
        for (field, map) in refused {
            let error = table.insert(&map).await.expect_err("refused");
            assert_eq!((error.kind(), error.field()), (ErrorKind::Refused, Some(field)), "{error}");
        }
        assert_eq!(table.count().await.expect("a count"), 0);
    }
}

#[test]
fn a_map_shows_its_values_as_a_read_does() {
    for (value, shown) in [
        (dec!(12.50), json!(12.5)),
        (dec!(-3), json!(-3)),
        (dec!(922337203685477.5807), json!("922337203685477.5807")),
        (
            dec!(0.12345678901234567890),
            json!("0.12345678901234567890"),
        ),
    ] {
        let map = RecordMap::from([("Price", value)]);
        assert_eq!(map.get("Price"), Some(&shown));
        assert_eq!(map.decimal("price"), Some(value));
    }
    let mut map = RecordMap::from([("Made", date!("2024-01-31"))]);
    assert_eq!(map.get("Made"), Some(&json!("2024-01-31T00:00:00")));
    map.insert("Made", datetime!("2024-01-31T23:59:59.999"));
    assert_eq!(map.get("Made"), Some(&json!("2024-01-31T23:59:59.997")));
    assert_eq!(
        map.insert("Made", "later"),
        Some(json!("2024-01-31T23:59:59.997"))
    );
    assert_eq!(map.insert("made", Patch::<String>::Absent), None);
    assert_eq!(map.get("Made"), Some(&json!("later")));
}

#[test]
fn a_column_that_is_replaced_or_removed_takes_its_digits_along() {
    let long = dec!(922337203685477.5807);
    let mut map = RecordMap::from([("A", long), ("B", long), ("C", dec!(1.5))]);
    map.insert("a", "text");
    assert_eq!(map.decimal("A"), None);
    map.insert("A", long);
    assert_eq!(map.remove("B"), Some(json!("922337203685477.5807")));
    assert_eq!(
        (map.decimal("A"), map.decimal("C")),
        (Some(long), Some(dec!(1.5)))
    );
    assert_eq!(map.remove("a"), Some(json!("922337203685477.5807")));
    assert_eq!((map.len(), map.decimal("C")), (1, Some(dec!(1.5))));
}

#[test]
fn maps_are_collections() {
    let mut map = RecordMap::new();
    map.extend([("Name", json!("Bolt")), ("Stock", json!(3))]);
    map.extend([("name", "Nut")]);
    let mut seen = Vec::new();
    for (name, value) in &map {
        seen.push((name, value.clone()));
    }
    assert_eq!(seen, [("Name", json!("Nut")), ("Stock", json!(3))]);

    let json = json!({ "Name": "Nut", "Stock": 3 });
    assert_eq!(RecordMap::try_from(json.clone()).expect("an object"), map);
    let Value::Object(object) = json else {
        panic!("an object");
    };
    assert_eq!(RecordMap::from(object), map);
    let error = RecordMap::try_from(json!([1])).expect_err("no record");
    assert_eq!(error.kind(), ErrorKind::Refused);
    assert!(error.to_string().contains("an array"), "{error}");
}
