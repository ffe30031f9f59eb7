#[derive(caspio::CaspioTable)]
#[caspio(table = "Contacts", rename_all = "title_snake")]
struct Contact {
    email: String,
}

#[derive(caspio::CaspioTable)]
#[caspio(table = "Orders", rename_all = "kebab-case")]
struct Order {
    total: f64,
}

fn main() {}
