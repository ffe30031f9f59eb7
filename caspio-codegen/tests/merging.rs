//! Running again: only columns that changed in the account change.

mod support;

use support::*;

#[test]
fn an_unchanged_account_changes_nothing() {
    let schema = contacts();
    let first = generate(&schema, &Files::new());

    let second = generate(&schema, &first.files);

    assert!(second.report.is_current());
    assert_eq!(second.files, first.files);
}

#[test]
fn renamed_structs_and_fields_keep_their_names() {
    let own = text_of(&contacts())
        .replace("NewContact", "Draft")
        .replace("pub struct Contact ", "pub struct Person ")
        .replace("table = Contact)", "table = Person)")
        .replace(
            "#[caspio(default)]\n    pub first_name",
            "#[caspio(rename = \"First_Name\", default)]\n    pub given",
        )
        .replace("pub first_name: Patch", "pub given: Patch");
    let mut more = contacts();
    more.tables[0].fields.push(field("Age", "INTEGER"));

    assert_eq!(rerun(&contacts(), &own), own);
    let (text, _) = run(&more, &own);
    assert!(has(
        &text,
        "pub interests: List<String>, pub age: Option<i32>, }"
    ));
    assert!(has(&text, "pub struct Draft { pub given: Patch<String>,"));
    assert!(has(&text, "pub age: Patch<i32>, }"));
}

#[test]
fn an_insert_follows_a_renamed_field() {
    let own = text_of(&contacts()).replace(
        "#[caspio(default)]\n    pub first_name",
        "#[caspio(rename = \"First_Name\", default)]\n    pub given",
    );

    let (text, _) = run(&contacts(), &own);

    assert!(has(&text, "pub given: Patch<String>,"));
    assert!(!text.contains("pub first_name"));
}

#[test]
fn an_insert_may_name_a_column_by_its_field() {
    let own = text_of(&contacts()).replace(
        "    pub balance: Patch",
        "    #[caspio(column = balance)]\n    pub wealth: Patch",
    );
    let mut number = contacts();
    number.tables[0].fields[1] = field("Balance", "NUMBER");

    assert_eq!(rerun(&contacts(), &own), own);
    assert!(has(&run(&number, &own).0, "pub wealth: Patch<f64>,"));
}

#[test]
fn an_insert_follows_a_renamed_record() {
    let own = text_of(&contacts()).replace("pub struct Contact ", "pub struct Person ");

    let (text, _) = run(&contacts(), &own);

    assert!(text.contains("#[caspio(table = Person)]"));
}

#[test]
fn a_custom_type_is_kept_and_a_column_of_another_kind_is_reported() {
    let of_type = |data_type: &str| columns(vec![field("Email", data_type)]);
    let own = text_of(&of_type("STRING")).replace(
        "#[caspio(default)]\n    pub email: String",
        "#[caspio(with = \"email\", default)]\n    pub email: crate::Email",
    );

    let (same, _) = run(&of_type("STRING"), &own);
    let (longer, _) = run(&of_type("TEXT"), &own);
    let (number, report) = run(&of_type("NUMBER"), &own);

    assert_eq!(same, own);
    assert!(has(
        &longer,
        "#[caspio(with = \"email\", default)] pub email: crate::Email,"
    ));
    assert!(has(
        &number,
        "#[caspio(with = \"email\", default)] pub email: crate::Email,"
    ));
    assert!(has(&number, "pub email: Patch<f64>,"));
    assert!(report.contains(
        "column Email would be `Option<f64>` now; its field keeps your own type `crate::Email`"
    ));
    assert_eq!(run(&of_type("NUMBER"), &number).0, number);
}

#[test]
fn a_custom_type_of_an_insert_is_kept() {
    let of_type = |data_type: &str| columns(vec![field("Email", data_type)]);
    let own = text_of(&of_type("STRING"))
        .replace("pub email: Patch<String>", "pub email: Patch<crate::Email>");

    let (number, report) = run(&of_type("NUMBER"), &own);

    assert!(has(&number, "pub email: Option<f64>,"));
    assert!(has(&number, "pub email: Patch<crate::Email>,"));
    assert!(report.contains(
        "column Email would be inserted as `Patch<f64>` now; its field keeps your own type `Patch<crate::Email>`"
    ));
}

#[test]
fn the_type_that_a_conversion_of_the_user_needs_is_kept() {
    let of_type = |data_type: &str| columns(vec![field("Email", data_type)]);
    let own = text_of(&of_type("STRING")).replace(
        "#[caspio(default)]\n    pub email: String",
        "#[caspio(with = \"email\", default)]\n    pub email: String",
    );

    let (number, report) = run(&of_type("NUMBER"), &own);

    assert!(has(
        &number,
        "#[caspio(with = \"email\", default)] pub email: String,"
    ));
    assert!(report.contains("its field keeps your own type `String`"));
}

#[test]
fn a_generated_type_follows_the_column() {
    let own_line = "pub selected: bool,";
    let before = columns(vec![field("Total", "NUMBER"), unique("Code", "STRING")]);
    let after = columns(vec![field("Total", "CURRENCY"), field("Code", "STRING")]);

    let (text, report) = run(&after, &text_of(&before));

    assert!(has(
        &text,
        "pub total: Option<Decimal>, #[caspio(default)] pub code: String,"
    ));
    assert!(has(
        &text,
        "pub total: Patch<Decimal>, pub code: Patch<String>,"
    ));
    assert!(text.contains("use caspio::{CaspioInsert, CaspioTable, Decimal, Patch};"));
    assert!(report.contains("column Total is `Option<Decimal>` now, was `Option<f64>`"));
    assert!(!text.contains(own_line));
}

#[test]
fn a_merge_equals_a_new_file() {
    let states = [
        columns(vec![field("A", "STRING")]),
        columns(vec![
            unique("Email", "STRING"),
            field("A", "STRING"),
            field("P", "PASSWORD"),
        ]),
        columns(vec![
            unique("Email", "STRING"),
            unique("No", "INTEGER"),
            field("D", "DATE/TIME"),
        ]),
        columns(vec![formula("A", "CURRENCY")]),
        columns(vec![
            field("B", "YES/NO"),
            field("A", "CURRENCY"),
            list("L", &["x"]),
        ]),
        contacts(),
    ];

    for from in &states {
        for to in &states {
            let mut text = rerun(to, &text_of(from));
            let mut new = text_of(to);
            // The struct for inserts stays, even without fields.
            if !new.contains("NewContact") || !text_of(from).contains("NewContact") {
                text = text
                    .split("/// A record to insert")
                    .next()
                    .expect("a record")
                    .to_owned();
                new = new
                    .split("/// A record to insert")
                    .next()
                    .expect("a record")
                    .to_owned();
                let record =
                    |text: &str| text.split("\n// caspio:column").next().map(str::to_owned);
                let record = |text: &str| record(text).map(|text| without_imports(&text));
                assert_eq!(record(&text), record(&new));
            } else {
                assert_eq!(text, new);
            }
        }
    }
}

fn without_imports(text: &str) -> String {
    let lines = text
        .lines()
        .filter(|line| !line.starts_with("use ") && !line.starts_with("// caspio:begin"));
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}

#[test]
fn a_new_column_comes_after_the_one_before_it() {
    let before = columns(vec![field("A", "YES/NO"), field("C", "YES/NO")]);
    let after = columns(vec![
        field("A", "YES/NO"),
        field("B", "YES/NO"),
        field("C", "YES/NO"),
    ]);
    let own = text_of(&before).replace("pub a: bool,\n", "pub a: bool, // why\n    // about c\n");

    let (text, report) = run(&after, &own);

    assert!(
        text.contains(
            "    pub a: bool, // why\n    pub b: bool,\n    // about c\n    pub c: bool,\n"
        )
    );
    assert!(has(
        &text,
        "pub a: Patch<bool>, pub b: Patch<bool>, pub c: Patch<bool>,"
    ));
    assert_eq!(report.matches("column B is new").count(), 1);
}

#[test]
fn removed_column_removes_field() {
    let before = columns(vec![field("A", "YES/NO"), field("B", "YES/NO")]);
    let after = columns(vec![field("A", "YES/NO")]);

    let (text, report) = run(&after, &text_of(&before));

    assert_eq!(text, text_of(&after));
    assert!(report.contains("column B no longer exists"));
}

#[test]
fn removed_column_with_a_custom_field_stays_as_a_comment() {
    let before = columns(vec![field("A", "YES/NO"), field("B", "STRING")]);
    let after = columns(vec![field("A", "YES/NO")]);
    let own = text_of(&before).replace("pub b: String", "pub b: crate::B");

    let (text, _) = run(&after, &own);

    assert!(text.contains("    // The account has no column \"B\" any more:\n"));
    assert!(text.contains("    // #[caspio(default)]\n    // pub b: crate::B,\n}\n"));
}

#[test]
fn removed_column_of_a_struct_in_one_line_stays_as_a_comment() {
    let before = columns(vec![field("A", "YES/NO"), field("B", "STRING")]);
    let after = columns(vec![field("A", "YES/NO")]);
    let own = text_of(&before).replace("pub b: String", "pub b: crate::B");
    let start = own.find("pub struct").expect("a struct");
    let end = start + own[start..].find("}\n").expect("its end");
    let line = own[start..end].replace('\n', " ");
    let own = format!("{}{line}{}", &own[..start], &own[end..]);

    let (text, _) = run(&after, &own);

    assert!(
        text.contains("    // The account has no column \"B\" any more:\n"),
        "{text}"
    );
    assert!(text.contains("pub b: crate::B,"), "{text}");
}

#[test]
fn a_deleted_field_is_added_again_only_after_its_marker_is_deleted() {
    let schema = columns(vec![field("A", "YES/NO"), field("B", "YES/NO")]);
    let new = text_of(&schema);
    let own = new
        .replace("    pub b: bool,\n", "")
        .replace("    pub b: Patch<bool>,\n", "");

    assert_eq!(rerun(&schema, &own), own);
    let unmarked = own.replace("// caspio:column \"B\" \"YES/NO\"\n", "");
    assert_eq!(rerun(&schema, &unmarked), new);
}

#[test]
fn a_deleted_struct_is_not_added_again() {
    let schema = contacts();
    let text = text_of(&schema);
    let (before, rest) = text
        .split_once("/// A record to insert")
        .expect("an insert");
    let (_, after) = rest.split_once("}\n").expect("its end");
    let own = format!("{before}{}", after.trim_start());

    assert_eq!(rerun(&schema, &own), own);
}

#[test]
fn custom_attributes_derives_and_fields_are_kept() {
    let own = text_of(&contacts())
        .replace("Clone, CaspioTable", "Clone, serde::Serialize, CaspioTable")
        .replace(
            "    pub balance",
            "    #[serde(skip)]\n    // rich\n    pub balance",
        )
        .replace(
            "    pub pk_id: i64,\n",
            "    pub pk_id: i64,\n    #[caspio(skip)]\n    pub selected: bool,\n",
        )
        .replace(
            "    #[caspio(read_only)]\n",
            "    #[caspio(read_only, default)]\n",
        )
        + "\nimpl Contact {}\n";
    let mut more = contacts();
    more.tables[0].fields[1] = field("Balance", "NUMBER");

    assert_eq!(rerun(&contacts(), &own), own);
    let (text, _) = run(&more, &own);
    let expected = own
        .replace("pub balance: Option<Decimal>", "pub balance: Option<f64>")
        .replace("pub balance: Patch<Decimal>", "pub balance: Patch<f64>")
        .replace("Decimal, ", "")
        .replace("\"CURRENCY\"", "\"NUMBER\"");
    assert_eq!(text, expected);
}

#[test]
fn attributes_follow_the_column() {
    let mut locked = field("A", "STRING");
    locked.editable = Some(false);
    let (open, locked) = (columns(vec![field("A", "STRING")]), columns(vec![locked]));

    let (text, _) = run(&locked, &text_of(&open));
    assert!(has(&text, "#[caspio(default, read_only)] pub a: String,"));

    let (text, _) = run(&open, &text);
    assert!(has(&text, "#[caspio(default)] pub a: String,"));
}

#[test]
fn documentation_follows_the_account_unless_the_user_changed_it() {
    let mut other = contacts();
    other.tables[0].note = "Only people.".to_owned();
    other.tables[0].fields[0].description = "First of all.".to_owned();
    other.tables[0].fields[1].description = "In dollars.".to_owned();
    let own = text_of(&contacts()).replace("/// The given name.", "/// Mine.");

    let (followed, _) = run(&other, &text_of(&contacts()));
    let (kept, _) = run(&other, &own);

    assert_eq!(followed, text_of(&other));
    assert!(kept.contains("    /// Mine.\n"));
    assert!(!kept.contains("First of all."));
    assert!(kept.contains("    /// In dollars.\n    pub balance"));
}
