use caspio::prelude::*;

#[derive(CaspioValue)]
enum Color {
    Red,
    #[caspio(other)]
    Other(i64),
}

fn main() {}
