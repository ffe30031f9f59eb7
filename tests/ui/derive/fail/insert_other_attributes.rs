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
#[caspio(table = Member, rename_all = "PascalCase", schema = "caspio.schema.json")]
struct NewMember {
    #[caspio(rename = "Mail")]
    email: String,
    #[caspio(read_only)]
    age: i32,
    #[caspio(default)]
    balance: Decimal,
    #[caspio(password)]
    secret: Password,
    #[caspio(with = "module")]
    a: i32,
    #[caspio(sum = balance)]
    b: i32,
    #[caspio(columm = email)]
    c: i32,
}

fn main() {}
