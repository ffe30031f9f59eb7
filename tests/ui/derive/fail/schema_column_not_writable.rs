use caspio::prelude::*;

#[derive(CaspioTable)]
#[caspio(table = "Contacts", schema = "../../../../tests/ui/schemas/account.json")]
struct Contact {
    total: Option<f64>,
    guid: String,
    photo: Option<String>,
}

#[derive(CaspioView)]
#[caspio(view = "Recent", schema = "../../../../tests/ui/schemas/account.json")]
struct Recent {
    #[caspio(rename = "Contacts_Email")]
    email: Option<String>,
}

fn main() {}
