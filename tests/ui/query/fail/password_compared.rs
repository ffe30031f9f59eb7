use caspio::Password;
use caspio::prelude::*;

#[derive(CaspioTable)]
#[caspio(table = "Members")]
struct Member {
    email: String,
    #[caspio(password)]
    secret: Password,
}

fn example(members: caspio::Table<Member>) {
    members.filter(|c| c.secret.eq("correct horse"));
    members.filter(|c| c.secret.is_null());
    members.filter(|c| c.secret.is_not_null());
    members.query().order_by(|c| c.secret.asc());
}

fn main() {}
