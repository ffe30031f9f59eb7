#[derive(caspio::CaspioTable)]
#[caspio(table = "Contacts", rename = "Contacts", pk, default)]
struct Contact {
    email: String,
}

fn main() {}
