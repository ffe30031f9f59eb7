//! Generated code compiles without a warning, with any names in the account.

#[path = "../../caspio-codegen/tests/support/mod.rs"]
mod support;

use caspio_codegen::Generator;
use caspio_schema::{ObjectDefinition, Schema};
use std::path::{Path, PathBuf};
use support::{TYPES, field, formula, hostile, list, of_table, table, unique, view};

/// A program with a folder of generated modules named `caspio`, as the SDK is.
fn program(name: &str, schema: &Schema, by: impl Fn(Generator<'_>) -> Generator<'_>) -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("codegen")
        .join(name);
    let _ = std::fs::remove_dir_all(&dir);
    let report = by(Generator::new(schema).all()).write_to(dir.join("caspio"));
    report.expect("generated");
    let main = dir.join("main.rs");
    std::fs::write(&main, "#![deny(warnings)]\nmod caspio;\nfn main() {}\n").expect("written");
    main
}

/// The whole schema in one text, taken in as a `build.rs` would have it.
fn included(name: &str, schema: &Schema) -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("codegen")
        .join(name);
    std::fs::create_dir_all(&dir).expect("a folder");
    let text = Generator::new(schema).all().generate_one_file();
    std::fs::write(dir.join("caspio.rs"), text.expect("generated")).expect("written");
    let main = dir.join("main.rs");
    let code = "#![deny(warnings)]\nmod caspio {\n    include!(\"caspio.rs\");\n}\nfn main() {}\n";
    std::fs::write(&main, code).expect("written");
    main
}

/// Two hundred tables, which have every type, required columns and formulas, and a view of each.
fn two_hundred() -> Schema {
    let mut schema = Schema::default();
    for number in 0..200 {
        let name = format!("Table_{number}s");
        let of_type = |(index, ty): (usize, &&str)| field(&format!("Column_{index}"), ty);
        let mut fields: Vec<_> = TYPES.iter().enumerate().map(of_type).collect();
        fields.extend((0..number % 10).map(|n| unique(&format!("Code_{n}"), "STRING")));
        fields.push(formula("Sum", "CURRENCY"));
        schema.tables.push(ObjectDefinition::new(&name, fields));
        let fields = vec![
            of_table("A", "YES/NO", &format!("{name}.Column_6")),
            of_table("B", "LIST-STRING", &format!("{name}.Column_15")),
        ];
        schema.views.push(view(&format!("View_{number}s"), fields));
    }
    schema
}

#[test]
fn generated_code_compiles_without_a_warning() {
    let words = [
        "Cat", "cat", "CAT ", "Self", "1", "%", "", " ", "Other", "a\"b\\\n",
    ];
    let lists = table("Lists", vec![list("Interests", &words)]);
    let cases = trybuild::TestCases::new();

    cases.pass(program("hostile", &hostile(), |by| {
        by.list_enums(true).key_types(true).uuid(true)
    }));
    cases.pass(program("plain", &support::contacts(), |by| {
        by.singular(false)
    }));
    cases.pass(program("lists", &lists, |by| by.list_enums(true)));
    cases.pass(program("keys", &support::contacts(), |by| {
        by.key_types(true)
    }));
    cases.pass(program("two_hundred", &two_hundred(), |by| by));
    cases.pass(included("included", &hostile()));
}
