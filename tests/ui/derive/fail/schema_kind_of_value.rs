use caspio::prelude::*;

#[derive(CaspioTable)]
#[caspio(table = "Contacts", schema)]
struct Nothing {
    email: Option<String>,
}

#[derive(CaspioTable)]
#[caspio(table = "Contacts", schema = true)]
struct Yes {
    email: Option<String>,
}

#[derive(CaspioTable)]
#[caspio(table = "Contacts", schema = "")]
struct Empty {
    email: Option<String>,
}

#[derive(CaspioRecord)]
#[caspio(of = Nothing, schema = "caspio.schema.json")]
struct Part {
    email: Option<String>,
}

fn main() {}
