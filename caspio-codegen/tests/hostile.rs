//! Names and texts of an account that could break generated code.

mod support;

use caspio_codegen::{Generator, Output};
use std::collections::BTreeSet;
use std::sync::OnceLock;
use support::*;
use syn::{Item, ItemStruct};

fn generated() -> &'static Output {
    static OUTPUT: OnceLock<Output> = OnceLock::new();
    OUTPUT.get_or_init(|| {
        let schema = hostile();
        generate_by(
            Generator::new(&schema).all().list_enums(true),
            &Files::new(),
        )
    })
}

fn structs(output: &Output) -> Vec<ItemStruct> {
    let files = output.files.values();
    let items = files.flat_map(|text| syn::parse_file(text).expect("Rust").items);
    items
        .filter_map(|item| match item {
            Item::Struct(item) => Some(item),
            _ => None,
        })
        .collect()
}

#[test]
fn every_column_has_a_field_of_its_own() {
    let schema = hostile();

    let structs = structs(generated());

    let records: Vec<&ItemStruct> = structs
        .iter()
        .filter(|item| {
            item.fields
                .iter()
                .any(|field| field.ident.as_ref().is_some_and(|ident| ident == "pk_id"))
        })
        .collect();
    let fields: usize = records.iter().map(|item| item.fields.len() - 1).sum();
    let columns: usize = schema.tables.iter().map(|table| table.fields.len()).sum();
    assert_eq!(records.len(), schema.tables.len());
    assert_eq!(fields, columns);
    for item in structs {
        let names: BTreeSet<String> = item
            .fields
            .iter()
            .map(|f| format!("{:?}", f.ident))
            .collect();
        assert_eq!(names.len(), item.fields.len(), "{}", item.ident);
    }
}

#[test]
fn no_two_types_have_one_name() {
    let structs = structs(generated());

    let names: BTreeSet<String> = structs.iter().map(|item| item.ident.to_string()).collect();

    assert_eq!(names.len(), structs.len());
}

#[test]
fn rustfmt_agrees() {
    assert_formatted(generated());
}

#[test]
fn lines_at_the_edge_are_broken_where_rustfmt_breaks_them() {
    let mut schema = caspio_schema::Schema::default();
    for width in (47..104).step_by(3) {
        let wide: String = "Wide ".repeat(40).chars().take(width).collect();
        let value = "v ".repeat(width);
        let columns = vec![
            field(&wide, "STRING"),
            unique(&"x".repeat(width), "CURRENCY"),
            field(&"名".repeat(width / 2), "FILE"),
            list("L", &[&value[..width]]),
        ];
        schema
            .tables
            .extend(table(&format!("T {width}"), columns).tables);
    }

    let output = generate_by(
        Generator::new(&schema).all().list_enums(true),
        &Files::new(),
    );

    assert_formatted(&output);
}

#[test]
fn every_column_is_recognized_on_the_next_run() {
    let schema = hostile();
    let first = generated();
    let again = Generator::new(&schema).all().list_enums(true);

    let second = generate_by(again.clone(), &first.files);
    assert!(second.report.is_current(), "{}", second.report);
    assert_eq!(second.files, first.files);

    // Without its marker, a column that its field does not identify would get a second one.
    let without_marks = first.files.iter().map(|(path, text)| {
        let lines = text
            .lines()
            .filter(|line| !line.starts_with("// caspio:column"));
        (path.clone(), lines.collect::<Vec<_>>().join("\n") + "\n")
    });
    assert_eq!(
        generate_by(again, &without_marks.collect()).files,
        first.files
    );
}

#[test]
fn a_new_column_changes_no_existing_name() {
    let clash = |names: &[&str]| {
        table(
            "Contacts",
            names.iter().map(|name| field(name, "YES/NO")).collect(),
        )
    };
    let text = file(
        &generate(&clash(&["a b", "a_b"]), &Files::new()),
        "contacts.rs",
    );
    assert!(has(
        &text,
        r#"#[caspio(rename = "a b")] pub a_b: bool, #[caspio(rename = "a_b")] pub a_b_2: bool,"#
    ));

    let more = rerun(&clash(&["A-B", "a b", "a_b_2", "a_b"]), &text);

    assert!(has(&more, r#"#[caspio(rename = "A-B")] pub a_b_3: bool,"#));
    assert!(has(&more, r#"#[caspio(rename = "a b")] pub a_b: bool,"#));
    assert!(has(&more, r#"#[caspio(rename = "a_b")] pub a_b_2: bool,"#));
    assert!(has(
        &more,
        r#"#[caspio(rename = "a_b_2")] pub a_b_2_2: bool,"#
    ));
}
