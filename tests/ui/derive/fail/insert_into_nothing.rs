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

#[derive(CaspioInsert)]
struct NewMember {
    email: String,
}

#[derive(CaspioInsert)]
#[caspio(table = "Members")]
struct Quoted {
    email: String,
}

#[derive(CaspioInsert)]
#[caspio(of = Member)]
struct Part {
    email: String,
}

#[derive(CaspioInsert)]
#[caspio(table = Member, view = Member)]
struct Both {
    email: String,
}

fn main() {}
