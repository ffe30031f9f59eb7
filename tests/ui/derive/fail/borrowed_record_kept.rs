use caspio::prelude::*;

#[derive(CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact<'a> {
    email: &'a str,
}

fn read(caspio: Client) {
    let _ = caspio.table::<Contact<'_>>().query().stream();
}

fn main() {}
