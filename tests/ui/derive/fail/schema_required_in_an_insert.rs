use caspio::prelude::*;

#[derive(CaspioTable)]
#[caspio(table = "Contacts", schema = "../../../../tests/ui/schemas/account.json")]
struct Contact {
    code: String,
    email: Option<String>,
}

#[derive(CaspioInsert)]
#[caspio(table = Contact)]
struct Complete<'a> {
    code: &'a str,
}

#[derive(CaspioInsert)]
#[caspio(table = Contact)]
struct NewContact<'a> {
    email: &'a str,
}

fn main() {}
