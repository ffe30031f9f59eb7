use caspio::prelude::*;

#[derive(CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    #[caspio(pk)]
    pk_id: i64,
    email: Option<String>,
}

fn read(caspio: Client) {
    let contacts = caspio.table::<Contact>();
    let _ = contacts.columns(["Email"]);
}

fn main() {}
