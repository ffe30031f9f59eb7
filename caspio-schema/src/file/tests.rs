//! Tests: reading and writing schema files.

use crate::{DataType, FieldDefinition, ObjectDefinition, ObjectKind, Relationship, Schema};
use proptest::prelude::*;
use serde_json::{Value, json};

fn pets() -> Schema {
    let mut kind = FieldDefinition::new("Kind", DataType::ListText);
    kind.list = [(1, json!("Cat")), (7, json!("Dog"))].into();
    let mut name = FieldDefinition::new("Name", DataType::Text255);
    name.unique = true;
    name.label = "The \"name\"\n".to_owned();
    let tables = vec![
        ObjectDefinition::new("Vets", Vec::new()),
        ObjectDefinition::new("pets", vec![name, kind]),
    ];
    Schema::new(tables, vec![ObjectDefinition::new("Pet_Names", Vec::new())])
}

const PETS: &str = r#"{
  "caspio_schema": 1,
  "tables": [
    {
      "name": "pets",
      "fields": [
        {"name": "Name", "type": "STRING", "unique": true, "label": "The \"name\"\n"},
        {"name": "Kind", "type": "LIST-STRING", "list": {"1": "Cat", "7": "Dog"}}
      ]
    },
    {
      "name": "Vets",
      "fields": []
    }
  ],
  "views": [
    {
      "name": "Pet_Names",
      "fields": []
    }
  ]
}
"#;

#[test]
fn the_file_is_sorted_and_has_one_field_a_line() {
    assert_eq!(pets().to_json(), PETS);
}

#[test]
fn a_written_schema_is_read_unchanged() {
    let read = Schema::from_json(PETS).expect("a schema");

    assert_eq!(read.table("PETS"), pets().table("pets"));
    assert_eq!(read.to_json(), PETS);
}

#[test]
fn a_saved_file_is_loaded_and_no_temporary_file_remains() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("caspio.schema.json");

    Schema::default().save(&file).expect("written");
    pets().save(&file).expect("written again");

    assert_eq!(Schema::load(&file).expect("read").to_json(), PETS);
    assert_eq!(
        std::fs::read_dir(folder.path()).expect("a folder").count(),
        1
    );
}

#[test]
fn a_file_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("missing").join("caspio.schema.json");

    let error = pets().save(&file).expect_err("no such folder");

    assert!(
        error
            .to_string()
            .contains("caspio.schema.json cannot be written"),
        "{error}"
    );
}

#[test]
fn a_missing_file_is_an_error_with_its_path() {
    let error = Schema::load("/nowhere/caspio.schema.json").expect_err("no file");

    assert!(error.is_missing());
    let text = error.to_string();
    assert!(
        text.starts_with("there is no file /nowhere/caspio.schema.json"),
        "{text}"
    );
}

#[test]
fn broken_json_is_an_error_with_its_position() {
    let error =
        Schema::from_json("{\n  \"caspio_schema\": 1,\n  \"tables\": [}\n").expect_err("broken");

    assert_eq!(error.position(), Some((3, 14)));
    assert!(error.to_string().contains("line 3, column 14"), "{error}");
}

#[test]
fn a_newer_format_is_an_error_of_its_own() {
    let error = Schema::from_json(r#"{"caspio_schema": 2, "clouds": []}"#).expect_err("newer");

    assert!(error.is_too_new());
    assert!(error.to_string().contains("has format 2"), "{error}");
}

#[test]
fn unexpected_json_is_an_error_that_names_the_mismatch() {
    for (text, wanted) in [
        ("[]", "line 1"),
        ("{}", "caspio_schema"),
        (r#"{"caspio_schema": "1"}"#, "caspio_schema"),
        (r#"{"caspio_schema": 0}"#, "caspio_schema"),
        (r#"{"caspio_schema": 1, "tables": []}"#, "`views`"),
        (
            r#"{"caspio_schema": 1, "views": [], "tables": [{"name": "P", "fields": [{"nmae": "A"}]}]}"#,
            "`nmae`",
        ),
        (
            r#"{"caspio_schema": 1, "views": [], "tables": [{"name": "P", "fields": []}, {"name": "P", "fields": []}]}"#,
            "the table \"P\" is there twice",
        ),
        (
            r#"{"caspio_schema": 1, "views": [], "tables": [{"name": "P", "fields": [{"name": "A", "type": "TEXT"}, {"name": "a", "type": "TEXT"}]}]}"#,
            "in \"P\" the field \"a\" is there twice",
        ),
    ] {
        let error = Schema::from_json(text).expect_err(text);
        assert!(error.to_string().contains(wanted), "{text}: {error}");
        assert!(
            !error.is_too_new() && error.position().is_none(),
            "{text}: {error}"
        );
    }
}

#[test]
fn a_name_in_the_file_breaks_no_line_of_an_error() {
    let text = r#"{"caspio_schema": 1, "tables": [], "views": [], "colour\n\u001b[31m": 1}"#;

    let error = Schema::from_json(text)
        .expect_err("an unknown member")
        .to_string();

    assert!(error.contains("`colour\\n\\u{1b}[31m`"), "{error:?}");
}

#[test]
fn the_members_of_relationships_are_sorted() {
    let mut schema = pets();
    let members = json!({ "to": "Vets", "by": { "z": 1, "a": 2 } });
    let Value::Object(members) = members else {
        unreachable!("an object")
    };
    schema.tables[0].relationships = vec![Relationship { members }];

    let line = r#"        {"by": {"a": 2, "z": 1}, "to": "Vets"}"#;
    assert!(schema.to_json().contains(line), "{}", schema.to_json());
}

fn data_type() -> impl Strategy<Value = DataType> {
    prop_oneof![
        Just(DataType::Text255),
        Just(DataType::PrefixedAutonumber),
        Just(DataType::Formula),
        "[A-Z]{3,8}-[A-Z]{1,4}".prop_map(|name| DataType::from_name(&name)),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<i32>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from)
    ]
}

fn field() -> impl Strategy<Value = FieldDefinition> {
    let texts = (".{0,20}", ".{0,20}", proptest::option::of(".{1,9}"));
    let flags = (
        any::<bool>(),
        any::<bool>(),
        any::<Option<bool>>(),
        any::<Option<u32>>(),
    );
    let list = proptest::collection::btree_map(any::<i64>(), value(), 0..4);
    (data_type(), texts, flags, list).prop_map(|(data_type, texts, flags, list)| {
        let mut field = FieldDefinition::new("", data_type);
        (field.label, field.description, field.prefix) = texts;
        (field.unique, field.on_insert, field.editable, field.length) = flags;
        field.list = list;
        field
    })
}

fn fields() -> impl Strategy<Value = Vec<FieldDefinition>> {
    proptest::collection::btree_map("[a-z_ß]{1,12}", field(), 0..6).prop_map(|fields| {
        let named = fields.into_iter().map(|(name, mut field)| {
            field.name = name;
            field
        });
        named.collect()
    })
}

fn schema() -> impl Strategy<Value = Schema> {
    let tables = proptest::collection::btree_map("[a-z]{1,9}", fields(), 0..4);
    let views = proptest::collection::btree_map("[a-z]{1,9}", fields(), 0..3);
    (tables, views).prop_map(|(tables, views)| {
        let tables = tables.into_iter();
        let tables = tables.map(|(name, fields)| ObjectDefinition::new(name, fields));
        let views = views.into_iter();
        let views = views.map(|(name, fields)| ObjectDefinition::new(name, fields));
        Schema::new(tables.collect(), views.collect())
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn every_schema_is_read_as_it_was_written(schema in schema()) {
        let text = schema.to_json();

        let read = Schema::from_json(&text).expect("its own text");

        prop_assert_eq!(&read, &schema);
        prop_assert_eq!(read.to_json(), text);
    }

    #[test]
    fn every_field_has_its_own_line(schema in schema()) {
        let text = schema.to_json();

        let tables = schema.tables.iter().map(|table| table.fields.len());
        let views = schema.views.iter().map(|view| view.fields.len());
        let lines = text.lines().filter(|line| line.starts_with("        {\"name\": "));
        prop_assert_eq!(lines.count(), tables.chain(views).sum::<usize>());
        prop_assert!(text.ends_with(char::from(10)));
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in ".{0,60}") {
        let _ = Schema::from_json(&text);
    }
}

#[test]
fn tables_whose_names_differ_in_case_only_are_two() {
    let names = ["Time_Off", "Time_off"];
    let schema = Schema::new(
        names
            .map(|name| ObjectDefinition::new(name, vec![]))
            .to_vec(),
        vec![],
    );

    let read = Schema::from_json(&schema.to_json()).expect("a schema");

    for name in names {
        let table = read.object(ObjectKind::Table, name).expect("the table");
        assert_eq!(table.name, name);
    }
}
