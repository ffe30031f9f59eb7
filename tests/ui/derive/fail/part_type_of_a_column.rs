use caspio::{Decimal, List};

#[derive(caspio::CaspioTable)]
#[caspio(table = "Contacts")]
struct Contact {
    city: Option<String>,
    balance: Option<Decimal>,
    tags: List<String>,
}

struct Status;

#[derive(caspio::CaspioRecord)]
#[caspio(of = Contact)]
struct Part {
    city: Option<i64>,
    balance: f64,
    tags: String,
}

#[derive(caspio::CaspioRecord)]
#[caspio(of = Contact)]
struct Own {
    city: Status,
}

fn main() {}
