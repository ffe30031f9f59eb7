//! `caspio schema export`.

use crate::support::TestEnv;
use crate::support::people::{fill, people_env, write};
use caspio::record::ObjectKind;
use caspio::schema::{DataType, FieldDefinition, ObjectDefinition, Property, Relationship, Schema};
use serde_json::{Value, json};
use sqlparser::ast::Statement;
use sqlparser::dialect::MsSqlDialect;
use sqlparser::parser::Parser;
use std::collections::BTreeSet;

/// Names that end a quote, a comment or a statement, or that are words of a format.
const HOSTILE: [&str; 12] = [
    "a]b[c\"d'e`",
    "end */ } ; DROP TABLE x -- {",
    "new\nline\u{2028}\t\\",
    "class",
    "string",
    "2nd",
    "pk",
    "日本",
    "direction TB",
    "100%%{x}%% ~a~b~ #35;",
    "Tables",
    "__proto__",
];

const FORMATS: [&str; 4] = ["sql", "mermaid", "json-schema", "typescript"];

fn field(name: &str, data_type: DataType) -> FieldDefinition {
    FieldDefinition::new(name, data_type)
}

/// A schema with every type, a table and a view of one name, a relationship and hostile names.
fn schema() -> Schema {
    let types = [
        DataType::Text255,
        DataType::Text64000,
        DataType::Number,
        DataType::Integer,
        DataType::Currency,
        DataType::DateTime,
        DataType::YesNo,
        DataType::File,
        DataType::Attachment,
        DataType::Password,
        DataType::Autonumber,
        DataType::PrefixedAutonumber,
        DataType::RandomId,
        DataType::Guid,
        DataType::Timestamp,
        DataType::ListText,
        DataType::ListNumber,
        DataType::ListDateTime,
        DataType::Formula,
        DataType::Unknown("GEO POINT".to_owned()),
    ];
    let of_types = types.map(|ty| field(&format!("A {ty}"), ty));
    let every = ObjectDefinition::new("Every_Type", of_types.into());
    let mut code = field("Code", DataType::Text255);
    code.unique = true;
    code.description = "Known by all */ at once".to_owned();
    let mut badge = field("Badge", DataType::Integer);
    (badge.unique, badge.unique_allow_nulls) = (true, true);
    let mut long = field("Long", DataType::Text64000);
    long.unique = true;
    let mut total = field("Total", DataType::Currency);
    total.formula = true;
    let mut employees = ObjectDefinition::new("Employees", vec![code, badge, long, total]);
    employees.note = "People who work here".to_owned();
    let related = json!({ "unknown": [{ "name": "Every_Type" }], "other": 7 });
    let Value::Object(members) = related else {
        unreachable!("it is an object");
    };
    employees.relationships = vec![Relationship::new(members), Relationship::default()];
    let hostile = HOSTILE.map(|name| {
        let fields = HOSTILE.map(|name| field(name, DataType::Text255));
        ObjectDefinition::new(name, fields.into())
    });
    let mut shown = field("Code", DataType::Text255);
    shown.table_field = Some("Employees.Code".to_owned());
    let views = vec![
        ObjectDefinition::new("Employees", vec![shown]),
        ObjectDefinition::new("100%%{x}%% ~a~b~ #35;", vec![]),
    ];
    let tables = [every, employees].into_iter().chain(hostile);
    Schema::new(tables.collect(), views)
}

fn env_with(schema: &Schema) -> TestEnv {
    let env = TestEnv::new();
    schema.save(env.path("file.json")).expect("saved");
    env
}

fn exported(env: &TestEnv, format: &str, more: &[&str]) -> String {
    let export = [
        "schema",
        "export",
        "--schema",
        "file.json",
        "--format",
        format,
    ];
    env.ok(&[&export[..], more].concat())
}

#[test]
fn formats_match_their_snapshots_and_a_file_takes_no_call() {
    let env = env_with(&schema());
    for format in FORMATS {
        let name = format!("schema_export_{}", format.replace('-', "_"));
        let two = [
            "--table",
            "Employees",
            "--table",
            "every_type",
            "--view",
            "Employees",
        ];
        let export = [
            "schema",
            "export",
            "--format",
            format,
            "--schema",
            "file.json",
        ];
        env.snapshot(&name, &[&export[..], &two].concat());
    }
    assert_eq!(env.emulator.calls().total(), 0);
}

#[test]
fn sql_is_valid_and_names_are_quoted() {
    let schema = schema();
    let env = env_with(&schema);

    let sql = exported(&env, "sql", &[]);

    let statements = Parser::parse_sql(&MsSqlDialect {}, &sql).expect(&sql);
    let tables: Vec<_> = statements
        .iter()
        .filter_map(|statement| match statement {
            Statement::CreateTable(table) => Some(table),
            _ => None,
        })
        .collect();
    let unescaped = |name: &str| name.replace("]]", "]");
    assert_eq!(tables.len(), schema.tables.len());
    for (table, expected) in tables.iter().zip(&schema.tables) {
        let name = table.name.0.first().and_then(|part| part.as_ident());
        assert_eq!(unescaped(&name.expect("a name").value), expected.name);
        let columns = table
            .columns
            .iter()
            .map(|column| unescaped(&column.name.value));
        let stored = expected.fields.iter();
        let stored = stored.filter(|field| field.data_type != DataType::Password);
        let names = stored.map(|field| field.name.clone());
        let expected: Vec<String> = std::iter::once("PK_ID".to_owned()).chain(names).collect();
        assert_eq!(columns.collect::<Vec<_>>(), expected);
    }
    let indexes = statements.len() - tables.len();
    assert_eq!(indexes, 1, "Badge may be null in several records");
}

#[test]
fn a_field_that_may_be_null_several_times_has_an_index_that_leaves_nulls_out() {
    let mut schema = schema();
    schema.unreported = vec![Property::UniqueAllowNulls];
    let env = env_with(&schema);

    let sql = exported(&env, "sql", &["--table", "Employees"]);

    assert!(sql.contains("[Code] NVARCHAR(255) NULL,"), "{sql}");
    assert!(
        sql.contains("[UQ_1] ON [Employees] ([Code]) WHERE [Code] IS NOT NULL;"),
        "{sql}"
    );
}

#[test]
fn names_that_differ_in_case_are_reported_for_sql() {
    let tables = ["Time_Off", "Time_off", "Other"].map(|name| ObjectDefinition::new(name, vec![]));
    let env = env_with(&Schema::new(tables.into(), vec![]));

    let ran = env.run(&[
        "schema",
        "export",
        "--schema",
        "file.json",
        "--format",
        "sql",
    ]);

    assert_eq!(ran.code, Some(0));
    assert!(
        ran.stderr.contains("Time_Off and Time_off"),
        "{}",
        ran.stderr
    );
}

#[test]
fn no_name_leaves_its_place_in_a_diagram() {
    let schema = schema();
    let env = env_with(&schema);

    let diagram = exported(&env, "mermaid", &[]);

    let mut lines = diagram.lines();
    assert_eq!(lines.next(), Some("erDiagram"));
    let is_word = |text: &str| {
        let mut bytes = text.bytes();
        bytes
            .next()
            .is_some_and(|byte| byte == b'_' || byte.is_ascii_alphabetic())
            && bytes.all(|byte| byte == b'_' || byte.is_ascii_alphanumeric())
    };
    let is_quoted = |text: &str| {
        let inner = text
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'));
        inner.is_some_and(|inner| {
            !inner.contains(['"', '%', '\\', '~', '\n', '\u{2028}'])
                && !inner.to_lowercase().contains("direction tb")
        })
    };
    let mut entities = 0;
    for line in lines {
        let indent = line.len() - line.trim_start().len();
        let line = line.trim();
        if line == "}" || line.starts_with("%% ") {
            continue;
        }
        if let (4, Some(name)) = (indent, line.strip_suffix(" {")) {
            assert!(is_quoted(name), "{line}");
            entities += 1;
        } else if indent == 8 {
            let (ty, rest) = line.split_once(' ').expect(line);
            let (words, note) = rest.split_at(rest.find('"').unwrap_or(rest.len()));
            assert!(
                is_word(ty) && words.split_whitespace().all(is_word),
                "{line}"
            );
            assert!(note.is_empty() || is_quoted(note), "{line}");
        } else {
            let (ends, label) = line.rsplit_once(" : ").expect(line);
            let mut ends = ends.split(" }o--o{ ").flat_map(|end| end.split(" }o..o{ "));
            assert!(ends.all(is_quoted) && is_quoted(label), "{line}");
        }
    }
    assert_eq!(entities, schema.tables.len() + schema.views.len());
    assert!(
        diagram.contains("\"Employees\" }o--o{ \"Every_Type\" : \"related\""),
        "{diagram}"
    );
    assert!(
        diagram.contains("\"Employees (view)\" }o..o{ \"Employees\" : \"reads\""),
        "{diagram}"
    );
    assert!(
        diagram.contains("no other table of the diagram: 1"),
        "{diagram}"
    );
}

#[test]
fn no_name_leaves_its_place_in_typescript() {
    let schema = schema();
    let env = env_with(&schema);

    let text = exported(&env, "typescript", &[]);

    let interfaces: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("export interface ")?.strip_suffix(" {"))
        .collect();
    let distinct: BTreeSet<_> = interfaces.iter().collect();
    assert_eq!(distinct.len(), interfaces.len(), "{interfaces:?}");
    assert_eq!(
        interfaces.len(),
        schema.tables.len() + schema.views.len() + 2
    );
    for word in ["class", "string", "2nd"] {
        assert!(!interfaces.contains(&word), "{word}");
    }
    for line in text.lines() {
        let is_member = line.starts_with("  ") && line.ends_with(';');
        let is_comment = line.trim_start().starts_with("/** ");
        let is_frame = line.is_empty() || line == "}" || line.starts_with("// ");
        let is_start = line.starts_with("export interface ") && line.ends_with(" {");
        assert!(is_member || is_comment || is_frame || is_start, "{line}");
        if is_comment {
            assert_eq!(line.find("*/"), Some(line.len() - 2), "{line}");
        }
    }
    let hostile = text.lines().filter_map(|line| {
        let quoted = line
            .trim_start()
            .starts_with('"')
            .then_some(line.trim_start())?;
        let mut quoted = serde_json::Deserializer::from_str(quoted).into_iter::<String>();
        Some(quoted.next().expect(line).expect(line))
    });
    let hostile: BTreeSet<String> = hostile.collect();
    for name in HOSTILE
        .iter()
        .filter(|name| name.contains(|c: char| !c.is_ascii_alphanumeric()))
    {
        assert!(
            *name == "__proto__" || hostile.contains(*name),
            "{name} in {hostile:?}"
        );
    }
}

#[test]
fn json_schema_has_every_name_and_one_object_is_described_without_a_reference() {
    let schema = schema();
    let env = env_with(&schema);

    let document: Value = serde_json::from_str(&exported(&env, "json-schema", &[])).expect("JSON");

    jsonschema::meta::validate(&document).expect("a schema");
    for (kind, group) in [(ObjectKind::Table, "tables"), (ObjectKind::View, "views")] {
        let records = document["$defs"][group]["$defs"]
            .as_object()
            .expect("records");
        let names: BTreeSet<&String> = records.keys().collect();
        let expected = schema.objects(kind).iter().map(|object| &object.name);
        assert_eq!(names, expected.collect::<BTreeSet<_>>());
    }
    for name in HOSTILE {
        let one = exported(&env, "json-schema", &["--table", name]);
        let one: Value = serde_json::from_str(&one).expect("JSON");
        let validator = jsonschema::validator_for(&one).expect(name);
        let members = HOSTILE.map(|name| (name.to_owned(), json!("text")));
        assert!(
            validator.is_valid(&Value::Object(members.into_iter().collect())),
            "{name}"
        );
        assert!(
            !validator.is_valid(&json!({})),
            "{name}: the reference leads to the table"
        );
    }
}

/// Checks the records that the API returns with the schema of their table or view.
fn check_records(env: &TestEnv, group: &str, name: &str, version: &str) -> usize {
    let kind = if group == "tables" {
        "--table"
    } else {
        "--view"
    };
    let export = ["schema", "export", "--format", "json-schema", kind, name];
    let schema = env.ok(&[&export[..], &["--api-version", version]].concat());
    let schema: Value = serde_json::from_str(&schema).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    // v4 has ids in its paths; they are those of the list.
    let raw = |path: &[&str]| {
        let page = env.ok(&[&["raw", "GET"][..], path, &["--api-version", version]].concat());
        let mut page: Value = serde_json::from_str(&page).expect("JSON");
        let rows = if version == "v4" { "data" } else { "Result" };
        page[rows].take()
    };
    let id = match version {
        "v4" => {
            let all = raw(&[group]);
            let own = all
                .as_array()
                .expect("a list")
                .iter()
                .find(|one| one["name"] == name);
            let id = format!("{}Id", group.trim_end_matches('s'));
            own.and_then(|own| own[&id].as_str())
                .expect("an id")
                .to_owned()
        }
        _ => name.to_owned(),
    };
    let records = raw(&[group, &id, "records"]);
    let records = records.as_array().expect("records");
    for record in records {
        let wrong: Vec<_> = validator
            .iter_errors(record)
            .map(|error| error.to_string())
            .collect();
        assert!(wrong.is_empty(), "{version}: {name}: {wrong:?} in {record}");
    }
    records.len()
}

#[test]
fn json_schema_accepts_the_records_that_the_api_returns() {
    let env = TestEnv::new();
    for version in ["v2", "v3", "v4"] {
        for group in ["tables", "views"] {
            for name in env.ok(&[group, "--api-version", version]).lines() {
                let records = check_records(&env, group, name, version);
                assert!(records > 0, "{version}: {name}");
            }
        }
    }
    let people = people_env();
    fill(&people);
    for version in ["v2", "v3", "v4"] {
        assert_eq!(check_records(&people, "tables", "People", version), 5);
    }
}

#[test]
fn json_schema_refuses_values_of_other_types() {
    let env = env_with(&schema());
    let document = exported(&env, "json-schema", &["--table", "Every_Type"]);
    let validator = serde_json::from_str(&document).expect("JSON");
    let validator = jsonschema::validator_for(&validator).expect("a schema");
    let mut record = json!({
        "PK_ID": 1, "A STRING": "a", "A TEXT": null, "A NUMBER": "", "A INTEGER": 3, "A CURRENCY": 1.25,
        "A DATE/TIME": "2022-01-24T20:30:51.607", "A YES/NO": true, "A FILE": "/a", "A ATTACHMENT": null,
        "A AUTONUMBER": 1, "A PREFIXED AUTONUMBER": "S-1", "A RANDOM ID": "x", "A GUID": "x",
        "A TIMESTAMP": null, "A LIST-STRING": {"1": "a"}, "A LIST-NUMBER": {"1": 1.5},
        "A LIST-DATE/TIME": {"1": "2020-01-01T00:00:00"}, "A FORMULA": [], "A GEO POINT": {},
    });
    assert!(validator.is_valid(&record), "{record}");
    for (name, wrong) in [
        ("PK_ID", json!("1")),
        ("A STRING", json!("a".repeat(256))),
        ("A NUMBER", json!("1")),
        ("A INTEGER", json!(1.5)),
        ("A DATE/TIME", json!("1/28/2022 3:31:03 PM")),
        ("A YES/NO", json!(null)),
        ("A LIST-STRING", json!(["a"])),
        ("A LIST-NUMBER", json!({"1": "a"})),
    ] {
        let right = std::mem::replace(&mut record[name], wrong);
        assert!(!validator.is_valid(&record), "{name}: {record}");
        record[name] = right;
    }
}

#[test]
fn a_file_is_written_and_a_wrong_name_is_reported() {
    let env = env_with(&schema());
    let export = [
        "schema",
        "export",
        "--format",
        "sql",
        "--schema",
        "file.json",
    ];

    let counts = env.ok(&[&export[..], &["--out", "a.sql", "--json"]].concat());
    let text = env.ok(&[&export[..], &["--json"]].concat());

    let counts: Value = serde_json::from_str(&counts).expect("JSON");
    let text: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(
        (&counts["file"], &counts["views"]),
        (&json!("a.sql"), &json!(2))
    );
    assert_eq!(
        text["text"],
        std::fs::read_to_string(env.path("a.sql")).expect("a file")
    );
    let wrong = env.run(&[&export[..], &["--table", "Employee"]].concat());
    assert_eq!(wrong.code, Some(3), "{}", wrong.stderr);
    assert!(wrong.stderr.contains("`Employees`?"), "{}", wrong.stderr);
    write(&env, "file.json", "{");
    assert_eq!(env.run(&export).code, Some(2));
}
