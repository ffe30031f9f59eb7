#[derive(caspio::CaspioTable)]
struct Contact {
    email: String,
}

#[derive(caspio::CaspioView)]
#[caspio(rename_all = "PascalCase")]
struct Order {
    total: f64,
}

fn main() {}
