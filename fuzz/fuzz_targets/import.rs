//! Files that `caspio import` reads: CSV and JSON lines.
//!
//! An import that refuses every row loses nothing: the file of refused rows has the same rows. The first byte of an
//! input has the options.
#![cfg_attr(fuzzing, no_main)]

use caspio_cli::fuzzing::{Options, rows_and_refused};
use caspio_fuzz::checks::in_proportion;

caspio_fuzz::target!(run);

fn run(input: &[u8]) {
    let Some((options, content)) = input.split_first() else {
        return;
    };
    let options = Options::from_bits(*options);
    let folder = tempfile::tempdir().expect("a folder");

    let read = in_proportion(input, || rows_and_refused(folder.path(), content, options));
    if let Some((rows, refused)) = read {
        assert_eq!(rows, refused);
    }
}
