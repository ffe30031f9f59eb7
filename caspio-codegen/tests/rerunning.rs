//! Running again over files that users changed: outside the markers, constructors, enums, whole files.

mod support;

use caspio_codegen::Generator;
use caspio_schema::Schema;
use std::path::{Path, PathBuf};
use support::*;

#[test]
fn text_outside_of_the_markers_is_kept() {
    let schema = contacts();
    let new = text_of(&schema);
    let block = &new[new.find("// caspio:begin").expect("a mark")..];
    let own = format!(
        "#!   not  even Rust {{\r\n{}\n\n\n  fn x( ) {{ }}  // \t",
        block.trim_end()
    );
    let mut more = contacts();
    more.tables[0].fields.push(field("Age", "INTEGER"));

    let (text, _) = run(&more, &own);

    assert_ne!(text, own);
    assert!(text.starts_with("#!   not  even Rust {\r\n// caspio:begin"));
    assert!(text.ends_with("// caspio:end\n\n\n  fn x( ) { }  // \t"));
}

#[test]
fn a_block_in_a_module_keeps_the_indentation_of_its_markers() {
    let new = text_of(&contacts());
    let block = &new[new.find("// caspio:begin").expect("a mark")..];
    let lines = block.lines().map(|line| match line {
        "" => "\n".to_owned(),
        line => format!("    {line}\n"),
    });
    let own = format!("mod inner {{\n{}}}\n", lines.collect::<String>());
    let mut more = contacts();
    more.tables[0].fields.push(field("Age", "INTEGER"));

    assert_eq!(rerun(&contacts(), &own), own);
    let (text, _) = run(&more, &own);
    let mut markers = text.lines().filter(|line| line.contains("// caspio:"));
    assert!(markers.all(|line| line.starts_with("    // ")), "{text}");
    assert_eq!(rerun(&more, &text), text);
}

#[test]
fn windows_line_endings_are_kept() {
    let windows = |schema: &Schema| text_of(schema).replace('\n', "\r\n");
    let mut more = contacts();
    more.tables[0].fields.push(field("Age", "INTEGER"));

    assert_eq!(
        rerun(&contacts(), &windows(&contacts())),
        windows(&contacts())
    );
    assert_eq!(rerun(&more, &windows(&contacts())), windows(&more));
}

#[test]
fn code_formatted_to_another_width_is_recognized() {
    let schema = columns(vec![
        unique("Email", "STRING"),
        field("2nd phone", "STRING"),
    ]);
    let own = text_of(&schema)
        .replace(
            "#[caspio(rename = \"2nd phone\", default)]",
            "#[caspio(\n        rename = \"2nd phone\",\n        default,\n    )]",
        )
        .replace(
            "new(email: String) -> Self {",
            "new(\n        email: String,\n    ) -> Self {",
        );
    let mut more = schema.clone();
    more.tables[0].fields.push(unique("No", "INTEGER"));

    assert_eq!(rerun(&schema, &own), own);
    let (text, _) = run(&more, &own);
    assert!(has(&text, "pub fn new(email: String, no: i32) -> Self {"));
}

#[test]
fn a_custom_constructor_is_kept_and_reported() {
    let schema = columns(vec![unique("Email", "STRING")]);
    let own = text_of(&schema).replace(
        "        Self { email }",
        "        let email = email;\n        Self { email }",
    );
    let mut more = schema.clone();
    more.tables[0].fields.push(field("Age", "INTEGER"));

    let files = Files::from([(PathBuf::from("contacts.rs"), own)]);
    let output = generate(&more, &files);

    assert!(file(&output, "contacts.rs").contains("let email = email;"));
    assert!(output.report.notes[0].contains("you changed `NewContact::new`"));
}

#[test]
fn an_enum_follows_its_list_and_keeps_its_names() {
    let of = |values: &[&str]| columns(vec![list("Interests", values)]);
    let by = |schema: &Schema, files: &Files| {
        generate_by(Generator::new(schema).all().list_enums(true), files)
    };
    let first = by(&of(&["Cat", "Dog"]), &Files::new());
    let own = file(&first, "contacts.rs").replace("Dog,", "#[caspio(rename = \"Dog\")] Hound,");
    let files = Files::from([(PathBuf::from("contacts.rs"), own)]);

    let output = by(&of(&["Dog", "Frog"]), &files);

    let text = file(&output, "contacts.rs");
    assert!(has(
        &text,
        r#"{ #[caspio(rename = "Dog")] Hound, Frog, /// A value"#
    ));
    assert!(!text.contains("Cat"));
    assert!(by(&of(&["Dog", "Frog"]), &output.files).report.is_current());
}

#[test]
fn an_enum_of_the_users_own_stays() {
    let of = |values: &[&str]| columns(vec![list("Interests", values)]);
    let by = |schema: &Schema, files: &Files| {
        generate_by(Generator::new(schema).all().list_enums(true), files)
    };
    let first = by(&of(&["Cat", "Dog"]), &Files::new());
    let text = file(&first, "contacts.rs");
    for own in [
        text.replace("Hash, CaspioValue)]", "Hash)]"),
        text.replace(
            "#[non_exhaustive]",
            "#[non_exhaustive]\n#[caspio(rename_all = \"lowercase\")]",
        ),
    ] {
        let files = Files::from([(PathBuf::from("contacts.rs"), own)]);

        let output = by(&of(&["Frog"]), &files);

        assert!(has(&file(&output, "contacts.rs"), "Cat, Dog, /// A value"));
    }
}

#[test]
fn a_key_gets_a_type_by_option_and_keeps_it() {
    let schema = contacts();
    let plain = generate(&schema, &Files::new());

    let with = generate_by(Generator::new(&schema).all().key_types(true), &plain.files);

    let text = file(&with, "contacts.rs");
    assert!(has(&text, "pub pk_id: ContactId,"));
    assert!(has(&text, "pub struct ContactId(pub i64);"));
    let again = Generator::new(&schema).all().key_types(true);
    assert!(generate_by(again, &with.files).report.is_current());
    assert!(generate(&schema, &with.files).report.is_current());
    let renamed = text.replace("ContactId", "PersonId");
    let files = Files::from([(PathBuf::from("contacts.rs"), renamed.clone())]);
    let again = Generator::new(&schema).all().key_types(true);
    assert_eq!(file(&generate_by(again, &files), "contacts.rs"), renamed);
}

#[test]
fn lists_become_enums_and_texts_again_by_option() {
    let schema = contacts();
    let enums = Generator::new(&schema).all().list_enums(true);

    let texts = generate(&schema, &Files::new());
    let with = generate_by(enums, &texts.files);
    let without = generate(&schema, &with.files);

    assert!(has(
        &file(&with, "contacts.rs"),
        "pub interests: List<ContactsInterests>,"
    ));
    assert!(has(
        &file(&with, "contacts.rs"),
        "pub interests: Patch<List<ContactsInterests>>,"
    ));
    assert!(has(
        &file(&without, "contacts.rs"),
        "pub interests: List<String>,"
    ));
    assert!(has(
        &file(&without, "contacts.rs"),
        "pub interests: Patch<List<String>>,"
    ));
}

#[test]
fn a_renamed_file_may_contain_two_tables() {
    let mut schema = contacts();
    schema
        .tables
        .extend(table("Orders", vec![field("Total", "CURRENCY")]).tables);
    let first = generate(&schema, &Files::new());
    let both = file(&first, "orders.rs") + &file(&first, "contacts.rs").replace("//! ", "// ");
    let files = Files::from([
        (PathBuf::from("people.rs"), both),
        (PathBuf::from("mod.rs"), "mod people;\n".to_owned()),
    ]);
    schema.tables[0].fields.push(field("Age", "INTEGER"));
    schema.tables[1].fields.push(field("Paid", "YES/NO"));

    let output = generate(&schema, &files);

    assert_eq!(output.files.len(), 2);
    assert_eq!(output.report.changes.len(), 1);
    let text = file(&output, "people.rs");
    assert!(text.contains("pub age: Option<i32>,") && text.contains("pub paid: bool,"));
    assert!(generate(&schema, &output.files).report.is_current());
}

#[test]
fn unselected_tables_do_not_change() {
    let mut schema = contacts();
    schema
        .tables
        .extend(table("Orders", vec![field("Total", "CURRENCY")]).tables);
    let first = generate(&schema, &Files::new());
    schema.tables[0].fields.push(field("Age", "INTEGER"));
    schema.tables[1].fields.push(field("Paid", "YES/NO"));

    let output = generate_by(Generator::new(&schema).table("Orders"), &first.files);

    assert_eq!(output.report.changes.len(), 1);
    assert_eq!(output.report.changes[0].path, Path::new("orders.rs"));
    assert_eq!(
        output.files.get(Path::new("mod.rs")),
        first.files.get(Path::new("mod.rs"))
    );
}

#[test]
fn a_removed_table_is_only_reported() {
    let mut schema = contacts();
    let first = generate(&schema, &Files::new());
    schema.tables[0].name = "People".to_owned();

    let output = generate(&schema, &first.files);

    assert!(output.report.notes[0].contains("the schema has no table Contacts any more"));
    assert!(!output.files.contains_key(Path::new("contacts.rs")));
}

#[test]
fn damaged_files_are_reported_with_file_and_line() {
    let schema = contacts();
    let new = text_of(&schema);
    for (text, line, message) in [
        (new.replace("// caspio:end", ""), 3, "has no end"),
        (
            new.replace("pub pk_id: i64,", "pub pk_id i64,"),
            11,
            "is not Rust",
        ),
        (
            new.replace("column \"Balance\"", "column Balance"),
            39,
            "cannot be read",
        ),
        ("fn own() {}\n".to_owned(), 0, "this file was not generated"),
    ] {
        let files = Files::from([(PathBuf::from("contacts.rs"), text)]);

        let error = Generator::new(&schema)
            .all()
            .generate(&files)
            .expect_err(message);

        assert!(error.to_string().contains(message), "{error}");
        assert_eq!(error.file(), Some(Path::new("contacts.rs")));
        assert_eq!(error.line().unwrap_or_default(), line, "{error}");
    }
}
