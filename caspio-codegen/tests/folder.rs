//! Writing to a folder, checking it, and generating one file for a `build.rs`.

mod support;

use caspio_codegen::Generator;
use std::fs;
use support::*;

#[test]
fn a_written_folder_is_up_to_date() {
    let dir = tempfile::tempdir().expect("a folder");
    let dir = dir.path().join("src/caspio");
    let schema = contacts();
    let generator = Generator::new(&schema).all();

    let before = generator.check(&dir).expect("checked");
    assert!(!dir.exists());
    let written = generator.write_to(&dir).expect("written");
    let after = generator.check(&dir).expect("checked");

    assert_eq!(before, written);
    assert!(after.is_current());
    assert_eq!(
        written.to_string(),
        "contacts.rs: new\n    table Contacts\nmod.rs: new\n    module contacts is new\n"
    );
    assert!(
        fs::read_to_string(dir.join("mod.rs"))
            .expect("mod.rs")
            .contains("pub mod contacts;")
    );
}

#[test]
fn a_check_reports_reasons_and_writes_nothing() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut schema = contacts();
    Generator::new(&schema)
        .all()
        .write_to(dir.path())
        .expect("written");
    let file = dir.path().join("contacts.rs");
    let before = fs::read_to_string(&file).expect("read");
    schema.tables[0].fields.push(field("Age", "INTEGER"));

    let report = Generator::new(&schema)
        .all()
        .check(dir.path())
        .expect("checked");

    assert_eq!(
        report.to_string(),
        "contacts.rs: changed\n    column Age is new\n"
    );
    assert_eq!(fs::read_to_string(&file).expect("read"), before);
}

#[test]
fn unchanged_files_are_not_written() {
    let dir = tempfile::tempdir().expect("a folder");
    let schema = contacts();
    Generator::new(&schema)
        .all()
        .write_to(dir.path())
        .expect("written");
    let file = dir.path().join("contacts.rs");
    let long_ago = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000);
    let open = fs::File::options().write(true).open(&file).expect("opened");
    open.set_modified(long_ago).expect("set");

    Generator::new(&schema)
        .all()
        .write_to(dir.path())
        .expect("written");

    let modified = fs::metadata(&file)
        .and_then(|file| file.modified())
        .expect("a time");
    assert_eq!(modified, long_ago);
}

#[test]
fn errors_name_the_file_in_its_folder() {
    let dir = tempfile::tempdir().expect("a folder");
    fs::write(
        dir.path().join("contacts.rs"),
        "\n// caspio:begin nothing\n",
    )
    .expect("written");

    let error = Generator::new(&contacts())
        .all()
        .write_to(dir.path())
        .expect_err("damage");

    assert_eq!(error.file(), Some(dir.path().join("contacts.rs").as_path()));
    assert!(error.to_string().contains("contacts.rs:2: this marker"));
    assert!(!dir.path().join("mod.rs").exists());
}

#[test]
fn one_file_has_a_module_for_each_table_and_can_be_included() {
    let schema = hostile();

    let text = Generator::new(&schema)
        .all()
        .generate_one_file()
        .expect("generated");

    let file = syn::parse_file(&text).expect("Rust");
    let modules = file
        .items
        .iter()
        .filter(|item| matches!(item, syn::Item::Mod(_)));
    assert_eq!(modules.count(), schema.tables.len());
    assert!(file.attrs.is_empty());
}
