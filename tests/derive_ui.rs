//! What the derives accept, and what they say about what they refuse.
//!
//! Messages are recorded beside the cases in `ui/derive/fail`. After a change of them:
//! `TRYBUILD=overwrite cargo test -p caspio-tests --test derive_ui`.

#[path = "ui/cases.rs"]
mod cases;

use cases::Cases;

const CASES: Cases = Cases { folder: "derive" };

#[test]
fn the_derives_accept_what_is_right() {
    CASES.accept();
}

#[test]
fn the_derives_refuse_what_is_wrong() {
    CASES.refuse("refuse_copies");
}

#[test]
#[ignore = "the part of another test that needs an environment of its own"]
fn refuse_copies() {
    CASES.refuse_copies();
}

#[test]
fn every_refusal_has_its_message() {
    CASES.are_complete();
}
