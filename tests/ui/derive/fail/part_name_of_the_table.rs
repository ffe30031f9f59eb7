#[derive(caspio::CaspioRecord)]
#[caspio(table = "Contacts")]
struct Contact {
    city: String,
}

#[derive(caspio::CaspioRecord)]
#[caspio(view = "Contacts", rename_al = "none")]
struct Detail {
    city: String,
}

#[derive(caspio::CaspioTable)]
#[caspio(of = Contact)]
struct Order {
    total: f64,
}

fn main() {}
