use caspio::prelude::*;

#[derive(CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    #[caspio(pk)]
    pk_id: i64,
    first_name: String,
    email: Option<String>,
    age: Option<i32>,
    balance: Option<Decimal>,
    joined: Option<DateTime>,
    active: bool,
    interests: List<String>,
    #[caspio(read_only)]
    full_name: Option<String>,
}

#[derive(CaspioTable)]
#[caspio(table = "Orders")]
struct Order {
    #[caspio(pk)]
    pk_id: i64,
    status: String,
}

#[derive(CaspioView)]
#[caspio(view = "Active_Contacts")]
struct Active {
    #[caspio(pk)]
    pk_id: String,
    email: Option<String>,
}

fn write(caspio: Client) {
    let contacts = caspio.table::<Contact>();
    let view = caspio.view::<Active>();
    struct Unmarked; let _ = contacts.insert(&Unmarked);
}

fn main() {}
