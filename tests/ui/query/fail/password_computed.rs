use caspio::Password;
use caspio::prelude::*;

#[derive(CaspioTable)]
#[caspio(table = "Members")]
struct Member {
    email: String,
    #[caspio(password)]
    secret: Password,
}

#[derive(CaspioRecord)]
#[caspio(of = Member)]
struct People {
    #[caspio(count)]
    people: u64,
}

fn example(members: caspio::Table<Member>) {
    let groups = members.query().select::<People>().group_by(|c| c.secret);
    groups.having(|c| c.secret.count().gt(1));
}

fn main() {}
