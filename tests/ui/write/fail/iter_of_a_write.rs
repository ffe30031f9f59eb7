use caspio::BlockingRuntime;
use caspio::prelude::*;

#[derive(CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    #[caspio(pk)]
    pk_id: i64,
    email: Option<String>,
}

fn read(runtime: &BlockingRuntime, caspio: Client) {
    let contacts = caspio.table::<Contact>();
    for contact in runtime.iter(contacts.delete(7)) {}
}

fn main() {}
