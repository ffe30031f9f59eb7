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
struct Selected {
    secret: String,
}

#[derive(CaspioRecord)]
#[caspio(of = Member)]
struct Converted {
    #[caspio(column = secret, with = "module")]
    text: String,
}

#[derive(CaspioRecord)]
#[caspio(of = Member)]
struct Counted {
    #[caspio(count = secret)]
    people: u64,
}

mod module {
    pub fn deserialize<'de, D: serde::Deserializer<'de>>(value: D) -> Result<String, D::Error> {
        serde::Deserialize::deserialize(value)
    }
}

fn main() {}
