//! The account's shape as a file, and the structs that come from it.

mod support;

use caspio_emulator::{Emulator, FieldDef, FieldType, TableDef};
use std::fs;
use support::World;

fn world() -> World {
    let world = World::of(Emulator::builder().empty());
    let table = TableDef::new("Pets")
        .field(FieldDef::new("Name", FieldType::String))
        .field(FieldDef::new("Legs", FieldType::Integer));
    world.emulator.create_table(table).expect("a new table");
    world
}

/// Changes the text of a file that has it.
fn replace(world: &World, file: &str, from: &str, to: &str) {
    let path = world.path(file);
    let text = fs::read_to_string(&path).expect("the file is there");
    assert!(text.contains(from), "{from} is not in {text}");
    fs::write(path, text.replace(from, to)).expect("written");
}

#[test]
fn what_was_pulled_does_not_differ_until_something_changes() {
    let world = world();
    world.ok(&["schema", "pull"]);
    assert_eq!(world.ok(&["schema", "diff"]), "");

    replace(&world, "caspio.schema.json", "\"Legs\"", "\"Paws\"");

    let ran = world.run(&["schema", "diff"]);
    assert_eq!(ran.code, Some(7), "{}", ran.stderr);
    assert!(
        ran.stdout.contains("Legs") && ran.stdout.contains("Paws"),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_push_shows_its_plan_and_gives_the_account_the_files_shape() {
    let world = world();
    world.ok(&["schema", "pull"]);
    replace(&world, "caspio.schema.json", "\"INTEGER\"", "\"NUMBER\"");

    let plan = world.ok(&["schema", "push", "--dry-run"]);
    assert!(plan.contains("Legs"), "{plan}");
    assert_eq!(world.run(&["schema", "diff"]).code, Some(7));
    let unasked = world.piped(&["schema", "push"], "no\n");
    assert_eq!(unasked.code, Some(2), "{}", unasked.stderr);
    assert_eq!(world.run(&["schema", "diff"]).code, Some(7));

    world.ok(&["schema", "push", "--yes"]);
    world.ok(&["schema", "diff"]);
}

#[test]
fn what_may_lose_data_takes_a_word_more() {
    let world = world();
    world.ok(&["schema", "pull"]);
    replace(&world, "caspio.schema.json", "\"Legs\"", "\"Paws\"");

    let ran = world.run(&["schema", "push", "--yes"]);
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    assert!(ran.stderr.contains("--allow-destructive"), "{}", ran.stderr);
    assert!(world.ok(&["describe", "Pets"]).contains("Legs"));

    world.ok(&["schema", "push", "--yes", "--allow-destructive"]);
    let fields = world.ok(&["describe", "Pets"]);
    assert!(
        fields.contains("Paws") && !fields.contains("Legs"),
        "{fields}"
    );
}

#[test]
fn structs_are_written_once_and_checked_after_a_change() {
    let world = world();
    let generate = ["codegen", "--table", "Pets", "--out", "generated"];
    let check = [&generate[..], &["--check"]].concat();
    assert_eq!(world.run(&check).code, Some(7));

    world.ok(&generate);
    let before = world.kept();
    let structs = before
        .iter()
        .filter(|(_, text)| text.contains("struct Pet"));
    assert_eq!(structs.count(), 1);

    let again = world.run(&generate);
    assert_eq!(again.code, Some(0));
    assert!(
        again.stderr.contains("Everything is as it is to be"),
        "{}",
        again.stderr
    );
    world.ok(&check);

    world.ok(&["schema", "pull"]);
    replace(&world, "caspio.schema.json", "\"Legs\"", "\"Paws\"");
    world.ok(&["schema", "push", "--yes", "--allow-destructive"]);
    let ran = world.run(&check);
    assert_eq!(ran.code, Some(7), "{}", ran.stderr);
    assert!(ran.stderr.contains("not as generated"), "{}", ran.stderr);
}
