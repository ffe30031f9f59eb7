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
#[caspio(table = Member)]
struct NewMember {
    pk_id: i64,
    total: f64,
}

#[derive(CaspioInsert)]
#[caspio(table = Member)]
struct WithAFunction {
    #[caspio(column = total, to = "text")]
    sum: i64,
}

fn text(_: &i64) -> caspio::field::FieldValue<'_> {
    caspio::field::FieldValue::Null
}

fn main() {}
