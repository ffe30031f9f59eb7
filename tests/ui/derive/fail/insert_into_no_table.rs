use caspio::prelude::*;
use caspio::Password;

#[derive(CaspioTable)]
#[caspio(table = "Members")]
struct Member {
    #[caspio(pk)]
    pk_id: i64,
    email: String,
    age: Option<i32>,
    balance: Option<Decimal>,
    #[caspio(read_only)]
    total: Option<f64>,
    #[caspio(password)]
    secret: Password,
}

struct Status;

#[derive(CaspioInsert)]
#[caspio(table = Status)]
struct NewMember {
    email: String,
}

fn main() {}
