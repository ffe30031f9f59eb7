use caspio::prelude::*;

#[derive(CaspioTable)]
#[caspio(table = "Contact", schema = "../../../../tests/ui/schemas/account.json")]
struct Near {
    email: Option<String>,
}

#[derive(CaspioTable)]
#[caspio(table = "Recent", schema = "../../../../tests/ui/schemas/account.json")]
struct Other {
    email: Option<String>,
}

#[derive(CaspioView)]
#[caspio(view = "Invoices", schema = "../../../../tests/ui/schemas/account.json")]
struct Far {
    email: Option<String>,
}

fn main() {}
