//! The code that is generated for a table or view.

mod support;

use caspio_codegen::Generator;
use support::*;

/// The record's fields and the insert's for one column.
fn fields_of(field: caspio_schema::FieldDefinition) -> (String, String) {
    let text = file(&generate(&table("T", vec![field]), &Files::new()), "t.rs");
    let body = |from: &str| -> String {
        let after = text.split_once(from).map_or("", |(_, after)| after);
        let body = after.split_once("\n}").map_or("", |(body, _)| body);
        body.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let record = body("pub pk_id: i64,");
    (record, body("pub struct NewT {"))
}

#[test]
fn every_data_type_has_a_field_type() {
    for (data_type, record, insert) in [
        (
            "STRING",
            "#[caspio(default)] pub x: String,",
            "pub x: Patch<String>,",
        ),
        (
            "TEXT",
            "#[caspio(default)] pub x: String,",
            "pub x: Patch<String>,",
        ),
        ("NUMBER", "pub x: Option<f64>,", "pub x: Patch<f64>,"),
        ("INTEGER", "pub x: Option<i32>,", "pub x: Patch<i32>,"),
        (
            "CURRENCY",
            "pub x: Option<Decimal>,",
            "pub x: Patch<Decimal>,",
        ),
        (
            "DATE/TIME",
            "pub x: Option<DateTime>,",
            "pub x: Patch<DateTime>,",
        ),
        ("YES/NO", "pub x: bool,", "pub x: Patch<bool>,"),
        ("FILE", "pub x: Option<String>,", "pub x: Patch<String>,"),
        (
            "ATTACHMENT",
            "#[caspio(read_only)] pub x: Option<String>,",
            "",
        ),
        (
            "PASSWORD",
            "#[caspio(password)] pub x: Password,",
            "pub x: Patch<Password>,",
        ),
        ("AUTONUMBER", "#[caspio(read_only)] pub x: i64,", ""),
        (
            "PREFIXED AUTONUMBER",
            "#[caspio(read_only)] pub x: String,",
            "",
        ),
        ("RANDOM ID", "#[caspio(read_only)] pub x: String,", ""),
        ("GUID", "#[caspio(read_only)] pub x: String,", ""),
        (
            "TIMESTAMP",
            "#[caspio(read_only)] pub x: Option<DateTime>,",
            "",
        ),
        (
            "LIST-STRING",
            "pub x: List<String>,",
            "pub x: Patch<List<String>>,",
        ),
        (
            "LIST-NUMBER",
            "pub x: List<f64>,",
            "pub x: Patch<List<f64>>,",
        ),
        (
            "LIST-DATE/TIME",
            "pub x: List<DateTime>,",
            "pub x: Patch<List<DateTime>>,",
        ),
        (
            "FORMULA",
            "#[caspio(read_only)] pub x: Option<caspio::field::Any>,",
            "",
        ),
        (
            "GEO-POINT",
            "pub x: Option<caspio::field::Any>,",
            "pub x: Patch<caspio::field::Any>,",
        ),
    ] {
        let fields = fields_of(field("X", data_type));

        assert_eq!(
            fields,
            (record.to_owned(), insert.to_owned()),
            "{data_type}"
        );
    }
}

#[test]
fn a_formula_is_read_as_its_result_and_never_written() {
    let (record, insert) = fields_of(formula("X", "STRING"));

    assert_eq!(record, "#[caspio(read_only)] pub x: Option<String>,");
    assert_eq!(insert, "");
}

#[test]
fn unique_values_are_never_null_and_required_in_inserts() {
    let (record, insert) = fields_of(unique("X", "STRING"));
    assert_eq!(
        (record.as_str(), insert.as_str()),
        ("pub x: String,", "pub x: String,")
    );

    let mut nulls = unique("X", "INTEGER");
    nulls.unique_allow_nulls = true;
    let (record, insert) = fields_of(nulls);
    assert_eq!(
        (record.as_str(), insert.as_str()),
        ("pub x: Option<i32>,", "pub x: Patch<i32>,")
    );
}

#[test]
fn a_guid_is_a_uuid_on_request() {
    let schema = table("T", vec![field("X", "GUID")]);

    let output = generate_by(Generator::new(&schema).all().uuid(true), &Files::new());

    assert!(has(&file(&output, "t.rs"), "pub x: uuid::Uuid,"));
}

#[test]
fn an_insert_with_required_columns_has_a_constructor_and_no_default() {
    let schema = table(
        "Members",
        vec![unique("Email", "STRING"), field("Age", "INTEGER")],
    );

    let text = file(&generate(&schema, &Files::new()), "members.rs");

    assert!(text.contains("#[derive(Debug, Clone, PartialEq, CaspioInsert)]"));
    assert!(has(&text, "pub fn new(email: String) -> Self {"));
    assert!(has(&text, "email, age: Patch::Absent,"));
}

#[test]
fn a_struct_with_a_password_does_not_derive_partial_eq() {
    let schema = table("Members", vec![field("Secret", "PASSWORD")]);

    let text = file(&generate(&schema, &Files::new()), "members.rs");

    assert!(text.contains("#[derive(Debug, Clone, CaspioTable)]"));
    assert!(text.contains("#[derive(Debug, Clone, Default, CaspioInsert)]"));
}

#[test]
fn a_table_without_writable_columns_has_no_insert() {
    let schema = table("Log", vec![field("At", "TIMESTAMP")]);

    let text = file(&generate(&schema, &Files::new()), "log.rs");

    assert!(!text.contains("NewLog"));
    assert!(text.contains("use caspio::{CaspioTable, DateTime};"));
}

#[test]
fn rename_is_written_only_if_needed() {
    let names = [
        "First_Name",
        "email",
        "ZIP",
        "2nd phone",
        "Größe",
        "CustomerID",
    ];
    let fields = names.iter().map(|name| field(name, "YES/NO")).collect();

    let text = file(&generate(&table("T", fields), &Files::new()), "t.rs");

    for plain in ["first_name", "email", "zip", "größe"] {
        assert!(
            text.contains(&format!("\n    pub {plain}: bool,\n")),
            "{plain}"
        );
    }
    assert_eq!(text.matches("rename").count(), 2);
    assert!(has(
        &text,
        r#"#[caspio(rename = "CustomerID")] pub customer_id: bool,"#
    ));
}

#[test]
fn a_table_in_another_case_gets_rename_all() {
    let names = ["FirstName", "LastName", "PostalCode", "Email", "Odd name"];
    let fields = names.iter().map(|name| field(name, "YES/NO")).collect();

    let text = file(&generate(&table("T", fields), &Files::new()), "t.rs");

    assert!(text.contains(r#"#[caspio(table = "T", rename_all = "PascalCase")]"#));
    assert_eq!(text.matches("rename = ").count(), 1);
    assert_eq!(generate(&table("T", vec![]), &Files::new()).files.len(), 2);
}

#[test]
fn labels_and_descriptions_are_documentation() {
    let text = file(&generate(&contacts(), &Files::new()), "contacts.rs");

    assert!(text.contains("/// People and companies.\n#[derive("));
    assert!(text.contains("    /// The given name.\n    ///\n    /// Shown as “Given name”.\n"));
}

#[test]
fn lists_are_enums_on_request() {
    let schema = table(
        "Contacts",
        vec![list("Interests", &["Large cat", "Unknown", "%", "%%"])],
    );

    let output = generate_by(
        Generator::new(&schema).all().list_enums(true),
        &Files::new(),
    );

    let text = file(&output, "contacts.rs");
    assert!(has(&text, "pub interests: List<ContactsInterests>,"));
    assert!(has(&text, "pub interests: Patch<List<ContactsInterests>>,"));
    assert!(has(
        &text,
        r#"#[caspio(rename = "Large cat")] LargeCat, #[caspio(rename = "Unknown")] Unknown2,"#
    ));
    assert!(has(
        &text,
        r#"#[caspio(rename = "%")] Value1, #[caspio(rename = "%%")] Value2,"#
    ));
    assert!(has(&text, "#[caspio(other)] Unknown(String), }"));
    assert!(text.contains("use caspio::{CaspioInsert, CaspioTable, CaspioValue, List, Patch};"));
    assert_formatted(&output);
}

#[test]
fn keys_have_types_on_request() {
    let mut schema = contacts();
    schema
        .tables
        .extend(table("Contact_Id", vec![field("A", "STRING")]).tables);
    schema.views.push(view(
        "Recent",
        vec![of_table("A", "STRING", "Contacts.Email")],
    ));

    let output = generate_by(Generator::new(&schema).all().key_types(true), &Files::new());

    let table = file(&output, "contacts.rs");
    assert!(has(&table, "pub pk_id: ContactId,"));
    assert!(has(
        &table,
        "Ord, Hash, CaspioValue)] pub struct ContactId(pub i64);"
    ));
    assert!(file(&output, "contact_id.rs").contains("pub struct ContactId2 {"));
    let view = file(&output, "recent.rs");
    assert!(has(&view, "pub struct RecentId(pub String);"));
    assert!(has(&view, "#[derive(Debug, Clone, PartialEq, Eq,"));
    assert_formatted(&output);
}

#[test]
fn struct_names_do_not_depend_on_the_selection() {
    let mut schema = contacts();
    schema
        .tables
        .extend(table("New_Contacts", vec![field("A", "STRING")]).tables);
    schema
        .tables
        .extend(table("Options", vec![field("A", "STRING")]).tables);
    schema
        .tables
        .extend(table("contact", vec![field("A", "STRING")]).tables);

    let all = generate(&schema, &Files::new());
    let one = generate_by(Generator::new(&schema).table("new_contacts"), &Files::new());

    assert!(file(&all, "contacts.rs").contains("pub struct NewContact {"));
    assert!(file(&all, "new_contacts.rs").contains("pub struct NewContact2 {"));
    assert!(file(&all, "options.rs").contains("pub struct OptionRecord {"));
    assert!(file(&all, "contact.rs").contains("pub struct Contact3 {"));
    assert_eq!(file(&all, "new_contacts.rs"), file(&one, "new_contacts.rs"));
    assert_eq!(one.files.len(), 2);
}

#[test]
fn names_stay_plural_on_request() {
    let schema = contacts();

    let output = generate_by(Generator::new(&schema).all().singular(false), &Files::new());

    assert!(file(&output, "contacts.rs").contains("pub struct Contacts {"));
}

#[test]
fn an_unknown_table_is_an_error_with_a_suggestion() {
    let mut schema = contacts();
    schema.views.push(view("Recent", vec![]));
    let error = |generator: Generator<'_>| {
        generator
            .generate(&Files::new())
            .expect_err("an error")
            .to_string()
    };

    let none = error(Generator::new(&schema));
    let unknown = error(Generator::new(&schema).table("Contact"));
    let of_other_kind = error(Generator::new(&schema).table("recent"));

    assert!(none.contains("no table or view is selected"));
    assert_eq!(
        unknown,
        "the schema has no table Contact; did you mean Contacts?"
    );
    assert_eq!(of_other_kind, "recent is a view in the schema, not a table");
}
