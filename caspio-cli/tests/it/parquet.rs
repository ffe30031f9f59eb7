//! Parquet files, read back by the standard reader.

use crate::support::TestEnv;
use arrow_array::cast::AsArray;
use arrow_array::types::{
    Decimal128Type, Float64Type, Int32Type, Int64Type, TimestampMillisecondType,
};
use arrow_array::{Array, RecordBatch};
use arrow_schema::DataType as ArrowType;
use caspio_emulator::{DataType, Emulator, FieldDef, TableDef};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::data_type::{Int96, Int96Type};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use serde_json::json;
use std::fs::File;
use std::sync::Arc;

fn read(env: &TestEnv, file: &str) -> (Vec<RecordBatch>, usize) {
    let file = File::open(env.path(file)).expect("the file is there");
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).expect("a Parquet file");
    let groups = builder.metadata().num_row_groups();
    let reader = builder.with_batch_size(100_000).build().expect("a reader");
    (
        reader.map(|batch| batch.expect("records")).collect(),
        groups,
    )
}

#[test]
fn every_type_has_a_column_type_and_amounts_are_exact() {
    let env = TestEnv::of(Emulator::builder().empty());
    let table = [
        ("Text", DataType::Text64000),
        ("Number", DataType::Number),
        ("Integer", DataType::Integer),
        ("Money", DataType::Currency),
        ("At", DataType::DateTime),
        ("Yes", DataType::YesNo),
        ("Auto", DataType::Autonumber),
    ];
    let table = table
        .into_iter()
        .fold(TableDef::new("All"), |table, (name, ty)| {
            table.field(FieldDef::new(name, ty))
        });
    let table = table
        .field(FieldDef::new("Texts", DataType::ListText).list(["Cat", "Frog"]))
        .field(FieldDef::new("Numbers", DataType::ListNumber).list([1.5, 2.0]));
    env.emulator.create_table(table).expect("a new table");
    let full = json!({ "Text": "O'Brien \"x\"\nü", "Number": -1.5, "Integer": -2147483648i64, "Money": 1234567.8901,
        "At": "2020-02-29T10:00:00.607", "Yes": true, "Texts": [2, 1], "Numbers": [1] });
    env.emulator.insert("All", full).expect("a record");
    env.emulator
        .insert("All", json!({ "Text": "" }))
        .expect("a record");

    env.ok(&["export", "All", "all.parquet"]);

    let (batches, groups) = read(&env, "all.parquet");
    assert_eq!((batches.len(), groups), (1, 1));
    let records = &batches[0];
    let column = |name: &str| records.column_by_name(name).expect(name);
    assert_eq!(column("PK_ID").as_primitive::<Int64Type>().value(0), 1);
    assert_eq!(
        column("Text").as_string::<i32>().value(0),
        "O'Brien \"x\"\nü"
    );
    assert_eq!(
        column("Number").as_primitive::<Float64Type>().value(0),
        -1.5
    );
    assert_eq!(
        column("Integer").as_primitive::<Int32Type>().value(0),
        i32::MIN
    );
    assert_eq!(column("Money").data_type(), &ArrowType::Decimal128(19, 4));
    let money = column("Money").as_primitive::<Decimal128Type>();
    assert_eq!(money.value_as_string(0), "1234567.8901");
    let at = column("At").as_primitive::<TimestampMillisecondType>();
    assert_eq!(
        at.value_as_datetime(0).expect("a date").to_string(),
        "2020-02-29 10:00:00.607"
    );
    assert!(column("Yes").as_boolean().value(0));
    let texts = column("Texts").as_list::<i32>().value(0);
    assert_eq!(texts.as_string::<i32>().len(), 2);
    let numbers = column("Numbers").as_list::<i32>().value(0);
    assert_eq!(numbers.as_primitive::<Float64Type>().value(0), 1.5);
    for name in ["Number", "Integer", "Money", "At"] {
        assert!(column(name).is_null(1), "{name} is null");
    }
}

#[test]
fn money_keeps_the_digits_that_a_float_would_lose() {
    let amounts = [
        "922337203685477.5807",
        "-922337203685477.5808",
        "0.0001",
        "12345678901234.5678",
    ];
    let tables = tempfile::tempdir().expect("a folder");
    let schema = r#"{"Result":[{"Name":"Money","Type":"CURRENCY"}]}"#;
    std::fs::write(tables.path().join("All.schema.json"), schema).expect("written");
    let records = format!("Money\n{}\n", amounts.join("\n"));
    std::fs::write(tables.path().join("All.csv"), &records).expect("written");
    let env = TestEnv::of(Emulator::builder().load(tables.path()));

    env.ok(&["export", "All", "all.parquet"]);
    env.ok(&["export", "All", "all.csv", "--select", "Money"]);

    let (batches, _) = read(&env, "all.parquet");
    let money = batches[0].column_by_name("Money").expect("a column");
    let money = money.as_primitive::<Decimal128Type>();
    let exported: Vec<String> = (0..amounts.len())
        .map(|i| money.value_as_string(i))
        .collect();
    assert_eq!(exported, amounts);
    let csv = std::fs::read_to_string(env.path("all.csv")).expect("the file is there");
    assert_eq!(csv, records);
}

#[test]
fn the_sample_tables_equal_their_json_export() {
    let env = TestEnv::new();
    env.ok(&["export", "Contacts", "contacts.parquet"]);
    env.ok(&["export", "Contacts", "contacts.jsonl"]);

    let (batches, _) = read(&env, "contacts.parquet");
    let lines = std::fs::read_to_string(env.path("contacts.jsonl")).expect("the file is there");
    let names = batches[0].column_by_name("Full_Name").expect("a column");
    for (index, line) in lines.lines().enumerate() {
        let record: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let name = names.as_string::<i32>();
        let name = (!name.is_null(index)).then(|| name.value(index));
        assert_eq!(name, record["Full_Name"].as_str());
    }
    assert_eq!(batches[0].num_rows(), lines.lines().count());
}

#[test]
fn row_groups_have_the_requested_size() {
    let env = TestEnv::new();
    env.ok(&[
        "export",
        "Orders",
        "orders.parquet",
        "--row-group",
        "3000",
        "--concurrency",
        "4",
    ]);
    let (batches, groups) = read(&env, "orders.parquet");
    let records: usize = batches.iter().map(RecordBatch::num_rows).sum();
    assert_eq!((records, groups), (10_000, 4));
}

#[test]
fn an_empty_table_has_columns_and_no_rows() {
    let env = TestEnv::new();
    env.ok(&["export", "City", "city.parquet", "--where", "1 = 0"]);
    let file = File::open(env.path("city.parquet")).expect("the file is there");
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).expect("a Parquet file");
    assert_eq!(builder.schema().field(0).name(), "PK_ID");
    assert_eq!(builder.metadata().num_row_groups(), 0);
}

#[test]
fn selected_columns_keep_their_order() {
    let env = TestEnv::new();
    env.ok(&[
        "export",
        "Orders",
        "some.parquet",
        "--select",
        "Total,Status",
    ]);
    let (batches, _) = read(&env, "some.parquet");
    let names: Vec<_> = batches[0]
        .schema()
        .fields()
        .iter()
        .map(|f| f.name().clone())
        .collect();
    assert_eq!(names, ["Total", "Status"]);
}

/// Creates an empty table with a date and a text.
fn visits() -> TestEnv {
    let env = TestEnv::of(Emulator::builder().empty());
    let table = TableDef::new("Visits")
        .field(FieldDef::new("At", DataType::DateTime))
        .field(FieldDef::new("City", DataType::Text255));
    env.emulator.create_table(table).expect("a new table");
    env
}

#[test]
fn dates_of_spark_and_hive_keep_their_year() {
    let env = visits();
    let schema = parse_message_type("message m { required int96 At; }").expect("a schema");
    let file = File::create(env.path("a.parquet")).expect("a file");
    let mut writer = SerializedFileWriter::new(file, Arc::new(schema), Arc::default());
    let writer = writer.as_mut().expect("a writer");
    let mut group = writer.next_row_group().expect("a group");
    let mut column = group.next_column().expect("a column").expect("one");
    // 9999-12-31, 1753-01-01 and 2024-02-29 at noon, as days since 1970.
    let days = [2_932_896_i64, -79_257, 19_782].map(|day| {
        let mut at = Int96::new();
        let noon = 43_200_000_000_000_u64;
        at.set_data(noon as u32, (noon >> 32) as u32, (2_440_588 + day) as u32);
        at
    });
    let dates = column.typed::<Int96Type>();
    dates.write_batch(&days, None, None).expect("written");
    column.close().expect("closed");
    group.close().expect("closed");
    writer.finish().expect("closed");

    env.ok(&["import", "Visits", "a.parquet"]);

    let dates = env.ok(&["query", "Visits", "--format", "csv", "--select", "At"]);
    assert_eq!(
        dates,
        "At\n9999-12-31T12:00:00\n1753-01-01T12:00:00\n2024-02-29T12:00:00\n"
    );
}

#[test]
fn columns_with_a_dictionary_are_imported() {
    let env = visits();
    let cities: arrow_array::DictionaryArray<Int32Type> =
        [Some("Oslo"), None, Some("Oslo"), Some("Rome")]
            .into_iter()
            .collect();
    let cities: arrow_array::ArrayRef = Arc::new(cities);
    let batch = RecordBatch::try_from_iter([("City", cities)]).expect("a batch");
    let file = File::create(env.path("a.parquet")).expect("a file");
    let mut writer = ArrowWriter::try_new(file, batch.schema(), None).expect("a writer");
    writer.write(&batch).expect("written");
    writer.close().expect("closed");

    env.ok(&["import", "Visits", "a.parquet"]);

    let cities = env.ok(&["query", "Visits", "--format", "csv", "--select", "City"]);
    assert_eq!(cities, "City\nOslo\n\nOslo\nRome\n");
}

#[cfg(feature = "parquet-codecs")]
mod codecs {
    use super::*;
    use parquet::basic::{BrotliLevel, Compression, GzipLevel, ZstdLevel};
    use parquet::file::properties::WriterProperties;

    #[test]
    fn every_compression_is_imported() {
        let env = visits();
        for codec in [
            Compression::UNCOMPRESSED,
            Compression::SNAPPY,
            Compression::ZSTD(ZstdLevel::default()),
            Compression::GZIP(GzipLevel::default()),
            Compression::BROTLI(BrotliLevel::default()),
            Compression::LZ4,
            Compression::LZ4_RAW,
        ] {
            let cities: arrow_array::ArrayRef =
                Arc::new(arrow_array::StringArray::from(vec!["Oslo"; 100]));
            let batch = RecordBatch::try_from_iter([("City", cities)]).expect("a batch");
            let file = File::create(env.path("a.parquet")).expect("a file");
            let properties = WriterProperties::builder().set_compression(codec).build();
            let writer = ArrowWriter::try_new(file, batch.schema(), Some(properties));
            let mut writer = writer.expect("a writer");
            writer.write(&batch).expect("written");
            writer.close().expect("closed");
            let before = env.emulator.count("Visits").expect("a table");

            env.ok(&["import", "Visits", "a.parquet"]);

            let after = env.emulator.count("Visits").expect("a table");
            assert_eq!(after, before + 100, "{codec}");
        }
    }

    #[test]
    fn an_export_has_the_compression_that_was_chosen() {
        let env = TestEnv::new();
        env.ok(&["export", "City", "city.jsonl"]);
        let lines = std::fs::read_to_string(env.path("city.jsonl")).expect("a file");
        for (name, codec) in [
            ("snappy", "SNAPPY"),
            ("none", "UNCOMPRESSED"),
            ("zstd", "ZSTD"),
            ("gzip", "GZIP"),
            ("brotli", "BROTLI"),
            ("lz4", "LZ4_RAW"),
        ] {
            env.ok(&["export", "City", "city.parquet", "--compression", name]);
            let file = File::open(env.path("city.parquet")).expect("a file");
            let builder = ParquetRecordBatchReaderBuilder::try_new(file).expect("a file");
            let column = builder.metadata().row_group(0).column(1);
            assert!(
                format!("{:?}", column.compression()).starts_with(codec),
                "{name}"
            );
            let (batches, _) = read(&env, "city.parquet");
            let records: usize = batches.iter().map(RecordBatch::num_rows).sum();
            assert_eq!(records, lines.lines().count(), "{name}");
        }
        let ran = env.run(&["export", "City", "city.csv", "--compression", "zstd"]);
        assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    }
}

#[test]
fn a_list_with_a_dictionary_is_imported() {
    let env = TestEnv::of(Emulator::builder().empty());
    let table = TableDef::new("Pets")
        .field(FieldDef::new("Tags", DataType::ListText).list(["Cat", "Frog"]));
    env.emulator.create_table(table).expect("a new table");
    let mut lists =
        arrow_array::builder::ListBuilder::new(arrow_array::builder::StringDictionaryBuilder::<
            Int32Type,
        >::new());
    for tags in [&["Cat", "Frog"][..], &["Frog"]] {
        for tag in tags {
            lists.values().append_value(tag);
        }
        lists.append(true);
    }
    let lists: arrow_array::ArrayRef = Arc::new(lists.finish());
    let batch = RecordBatch::try_from_iter([("Tags", lists)]).expect("a batch");
    let file = File::create(env.path("a.parquet")).expect("a file");
    let mut writer = ArrowWriter::try_new(file, batch.schema(), None).expect("a writer");
    writer.write(&batch).expect("written");
    writer.close().expect("closed");

    env.ok(&["import", "Pets", "a.parquet"]);

    let tags = env.ok(&["query", "Pets", "--format", "csv", "--select", "Tags"]);
    assert_eq!(tags, "Tags\n\"Cat, Frog\"\nFrog\n");
}
