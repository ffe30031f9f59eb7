use caspio::prelude::*;

#[derive(CaspioTable)]
#[caspio(table = "Calls")]
struct Call {
    #[caspio(pk, to = "function")]
    pk_id: i64,
    #[caspio(read_only, to = "function")]
    length: i64,
    #[caspio(skip, to = "function")]
    selected: bool,
    #[caspio(to)]
    a: i64,
    #[caspio(to = function)]
    b: i64,
    #[caspio(to = "not a path")]
    c: i64,
}

#[derive(CaspioRecord)]
#[caspio(of = Call)]
struct Part {
    #[caspio(to = "function")]
    length: i64,
}

fn main() {}
