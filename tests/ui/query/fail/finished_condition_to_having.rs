use caspio::prelude::*;

#[derive(CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    #[caspio(pk)]
    pk_id: i64,
    first_name: String,
    email: Option<String>,
    age: Option<i32>,
    score: f64,
    balance: Option<Decimal>,
    joined: Option<DateTime>,
    active: bool,
    interests: List<String>,
    token: uuid::Uuid,
}

fn query(caspio: Client) {
    let contacts = caspio.table::<Contact>();
    let large = Contact::COLUMNS.age.count().gt(3);
    let _ = contacts.query().having(large);
}

fn main() {}
