//! Programs that compile, and programs that do not, with the compiler's messages.
//!
//! Messages are recorded next to the cases in `*/fail`. To record them again:
//! `TRYBUILD=overwrite cargo test -p caspio-tests-ui`.

mod cases;
mod codegen;

/// The tests of one folder of cases.
macro_rules! folder {
    ($name:ident) => {
        mod $name {
            use crate::cases::Cases;

            const CASES: Cases = Cases {
                folder: stringify!($name),
            };

            #[test]
            fn correct_programs_compile() {
                CASES.accept();
            }

            #[test]
            fn wrong_programs_are_refused() {
                CASES.refuse(concat!(stringify!($name), "::refuse_copies"));
            }

            #[test]
            #[ignore = "started by another test, with its own environment"]
            fn refuse_copies() {
                CASES.refuse_copies();
            }

            #[test]
            fn every_refusal_has_its_message() {
                CASES.are_complete();
            }
        }
    };
}

folder!(derive);
folder!(query);
folder!(write);
