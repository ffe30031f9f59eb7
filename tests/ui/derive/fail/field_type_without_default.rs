use caspio::prelude::*;

struct Status;

#[derive(CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    #[caspio(pk)]
    pk_id: i64,
    #[caspio(skip)]
    status: Status,
}

fn main() {}
