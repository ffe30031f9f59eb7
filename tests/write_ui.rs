//! Which writes compile, and what the compiler says about those that do not.
//!
//! Messages are recorded beside the cases in `ui/write/fail`. After a change of them:
//! `TRYBUILD=overwrite cargo test -p caspio-tests --test write_ui`.

#[path = "ui/cases.rs"]
mod cases;

use cases::Cases;

const CASES: Cases = Cases { folder: "write" };

#[test]
fn writes_accept_what_is_right() {
    CASES.accept();
}

#[test]
fn writes_refuse_what_is_wrong() {
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
