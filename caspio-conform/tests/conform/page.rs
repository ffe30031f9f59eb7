//! `docs/facts.md` is made from the facts.

use std::path::Path;

#[test]
fn the_page_of_facts_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/facts.md");
    let page = caspio_conform::page().expect("no mistake");
    if std::env::var_os("UPDATE_FACTS").is_some() {
        std::fs::write(&path, &page).expect("the page is written");
    }

    let found = std::fs::read_to_string(&path).unwrap_or_default();

    let hint = "run the tests of caspio-conform with UPDATE_FACTS=1";
    assert!(
        found == page,
        "docs/facts.md is not made from the facts; {hint}"
    );
}
