use caspio::prelude::*;

#[derive(CaspioTable)]
#[caspio(table = "Contacts", schema = "../../../../tests/ui/schemas/account.json")]
struct Contact<'a> {
    email: Option<i64>,
    age: Option<&'a str>,
    balance: Option<f64>,
    active: i32,
    joined: Option<String>,
    tags: String,
    #[caspio(read_only)]
    guid: i64,
}

fn main() {}
