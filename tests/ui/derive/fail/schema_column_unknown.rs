use caspio::prelude::*;

#[derive(CaspioTable)]
#[caspio(table = "contacts", schema = "../../../../tests/ui/schemas/account.json")]
struct Contact {
    #[caspio(pk)]
    pk_id: i64,
    emial: Option<String>,
    #[caspio(rename = "Balanse")]
    balance: Option<Decimal>,
    colour: String,
}

fn main() {}
