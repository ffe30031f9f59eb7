#[derive(caspio::CaspioTable)]
#[caspio(table = "Contacts", crate = ::caspio)]
struct NoQuotes {
    email: String,
}

#[derive(caspio::CaspioTable)]
#[caspio(table = "Contacts", crate = "my crate")]
struct NoPath {
    email: String,
}

fn main() {}
