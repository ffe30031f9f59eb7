//! The tests of `it` that depend on how numbers are parsed, in a program in which another crate has turned on
//! `serde_json/arbitrary_precision`: `cargo test --workspace --features caspio-tests/arbitrary-precision`.

#[path = "../it/read/aggregates.rs"]
mod aggregates;
#[path = "../it/read/any_precision.rs"]
mod any_precision;
#[path = "../it/read/blanks_and_floats.rs"]
mod blanks_and_floats;
#[path = "../it/read/exact_maps.rs"]
mod exact_maps;
#[path = "../it/write/kept_numbers.rs"]
mod kept_numbers;
#[path = "../it/read/keys_of_responses.rs"]
mod keys_of_responses;
#[path = "../it/read/positions.rs"]
mod positions;
#[path = "../it/read/shown_otherwise.rs"]
mod shown_otherwise;
#[path = "../it/read/typed.rs"]
mod typed;
#[path = "../it/read/untyped.rs"]
mod untyped;
#[path = "../it/write/whole_numbers.rs"]
mod whole_numbers;
