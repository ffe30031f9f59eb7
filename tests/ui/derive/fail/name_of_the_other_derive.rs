#[derive(caspio::CaspioTable)]
#[caspio(table = "Contacts", view = "Contacts")]
struct Contact {
    email: String,
}

#[derive(caspio::CaspioView)]
#[caspio(table = "Orders")]
struct Order {
    total: f64,
}

fn main() {}
