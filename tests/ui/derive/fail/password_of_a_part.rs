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
struct Marked {
    #[caspio(password)]
    secret: Password,
}

#[derive(CaspioRecord)]
#[caspio(of = Member)]
struct Greatest {
    #[caspio(max = secret)]
    secret: String,
}

fn main() {}
